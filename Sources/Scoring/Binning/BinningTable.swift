import Statistics

/// The table of a variable's bins: counts, rates, evidence, and how well the variable separates.
public struct BinningTable: Sendable, Equatable {
    /// The variable's name.
    public let name: String
    /// One row per bin, in the order of the bins.
    public let rows: [Row]
    /// Sums and measures over all rows.
    public let totals: Totals
    /// Tests between neighbouring ordinary bins.
    public let neighbours: [NeighbourTest]

    /// What was observed in one bin.
    public struct Row: Sendable, Equatable {
        /// The bin in words, such as `[8.5, 11.5)`, `A41, A48` or `missing`.
        public let label: String
        /// Observations with positive weight.
        public let rows: Int
        /// Their weight.
        public let weight: Double
        /// Share of the total weight.
        public let share: Double
        /// Weight of the non-defaults, and its share of all non-defaults.
        public let nonDefaults: Double
        /// Share of all non-defaults.
        public let nonDefaultShare: Double
        /// Weight of the defaults.
        public let defaults: Double
        /// Share of all defaults.
        public let defaultShare: Double
        /// Defaults ÷ weight.
        public let defaultRate: Double
        /// ln(share of non-defaults ÷ share of defaults).
        public let woe: Double
        /// The bin's part of the information value.
        public let iv: Double
        /// The bin's part of the Jensen–Shannon divergence.
        public let jensenShannon: Double
        /// Whether WOE and IV come from counts to which the zero-cell addition was added.
        public let isAdjusted: Bool
    }

    /// Sums and measures over all bins; p and q are the bins' shares of non-defaults and of defaults.
    public struct Totals: Sendable, Equatable {
        /// Observations with positive weight.
        public let rows: Int
        /// Their weight.
        public let weight: Double
        /// Weight of the non-defaults.
        public let nonDefaults: Double
        /// Weight of the defaults.
        public let defaults: Double
        /// Defaults ÷ weight.
        public let defaultRate: Double
        /// Information value Σ (p − q) ln(p ÷ q), zero cells adjusted.
        public let iv: Double
        /// Jensen–Shannon divergence ½ Σ p ln(p ÷ m) + ½ Σ q ln(q ÷ m) with m = (p + q) ÷ 2.
        public let jensenShannon: Double
        /// Squared Hellinger distance ½ Σ (√p − √q)².
        public let hellinger: Double
        /// Triangular discrimination Σ (p − q)² ÷ (p + q).
        public let triangular: Double
        /// Gini coefficient of ranking by the bins' default rates, 2 · AUC − 1.
        public let gini: Double
        /// Kolmogorov–Smirnov: largest gap of the cumulated shares, bins by default rate.
        public let ks: Double
        /// √(χ² ÷ weight) of the table of bins by outcome.
        public let cramersV: Double
        /// Herfindahl–Hirschman index Σ share² over the bins with observations.
        public let hhi: Double
        /// (HHI − 1 ÷ k) ÷ (1 − 1 ÷ k) over the k bins with observations; 1 for one bin.
        public let normalizedHHI: Double
        /// Quality between 0 and 1: x · exp(½ (1 − x²)) · Π (1 − pᵢ) · (1 − normalised HHI), with
        /// x = IV ÷ 0.39573882184806863 and pᵢ the p-values of neighbours.
        ///
        /// The first factor is 1 at an IV of 0.396 and falls on either side, where a variable is weak or too good to
        /// be true; the second asks for neighbours that differ, the third for bins of similar size.
        ///
        /// Source: Navas-Palencia (2020), *Optimal binning: mathematical programming formulation*,
        /// arXiv:2001.08025, and the documentation of its package.
        public let qualityScore: Double
    }

    /// A two-proportion z-test between two neighbouring ordinary bins.
    public struct NeighbourTest: Sendable, Equatable {
        /// Index of the first bin; the second is the next.
        public let bin: Int
        /// z = (p₂ − p₁) ÷ √(p̄ (1 − p̄)(1 ÷ n₁ + 1 ÷ n₂)), 0 if both rates are 0 or both are 1.
        public let z: Double
        /// Two-sided p-value of z under the normal distribution.
        public let pValue: Double
    }
}

extension VariableBinning {
    /// The table of the bins.
    public var table: BinningTable {
        let evidence = evidence
        let weight = nonDefaults + defaults
        let rows = bins.map { bin in
            let p = bin.nonDefaults / evidence.nonDefaults
            let q = bin.defaults / evidence.defaults
            return BinningTable.Row(
                label: bin.label, rows: bin.rows, weight: bin.weight, share: bin.weight / weight,
                nonDefaults: bin.nonDefaults, nonDefaultShare: p, defaults: bin.defaults, defaultShare: q,
                defaultRate: bin.defaultRate, woe: bin.woe,
                iv: evidence.iv(nonDefaults: bin.nonDefaults, defaults: bin.defaults),
                jensenShannon: Divergence.jensenShannon(p, q), isAdjusted: bin.isAdjusted)
        }
        let neighbours = zip(bins.indices, bins.indices.dropFirst()).compactMap { first, second in
            bins[first].isOrdinary && bins[second].isOrdinary && !bins[second].isRarePool
                ? BinningTable.NeighbourTest(first, bins[first], bins[second]) : nil
        }
        return BinningTable(
            name: name, rows: rows, totals: BinningTable.Totals(rows, neighbours), neighbours: neighbours)
    }
}

extension BinningTable.NeighbourTest {
    fileprivate init(_ index: Int, _ first: Bin, _ second: Bin) {
        let test = TwoProportionTest(
            defaults: (first.defaults, second.defaults), weights: (first.weight, second.weight))
        self.init(bin: index, z: test.z, pValue: test.pValue)
    }
}
