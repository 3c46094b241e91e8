import Foundation
import LinearAlgebra
import Parallelism
import TestSupport
import Testing

@testable import Scoring

@Suite("Firth's correction agrees with brglm2")
struct FirthTests {
    @Test func completelySeparableToy() throws {
        let oracle = try ReferenceResult(fixture: "firth_separable_toy")
        let columns = [try oracle.numbers("input", "x"), try oracle.numbers("input", "z")]
        let fit = try firth(columns, oracle.numbers("input", "bad").map { $0 == 1 }, ["x", "z"])
        try expectAgreement(fit, columns, oracle, "brglm2")
    }

    @Test func quasiSeparableToy() throws {
        let oracle = try ReferenceResult(fixture: "firth_quasi_separable_toy")
        let groups = try oracle.strings("input", "grp")
        let columns = [
            groups.map { $0 == "b" ? 1 : 0 }, groups.map { $0 == "c" ? 1 : 0 },
            try oracle.numbers("input", "x"),
        ]
        let fit = try firth(columns, oracle.numbers("input", "bad").map { $0 == 1 }, ["grpb", "grpc", "x"])
        try expectAgreement(fit, columns, oracle, "brglm2")
    }

    @Test(.enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
    func germanCreditSmall() throws {
        let (fit, columns) = try german("firth_german_small", "brglm2")
        try expectAgreement(fit, columns, ReferenceResult(shared: "firth_german_small"), "brglm2")
    }

    @Test(.enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
    func germanCreditWithAllAttributes() throws {
        let (fit, columns) = try german("firth_german_full")
        try expectAgreement(fit, columns, ReferenceResult(shared: "firth_german_full"))
    }

    @Test func weightTwoCountsARowTwice() throws {
        let x: [Double] = [1, 2, 3, 4, 5, 6, 7]
        let defaulted = [false, false, true, false, true, true, true]
        let twice = x.indices.flatMap { $0 % 2 == 0 ? [$0, $0] : [$0] }
        let weighted = try LogisticRegression(LogisticOptions(penalty: .firth, workers: .single)).fit(
            Matrix(columns: [x]), defaulted: defaulted, weights: x.indices.map { $0 % 2 == 0 ? 2 : 1 })
        let repeated = try firth([twice.map { x[$0] }], twice.map { defaulted[$0] }, ["x"])
        expectClose(weighted.coefficients, repeated.coefficients, relative: 1e-9)
        expectClose(weighted.standardErrors, repeated.standardErrors, relative: 1e-9)
        expectClose(weighted.penalisedLogLikelihood, repeated.penalisedLogLikelihood, relative: 1e-10)
    }

    @Test func refusesCollinearColumns() {
        let x: [Double] = [1, 2, 3, 4, 5, 6]
        let error = #expect(throws: FitError.self) {
            try firth([x, x.map { 2 * $0 }], [false, true, false, true, true, false], ["a", "b"])
        }
        #expect(error?.description == "Collinear: b = 2·a. Leave out b or add a ridge penalty.")
    }

    private func firth(
        _ columns: [[Double]], _ defaulted: [Bool], _ names: [String]
    ) throws -> LogisticFit {
        try LogisticRegression(LogisticOptions(penalty: .firth, workers: .single)).fit(
            Matrix(columns: columns), defaulted: defaulted, names: names)
    }

    private func german(_ name: String, _ tool: String...) throws -> (LogisticFit, columns: [[Double]]) {
        let oracle = try ReferenceResult(shared: name)
        let table = try ReferenceTable("german_credit/german.csv")
        let path = ["expected"] + tool + ["coefficients"]
        let names = try oracle.named(path).keys.filter { $0 != "(Intercept)" }.sorted()
        let columns = try table.design(names)
        return (try firth(columns, table.text("class").map { $0 == "2" }, names), columns)
    }

    private func expectAgreement(
        _ fit: LogisticFit, _ columns: [[Double]], _ oracle: ReferenceResult, _ tool: String...
    ) throws {
        let path = ["expected"] + tool
        let coefficients = try oracle.named(path + ["coefficients"])
        let errors = try oracle.named(path + ["std_errors"])
        for (index, name) in (["(Intercept)"] + fit.names).enumerated() {
            let error = try #require(errors[name])
            expectClose(
                fit.coefficients[index], try #require(coefficients[name]), absolute: 1e-7 * error, name)
            expectClose(fit.standardErrors[index], error, relative: 1e-7, "error of \(name)")
        }
        expectClose(fit.logLikelihood, try oracle.number(path + ["log_likelihood"]), relative: 1e-8)
        expectClose(
            fit.penalisedLogLikelihood, try oracle.number(path + ["penalised_log_likelihood"]),
            relative: 1e-10)
        let fitted = try oracle.numbers(path + ["fitted_rows_0_to_9"])
        for (row, pd) in fitted.enumerated() {
            let logOdds = columns.indices.reduce(fit.coefficients[0]) { sum, index in
                sum + fit.coefficients[index + 1] * columns[index][row]
            }
            expectClose(1 / (1 + exp(-logOdds)), pd, relative: 1e-6, "PD of row \(row)")
        }
        #expect(fitted.count == 10)
    }
}
