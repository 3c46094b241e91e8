import LinearAlgebra

/// Follows the solution of an elastic net from large to small penalties.
///
/// Every penalty starts from the solution of the one before it and from its curvature. With many columns the work is
/// done on a working set: the columns that are not zero and, in reserve, those that the loss pulls hardest, which
/// are the next to enter. The optimality conditions are then checked on all columns, and those that fail join the set.
///
/// The strong rule of Tibshirani et al. (2012), a bound on the pull for the same purpose, lets in about twice as many
/// as ever enter; since the check on all columns is made for every penalty anyway, the smaller set is faster.
struct PathSolver {
    /// Up to this many columns a working set costs more than it saves.
    private static let smallProblem = 64

    private let problem: ElasticNetProblem
    private let tolerance: Double
    private let maximumPasses: Int
    /// The columns of the working set, rising; the coefficients of `solver` are the intercept and theirs.
    private var working: [Int]
    private var solver: ProximalNewton
    /// The slopes of the mean loss at the present solution, for all coefficients.
    private var gradient: [Double] = []
    /// λ of the present solution; infinite where every penalised coefficient rests.
    private var penalty = Double.infinity
    /// Passes over the data that are not in the count of `solver`.
    private var otherPasses = 0

    /// The present solution.
    private(set) var solution = Solution()

    /// A point of the path in scaled coefficients.
    struct Solution {
        /// u, intercept first.
        var coefficients: [Double] = []
        /// ℓ(u) ÷ W.
        var loss = 0.0
        /// The largest violation of the optimality conditions.
        var violation = 0.0
        /// Passes over the data since the start of the path.
        var passes = 0
    }

    /// Finds the solution at which every penalised coefficient rests.
    init(_ problem: ElasticNetProblem, options: ElasticNetOptions) throws(ElasticNetError) {
        self.problem = problem
        tolerance = options.tolerance
        maximumPasses = options.maximumPasses
        let resting = problem.penalty(1).holdingPenalised(at: problem.start)
        // Columns that rest at zero need not be read.
        working = (0..<problem.columns).filter { column in
            problem.columns <= Self.smallProblem || resting.isFree(column + 1)
                || problem.start[column + 1] != 0
        }
        solver = Self.solver(problem, over: working, from: problem.start)
        try minimise(resting)
    }

    /// The smallest λ at which every penalised coefficient rests, given that they do now.
    var largestPenalty: Double {
        gradient.indices.reduce(0) { max($0, problem.release(of: $1, slope: gradient[$1])) }
    }

    /// Moves on to the solution for a smaller penalty.
    mutating func advance(to lambda: Double) throws(ElasticNetError) {
        penalty = lambda
        try minimise(problem.penalty(lambda))
    }
}

extension PathSolver {
    /// Solves for a penalty on the working set, which grows until the optimality conditions hold on all columns.
    private mutating func minimise(_ penalty: SeparablePenalty) throws(ElasticNetError) {
        let passesBefore = otherPasses + solver.passes
        while true {
            let outcome = solver.minimise(
                penalty.restricted(to: [0] + working.map { $0 + 1 }), tolerance: tolerance,
                maximumPasses: maximumPasses)
            guard outcome.converged else {
                throw .notConverged(
                    penalty: self.penalty, passes: otherPasses + solver.passes - passesBefore,
                    violation: outcome.violation)
            }
            if self.penalty == .infinity || self.penalty == 0 { try refuseRunaways(penalty) }
            let coefficients = allCoefficients
            gradient = fullGradient(at: coefficients)
            var violations = [Double](repeating: 0, count: coefficients.count)
            for index in violations.indices {
                violations[index] = penalty.violation(
                    of: index, slope: gradient[index], at: coefficients[index])
            }
            let members = Set(working)
            let failing = (0..<problem.columns).filter {
                violations[$0 + 1] > tolerance && !members.contains($0)
            }
            guard !failing.isEmpty else {
                solution = Solution(
                    coefficients: coefficients, loss: solver.loss, violation: violations.max() ?? 0,
                    passes: otherPasses + solver.passes)
                return
            }
            admit(failing)
        }
    }

    /// Refuses columns without a penalty that separate the classes.
    ///
    /// Whether they do depends on no λ > 0, since a penalty grows faster than the loss can fall: it is seen before any
    /// other column enters, or at λ = 0.
    private mutating func refuseRunaways(_ penalty: SeparablePenalty) throws(ElasticNetError) {
        let working = penalty.restricted(to: [0] + working.map { $0 + 1 })
        guard (1..<working.count).contains(where: working.isFree) else { return }
        let running = solver.runaways(working)
        guard running.isEmpty else {
            throw .separated(
                penalty: self.penalty, columns: running.map { problem.names[self.working[$0 - 1]] })
        }
    }

    /// The coefficients of all columns; those outside the working set are zero.
    private var allCoefficients: [Double] {
        var all = [Double](repeating: 0, count: problem.columns + 1)
        all[0] = solver.coefficients[0]
        for (place, column) in working.enumerated() { all[column + 1] = solver.coefficients[place + 1] }
        return all
    }

    private mutating func fullGradient(at coefficients: [Double]) -> [Double] {
        guard working.count < problem.columns else { return solver.gradient }
        otherPasses += 1
        return problem.objective.lossAndGradient(at: coefficients).gradient.map { $0 / problem.weightSum }
    }

    /// Lets columns into the working set, and renews its reserve so that it seldom has to grow.
    private mutating func admit(_ entering: [Int]) {
        let coefficients = allCoefficients
        let penalty = problem.penalty(1)
        let needed = Set(entering).union(
            working.filter { coefficients[$0 + 1] != 0 || penalty.isFree($0 + 1) })
        let size = 3 * needed.count / 2 + 16
        if size > 3 * problem.columns / 4 {
            working = Array(0..<problem.columns)
        } else {
            let pulls = (0..<problem.columns).map { problem.release(of: $0 + 1, slope: gradient[$0 + 1]) }
            let others = pulls.indices.filter { !needed.contains($0) }
                .sorted { (pulls[$0], $1) > (pulls[$1], $0) }
            working = needed.union(others.prefix(size - needed.count)).sorted()
        }
        otherPasses += solver.passes
        solver = Self.solver(problem, over: working, from: coefficients)
    }

    /// A solver over some of the columns, at the given coefficients of all of them.
    private static func solver(
        _ problem: ElasticNetProblem, over working: [Int], from coefficients: [Double]
    ) -> ProximalNewton {
        ProximalNewton(
            working.count == problem.columns ? problem.objective : problem.objective.restricted(to: working),
            weightSum: problem.weightSum, policy: .learned,
            from: [coefficients[0]] + working.map { coefficients[$0 + 1] })
    }
}

extension LogisticObjective {
    /// The objective over some of the columns, which are copied.
    func restricted(to columns: [Int]) -> LogisticObjective {
        let rows = features.rows
        var elements: [Double] = []
        elements.reserveCapacity(rows * columns.count)
        for column in columns {
            elements.append(contentsOf: features.elements[column * rows..<(column + 1) * rows])
        }
        return LogisticObjective(
            features: Matrix(rows: rows, columns: columns.count, columnMajor: elements), outcomes: outcomes,
            weights: weights, offset: offset, workers: workers,
            scaling: ColumnScaling(
                scale: columns.map { scaling.scale[$0] }, shift: columns.map { scaling.shift[$0] }),
            kernel: kernel)
    }
}
