import Glibc
public import Vocabulary

/// What a fitted master scale should keep to.
public struct MasterScaleOptions: Sendable, Hashable {
    /// Obligors that each grade should have.
    public var minimumObligors = 50
    /// Defaults that each grade should have.
    public var minimumDefaults = 3
    /// The p-value, on one side, below which the default rate of the worse of two neighbours counts as higher.
    public var maximumPValue = 0.05
    /// The concentration HI that the obligors' spread over grades should stay below: 0 is even, 1 is one grade.
    public var maximumConcentration = 0.25
    /// Classes of equal weight.
    ///
    /// An obligor weighs as much as its share of obligors and of expected defaults: so there is resolution both where
    /// obligors are and where defaults are. Equal PDs stay together.
    static func classes(pds: [Double], defaulted: [Bool], count: Int) -> [RiskClass] {
        let order = pds.indices.sorted { (pds[$0], $0) < (pds[$1], $1) }
        let different = zip(order, order.dropFirst()).count { pds[$0] < pds[$1] } + 1
        let total = pds.reduce(0, +)
        let perObligor = 1 / Double(max(1, pds.count))
        let perPD = total > 0 ? 1 / total : perObligor
        var classes: [RiskClass] = []
        var weight = 0.0
        for row in order {
            let pd = pds[row]
            // Never a new class between equal PDs; where there are few different ones, each has its own.
            let isNew = classes.isEmpty || classes[classes.count - 1].highest < pd
            let isDue = different <= count || weight / 2 * Double(count) >= Double(classes.count)
            if isNew, isDue { classes.append(RiskClass()) }
            classes[classes.count - 1].add(pd, defaulted: defaulted[row])
            weight += perObligor + perPD * (total > 0 ? pd : 1)
        }
        return classes
    }

    private mutating func add(_ pd: Double, defaulted: Bool) {
        obligors += 1
        defaults += defaulted ? 1 : 0
        pdSum += pd
        negentropy += Self.negentropy(pd)
        lowest = min(lowest, pd)
        highest = max(highest, pd)
    }

    static func negentropy(_ pd: Double) -> Double {
        (pd > 0 ? pd * log(pd) : 0) + (pd < 1 ? (1 - pd) * log1p(-pd) : 0)
    }
}
