import Foundation

extension BinningTable.Totals {
    /// The sums and measures of a table's rows.
    init(_ rows: [BinningTable.Row], _ neighbours: [BinningTable.NeighbourTest]) {
        self.rows = rows.reduce(0) { $0 + $1.rows }
        weight = rows.reduce(0) { $0 + $1.weight }
        nonDefaults = rows.reduce(0) { $0 + $1.nonDefaults }
        defaults = rows.reduce(0) { $0 + $1.defaults }
        defaultRate = defaults / weight
        iv = rows.reduce(0) { $0 + $1.iv }
        jensenShannon = rows.reduce(0) { $0 + $1.jensenShannon }
        hellinger = rows.reduce(0) { $0 + Divergence.hellinger($1.nonDefaultShare, $1.defaultShare) }
        triangular = rows.reduce(0) { $0 + Divergence.triangular($1.nonDefaultShare, $1.defaultShare) }

        // Riskiest last: what a score by WOE ranks.
        var belowNonDefaults = 0.0
        var belowDefaults = 0.0
        var gini = 0.0
        var ks = 0.0
        for row in rows.sorted(by: { $0.defaultRate < $1.defaultRate }) {
            gini += row.nonDefaultShare * (1 - 2 * belowDefaults - row.defaultShare)
            belowNonDefaults += row.nonDefaultShare
            belowDefaults += row.defaultShare
            ks = max(ks, belowNonDefaults - belowDefaults)
        }
        self.gini = gini
        self.ks = ks

        var chiSquared = 0.0
        for row in rows where row.weight > 0 {
            let expected = row.weight * defaultRate
            let excess = row.defaults - expected
            chiSquared += excess * excess * (1 / expected + 1 / (row.weight - expected))
        }
        cramersV = (chiSquared / weight).squareRoot()

        let used = rows.filter { $0.weight > 0 }
        hhi = used.reduce(0) { $0 + $1.share * $1.share }
        let even = 1 / Double(used.count)
        normalizedHHI = used.count == 1 ? 1 : (hhi - even) / (1 - even)

        let strength = iv / 0.395_738_821_848_068_63
        qualityScore =
            strength * exp(0.5 * (1 - strength * strength))
            * neighbours.reduce(1) { $0 * (1 - $1.pValue) } * (1 - normalizedHHI)
    }
}

/// What one bin adds to a divergence between its share p of the non-defaults and its share q of the defaults.
enum Divergence {
    /// ½ p ln(p ÷ m) + ½ q ln(q ÷ m) with m = (p + q) ÷ 2.
    static func jensenShannon(_ p: Double, _ q: Double) -> Double {
        let middle = (p + q) / 2
        return 0.5 * ((p > 0 ? p * log(p / middle) : 0) + (q > 0 ? q * log(q / middle) : 0))
    }

    /// ½ (√p − √q)².
    static func hellinger(_ p: Double, _ q: Double) -> Double {
        let difference = p.squareRoot() - q.squareRoot()
        return 0.5 * difference * difference
    }

    /// (p − q)² ÷ (p + q).
    static func triangular(_ p: Double, _ q: Double) -> Double {
        p + q > 0 ? (p - q) * (p - q) / (p + q) : 0
    }
}
