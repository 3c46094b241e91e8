import Glibc

/// A scorecard: binned characteristics, their weights in a logistic regression on WOE, and points.
///
///     η = α + Σⱼ (βⱼ · WOEⱼ(x) + δⱼ(x))   log-odds of default; βⱼ < 0 where higher WOE is safer
///     score = offset − factor · η         ScoreScaling
///
/// On a classical scorecard every departure δ is 0; on an adapted one each attribute has its own.
///
/// Source: Siddiqi (2006), *Credit Risk Scorecards*, ch. 6.
public struct Scorecard: Sendable, Equatable {
    /// α.
    public let intercept: Double
    /// The characteristics, in the order in which their contributions are added.
    public let characteristics: [Characteristic]
    /// How log-odds become points.
    public let points: PointsOptions

    /// One characteristic: its bins, its weight and what its attributes contribute.
    public struct Characteristic: Sendable, Equatable {
        /// The bins.
        public let binning: VariableBinning
        /// β, in log-odds of default per unit of WOE.
        public let coefficient: Double
        /// Standard error of β.
        public let standardError: Double
        /// What every bin adds to the log-odds of default, one per bin; `nil` for β · WOE.
        public let contributions: [Double]?

        /// The characteristic's name.
        public var name: String { binning.name }

        /// Wald's two-sided p-value of β = 0.
        public var pValue: Double { erfc(abs(coefficient / standardError) / 2.0.squareRoot()) }

        /// A characteristic from its parts.
        public init(
            binning: VariableBinning, coefficient: Double, standardError: Double,
            contributions: [Double]? = nil
        ) {
            self.binning = binning
            self.coefficient = coefficient
            self.standardError = standardError
            self.contributions = contributions
        }

        /// What a bin adds to the log-odds of default; 0 for the neutral index.
        public func contribution(ofBin bin: Int) -> Double {
            guard bin != binning.neutralIndex, let contributions else {
                return coefficient * binning.woe(ofBin: bin)
            }
            return contributions[bin]
        }

        /// δ, by how much a bin departs from β · WOE.
        public func departure(ofBin bin: Int) -> Double {
            contributions == nil ? 0 : contribution(ofBin: bin) - coefficient * binning.woe(ofBin: bin)
        }
    }

    /// A scorecard from its parts.
    ///
    /// - Throws: ``ScorerError`` if a number is not finite or absurdly large, two characteristics share a name, or one
    ///   has other than one contribution per bin.
    public init(
        intercept: Double, characteristics: [Characteristic], points: PointsOptions
    ) throws(ScorerError) {
        var names: Set<String> = []
        for characteristic in characteristics {
            guard names.insert(characteristic.name).inserted else {
                throw .repeated(column: characteristic.name, value: "the characteristic")
            }
            guard characteristic.coefficient.isFinite, !characteristic.standardError.isNaN else {
                throw .notFinite(column: characteristic.name, what: "coefficient")
            }
            let bins = characteristic.binning.bins.count
            if let contributions = characteristic.contributions, contributions.count != bins {
                throw .wrongBinCount(
                    column: characteristic.name, contributions: contributions.count, bins: bins)
            }
        }
        self.intercept = intercept
        self.characteristics = characteristics
        self.points = points
        // Whatever cannot be scored is no scorecard.
        _ = try scorer()
        _ = try pointsScorer()
    }
}

/// How log-odds become the points of a scorecard.
public struct PointsOptions: Sendable, Hashable, Codable {
    /// Odds and scores.
    public var scaling: ScoreScaling
    /// Whether points are whole numbers.
    public var rounding: Rounding
    /// Where the points of the intercept go.
    public var base: Base

    /// Whether points are whole numbers.
    public enum Rounding: String, Sendable, Hashable, Codable, CaseIterable {
        /// Every attribute's points are rounded to the nearest whole number.
        case integer
        /// Points are left as they are.
        case none
    }

    /// Where the points of the intercept go.
    public enum Base: String, Sendable, Hashable, Codable, CaseIterable {
        /// Equal parts to every characteristic.
        case spread
        /// A line of their own, so that an attribute that says nothing has 0 points.
        case separate
    }

    /// Options with their defaults.
    public init(
        scaling: ScoreScaling = .standard, rounding: Rounding = .integer, base: Base = .spread
    ) {
        self.scaling = scaling
        self.rounding = rounding
        self.base = base
    }
}

