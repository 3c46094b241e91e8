import Glibc
import LinearAlgebra
import Parallelism
import Statistics

/// Chooses variables one at a time.
///
/// On the way in, candidates are ranked by Rao's score statistic
///
///     gⱼ² ÷ (Hⱼⱼ − hⱼᵀ H_SS⁻¹ hⱼ),
///
/// which needs no fit: one pass over the rows gives gradient and hessian of all variables at the fit of the chosen
/// ones S. The best candidate is then fitted, and comes in if the criterion and the signs allow it; else the next
/// best is tried, as long as the score test alone could satisfy the criterion. On the way out, variables are ranked
/// by Wald's statistic in the same manner.
///
/// Source: Rao (1948), *Large sample tests of statistical hypotheses*; Lawless & Singhal (1978), *Efficient screening
/// of nonnormal regression models*, Biometrics 34.
struct StepwiseSelection {
    /// WOE by row and variable.
    let woes: Matrix
    let names: [String]
    let defaulted: [Bool]
    let weights: [Double]?
    let options: SelectionOptions
    let workers: Workers

    /// The chosen positions, in the order in which they came in.
    private(set) var chosen: [Int] = []
    private(set) var log: SelectionLog
    /// What deserves a second look, one sentence each.
    private(set) var remarks: [String] = []
    private var fit: LogisticFit?

    init(
        woes: Matrix, names: [String], defaulted: [Bool], weights: [Double]?, options: SelectionOptions,
        workers: Workers, log: SelectionLog
    ) {
        self.woes = woes
        self.names = names
        self.defaulted = defaulted
        self.weights = weights
        self.options = options
        self.workers = workers
        self.log = log
    }

    /// Runs the choice.
    ///
    /// - Throws: ``FitError`` if the variables that the recipe forces in, or all of them, cannot be fitted.
    mutating func run() throws(FitError) {
        let forced = names.indices.filter { options.forced.contains(names[$0]) }
        for position in forced { log.add(names[position], .admitted, .forced) }
        chosen = forced
        guard let stepwise = options.stepwise else {
            let rest = names.indices.filter { !forced.contains($0) }
            for position in rest { log.add(names[position], .admitted, .all) }
            try fitAll(forced + rest)
            try removeWrongSigns()
            return
        }
        switch stepwise.direction {
        case .backward:
            let rest = names.indices.filter { !forced.contains($0) }
            for position in rest { log.add(names[position], .admitted, .all) }
            try fitAll(forced + rest)
            try removeWrongSigns()
            while try removeWeakest(stepwise) { try removeWrongSigns() }
        case .forward, .both:
            try fitAll(forced)
            try removeWrongSigns()
            var visited: Set<Set<Int>> = [Set(chosen)]
            while try admitBest(stepwise) {
                if stepwise.direction == .both { while try removeWeakest(stepwise) {} }
                // A criterion that falls with every step never comes back; p-values of two tests may disagree for ever.
                guard visited.insert(Set(chosen)).inserted else {
                    remarks.append(
                        "the stepwise choice came back to variables it had before and was ended there: the score test "
                            + "lets in what Wald's test takes out; set exit further above entry, or use aic or bic"
                    )
                    break
                }
            }
        }
    }

    // MARK: In

    /// Lets the best candidate in; false if there is none, and the reasons are in the log.
    private mutating func admitBest(_ stepwise: StepwiseOptions) throws(FitError) -> Bool {
        guard let current = fit else { return false }
        let threshold = entryThreshold(stepwise, current)
        var rejections: [(position: Int, event: (inout SelectionLog) -> Void)] = []
        for (position, statistic) in scoreStatistics(current) {
            let name = names[position]
            guard statistic > threshold else {
                let value = statistic
                rejections.append(
                    (position, { $0.reject(name, stepwise, statistic: value, threshold: threshold) }))
                continue
            }
            let candidate: LogisticFit
            do throws(FitError) { candidate = try fitted(chosen + [position]) } catch {
                rejections.append((position, { $0.add(name, .rejected, .fit, note: error.description) }))
                continue
            }
            if let wrong = wrongSign(candidate, chosen + [position]) {
                let other = wrong.position == position ? nil : names[wrong.position]
                rejections.append(
                    (position, { $0.add(name, .rejected, .sign, value: wrong.coefficient, other: other) }))
                continue
            }
            if stepwise.criterion != .pValue,
                criterion(stepwise, candidate) >= criterion(stepwise, current)
            {
                let (with, without) = (criterion(stepwise, candidate), criterion(stepwise, current))
                rejections.append((position, { $0.reject(name, stepwise, with: with, without: without) }))
                continue
            }
            chosen.append(position)
            fit = candidate
            log.admit(
                name, stepwise, value: entryValue(stepwise, candidate, statistic),
                before: stepwise.criterion == .pValue ? stepwise.entryPValue : criterion(stepwise, current))
            return true
        }
        for rejection in rejections.sorted(by: { $0.position < $1.position }) { rejection.event(&log) }
        return false
    }

