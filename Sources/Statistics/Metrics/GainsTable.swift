/// How many defaults a list of the riskiest obligors catches, part by part.
public struct GainsTable: Sendable, Hashable {
    /// One part of the list, riskiest part first.
    public struct Part: Sendable, Hashable {
        /// Weight of the part.
        public let rows: Double
        /// Weight of its defaults; where ties cross a border, both sides get their share.
        public let defaults: Double
        /// Default rate of the part ÷ overall default rate.
        public let lift: Double
        /// Share of all defaults in this part and those before it.
        public let cumulativeGain: Double
        /// Default rate of this part and those before it ÷ overall default rate.
        public let cumulativeLift: Double
        /// The lowest risk in the part.
        public let lowestRisk: Double

        /// Default rate of the part.
        public var defaultRate: Double { defaults / rows }
    }

    /// The parts, riskiest first, of equal weight.
    public let parts: [Part]

    /// Cuts ranked outcomes into parts of equal weight.
    ///
    /// A group of ties that crosses a border is shared out in proportion, so the table does not depend on the order
    /// of the rows.
    ///
    /// - Parameter count: Number of parts, ≥ 1.
    /// - Throws: ``MetricError/badParameter(name:value:expected:)``.
    public init(_ ranked: RankedOutcomes, parts count: Int = 10) throws(MetricError) {
        guard count >= 1 else {
            throw .badParameter(name: "parts", value: "\(count)", expected: "at least 1")
        }
        let total = ranked.defaults + ranked.nonDefaults
        let rate = ranked.defaults / total
        var groups = ranked.groups.reversed().makeIterator()
        var group = groups.next()
        // What is left of the current group, as a share of it.
        var share = 1.0
        var parts: [Part] = []
        var (rowsSoFar, defaultsSoFar) = (0.0, 0.0)
        for number in 1...count {
            let border = number == count ? total : total * Double(number) / Double(count)
            var (rows, defaults, lowest) = (0.0, 0.0, group?.risk ?? 0)
            while let current = group, rowsSoFar + rows < border {
                let available = current.total * share
                let wanted = border - rowsSoFar - rows
                lowest = current.risk
                if available <= wanted || number == count {
                    rows += available
                    defaults += current.defaults * share
                    group = groups.next()
                    share = 1
                } else {
                    let taken = wanted / current.total
                    rows += wanted
                    defaults += current.defaults * taken
                    share -= taken
                }
            }
            rowsSoFar += rows
            defaultsSoFar += defaults
            parts.append(
                Part(
                    rows: rows, defaults: defaults, lift: defaults / rows / rate,
                    cumulativeGain: defaultsSoFar / ranked.defaults,
                    cumulativeLift: defaultsSoFar / rowsSoFar / rate, lowestRisk: lowest))
        }
        self.parts = parts
    }
}