extension Scorecard {
    /// The scorecard as an additive scorer of log-odds.
    ///
    /// - Throws: ``ScorerError`` if a contribution is absurdly large.
    public func scorer() throws(ScorerError) -> AdditiveScorer {
        try AdditiveScorer(
            intercept: intercept,
            terms: characteristics.map { characteristic in
                characteristic.binning.term { bin in characteristic.contribution(ofBin: bin) }
            })
    }

    /// The scorecard as an additive scorer of points, rounded as the options say; whole points add up exactly.
    ///
    /// - Throws: ``ScorerError`` if a contribution is absurdly large.
    public func pointsScorer() throws(ScorerError) -> AdditiveScorer {
        try AdditiveScorer(
            intercept: basePoints,
            terms: characteristics.map { characteristic in
                characteristic.binning.term { bin in points(of: characteristic, bin: bin) }
            })
    }

    /// Points that every row gets before its attributes, rounded as the options say.
    public var basePoints: Double {
        spreadsBase ? 0 : rounded(points.scaling.score(ofLogOdds: intercept))
    }

    /// Points of a characteristic's bin, or of its neutral index, rounded as the options say.
    public func points(of characteristic: Characteristic, bin: Int) -> Double {
        rounded(exactPoints(of: characteristic, bin: bin))
    }

    /// Points of a characteristic's bin before rounding.
    ///
    /// −factor · (β · WOE + δ), and with a spread base (offset − factor · α) ÷ m for each of m characteristics.
    public func exactPoints(of characteristic: Characteristic, bin: Int) -> Double {
        let evidence = -points.scaling.factor * characteristic.contribution(ofBin: bin)
        guard spreadsBase else { return evidence }
        return evidence + points.scaling.score(ofLogOdds: intercept) / Double(characteristics.count)
    }

    private var spreadsBase: Bool { points.base == .spread && !characteristics.isEmpty }

    private func rounded(_ value: Double) -> Double {
        points.rounding == .integer ? value.rounded() : value
    }
}

extension VariableBinning {
    /// The binning as a term that contributes a number for every bin and for the neutral index.
    func term(_ contribution: (_ bin: Int) -> Double) -> AdditiveScorer.Term {
        switch kind {
        case .numeric:
            let ofIntervals = lookup.intervalBins.isEmpty ? [lookup.unseen] : lookup.intervalBins
            // Special codes that share a value with an earlier one are never reached.
            var specials: [AdditiveScorer.SpecialValue] = []
            for (number, bin) in zip(lookup.specialNumbers, lookup.specialBins)
            where number.isFinite && !specials.contains(where: { $0.value == number }) {
                specials.append(.init(value: number, contribution: contribution(bin)))
            }
            return .init(
                column: name,
                shape: .steps(
                    .init(
                        thresholds: lookup.cuts, contributions: ofIntervals.map(contribution),
                        missing: contribution(lookup.missing), specials: specials,
                        negativeInfinity: lookup.negativeInfinity == ofIntervals.first
                            ? nil : contribution(lookup.negativeInfinity),
                        positiveInfinity: lookup.positiveInfinity == ofIntervals.last
                            ? nil : contribution(lookup.positiveInfinity))))
        case .categorical:
            return .init(
                column: name,
                shape: .levels(
                    .init(
                        entries: lookup.levels.sorted { $0.key < $1.key }.map {
                            .init(level: $0.key, contribution: contribution($0.value))
                        },
                        missing: contribution(lookup.missing), unseen: contribution(lookup.unseen))))
        }
    }
}

extension Scorecard.Characteristic: Codable {}

extension Scorecard: Codable {
    private enum CodingKeys: CodingKey { case intercept, characteristics, points }

    /// Reads a scorecard and holds it to the same rules as one that was built.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let intercept = try container.decode(Double.self, forKey: .intercept)
        let characteristics = try container.decode([Characteristic].self, forKey: .characteristics)
        let points = try container.decode(PointsOptions.self, forKey: .points)
        do {
            try self.init(intercept: intercept, characteristics: characteristics, points: points)
        } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.description))
        }
    }

    /// Writes the parts.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(intercept, forKey: .intercept)
        try container.encode(characteristics, forKey: .characteristics)
        try container.encode(points, forKey: .points)
    }
}
