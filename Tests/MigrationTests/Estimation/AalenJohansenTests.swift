import LinearAlgebra
import Migration
import TestSupport
import Testing

@Suite("The estimator of Aalen and Johansen")
struct AalenJohansenTests {
    @Test("agrees with figures worked out by hand")
    func byHandFigures() throws {
        let estimate = try AalenJohansen(DurationTests.byHand(), window: 0...1)
        expectClose(estimate.matrix.probabilities.row(0), [0.909091, 0.081818, 0.009091], absolute: 5e-7)
        expectClose(estimate.matrix.probabilities.row(1), [0.090909, 0.818182, 0.090909], absolute: 5e-7)
        let months: [Double] = [1, 2, 6]
        #expect(estimate.jumpTimes == months.map { $0 / 12 })
    }

    @Test(
        "agrees with etm and mstate, with its standard errors",
        .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)),
        arguments: ["rating_data_nr_censored", "synthetic7"])
    func oracle(name: String) throws {
        let expected = try Oracle(shared: "migration/duration_\(name).json")("expected")
        let histories =
            try name == "synthetic7"
            ? SharedHistories.synthetic7() : SharedHistories.ratingData(withdrawnIsState: false)
        let estimate = try AalenJohansen(histories, window: 0...histories.end)
        #expect(estimate.jumpTimes.count == (try expected("jumps").integer))
        #expect(
            distance(
                estimate.matrix.probabilities, Matrix(rows: try expected("aalen_johansen_s0_to_end").rows))
                <= 1e-12)
        let middle = try AalenJohansen(histories, window: 0...expected("middle_event_time").number)
        #expect(
            distance(
                middle.matrix.probabilities, Matrix(rows: try expected("aalen_johansen_s0_to_middle").rows))
                <= 1e-12)
        let errors = try expected("aalen_johansen_std_errors").rows
        for row in 0..<8 {
            expectClose(estimate.standardErrors.row(row), errors[row], absolute: 1e-10, "row \(row)")
        }
        // The probabilities of a row sum to 1, so their covariances sum to 0. Those of etm do not beside the diagonal:
        // it cuts negative ones off at 0. Its variances are right, and mstate confirms them.
        for from in 0..<8 {
            for first in 0..<8 {
                let sum = (0..<8).reduce(0.0) { $0 + estimate.covariance(from: from, to: first, and: $1) }
                expectClose(sum, 0, absolute: 1e-16)
            }
        }
    }

    @Test("is one minus Kaplan and Meier's survival for one kind of move, with Greenwood's variance")
    func kaplanMeier() throws {
        // Ten obligors; default at 1 and 2, withdrawal at 1.5, late entry at 1.2.
        var actions = (0..<9).map { RatingAction(obligor: $0, time: 0, state: 0) }
        actions += [
            RatingAction(obligor: 0, time: 1, state: 1), RatingAction(obligor: 1, time: 2, state: 1),
            RatingAction(obligor: 2, time: 1.5, state: nil), RatingAction(obligor: 9, time: 1.2, state: 0),
        ]
        let estimate = try AalenJohansen(
            RatingHistories(actions, scale: RatingScale(["A", "D"]), end: 3), window: 0...3)
        // At risk: 9 at time 1; 8 + 1 − 1 = 8 at time 2.
        let survival = 8.0 / 9 * 7 / 8
        expectClose(estimate.matrix[0, 1], 1 - survival, relative: 1e-14)
        let greenwood = survival * survival * (1.0 / (9 * 8) + 1.0 / (8 * 7))
        expectClose(estimate.covariance(from: 0, to: 1, and: 1), greenwood, relative: 1e-13)
        expectClose(estimate.covariance(from: 0, to: 0, and: 1), -greenwood, relative: 1e-13)
    }

    @Test("of two stretches multiplies to the whole")
    func product() throws {
        let histories = try DurationTests.byHand()
        let whole = try AalenJohansen(histories, window: 0...1).matrix.probabilities
        let first = try AalenJohansen(histories, window: 0...0.3).matrix.probabilities
        let second = try AalenJohansen(histories, window: 0.3...1).matrix.probabilities
        #expect(distance(try first.times(second), whole) <= 1e-15)
    }

    @Test("refuses an empty window, and one in which nobody was rated")
    func refusals() throws {
        let histories = try DurationTests.byHand()
        #expect(throws: MigrationError.time(1, expected: "later than the start, 1.0")) {
            try AalenJohansen(histories, window: 1...1)
        }
        #expect(throws: MigrationError.self) { try AalenJohansen(histories, window: -2 ... -1) }
    }
}