    /// The least score statistic that can satisfy the criterion: what one more parameter costs.
    private func entryThreshold(_ stepwise: StepwiseOptions, _ fit: LogisticFit) -> Double {
        switch stepwise.criterion {
        // The score statistic is about the fall of the deviance; a fifth less is left to the exact figure.
        case .aic: 0.8 * 2
        case .bic: 0.8 * Glibc.log(Double(fit.observations))
        case .pValue:
            // χ² with one degree of freedom is a squared normal deviate.
            NormalDistribution.standard.quantile(upperTail: stepwise.entryPValue / 2).squared
        }
    }

    private func entryValue(_ stepwise: StepwiseOptions, _ fit: LogisticFit, _ statistic: Double) -> Double {
        stepwise.criterion == .pValue
            ? ChiSquaredTest(statistic: statistic, degreesOfFreedom: 1).pValue : criterion(stepwise, fit)
    }

    private func criterion(_ stepwise: StepwiseOptions, _ fit: LogisticFit) -> Double {
        stepwise.criterion == .bic ? fit.bic : fit.aic
    }

    /// Score statistics of all variables that are not in, the largest first.
    private func scoreStatistics(_ fit: LogisticFit) -> [(position: Int, statistic: Double)] {
        var coefficients = [Double](repeating: 0, count: names.count + 1)
        coefficients[0] = fit.intercept
        for (place, position) in chosen.enumerated() {
            coefficients[position + 1] = fit.coefficients[place + 1]
        }
        let objective = LogisticObjective(
            features: woes, outcomes: defaulted.map { $0 ? 1 : 0 },
            weights: weights ?? Array(repeating: 1, count: woes.rows), offset: [], workers: workers)
        let derivatives = objective.derivatives(at: coefficients)
        let inside = [0] + chosen.map { $0 + 1 }
        var part = Matrix(rows: inside.count, columns: inside.count)
        for (row, left) in inside.enumerated() {
            for (column, right) in inside.enumerated() {
                part[row, column] = derivatives.hessian[left, right]
            }
        }
        let outside = names.indices.filter { !chosen.contains($0) }
        guard !outside.isEmpty, let factor = FixedOrderCholesky(positiveDefinite: part) else { return [] }
        var cross = Matrix(rows: inside.count, columns: outside.count)
        for (row, left) in inside.enumerated() {
            for (column, position) in outside.enumerated() {
                cross[row, column] = derivatives.hessian[left, position + 1]
            }
        }
        let explained = factor.solveLower(cross)
        var statistics: [(position: Int, statistic: Double)] = []
        for (column, position) in outside.enumerated() {
            let own = derivatives.hessian[position + 1, position + 1]
            let information = own - explained.column(column).reduce(0) { $0 + $1 * $1 }
            let gradient = derivatives.gradient[position + 1]
            // A variable that those inside explain to rounding adds nothing.
            statistics.append((position, information > 1e-9 * own ? gradient * gradient / information : 0))
        }
        return statistics.sorted { left, right in
            left.statistic != right.statistic
                ? left.statistic > right.statistic : left.position < right.position
        }
    }

    // MARK: Out

