import LinearAlgebra
import TestSupport
import Testing

@testable import Scoring

/// Unpenalised fits under bounds by R's glmnet with λ → 0, on HMEQ.
@Suite(
    "Bounded regression agrees with glmnet",
    .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
struct BoundedLogisticOracleTests {
    @Test func signs() throws {
        let design = try CreditDesign.hmeq()
        var bounds = CoefficientBounds()
        for name in design.names { bounds.limits[name] = .notNegative }
        for name in ["LOAN", "VALUE"] { bounds.limits[name] = .notPositive }
        try expectAgreement("hmeq_bounded_signs", design, bounds)
    }

    @Test func box() throws {
        let bounds: CoefficientBounds = [
            "DEBTINC": .init(upper: 0.05), "DELINQ": .init(upper: 0.5), "CLAGE": .init(lower: -0.004),
        ]
        try expectAgreement("hmeq_bounded_box", .hmeq(), bounds)
    }

    /// Ratios with extreme tails: undamped Newton steps diverge, also from the bounds.
    @Test func extremeTails() throws {
        let corporate = try CorporateRatios(ReferenceResult(shared: "corporate_raw"))
        func fit(_ bounds: CoefficientBounds) throws -> BoundedLogisticFit {
            try BoundedLogisticRegression(BoundedLogisticOptions(bounds: bounds)).fit(
                Matrix(columns: corporate.columns), defaulted: corporate.isInvestmentGrade,
                names: corporate.names)
        }
        let free = try fit(.none)
        expectClose(free.logLikelihood, -1149.6951757494573, relative: 1e-12)
        var bounds = CoefficientBounds()
        for name in corporate.names { bounds.limits[name] = .notNegative }
        let bounded = try fit(bounds)
        #expect(bounded.violation <= 1e-10)
        #expect(bounded.coefficients.dropFirst().allSatisfy { $0 >= 0 })
        #expect(bounded.logLikelihood < free.logLikelihood)
    }

    private func expectAgreement(
        _ name: String, _ design: CreditDesign, _ bounds: CoefficientBounds
    ) throws {
        let oracle = try Oracle(shared: "logistic/\(name).json")("expected")
        let fit = try BoundedLogisticRegression(BoundedLogisticOptions(bounds: bounds)).fit(
            design.features, defaulted: design.defaulted, names: design.names)
        expectClose(fit.logLikelihood, try oracle("log_likelihood").number, relative: 1e-10)
        #expect(try Set(fit.boundColumns) == Set(oracle("at_bound").texts))
        expectClose(fit.coefficients, try design.coefficients(oracle("coefficients")), relative: 1e-5)
        // The reference gives the slope per standard deviation and row.
        let scores = try oracle("score_times_sd_over_n").members
        for (index, name) in design.names.enumerated() where fit.positions[index + 1] != .free {
            let column = design.columns[index]
            let mean = column.reduce(0, +) / Double(design.rows)
            let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(design.rows)
            let scaled = fit.scores[index + 1] / variance.squareRoot() / Double(design.rows)
            expectClose(scaled, try #require(scores[name]).number, relative: 1e-6, name)
        }
    }
}
