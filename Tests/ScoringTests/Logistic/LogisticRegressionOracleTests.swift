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
            weights = fractionalWeights(table.rows)
        case "german_offset": offset = try table.numbers("existing_credits").map { log($0) }
        default: break
        }
        let fit = try LogisticRegression().fit(
            Matrix(columns: table.design(columns)), defaulted: table.text("class").map { $0 == "2" },
            weights: weights, offset: offset, names: columns)
        try expectAgreement(fit, oracle)
    }

    /// R's own fit keeps all ten columns and stops short of the maximum, at -521.07; without the two dependent columns
    /// the model is the small one, whose maximum is -518.07.
    @Test func dependentColumnsOfGermanAreNamed() throws {
        let collinear = try ReferenceResult(shared: "german_collinear")
        let small = try ReferenceResult(shared: "german_small")
        let table = try ReferenceTable("german_credit/german.csv")
        let columns = try small.named("expected", "coefficients").keys.filter { $0 != "(Intercept)" }.sorted()
        var design = try table.design(columns)
        let (duration, amount, age) = (
            try table.numbers("duration"), try table.numbers("amount"), try table.numbers("age")
        )
        design.append(duration.map { 2 * $0 + 1 })
        design.append(zip(amount, age).map { $0 / 2 + $1 })
        let defaulted = try table.text("class").map { $0 == "2" }
        let error = #expect(throws: FitError.self) {
            try LogisticRegression().fit(
                Matrix(columns: design), defaulted: defaulted, names: columns + ["twice", "half"])
        }
        #expect(
            error?.description
                == "Collinear: twice = 2·duration + 1; half = age + 0.5·amount. Leave out twice, half or add a "
                + "ridge penalty.")
        let fit = try LogisticRegression().fit(
            Matrix(columns: Array(design.dropLast(2))), defaulted: defaulted, names: columns)
        try expectAgreement(fit, small)
        #expect(try fit.logLikelihood > collinear.number("expected", "log_likelihood"))
    }

    @Test func hmeqWithoutMissingValues() throws {
        let oracle = try ReferenceResult(shared: "hmeq_complete")
        let table = try ReferenceTable("hmeq/hmeq.csv").complete
        let columns = try oracle.named("expected", "coefficients").keys.filter { $0 != "(Intercept)" }
            .sorted()
        let fit = try LogisticRegression().fit(
            Matrix(columns: table.design(columns)), defaulted: table.text("BAD").map { $0 == "1" },
            names: columns)
        try expectAgreement(fit, oracle)
    }

    /// Columns differ by 1e6 in scale.
    @Test func taiwanInRawUnits() throws {
        let oracle = try ReferenceResult(shared: "taiwan")
        let table = try ReferenceTable("taiwan_credit_default/UCI_Credit_Card.csv.gz")
        let columns = try oracle.named("expected", "coefficients").keys.filter { $0 != "(Intercept)" }
            .sorted()
        let fit = try LogisticRegression().fit(
            Matrix(columns: table.design(columns)),
            defaulted: table.text("default.payment.next.month").map { $0 == "1" }, names: columns)
        try expectAgreement(fit, oracle)
    }

    /// Nearly dependent columns: the equity multiplier is the debt-equity ratio plus one but for rounding.
    @Test func corporateWinsorised() throws {
        let oracle = try ReferenceResult(shared: "corporate_winsorised")
        let corporate = try CorporateRatios(oracle)
        let fit = try LogisticRegression().fit(
            Matrix(columns: corporate.columns.map(CorporateRatios.winsorised)),
            defaulted: corporate.isInvestmentGrade, names: corporate.names)
        try expectAgreement(fit, oracle)
    }

    /// Ratios with extreme tails, where R's glm and statsmodels diverge.
    @Test func corporateRawConvergesToItsMaximum() throws {
        let oracle = try ReferenceResult(shared: "corporate_raw")
        let corporate = try CorporateRatios(oracle)
        let fit = try LogisticRegression().fit(
            Matrix(columns: corporate.columns), defaulted: corporate.isInvestmentGrade, names: corporate.names
        )
        // The reference stopped with a gradient of 4e-8 standard errors, its own tolerance is 1e-6.
        try expectAgreement(fit, oracle, standardErrors: 1e-6)
        expectClose(fit.logLikelihood, -1149.6951757494573, relative: 1e-12)
        #expect(fit.diagnostics.contains { if case .shortenedSteps = $0 { true } else { false } })
    }

    @Test(arguments: [("l2_german_C1", 1.0), ("l2_german_C0.05", 0.05), ("l2_german_weighted", 0.3)])
    func ridgeOnGerman(oracle name: String, inverseStrength: Double) throws {
        let oracle = try ReferenceResult(shared: name)
        let table = try ReferenceTable("german_credit/german.csv")
        let columns = try oracle.named("expected", "coefficients").keys.filter { $0 != "(Intercept)" }
            .sorted()
        let design = try table.design(columns).enumerated().map { index, values in
            table.names.contains(columns[index]) ? standardised(values) : values
        }
        let weights =
            name == "l2_german_weighted" ? fractionalWeights(table.rows) : nil
        try expectRidge(
            oracle, inverseStrength,
            LogisticRegression(LogisticOptions(penalty: .ridge(1 / inverseStrength))).fit(
                Matrix(columns: design), defaulted: table.text("class").map { $0 == "2" }, weights: weights,
                names: columns))
    }

    @Test func ridgeOnTaiwan() throws {
        let oracle = try ReferenceResult(shared: "l2_taiwan_C0.001")
        let table = try ReferenceTable("taiwan_credit_default/UCI_Credit_Card.csv.gz")
        let columns = try oracle.named("expected", "coefficients").keys.filter { $0 != "(Intercept)" }
            .sorted()
        try expectRidge(
            oracle, 0.001,
            LogisticRegression(LogisticOptions(penalty: .ridge(1000))).fit(
                Matrix(columns: table.design(columns).map(standardised)),
                defaulted: table.text("default.payment.next.month").map { $0 == "1" }, names: columns))
    }

    private func expectRidge(_ oracle: ReferenceResult, _ inverseStrength: Double, _ fit: LogisticFit) throws
    {
        let coefficients = try oracle.named("expected", "coefficients")
        for (index, name) in (["(Intercept)"] + fit.names).enumerated() {
            expectClose(fit.coefficients[index], try #require(coefficients[name]), absolute: 1e-8, name)
        }
        expectClose(fit.logLikelihood, try oracle.number("expected", "log_likelihood"), relative: 1e-9)
        expectClose(
            -inverseStrength * fit.penalisedLogLikelihood, try oracle.number("expected", "objective"),
            relative: 1e-12)
    }

    /// Weights from 0.5 to 1.5, as the references were given.
    private func fractionalWeights(_ rows: Int) -> [Double] {
        (0..<rows).map { row -> Double in 0.5 + Double((7 * row) % 11) / 10 }
    }

    private func standardised(_ values: [Double]) -> [Double] {
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        return values.map { ($0 - mean) / variance.squareRoot() }
    }
}

