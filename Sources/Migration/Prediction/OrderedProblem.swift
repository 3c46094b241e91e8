import Glibc
import LinearAlgebra
import Parallelism
import Scoring

/// Checked data of an ordered regression, on standardised columns, and Newton's method on them.
struct OrderedProblem {
    let columns: StandardisedColumns
    let names: [String]
    let levels: [Int]
    let strata: [Int]
    let weights: [Double]
    let link: OrderedLink
    let layout: ThresholdLayout
    let ridge: Double
    private let uppers: [Int]
    private let lowers: [Int]

    struct Solution {
        var free: [Double]
        var slopes: [Double]
        var logLikelihood: Double
        var iterations: Int
        var parameters: [Double] { free + slopes }
    }

    init(
        _ features: Matrix, levels: [Int], levelCount: Int, strata: [Int]?, strataCount: Int,
        weights: [Double]?, link: OrderedLink, names: [String]?, ridge: Double
    ) throws(MigrationError) {
        let strata = strata ?? [Int](repeating: 0, count: levels.count)
        let weights = weights ?? [Double](repeating: 1, count: levels.count)
        let names = names ?? (0..<features.columns).map { "x\($0 + 1)" }
        precondition(
            levels.count == features.rows && strata.count == levels.count && weights.count == levels.count
                && names.count == features.columns && levelCount >= 2,
            "\(features.rows) rows, \(levels.count) levels, \(strata.count) strata, \(weights.count) weights")
        if let level = levels.first(where: { !(0..<levelCount).contains($0) }) {
            throw .state(level, states: levelCount)
        }
        if let stratum = strata.first(where: { !(0..<strataCount).contains($0) }) {
            throw .state(stratum, states: strataCount)
        }
        if let weight = weights.first(where: { !($0 >= 0 && $0.isFinite) }) {
            throw .badOption(name: "a weight", value: "\(weight)", expected: "finite and at least 0")
        }
        guard weights.contains(where: { $0 > 0 }) else { throw .noObservations(what: "no row has a weight") }
        columns = try StandardisedColumns(features, weights: weights, names: names)
        if ridge == 0, !columns.constant.isEmpty {
            throw .constant(columns: columns.constant.map { names[$0] })
        }
        layout = ThresholdLayout(
            levels: levels, strata: strata, weights: weights, levelCount: levelCount, strataCount: strataCount
        )
        guard layout.count > 0 else { throw .noObservations(what: "every stratum shows one level only") }
        var uppers: [Int] = []
        var lowers: [Int] = []
        for row in levels.indices {
            let places = layout.places(stratum: strata[row], level: levels[row])
            uppers.append(places.upper ?? -1)
            lowers.append(places.lower ?? -1)
        }
        self.uppers = uppers
        self.lowers = lowers
        self.names = names
        self.levels = levels
        self.strata = strata
        self.weights = weights
        self.link = link
        self.ridge = ridge
    }

    /// Thresholds at which, with β = 0, every stratum shows its levels' shares.
    private var start: [Double] {
        var sums = [[Double]](
            repeating: [Double](repeating: 0, count: layout.levelCount), count: layout.shown.count)
        for row in levels.indices { sums[strata[row]][levels[row]] += weights[row] }
        var free: [Double] = []
        for (stratum, shown) in layout.shown.enumerated() {
            let total = sums[stratum].reduce(0, +)
            var below = 0.0
            for level in shown.dropLast() {
                below += sums[stratum][level]
                free.append(link.quantile(below / total))
            }
        }
        return free + [Double](repeating: 0, count: names.count)
    }

    /// The penalised log-likelihood, and the plain one.
    private func value(_ parameters: [Double]) -> (penalised: Double, plain: Double) {
        let predictors = predictors(parameters)
        var sum = 0.0
        for row in levels.indices where weights[row] > 0 {
            let (upper, lower) = bounds(row, parameters, predictors[row])
            if upper == .infinity, lower == -.infinity { continue }
            sum += weights[row] * link.slopes(upper: upper, lower: lower).logProbability
        }
        let squares = parameters[layout.count...].reduce(0) { $0 + $1 * $1 }
        return (sum - 0.5 * ridge * squares, sum)
    }

    private func bounds(
        _ row: Int, _ parameters: [Double], _ predictor: Double
    ) -> (upper: Double, lower: Double) {
        (
            uppers[row] >= 0 ? parameters[uppers[row]] - predictor : .infinity,
            lowers[row] >= 0 ? parameters[lowers[row]] - predictor : -.infinity
        )
    }

