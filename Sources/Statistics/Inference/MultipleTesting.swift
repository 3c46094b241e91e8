/// p-values of several tests, adjusted so that they can be read together.
public enum MultipleTesting {
    /// Holm's adjustment: p̃₍ᵢ₎ = max over j ≤ i of min(1, (m − j + 1) p₍ⱼ₎); keeps the chance of any false alarm.
    ///
    /// Source: Holm (1979), *Scandinavian Journal of Statistics* 6.
    ///
    /// - Returns: In the order given.
    /// - Throws: ``InferenceError/outOfRange(what:value:expected:)`` for what is no probability.
    public static func holm(_ pValues: [Double]) throws(InferenceError) -> [Double] {
        let order = try ordered(pValues)
        var adjusted = pValues
        var largest = 0.0
        for (rank, position) in order.enumerated() {
            largest = max(largest, min(1, Double(pValues.count - rank) * pValues[position]))
            adjusted[position] = largest
        }
        return adjusted
    }

    /// Benjamini and Hochberg's adjustment: p̃₍ᵢ₎ = min over j ≥ i of min(1, m p₍ⱼ₎ ÷ j); keeps the expected share of
    /// false alarms.
    ///
    /// Source: Benjamini & Hochberg (1995), *Journal of the Royal Statistical Society* B 57.
    ///
    /// - Returns: In the order given.
    /// - Throws: ``InferenceError/outOfRange(what:value:expected:)`` for what is no probability.
    public static func benjaminiHochberg(_ pValues: [Double]) throws(InferenceError) -> [Double] {
        let order = try ordered(pValues)
        var adjusted = pValues
        var smallest = 1.0
        for (rank, position) in order.enumerated().reversed() {
            smallest = min(smallest, Double(pValues.count) * pValues[position] / Double(rank + 1))
            adjusted[position] = smallest
        }
        return adjusted
    }

    private static func ordered(_ pValues: [Double]) throws(InferenceError) -> [Int] {
        for value in pValues where !(value >= 0 && value <= 1) {
            throw .outOfRange(what: "p-value", value: value, expected: "from 0 to 1")
        }
        return pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
    }
}
