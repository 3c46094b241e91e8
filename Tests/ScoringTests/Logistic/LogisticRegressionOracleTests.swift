import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import Scoring

/// Maximum-likelihood fits of R's glm on public data.
@Suite(
    "Logistic regression agrees with R",
    .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
struct LogisticRegressionOracleTests {
    @Test(arguments: [
        "german_small", "german_full", "german_weighted_integer", "german_weighted_fractional",
        "german_offset",
    ])
    func german(oracle name: String) throws {
        let oracle = try ReferenceResult(shared: name)
        let table = try ReferenceTable("german_credit/german.csv")
        let columns = try oracle.named("expected", "coefficients").keys.filter { $0 != "(Intercept)" }
            .sorted()
        var weights: [Double]?
        var offset: [Double]?
        switch name {
        case "german_weighted_integer": weights = (0..<table.rows).map { 1 + Double($0 % 3) }
        case "german_weighted_fractional":
            weights = (0..<table.rows).map { 0.5 + Double((7 * $0) % 11) / 10 }
        case "german_offset": offset = try table.numbers("existing_credits").map { log($0) }
        default: break
        }
        let fit = try LogisticRegression().fit(
            Matrix(columns: table.design(columns)), defaulted: table.text("class").map { $0 == "2" },
            weights: weights, offset: offset, names: columns)
        try expectAgreement(fit, oracle)
    }
}

/// Records a failure unless a fit agrees with a reference of maximum likelihood.
func expectAgreement(_ fit: LogisticFit, _ oracle: ReferenceResult) throws {
    let coefficients = try oracle.named("expected", "coefficients")
    let errors = try oracle.named("expected", "std_errors")
    let names = ["(Intercept)"] + fit.names
    for (index, name) in names.enumerated() {
        let error = try #require(errors[name])
        // R takes its std errors from the weights one step before the last, so they are good to 1e-7 only.
        expectClose(fit.coefficients[index], try #require(coefficients[name]), absolute: 1e-9 * error, name)
        expectClose(fit.standardErrors[index], error, relative: 1e-7, "error of \(name)")
    }
    expectClose(fit.logLikelihood, try oracle.number("expected", "log_likelihood"), relative: 1e-12)
    expectClose(fit.deviance, try oracle.number("expected", "deviance"), relative: 1e-12)
    expectClose(fit.nullDeviance, try oracle.number("expected", "null_deviance"), relative: 1e-11)
    expectClose(fit.aic, try oracle.number("expected", "aic"), relative: 1e-12)
    expectClose(fit.bic, try oracle.number("expected", "bic"), relative: 1e-12)
}