    /// Takes the weakest variable out if the criterion says so.
    private mutating func removeWeakest(_ stepwise: StepwiseOptions) throws(FitError) -> Bool {
        guard let current = fit else { return false }
        let places = chosen.indices.filter { !options.forced.contains(names[chosen[$0]]) }
        let z = current.zValues
        guard let weakest = places.min(by: { abs(z[$0 + 1]) < abs(z[$1 + 1]) }) else { return false }
        let name = names[chosen[weakest]]
        let pValue = ChiSquaredTest(statistic: z[weakest + 1].squared, degreesOfFreedom: 1).pValue
        if stepwise.criterion == .pValue, pValue <= stepwise.exitPValue { return false }
        var rest = chosen
        rest.remove(at: weakest)
        let without = try fitted(rest)
        if stepwise.criterion != .pValue, criterion(stepwise, without) >= criterion(stepwise, current) {
            return false
        }
        if wrongSign(without, rest) != nil, stepwise.direction == .both { return false }
        log.remove(
            name, stepwise,
            value: stepwise.criterion == .pValue ? pValue : criterion(stepwise, without),
            before: stepwise.criterion == .pValue ? stepwise.exitPValue : criterion(stepwise, current))
        chosen = rest
        fit = without
        return true
    }

    /// Takes out variables with a wrong sign, the most certain first, until all signs are right.
    private mutating func removeWrongSigns() throws(FitError) {
        while let current = fit, let wrong = wrongSign(current, chosen) {
            log.add(names[wrong.position], .removed, .sign, value: wrong.coefficient)
            try fitAll(chosen.filter { $0 != wrong.position })
        }
    }

    /// The variable whose coefficient is furthest on the wrong side, in standard errors; WOE is safer, so that
    /// coefficients of log-odds of default belong below 0.
    private func wrongSign(_ fit: LogisticFit, _ positions: [Int]) -> (position: Int, coefficient: Double)? {
        guard options.expectsSign else { return nil }
        let z = fit.zValues
        let wrong = positions.indices.filter { fit.coefficients[$0 + 1] >= 0 }
        guard let worst = wrong.max(by: { z[$0 + 1] < z[$1 + 1] }) else { return nil }
        return (positions[worst], fit.coefficients[worst + 1])
    }

    // MARK: Fits

    private mutating func fitAll(_ positions: [Int]) throws(FitError) {
        chosen = positions
        fit = try fitted(positions)
    }

    private func fitted(_ positions: [Int]) throws(FitError) -> LogisticFit {
        try LogisticRegression(LogisticOptions(workers: workers)).fit(
            woes.selectingColumns(positions), defaulted: defaulted, weights: weights,
            names: positions.map { names[$0] })
    }
}

extension SelectionLog {
    fileprivate mutating func reject(
        _ name: String, _ stepwise: StepwiseOptions, statistic: Double, threshold: Double
    ) {
        switch stepwise.criterion {
        case .aic: add(name, .rejected, .aic, value: statistic, limit: 2)
        case .bic: add(name, .rejected, .bic, value: statistic, limit: threshold / 0.8)
        case .pValue:
            add(
                name, .rejected, .pValue,
                value: ChiSquaredTest(statistic: statistic, degreesOfFreedom: 1).pValue,
                limit: stepwise.entryPValue)
        }
    }

    /// Rejects a candidate that was fitted and found no better.
    fileprivate mutating func reject(
        _ name: String, _ stepwise: StepwiseOptions, with: Double, without: Double
    ) {
        let criterion = stepwise.criterion == .bic ? "BIC" : "AIC"
        add(
            name, .rejected, stepwise.rule, value: with, limit: without,
            note: "\(criterion) \(Self.shown(with)) with it, \(Self.shown(without)) without")
    }

    fileprivate mutating func admit(
        _ name: String, _ stepwise: StepwiseOptions, value: Double, before: Double
    ) {
        add(name, .admitted, stepwise.rule, value: value, limit: before)
    }

    fileprivate mutating func remove(
        _ name: String, _ stepwise: StepwiseOptions, value: Double, before: Double
    ) {
        add(name, .removed, stepwise.rule, value: value, limit: before)
    }
}

extension StepwiseOptions {
    fileprivate var rule: SelectionLog.Rule {
        switch criterion {
        case .aic: .aic
        case .bic: .bic
        case .pValue: .pValue
        }
    }
}

extension Double {
    fileprivate var squared: Double { self * self }
}
