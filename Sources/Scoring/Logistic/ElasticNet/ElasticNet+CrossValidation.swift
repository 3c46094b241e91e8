import Glibc
public import LinearAlgebra
import Parallelism
public import Statistics

extension ElasticNet {
    /// Fits the path on all rows and, for every fold, on the rows outside it, and scores each on the rows inside.
    ///
    /// All fits use the penalties of the path on all rows; standardisation is by the rows fitted.
    ///
    /// - Parameters:
    ///   - folds: The fold of every row, length n, any numbers.
    ///   - features, defaulted, weights, offset, names: As for ``path(_:defaulted:weights:offset:names:)``; the
    ///     weights count in the scores too.
    /// - Throws: ``ElasticNetError``, among others where only one outcome is left without a fold.
    /// - Complexity: Folds times the cost of a path; folds are spread over the threads.
    ///
    /// Source: Hastie, Tibshirani & Friedman (2009), *The Elements of Statistical Learning*, 2nd ed., §7.10, for the
    /// rule of one standard error.
    public func crossValidated(
        _ features: Matrix, defaulted: [Bool], weights: [Double]? = nil, offset: [Double]? = nil,
        names: [String]? = nil, folds: [Int]
    ) throws(ElasticNetError) -> ElasticNetCrossValidation {
        precondition(folds.count == features.rows, "\(folds.count) fold numbers for \(features.rows) rows")
        try options.validate()
        let sample = try Self.sample(
            features, defaulted: defaulted, weights: weights, offset: offset, names: names,
            workers: options.workers)
        let numbers = Set(folds.indices.filter { sample.objective.weights[$0] > 0 }.map { folds[$0] })
            .sorted()
        guard numbers.count >= 2 else { throw .tooFewFolds(numbers.count) }
        let path = try path(of: sample)
        let parts = try options.workers.tryMap(numbers.count) { place throws(ElasticNetError) in
            try FoldScores(of: numbers[place], in: folds, sample, penalties: path.penalties, options: options)
        }
        let scores = path.penalties.indices.map { Self.score(path.penalties[$0], parts, at: $0) }
        return ElasticNetCrossValidation(path: path, scores: scores, folds: numbers)
    }

    /// The same on folds drawn at random, in which the share of defaults is as even as can be.
    ///
    /// - Parameters:
    ///   - foldCount: Number of folds, at least 2.
    ///   - generator: Decides which rows go together.
    public func crossValidated(
        _ features: Matrix, defaulted: [Bool], weights: [Double]? = nil, offset: [Double]? = nil,
        names: [String]? = nil, foldCount: Int = 10, using generator: inout SeededGenerator
    ) throws(ElasticNetError) -> ElasticNetCrossValidation {
        guard foldCount >= 2 else { throw .tooFewFolds(foldCount) }
        let folds = Self.balancedFolds(foldCount, defaulted: defaulted, using: &generator)
        return try crossValidated(
            features, defaulted: defaulted, weights: weights, offset: offset, names: names, folds: folds)
    }

    /// A fold 0 ..< `count` for every row, drawn so that folds differ by at most one default and one non-default.
    static func balancedFolds(
        _ count: Int, defaulted: [Bool], using generator: inout SeededGenerator
    ) -> [Int] {
        let shuffled = generator.permutation(defaulted.count)
        var folds = [Int](repeating: 0, count: defaulted.count)
        for flag in [true, false] {
            for (place, row) in shuffled.filter({ defaulted[$0] == flag }).enumerated() {
                // Dealt out like cards, the two classes from different ends, so that the sizes of folds are even too.
                folds[row] = flag ? place % count : count - 1 - place % count
            }
        }
        return folds
    }

    /// Combines the folds' means for one penalty.
    private static func score(
        _ penalty: Double, _ parts: [FoldScores], at index: Int
    ) -> ElasticNetCrossValidation.Score {
        var weightSum = 0.0
        var sum = 0.0
        for part in parts {
            weightSum += part.weight
            sum += part.weight * part.deviances[index]
        }
        let mean = sum / weightSum
        var squares = 0.0
        for part in parts {
            let distance = part.deviances[index] - mean
            squares += part.weight * distance * distance
        }
        return ElasticNetCrossValidation.Score(
            penalty: penalty, meanDeviance: mean,
            standardError: (squares / weightSum / Double(parts.count - 1)).squareRoot(),
            foldDeviances: parts.map { $0.deviances[index] })
    }
}

/// What the path fitted without one fold scores on it.
private struct FoldScores: Sendable {
    /// Σ w over the fold.
    let weight: Double
    /// The mean deviance of the fold's rows, one per penalty.
    let deviances: [Double]

    init(
        of fold: Int, in folds: [Int], _ sample: LogisticProblem, penalties: [Double],
        options: ElasticNetOptions
    ) throws(ElasticNetError) {
        let whole = sample.objective
        var fitted = whole.weights
        for row in folds.indices where folds[row] == fold { fitted[row] = 0 }
        let outcomes = Set(fitted.indices.filter { fitted[$0] > 0 }.map { whole.outcomes[$0] })
        guard outcomes.count == 2 else { throw .oneClassWithoutFold(fold) }

        let held = folds.indices.filter { folds[$0] == fold && whole.weights[$0] > 0 }
        let heldOut = LogisticObjective(
            features: whole.features.rows(held), outcomes: held.map { whole.outcomes[$0] },
            weights: held.map { whole.weights[$0] },
            offset: whole.offset.isEmpty ? [] : held.map { whole.offset[$0] }, workers: .single,
            scaling: whole.scaling, kernel: whole.kernel)
        let weight = heldOut.weights.reduce(0, +)

        let problem = try ElasticNetProblem(sample, weights: fitted, workers: .single, options: options)
        var solver = try PathSolver(problem, options: options)
        var deviances: [Double] = []
        for penalty in penalties {
            try solver.advance(to: penalty)
            deviances.append(heldOut.clippedDeviance(at: solver.solution.coefficients) / weight)
        }
        self.weight = weight
        self.deviances = deviances
    }
}

extension LogisticObjective {
    /// −2 Σ w [y ln p + (1 − y) ln(1 − p)] with p kept within [1e-5, 1 − 1e-5], as glmnet does: one row that is
    /// confidently wrong must not decide.
    fileprivate func clippedDeviance(at coefficients: [Double]) -> Double {
        let logOdds = logOdds(at: coefficients)
        var sum = 0.0
        for row in logOdds.indices {
            let probability = min(max(1 / (1 + exp(-logOdds[row])), 1e-5), 1 - 1e-5)
            sum += weights[row] * (outcomes[row] == 1 ? log(probability) : log1p(-probability))
        }
        return -2 * sum
    }
}

extension Matrix {
    /// A copy of some of the rows.
    fileprivate func rows(_ indices: [Int]) -> Matrix {
        var selected: [Double] = []
        selected.reserveCapacity(indices.count * columns)
        let elements = elements
        let values = elements.span
        for column in 0..<columns {
            let first = column * rows
            for row in indices { selected.append(values[first + row]) }
        }
        return Matrix(rows: indices.count, columns: columns, columnMajor: selected)
    }
}
