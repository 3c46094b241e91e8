/// A model whose log-odds of default are a sum of one contribution per input column.
///
///     η(x) = intercept + Σⱼ contributionⱼ(xⱼ)
///
/// Logistic models and scorecards both compile to it, so that one code path scores one record, a batch and a
/// stream. A row's contributions are added to the intercept in the order of ``terms``, whatever its place, so
/// that it gets the same bits alone and among millions, on any number of threads.
public struct AdditiveScorer: Sendable, Equatable {
    /// η of an observation whose contributions are all 0.
    public let intercept: Double
    /// The terms of the sum, in the order in which they are added.
    public let terms: [Term]

    /// One input column and what its values contribute.
    public struct Term: Sendable, Equatable {
        /// Name of the input column.
        public let column: String
        /// How a value becomes a contribution.
        public let shape: Shape
        /// The shape in the forms in which values are looked up, made once and not for every table.
        let lookup: ContributionLookup

        /// A term that reads a column.
        public init(column: String, shape: Shape) {
            self.column = column
            self.shape = shape
            lookup = ContributionLookup(shape)
        }

        /// Whether two terms say the same.
        public static func == (left: Term, right: Term) -> Bool {
            left.column == right.column && left.shape == right.shape
        }
    }

    /// How the values of a column become contributions to the log-odds.
    public enum Shape: Sendable, Equatable {
        /// A straight line over numbers.
        case line(Line)
        /// One contribution per bin of numbers.
        case steps(Steps)
        /// One contribution per level of a category.
        case levels(Levels)
    }

    /// A number with a contribution of its own, such as a special code.
    public struct SpecialValue: Sendable, Equatable, Codable {
        /// The number, finite.
        public let value: Double
        /// What it contributes to the log-odds.
        public let contribution: Double

        /// A number and its contribution.
        public init(value: Double, contribution: Double) {
            self.value = value
            self.contribution = contribution
        }
    }

    /// No single contribution is larger in size, so that no input, however absurd, makes the sum infinite or NaN.
    public static let contributionLimit = 1e9

    /// A scorer from its parts.
    ///
    /// - Throws: ``ScorerError`` where a part cannot be meant: a number that is not finite, thresholds that do not
    ///   ascend, a repeated level or special value.
    public init(intercept: Double, terms: [Term]) throws(ScorerError) {
        guard intercept.isFinite else { throw .notFinite(column: nil, what: "intercept") }
        for term in terms { try term.validate() }
        self.intercept = intercept
        self.terms = terms
    }
}

/// Why numbers do not make an additive scorer.
public enum ScorerError: Error, Sendable, Equatable {
    /// A number that must be finite is not; a contribution may also be too large.
    case notFinite(column: String?, what: String)
    /// The thresholds of a column do not ascend strictly.
    case thresholdsNotAscending(column: String)
    /// A column with t thresholds has other than t + 1 contributions.
    case wrongCount(column: String, contributions: Int, thresholds: Int)
    /// A characteristic has other than one contribution per bin.
    case wrongBinCount(column: String, contributions: Int, bins: Int)
    /// A special value or level occurs twice.
    case repeated(column: String, value: String)
    /// The lower bound of a line is above its upper bound.
    case boundsCrossed(column: String)
}

extension ScorerError: CustomStringConvertible {
    /// The fact, the value and the remedy.
    public var description: String {
        switch self {
        case .notFinite(let column, let what):
            "\(column.map { "column '\($0)': " } ?? "")the \(what) is not a finite number of usable size"
        case .thresholdsNotAscending(let column): "column '\(column)': thresholds must ascend strictly"
        case .wrongCount(let column, let contributions, let thresholds):
            "column '\(column)': \(contributions) contributions for \(thresholds) thresholds; "
                + "one more than thresholds are needed"
        case .wrongBinCount(let column, let contributions, let bins):
            "column '\(column)': \(contributions) contributions for \(bins) bins; one per bin is needed"
        case .repeated(let column, let value): "column '\(column)': '\(value)' occurs twice"
        case .boundsCrossed(let column): "column '\(column)': the lower bound is above the upper one"
        }
    }
}

extension AdditiveScorer.Term {
    func validate() throws(ScorerError) {
        switch shape {
        case .line(let line):
            for (value, what) in [(line.slope, "slope"), (line.centre, "centre")] {
                guard value.isFinite else { throw .notFinite(column: column, what: what) }
            }
            try check(line.missing, "contribution of missing values")
            guard !(line.lower ?? -.infinity).isNaN, !(line.upper ?? .infinity).isNaN else {
                throw .notFinite(column: column, what: "bound")
            }
            if let lower = line.lower, let upper = line.upper, lower > upper {
                throw .boundsCrossed(column: column)
            }
            try check(line.specials)
        case .steps(let steps):
            guard steps.contributions.count == steps.thresholds.count + 1 else {
                throw .wrongCount(
                    column: column, contributions: steps.contributions.count,
                    thresholds: steps.thresholds.count)
            }
            for (position, threshold) in steps.thresholds.enumerated() {
                guard threshold.isFinite else { throw .notFinite(column: column, what: "threshold") }
                guard position == 0 || threshold > steps.thresholds[position - 1] else {
                    throw .thresholdsNotAscending(column: column)
                }
            }
            for contribution in steps.contributions { try check(contribution, "contribution of a bin") }
            for contribution in [steps.missing, steps.negativeInfinity ?? 0, steps.positiveInfinity ?? 0] {
                try check(contribution, "contribution of missing or infinite values")
            }
            try check(steps.specials)
        case .levels(let levels):
            var seen: Set<String> = []
            for entry in levels.entries {
                guard seen.insert(entry.level).inserted else {
                    throw .repeated(column: column, value: entry.level)
                }
                try check(entry.contribution, "contribution of a level")
            }
            try check(levels.missing, "contribution of missing values")
            try check(levels.unseen, "contribution of unseen levels")
        }
    }

    private func check(_ contribution: Double, _ what: String) throws(ScorerError) {
        guard abs(contribution) <= AdditiveScorer.contributionLimit else {
            throw .notFinite(column: column, what: what)
        }
    }

    private func check(_ specials: [AdditiveScorer.SpecialValue]) throws(ScorerError) {
        var seen: Set<Double> = []
        for special in specials {
            guard special.value.isFinite else { throw .notFinite(column: column, what: "special value") }
            guard seen.insert(special.value).inserted else {
                throw .repeated(column: column, value: "\(special.value)")
            }
            try check(special.contribution, "contribution of a special value")
        }
    }
}
