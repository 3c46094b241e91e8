/// How well the elastic nets of a path do on rows that were left out, fold by fold.
public struct ElasticNetCrossValidation: Sendable, Equatable {
    /// The measure for one penalty.
    public struct Score: Sendable, Equatable {
        /// λ.
        public let penalty: Double
        /// The mean deviance of a left-out row, −2 [y ln p + (1 − y) ln(1 − p)] with p kept within
        /// [1e-5, 1 − 1e-5]: the average of the folds' means, each counted by the weight of its rows.
        public let meanDeviance: Double
        /// Its standard error, √(weighted variance of the folds' means ÷ (folds − 1)).
        public let standardError: Double
        /// The folds' means, in rising order of the fold numbers.
        public let foldDeviances: [Double]
    }

    /// Which penalty to choose.
    public enum Rule: Sendable, Hashable {
        /// The one with the smallest mean deviance.
        case minimum
        /// The largest one whose mean deviance is within one standard error of the smallest: the simplest model that
        /// the data cannot tell from the best.
        case oneStandardError
    }

    /// The path on all rows.
    public let path: ElasticNetPath
    /// One score per penalty of the path.
    public let scores: [Score]
    /// The fold numbers that occur, rising.
    public let folds: [Int]

    /// The index, into path and scores, of the penalty that a rule chooses.
    public func index(_ rule: Rule) -> Int {
        var best = 0
        for index in scores.indices where scores[index].meanDeviance < scores[best].meanDeviance {
            best = index
        }
        guard rule == .oneStandardError else { return best }
        let limit = scores[best].meanDeviance + scores[best].standardError
        return scores.firstIndex { $0.meanDeviance <= limit } ?? best
    }

    /// The solution on all rows for the penalty that a rule chooses.
    public func chosen(_ rule: Rule) -> ElasticNetPath.Point { path.points[index(rule)] }
}
