import Glibc
public import LinearAlgebra
import Parallelism
import Scoring

/// A multinomial logit: ln(P(y = k) ÷ P(y = 0)) = oₖ − o₀ + aₖ + xᵀbₖ for k = 1 … K − 1.
///
/// The offsets o are known logarithms of probabilities, such as those of a transition matrix, of which the model then
/// estimates how features change them. A class that no row shows has no parameters and keeps its offset, or, without
/// offsets, probability 0.
///
/// Source: McFadden (1974), "Conditional logit analysis of qualitative choice behavior".
public struct MultinomialRegression: Sendable, Equatable {
    /// a, by class; 0 for the first class shown.
    public let intercepts: [Double]
    /// b, by class, per unit of the column.
    public let coefficients: [[Double]]
    /// Whether any row showed a class.
    public let isShown: [Bool]
    /// Σ w ln P at the estimate, without the penalty.
    public let logLikelihood: Double
    /// Standard errors of b by class, from the inverse of the (penalised) information; NaN for the reference class.
    public let standardErrors: [[Double]]
    /// Newton steps taken.
    public let iterations: Int

    /// Fits the model by Newton's method.
    ///
    /// - Parameters:
    ///   - features: X, shape (n, p), finite.
    ///   - classes: y in 0 ..< K, length n.
    ///   - classCount: K ≥ 2.
    ///   - offsets: o, shape (n, K), finite; absent: all 0.
    ///   - weights: w ≥ 0, length n; absent: all 1.
    ///   - names: Names of the columns for messages.
    /// - Throws: as ``OrderedRegression/init(_:levels:levelCount:strata:strataCount:weights:link:names:options:)``.
    /// - Complexity: O(K² n p² + K³ p³) for a step.
    public init(
        _ features: Matrix, classes: [Int], classCount: Int, offsets: Matrix? = nil,
        weights: [Double]? = nil, names: [String]? = nil, options: RegressionOptions = RegressionOptions()
    ) throws(MigrationError) {
        let problem = try MultinomialProblem(
            features, classes: classes, classCount: classCount, offsets: offsets, weights: weights,
            names: names,
            ridge: options.validated().ridge)
        let solution = try problem.solved(options)
        let width = problem.width
        let columns = problem.columns
        var intercepts = [Double](repeating: 0, count: classCount)
        var coefficients = [[Double]](
            repeating: [Double](repeating: 0, count: features.columns), count: classCount)
        var errors = coefficients.map { $0.map { _ in Double.nan } }
        let variances = try MigrationError.algebra { () throws(LinearAlgebraError) in
            try Cholesky(solution.information).inverseDiagonal()
        }
        for (block, label) in problem.shown.dropFirst().enumerated() {
            intercepts[label] = solution.parameters[block * width]
            for column in 0..<features.columns {
                let place = block * width + 1 + column
                coefficients[label][column] = solution.parameters[place] / columns.scales[column]
                errors[label][column] = variances[place].squareRoot() / columns.scales[column]
                intercepts[label] -= coefficients[label][column] * columns.means[column]
            }
        }
        self.intercepts = intercepts
        self.coefficients = coefficients
        standardErrors = errors
        isShown = (0..<classCount).map { problem.shown.contains($0) }
        logLikelihood = solution.logLikelihood
        iterations = solution.iterations
    }

    /// The distribution over the K classes of every row, shape (n, K).
    public func distributions(_ features: Matrix, offsets: Matrix? = nil) -> Matrix {
        precondition(features.columns == coefficients[0].count, "\(features.columns) columns")
        let classes = intercepts.count
        var scores = Matrix(rows: features.rows, columns: classes)
        for label in 0..<classes {
            for row in 0..<features.rows {
                scores[row, label] = offsets.map { $0[row, label] } ?? (isShown[label] ? 0 : -.infinity)
                scores[row, label] += intercepts[label]
            }
            for column in 0..<features.columns where coefficients[label][column] != 0 {
                for row in 0..<features.rows {
                    scores[row, label] += coefficients[label][column] * features[row, column]
                }
            }
        }
        scores.applySoftmax()
        return scores
    }
}

extension Matrix {
    /// Turns every row into eᶻ ÷ Σ eᶻ.
    mutating func applySoftmax() {
        for row in 0..<rows {
            var largest = -Double.infinity
            for column in 0..<columns { largest = max(largest, self[row, column]) }
            var sum = 0.0
            for column in 0..<columns {
                let value = exp(self[row, column] - largest)
                self[row, column] = value
                sum += value
            }
            for column in 0..<columns { self[row, column] /= sum }
        }
    }
}

/// Checked data of a multinomial logit, on standardised columns, and Newton's method on them.
private struct MultinomialProblem {
    let columns: StandardisedColumns
    let names: [String]
    let classes: [Int]
    let offsets: Matrix?
    let weights: [Double]
    let ridge: Double
    /// Classes with weight, rising; the first is the reference.
    let shown: [Int]
    /// Position of a class among those shown, less one; −1 for the reference.
    private let blocks: [Int]
    /// (1, x̃), shape (n, p + 1).
    private let design: Matrix