    private func predictors(_ parameters: [Double]) -> [Double] {
        var sums = [Double](repeating: 0, count: levels.count)
        let elements = columns.matrix.elements
        for column in names.indices {
            let slope = parameters[layout.count + column]
            if slope == 0 { continue }
            let start = column * levels.count
            for row in levels.indices { sums[row] += slope * elements[start + row] }
        }
        return sums
    }

    /// Gradient and negative Hessian of the penalised log-likelihood.
    private func derivatives(
        _ parameters: [Double]
    ) throws(MigrationError) -> (gradient: [Double], information: Matrix) {
        let cuts = layout.count
        let count = cuts + names.count
        let predictors = predictors(parameters)
        var gradient = [Double](repeating: 0, count: count)
        var information = Matrix(rows: count, columns: count)
        // Per row: dℓ ÷ dη, −d²ℓ ÷ dη², and −d²ℓ ÷ dη dτ for the two thresholds.
        var first = [Double](repeating: 0, count: levels.count)
        var second = first
        var upperCross = first
        var lowerCross = first
        for row in levels.indices where weights[row] > 0 {
            let (upper, lower) = bounds(row, parameters, predictors[row])
            if upper == .infinity, lower == -.infinity { continue }
            let slopes = link.slopes(upper: upper, lower: lower)
            let weight = weights[row]
            let uu = weight * (slopes.upper * slopes.upper - slopes.upperCurve)
            let ll = weight * (slopes.lower * slopes.lower + slopes.lowerCurve)
            let ul = -weight * slopes.upper * slopes.lower
            if uppers[row] >= 0 {
                gradient[uppers[row]] += weight * slopes.upper
                information[uppers[row], uppers[row]] += uu
            }
            if lowers[row] >= 0 {
                gradient[lowers[row]] -= weight * slopes.lower
                information[lowers[row], lowers[row]] += ll
            }
            if uppers[row] >= 0, lowers[row] >= 0 {
                information[uppers[row], lowers[row]] += ul
                information[lowers[row], uppers[row]] += ul
            }
            first[row] = -weight * (slopes.upper - slopes.lower)
            second[row] = max(0, uu + 2 * ul + ll)
            upperCross[row] = -(uu + ul)
            lowerCross[row] = -(ul + ll)
        }
        let elements = columns.matrix.elements
        var cross = [Double](repeating: 0, count: cuts)
        for column in names.indices {
            let start = column * levels.count
            for cut in cross.indices { cross[cut] = 0 }
            var sum = 0.0
            for row in levels.indices {
                let value = elements[start + row]
                sum += first[row] * value
                if uppers[row] >= 0 { cross[uppers[row]] += upperCross[row] * value }
                if lowers[row] >= 0 { cross[lowers[row]] += lowerCross[row] * value }
            }
            gradient[cuts + column] = sum - ridge * parameters[cuts + column]
            for cut in cross.indices {
                information[cut, cuts + column] = cross[cut]
                information[cuts + column, cut] = cross[cut]
            }
        }
        if !names.isEmpty {
            let weights = second
            let gram = try MigrationError.algebra { () throws(LinearAlgebraError) in
                try columns.matrix.gram(weights: weights)
            }
            for row in names.indices {
                for column in names.indices {
                    information[cuts + row, cuts + column] = gram[row, column] + (row == column ? ridge : 0)
                }
            }
        }
        return (gradient, information)
    }

    /// Iterates to the maximum, or says why there is none.
    func solved(_ options: RegressionOptions) throws(MigrationError) -> Solution {
        var parameters = start
        var current = value(parameters)
        for iteration in 1...options.maximumIterations {
            let (gradient, information) = try derivatives(parameters)
            if iteration == 1 { try checkColumns(information) }
            let step = try newtonStep(gradient, information)
            let decrement = zip(step, gradient).reduce(0) { $0 + $1.0 * $1.1 }
            var share = 1.0
            var next = parameters
            var reached = current
            repeat {
                for place in parameters.indices { next[place] = parameters[place] + share * step[place] }
                if layout.isRising(next[..<layout.count]) {
                    reached = value(next)
                    // Rounding may undo the last digit of the gain near the maximum.
                    if reached.penalised >= current.penalised - 1e-12 * abs(current.penalised) { break }
                }
                share /= 2
            } while share > 1e-10
            if share <= 1e-10 { break }
            parameters = next
            current = reached
            if decrement <= options.tolerance * options.tolerance, share == 1 {
                if try !runsAway(parameters) {
                    return Solution(
                        free: Array(parameters[..<layout.count]), slopes: Array(parameters[layout.count...]),
                        logLikelihood: current.plain, iterations: iteration)
                }
            }
            // Separated data gain a constant per step; Newton rarely needs more than this otherwise.
            if iteration == 20, try runsAway(parameters) { break }
        }
        let (gradient, _) = try derivatives(parameters)
        throw .notConverged(
            iterations: options.maximumIterations, largestChange: gradient.map { abs($0) }.max() ?? .nan)
    }

