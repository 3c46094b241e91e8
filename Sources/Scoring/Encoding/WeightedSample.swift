/// Numbers with weights, sorted, where a weight of 2 counts as two equal numbers.
struct WeightedSample {
    private let values: [Double]
    /// Weight up to and including each value.
    private let cumulative: [Double]

    /// The numbers that are not NaN and have a positive weight.
    init(_ values: [Double], weights: [Double]?) {
        var pairs: [(value: Double, weight: Double)] = []
        pairs.reserveCapacity(values.count)
        for (row, value) in values.enumerated() where !value.isNaN {
            let weight = weights?[row] ?? 1
            if weight > 0 { pairs.append((value, weight)) }
        }
        pairs.sort { $0.value < $1.value }
        self.values = pairs.map(\.value)
        var total = 0.0
        cumulative = pairs.map { pair in
            total += pair.weight
            return total
        }
    }

    var isEmpty: Bool { values.isEmpty }
    var minimum: Double { values[0] }
    var maximum: Double { values[values.count - 1] }

    /// The q-quantile by linear interpolation between order statistics at rank (W − 1) q, W the sum of weights.
    ///
    /// For weights of 1 this is Hyndman & Fan (1996), type 7, the rule of R and NumPy.
    func quantile(_ q: Double) -> Double {
        let rank = max(0, (cumulative[cumulative.count - 1] - 1) * q)
        let lower = value(atRank: rank.rounded(.down))
        let fraction = rank - rank.rounded(.down)
        guard fraction > 0 else { return lower }
        let upper = value(atRank: rank.rounded(.down) + 1)
        return lower + fraction * (upper - lower)
    }

    /// The first value whose cumulative weight exceeds a rank.
    private func value(atRank rank: Double) -> Double {
        var low = 0
        var high = values.count - 1
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] > rank { high = middle } else { low = middle + 1 }
        }
        return values[low]
    }
}
