import LinearAlgebra
import Migration
import TestSupport
import Testing

@Suite("The duration estimator")
struct DurationTests {
    /// Ten A and ten B; A → B at 1/12, B → A at 2/12, B → D at 6/12, else nothing for a year.
    static func byHand() throws -> RatingHistories {
        var actions = (0..<20).map { RatingAction(obligor: $0, time: 0, state: $0 < 10 ? 0 : 1) }
        actions.append(RatingAction(obligor: 0, time: 1.0 / 12, state: 1))
        actions.append(RatingAction(obligor: 10, time: 2.0 / 12, state: 0))
        actions.append(RatingAction(obligor: 11, time: 6.0 / 12, state: 2))
        return try RatingHistories(actions, scale: RatingScale(["A", "B", "D"]), end: 1)
    }

    @Test("agrees with figures worked out by hand")
    func byHandFigures() throws {
        let estimate = try DurationEstimate(Self.byHand())
        expectClose(estimate.exposure, [119.0 / 12, 115.0 / 12, 0], relative: 1e-14)
        expectClose(estimate.generator.rates.row(0), [-0.1008403, 0.1008403, 0], absolute: 5e-8)
        expectClose(estimate.generator.rates.row(1), [0.1043478, -0.2086957, 0.1043478], absolute: 5e-8)
        let year = try estimate.generator.transitions(over: 1)
        expectClose(year.probabilities.row(0), [0.908671, 0.086575, 0.004754], absolute: 5e-7)
        expectClose(year.probabilities.row(1), [0.089586, 0.816074, 0.094340], absolute: 5e-7)
    }

    @Test("gives PD to states that never defaulted directly, where the cohort has none")
    func chains() throws {
        let histories = try Self.byHand()
        let cohort = try MigrationCounts.byInterval(histories, snapshots: [0, 0.999])[0].matrix()
        #expect(cohort[0, 2] == 0)
        #expect(try DurationEstimate(histories).generator.transitions(over: 1)[0, 2] > 0.004)
    }

    @Test(
        "agrees with R", .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)),
        arguments: [
            "rating_data_nr_censored", "rating_data_nr_state", "rtransprob", "sovereign", "synthetic7",
        ])
    func oracle(name: String) throws {
        let expected = try Oracle(shared: "migration/duration_\(name).json")("expected")
        let histories =
            switch name {
            case "rating_data_nr_censored": try SharedHistories.ratingData(withdrawnIsState: false)
            case "rating_data_nr_state": try SharedHistories.ratingData(withdrawnIsState: true)
            case "rtransprob": try SharedHistories.demonstration()
            case "sovereign": try SharedHistories.sovereign()
            default: try SharedHistories.synthetic7()
            }
        let estimate = try DurationEstimate(histories)
        #expect(estimate.moves == Matrix(rows: try expected("counts").rows))
        expectClose(estimate.exposure, try expected("exposure").numbers, relative: 1e-12)
        let order = histories.scale.count
        for (key, matrix) in [
            ("generator", estimate.generator.rates), ("generator_std_errors", estimate.standardErrors),
        ] {
            let rows = try expected(key).rows
            for row in 0..<order {
                expectClose(matrix.row(row), rows[row], absolute: 1e-13, relative: 1e-12, key)
            }
        }
        for (key, years) in [
            ("probabilities_at_1", 1.0), ("probabilities_at_half", 0.5), ("probabilities_at_5", 5),
        ] {
            let matrix = try estimate.generator.transitions(over: years).probabilities
            #expect(distance(matrix, Matrix(rows: try expected(key).rows)) <= 1e-12, "\(key)")
        }
    }

    @Test("has the errors of P(t) that simulated moves show")
    func deltaMethod() throws {
        // With one kind of move PD = 1 − e^−λ, whose error is e^−λ times that of λ.
        let actions =
            (0..<50).map { RatingAction(obligor: $0, time: 0, state: 0) }
            + (0..<9).map { RatingAction(obligor: $0, time: 0.1 * Double($0 + 1), state: 1) }
        let estimate = try DurationEstimate(RatingHistories(actions, scale: RatingScale(["A", "D"]), end: 1))
        let rate = estimate.generator[0, 1]
        let errors = try estimate.standardErrors(over: 2)
        let expected = 2 * (-2 * rate).exponential * estimate.standardErrors[0, 1]
        expectClose(errors[0, 1], expected, relative: 1e-12)
        expectClose(errors[0, 0], expected, relative: 1e-12)
        #expect(errors[1, 1] == 0)
    }

    @Test("of two halves of the time adds up to the whole")
    func windows() throws {
        let histories = try Self.byHand()
        let whole = try DurationEstimate(histories)
        let first = try DurationEstimate(histories, window: 0...0.4)
        let second = try DurationEstimate(histories, window: 0.4...1)
        #expect(first.moves + second.moves == whole.moves)
        expectClose(zip(first.exposure, second.exposure).map { $0 + $1 }, whole.exposure, relative: 1e-13)
        #expect(throws: MigrationError.self) { try DurationEstimate(histories, window: 3...4) }
    }
}

extension Double {
    fileprivate var exponential: Double {
        // Independent of the library under test: a plain power series, enough for small arguments.
        (1...40).reversed().reduce(1.0) { 1 + self * $0 / Double($1) }
    }
}
