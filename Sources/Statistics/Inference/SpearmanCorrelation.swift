/// Spearman's rank correlation: the correlation of mid-ranks.
public enum SpearmanCorrelation {
    /// ρ of two variables; `nil` where one of them is constant.
    ///
    /// - Parameters:
    ///   - x: First variable; may be infinite, no NaN.
    ///   - y: Second variable, of the same length.
    /// - Throws: ``InferenceError``: NaN or fewer than two observations.
    /// - Complexity: O(n).
    public static func value(_ x: [Double], _ y: [Double]) throws(InferenceError) -> Double? {
        precondition(x.count == y.count, "\(x.count) x, \(y.count) y")
        guard x.count >= 2 else { throw .tooFew(what: "observations", given: x.count, needed: 2) }
        for values in [x, y] {
            if let position = values.firstIndex(where: \.isNaN) {
                throw .badValue(position: position, value: .nan)
            }
        }
        let (ofX, ofY) = (centredMidRanks(x), centredMidRanks(y))
        var (xx, xy, yy) = (0.0, 0.0, 0.0)
        for row in x.indices {
            xx += ofX[row] * ofX[row]
            xy += ofX[row] * ofY[row]
            yy += ofY[row] * ofY[row]
        }
        return xx > 0 && yy > 0 ? xy / (xx * yy).squareRoot() : nil
    }

    /// Mean rank of each value's ties, less the mean of all ranks: whole halves, so sums stay exact.
    private static func centredMidRanks(_ values: [Double]) -> [Double] {
        let order = RisingOrder(values)
        var ranks = Array(repeating: 0.0, count: values.count)
        var start = 0
        while start < values.count {
            var end = start
            while end < values.count, order.values[end] == order.values[start] { end += 1 }
            let middle = Double(start + end - 1) / 2 - Double(values.count - 1) / 2
            for place in start..<end { ranks[Int(order.positions[place])] = middle }
            start = end
        }
        return ranks
    }
}