    /// Checks an estimate that is suspiciously far out for a direction without end.
    ///
    /// - Returns: Always `false`; a separation is thrown.
    private func runsAway(_ parameters: [Double]) throws(MigrationError) -> Bool {
        // On standardised columns a slope of 8 turns odds of 1 : 1 to 1 : 3000 within one standard deviation.
        guard ridge == 0, parameters[layout.count...].contains(where: { abs($0) > 8 }) else { return false }
        let separated = separatedColumns()
        if !separated.isEmpty { throw .separated(columns: separated) }
        return false
    }

    /// Refuses columns that depend on others or on the strata, which rounding may hide from the factor itself.
    private func checkColumns(_ information: Matrix) throws(MigrationError) {
        guard ridge == 0, let pivoted = try? PivotedCholesky(information, tolerance: 1e-11) else { return }
        guard pivoted.rank < layout.count + names.count else { return }
        let dependent = pivoted.dependentColumns.filter { $0 >= layout.count }
        if !dependent.isEmpty { throw .collinear(columns: dependent.map { names[$0 - layout.count] }) }
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

    /// The columns that a rule uses which separates the levels at all thresholds at once.
    ///
    /// The likelihood has a direction without end exactly if the binary data "y ≤ k" at the two thresholds of every
    /// row, with an indicator of the threshold beside x, are separated, which the logistic regression decides.
    private func separatedColumns() -> [String] {
        var rows: [(row: Int, cut: Int, isBelow: Bool)] = []
        for row in levels.indices where weights[row] > 0 {
            if uppers[row] >= 0 { rows.append((row, uppers[row], true)) }
            if lowers[row] >= 0 { rows.append((row, lowers[row], false)) }
        }
        var stacked = Matrix(rows: rows.count, columns: names.count + layout.count - 1)
        for (place, entry) in rows.enumerated() {
            for column in names.indices { stacked[place, column] = -columns.matrix[entry.row, column] }
            // The intercept stands for the first threshold.
            if entry.cut > 0 { stacked[place, names.count + entry.cut - 1] = 1 }
        }
        let labels = names + (1..<max(1, layout.count)).map { "threshold \($0 + 1)" }
        do throws(FitError) {
            _ = try LogisticRegression(LogisticOptions(workers: .single)).fit(
                stacked, defaulted: rows.map(\.isBelow), names: labels)
            return []
        } catch {
            guard case .separated(let separation) = error else { return [] }
            return separation.columns.filter { names.contains($0) }
        }
    }

    /// Standard errors on the raw scale.
    func errors(at solution: Solution) throws(MigrationError) -> (slopes: [Double], thresholds: [[Double]]) {
        let (_, information) = try derivatives(solution.parameters)
        let cuts = layout.count
        let covariance = try MigrationError.algebra { () throws(LinearAlgebraError) in
            try Cholesky(information).inverse()
        }
        let slopes = names.indices.map { covariance[cuts + $0, cuts + $0].squareRoot() / columns.scales[$0] }
        // τ of the raw columns is τ + Σ mⱼ βⱼ ÷ sⱼ.
        let loads = names.indices.map { columns.means[$0] / columns.scales[$0] }
        var ofSlopes = 0.0
        for row in names.indices {
            for column in names.indices {
                ofSlopes += loads[row] * loads[column] * covariance[cuts + row, cuts + column]
            }
        }
        let free = (0..<cuts).map { cut in
            let shared = names.indices.reduce(0) { $0 + loads[$1] * covariance[cut, cuts + $1] }
            return max(0, covariance[cut, cut] + 2 * shared + ofSlopes).squareRoot()
        }
        let thresholds = layout.thresholds(free).map { $0.map { $0.isFinite ? $0 : .nan } }
        return (slopes, thresholds)
    }
}