/// The financial ratios of rated corporates, explaining investment grade.
struct CorporateRatios {
    let names: [String]
    let columns: [[Double]]
    let isInvestmentGrade: [Bool]
    let symbols: [String]

    /// The columns of a reference fit.
    init(_ oracle: ReferenceResult) throws {
        let table = try ReferenceTable("corporate_rating/corporate_rating.csv.gz")
        names = try oracle.named("expected", "coefficients").keys.filter { $0 != "(Intercept)" }.sorted()
        columns = try table.design(names)
        isInvestmentGrade = try table.text("Rating").map { ["AAA", "AA", "A", "BBB"].contains($0) }
        symbols = try table.text("Symbol")
    }

    /// Clipped to the 1 % and 99 % quantiles of R's type 7.
    static func winsorised(_ values: [Double]) -> [Double] {
        let sorted = values.sorted()
        func quantile(_ share: Double) -> Double {
            let position = share * Double(sorted.count - 1)
            let below = Int(position)
            let above = min(below + 1, sorted.count - 1)
            return sorted[below] + (position - Double(below)) * (sorted[above] - sorted[below])
        }
        let (low, high) = (quantile(0.01), quantile(0.99))
        return values.map { min(max($0, low), high) }
    }
}

/// Records a failure unless a fit agrees with a reference of maximum likelihood.
///
/// R takes its std errors from the weights one step before the last, so they are good to 1e-7 only.
func expectAgreement(_ fit: LogisticFit, _ oracle: ReferenceResult, standardErrors: Double = 1e-7) throws {
    let coefficients = try oracle.named("expected", "coefficients")
    let errors = try oracle.named("expected", "std_errors")
    let names = ["(Intercept)"] + fit.names
    for (index, name) in names.enumerated() {
        let error = try #require(errors[name])
        expectClose(fit.coefficients[index], try #require(coefficients[name]), absolute: 1e-9 * error, name)
        expectClose(fit.standardErrors[index], error, relative: standardErrors, "error of \(name)")
    }
    expectClose(fit.logLikelihood, try oracle.number("expected", "log_likelihood"), relative: 1e-12)
    expectClose(fit.deviance, try oracle.number("expected", "deviance"), relative: 1e-12)
    expectClose(fit.nullDeviance, try oracle.number("expected", "null_deviance"), relative: 1e-11)
    expectClose(fit.aic, try oracle.number("expected", "aic"), relative: 1e-12)
    expectClose(fit.bic, try oracle.number("expected", "bic"), relative: 1e-12)
}
