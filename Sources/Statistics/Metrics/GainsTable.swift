/// How many defaults a list of the riskiest obligors catches, part by part.
public struct GainsTable: Sendable, Hashable {
    /// One part of the list, riskiest part first.
    public struct Part: Sendable, Hashable {
        /// Weight of the part.
        public let rows: Double
        /// Weight of its defaults; where ties are shared out, both sides of a border get their share.
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

    /// The parts, riskiest first.
    public let parts: [Part]

    /// Cuts ranked outcomes into parts of equal weight.
    ///
    /// A group of ties that crosses a border is shared out in proportion, so the table does not depend on the order
    /// of the rows.
    ///
    /// - Parameter count: Number of parts, from 1 to 100,000.
    /// - Throws: ``MetricError/badParameter(name:value:expected:)``.
    public init(_ ranked: RankedOutcomes, parts count: Int = 10) throws(MetricError) {
        var builder = try Builder(ranked, parts: count)
        for group in ranked.groups.reversed() { builder.share(group) }
        parts = builder.parts
    }

    /// Cuts whole rows into parts, the riskiest first and ties in the order given.
    ///
    /// A row belongs to the part in which it ends, so parts differ by less than one row; a part into which no row
    /// falls is left out. For lists that are really worked through; to judge a model take
    /// ``init(_:parts:)``, which does not depend on the order of tied rows.
    ///
    /// - Parameters:
    ///   - risks: As in ``RankedOutcomes/init(risks:defaulted:weights:)``, like the next two.
    ///   - defaulted: Outcomes.
    ///   - weights: w ≥ 0. Absent: all 1.
    ///   - count: Number of parts, from 1 to 100,000.
    /// - Throws: ``MetricError``.
    public init(
        wholeRows risks: [Double], defaulted: [Bool], weights: [Double]? = nil, parts count: Int = 10
    ) throws(MetricError) {
        let ranked = try RankedOutcomes(risks: risks, defaulted: defaulted, weights: weights)
        var builder = try Builder(ranked, parts: count)
        // Falling and stable: the rising order of the negated risk.
        for position in RisingOrder(risks.map { -$0 }).positions {
            let row = Int(position)
            let weight = weights?[row] ?? 1
            if weight > 0 { builder.add(risks[row], rows: weight, defaults: defaulted[row] ? weight : 0) }
        }
        parts = builder.parts
    }

    /// Sums by part while rows come in, the riskiest first.
    private struct Builder {
        private struct Sum {
            var rows = 0.0
            var defaults = 0.0
            var lowestRisk = Double.infinity
        }

        private var sums: [Sum]
        private let defaults: Double
        private let total: Double
        private var done = 0.0

        init(_ ranked: RankedOutcomes, parts count: Int) throws(MetricError) {
            guard count >= 1, count <= 100_000 else {
                throw .badParameter(name: "parts", value: "\(count)", expected: "from 1 to 100000")
            }
            sums = Array(repeating: Sum(), count: count)
            defaults = ranked.defaults
            total = ranked.defaults + ranked.nonDefaults
        }

        /// Puts a whole row into the part in which it ends.
        mutating func add(_ risk: Double, rows: Double, defaults: Double) {
            done += rows
            // A sum of weights that misses a border by rounding has reached it.
            let place = Int((done * Double(sums.count) / total * (1 - 1e-13)).rounded(.up)) - 1
            put(risk, rows, defaults, into: min(sums.count - 1, max(0, place)))
        }

        /// Shares a group of ties out over the parts that it spans.
        mutating func share(_ group: RankedOutcomes.Group) {
            var from = done
            done += group.total
            var part = min(sums.count - 1, Int(from * Double(sums.count) / total))
            while from < done {
                let isLast = part == sums.count - 1
                let border = isLast ? done : min(done, total * Double(part + 1) / Double(sums.count))
                // What misses a border by rounding is no row, and goes with the next part.
                if border - from > 1e-13 * total || isLast {
                    put(group.risk, border - from, (border - from) / group.total * group.defaults, into: part)
                    from = border
                }
                part += 1
                if isLast { return }
            }
        }

        private mutating func put(_ risk: Double, _ rows: Double, _ defaults: Double, into part: Int) {
            sums[part].rows += rows
            sums[part].defaults += defaults
            sums[part].lowestRisk = min(sums[part].lowestRisk, risk)
        }

        var parts: [Part] {
            var (rowsSoFar, defaultsSoFar) = (0.0, 0.0)
            let rate = defaults / total
            return sums.filter { $0.rows > 0 }.map { sum in
                rowsSoFar += sum.rows
                defaultsSoFar += sum.defaults
                return Part(
                    rows: sum.rows, defaults: sum.defaults, lift: sum.defaults / sum.rows / rate,
                    cumulativeGain: defaultsSoFar / defaults,
                    cumulativeLift: defaultsSoFar / rowsSoFar / rate, lowestRisk: sum.lowestRisk)
            }
        }
    }
}