    struct Solution {
        var parameters: [Double]
        var information: Matrix
        var logLikelihood: Double
        var iterations: Int
    }

    /// Parameters of a class: the intercept and the slopes.
    var width: Int { names.count + 1 }

    init(
        _ features: Matrix, classes: [Int], classCount: Int, offsets: Matrix?, weights: [Double]?,
        names: [String]?, ridge: Double
    ) throws(MigrationError) {
        let weights = weights ?? [Double](repeating: 1, count: classes.count)
        let names = names ?? (0..<features.columns).map { "x\($0 + 1)" }
        precondition(
            classes.count == features.rows && weights.count == classes.count
                && names.count == features.columns
                && classCount >= 2 && offsets?.rows ?? classes.count == classes.count
                && offsets?.columns ?? classCount == classCount,
            "\(features.rows) rows, \(classes.count) classes, \(weights.count) weights")
        if let label = classes.first(where: { !(0..<classCount).contains($0) }) {
            throw .state(label, states: classCount)
        }
        if let weight = weights.first(where: { !($0 >= 0 && $0.isFinite) }) {
            throw .badOption(name: "a weight", value: "\(weight)", expected: "finite and at least 0")
        }
        if let offsets, !offsets.isFinite {
            throw .badOption(
                name: "an offset", value: "not finite", expected: "the logarithm of a probability > 0")
        }
        guard weights.contains(where: { $0 > 0 }) else { throw .noObservations(what: "no row has a weight") }
        var sums = [Double](repeating: 0, count: classCount)
        for row in classes.indices { sums[classes[row]] += weights[row] }
        shown = sums.indices.filter { sums[$0] > 0 }
        guard shown.count > 1 else { throw .noObservations(what: "all rows show the same class") }
        columns = try StandardisedColumns(features, weights: weights, names: names)
        if ridge == 0, !columns.constant.isEmpty {
            throw .constant(columns: columns.constant.map { names[$0] })
        }
        design = Matrix(
            rows: features.rows, columns: names.count + 1,
            columnMajor: [Double](repeating: 1, count: features.rows) + columns.matrix.elements)
        let shown = shown
        blocks = (0..<classCount).map { (shown.firstIndex(of: $0) ?? 0) - 1 }
        self.names = names
        self.classes = classes
        self.offsets = offsets
        self.weights = weights
        self.ridge = ridge
    }

    /// P of the classes shown, by class then row, and Σ w ln P.
    private func probabilities(_ parameters: [Double]) -> (values: [[Double]], logLikelihood: Double) {
        let rows = classes.count
        var scores = shown.map { label in
            (0..<rows).map { row in offsets.map { $0[row, label] } ?? 0 }
        }
        let elements = design.elements
        for block in 0..<shown.count - 1 {
            for column in 0..<width {
                let parameter = parameters[block * width + column]
                if parameter == 0 { continue }
                let start = column * rows
                for row in 0..<rows { scores[block + 1][row] += parameter * elements[start + row] }
            }
        }
        var logLikelihood = 0.0
        for row in 0..<rows {
            var largest = -Double.infinity
            for label in scores.indices { largest = max(largest, scores[label][row]) }
            var sum = 0.0
            for label in scores.indices { sum += exp(scores[label][row] - largest) }
            let total = largest + log(sum)
            if weights[row] > 0 {
                logLikelihood += weights[row] * (scores[blocks[classes[row]] + 1][row] - total)
            }
            for label in scores.indices { scores[label][row] = exp(scores[label][row] - total) }
        }
        return (scores, logLikelihood)
    }

    private func penalty(_ parameters: [Double]) -> Double {
        var squares = 0.0
        for (place, value) in parameters.enumerated() where place % width != 0 { squares += value * value }
        return 0.5 * ridge * squares
    }

    private func gradient(
        _ parameters: [Double], _ probabilities: [[Double]]
    ) throws(MigrationError) -> [Double] {
        var gradient: [Double] = []
        for block in 0..<shown.count - 1 {
            let residuals = classes.indices.map { row in
                weights[row] * ((blocks[classes[row]] == block ? 1 : 0) - probabilities[block + 1][row])
            }
            gradient += try MigrationError.algebra { () throws(LinearAlgebraError) in
                try design.transposedTimes(residuals)
            }
        }
        for place in gradient.indices where place % width != 0 {
            gradient[place] -= ridge * parameters[place]
        }
        return gradient
    }

