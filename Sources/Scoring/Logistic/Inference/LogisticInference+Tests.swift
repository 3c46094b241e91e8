import LinearAlgebra

extension LogisticInference {
    /// Tests whether the coefficients of some columns are all zero, by likelihood ratio, score and Wald.
    ///
    /// With Firth's correction the likelihood ratio is that of the penalised likelihoods, both with the information
    /// of the whole model, as in logistf.
    ///
    /// - Parameter columns: Positions of the columns, from 0, each once.
    /// - Throws: ``FitError/needsUnpenalisedFit`` after a ridge; ``FitError/notConverged(iterations:gradientNorm:)``.
    public func nestedTests(withoutColumns columns: [Int]) throws(FitError) -> NestedTests {
        try requireLikelihood()
        let tested = Set(columns.map { $0 + 1 })
        var start = problem.start
        for index in tested { start[index] = 0 }
        // On scaled columns a zero is a zero too.
        var solver = NewtonSolver(
            likelihood, start: start, tolerance: options.effectiveTolerance, fixed: tested)
        try options.finish(&solver)
        let restricted = likelihood.point(at: solver.coefficients)
        let degreesOfFreedom = columns.count
        var score = Double.nan
        if let factor = FixedOrderCholesky(positiveDefinite: restricted.information) {
            // U is zero in the other coefficients, where the maximum was found.
            let slope = restricted.gradient.indices.map { tested.contains($0) ? restricted.gradient[$0] : 0 }
            score = zip(slope, factor.solve(slope)).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let best = likelihood.value(at: scaledCoefficients)
        return NestedTests(
            likelihoodRatio: ChiSquaredTest(
                statistic: 2 * (restricted.value - best), degreesOfFreedom: degreesOfFreedom),
            score: ChiSquaredTest(statistic: score, degreesOfFreedom: degreesOfFreedom),
            wald: fit.waldTest(ofColumns: columns)
                ?? ChiSquaredTest(statistic: .nan, degreesOfFreedom: degreesOfFreedom))
    }
}