    private func information(_ probabilities: [[Double]]) throws(MigrationError) -> Matrix {
        let size = (shown.count - 1) * width
        var information = Matrix(rows: size, columns: size)
        for first in 0..<shown.count - 1 {
            for second in 0...first {
                // Weights of a Gram matrix may not be negative, so the sign of mixed blocks is taken outside.
                let sign = first == second ? 1.0 : -1
                let spread = classes.indices.map { row in
                    let p = probabilities[first + 1][row]
                    let q = probabilities[second + 1][row]
                    return weights[row] * (first == second ? p * (1 - p) : p * q)
                }
                let gram = try MigrationError.algebra { () throws(LinearAlgebraError) in
                    try design.gram(weights: spread)
                }
                for row in 0..<width {
                    for column in 0..<width {
                        information[first * width + row, second * width + column] = sign * gram[row, column]
                        information[second * width + column, first * width + row] = sign * gram[row, column]
                    }
                }
            }
        }
        for place in 0..<size where place % width != 0 { information[place, place] += ridge }
        return information
    }

    func solved(_ options: RegressionOptions) throws(MigrationError) -> Solution {
        var parameters = [Double](repeating: 0, count: (shown.count - 1) * width)
        try checkColumns()
        var (fitted, plain) = probabilities(parameters)
        var current = plain
        for iteration in 1...options.maximumIterations {
            let slope = try gradient(parameters, fitted)
            let curvature = try information(fitted)
            let step = try newtonStep(slope, curvature)
            let decrement = zip(step, slope).reduce(0) { $0 + $1.0 * $1.1 }
            var share = 1.0
            repeat {
                let next = zip(parameters, step).map { $0 + share * $1 }
                let (values, logLikelihood) = probabilities(next)
                let penalised = logLikelihood - penalty(next)
                if penalised >= current - 1e-12 * abs(current) {
                    (parameters, fitted, plain, current) = (next, values, logLikelihood, penalised)
                    break
                }
                share /= 2
            } while share > 1e-10
            if share <= 1e-10 { break }
            let isFarOut = ridge == 0 && parameters.enumerated().contains { $0 % width != 0 && abs($1) > 8 }
            if isFarOut, iteration == 20 || decrement <= options.tolerance * options.tolerance {
                let separated = separatedColumns()
                if !separated.isEmpty { throw .separated(columns: separated) }
            }
            if decrement <= options.tolerance * options.tolerance, share == 1 {
                return Solution(
                    parameters: parameters, information: try information(fitted), logLikelihood: plain,
                    iterations: iteration)
            }
        }
        let slope = try gradient(parameters, fitted)
        throw .notConverged(
            iterations: options.maximumIterations, largestChange: slope.map { abs($0) }.max() ?? .nan)
    }

    /// Refuses columns that depend on others, which rounding may hide from the factor itself.
    private func checkColumns() throws(MigrationError) {
        guard ridge == 0, let gram = try? design.gram(weights: weights),
            let pivoted = try? PivotedCholesky(gram, tolerance: 1e-11)
        else { return }
        let dependent = pivoted.dependentColumns.filter { $0 > 0 }
        if !dependent.isEmpty { throw .collinear(columns: dependent.map { names[$0 - 1] }) }
    }

    private func newtonStep(_ gradient: [Double], _ information: Matrix) throws(MigrationError) -> [Double] {
        do throws(LinearAlgebraError) { return try Cholesky(information).solve(gradient) } catch {
            if ridge == 0 {
                let separated = separatedColumns()
                if !separated.isEmpty { throw .separated(columns: separated) }
            }
            throw .algebra(error)
        }
    }

    /// The columns of a rule that separates the classes.
    ///
    /// The likelihood has a direction without end exactly if (bᵧ − bₖ)ᵀz ≥ 0 for every row and every other class k, not
    /// always 0. Each of these differences stands as a default, and mirrored as a non-default, so that the intercept
    /// of the logistic regression that decides it gains nothing.
    private func separatedColumns() -> [String] {
        let others = shown.count - 1
        let rows = classes.indices.filter { weights[$0] > 0 }
        var stacked = Matrix(rows: 2 * rows.count * others, columns: others * width)
        var defaulted: [Bool] = []
        for row in rows {
            for other in -1..<others where other != blocks[classes[row]] {
                for sign in [1.0, -1] {
                    let place = defaulted.count
                    for column in 0..<width {
                        let value = sign * design[row, column]
                        let own = blocks[classes[row]]
                        if own >= 0 { stacked[place, own * width + column] = value }
                        if other >= 0 { stacked[place, other * width + column] = -value }
                    }
                    defaulted.append(sign > 0)
                }
            }
        }
        let labels = (0..<others).flatMap { block in
            ["intercept \(block + 1)"] + names.map { "\($0) of class \(shown[block + 1])" }
        }
        do throws(FitError) {
            _ = try LogisticRegression(LogisticOptions(workers: .single)).fit(
                stacked, defaulted: defaulted, names: labels)
            return []
        } catch {
            guard case .separated(let separation) = error else { return [] }
            return separation.columns.filter { !$0.hasPrefix("intercept ") }
        }
    }
}
