import LinearAlgebra
import Migration
import TestSupport
import Testing

@Suite("The cohort estimator")
struct CohortTests {
    @Test(
        "counts what R counts", .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)),
        arguments: [(4, 8), (5, 3), (6, 2)])
    func snapshots(file: Int, states: Int) throws {
        let expected = try Oracle(shared: "migration/cohort_synthetic\(file).json")("expected")
        let rows = try SharedHistories.rows("transition_matrix/synthetic_data\(file).csv.gz")
            .map { row in
                (
                    id: Int32(try SharedHistories.number(row[0])),
                    period: Int32(try SharedHistories.number(row[1])),
                    state: UInt8(try SharedHistories.number(row[2]))
                )
            }
            .sorted { ($0.id, $0.period) < ($1.id, $1.period) }
        let scale = try RatingScale((0..<states).map(String.init), endsInDefault: false)
        let counts = try MigrationCounts(
            obligors: rows.map(\.id), periods: rows.map(\.period), states: rows.map(\.state), scale: scale)
        #expect(counts.moves == Matrix(rows: try expected("counts").rows))
        let matrix = try counts.matrix()
        // R leaves the row of a state that is never left empty; ours stays where it is.
        for (row, total) in counts.totals.enumerated() where total > 0 {
            expectClose(matrix.probabilities.row(row), try expected("matrix").rows[row], absolute: 1e-15)
        }
        let intervals = try expected("counts_by_period").list.map {
            try MigrationCounts(Matrix(rows: try $0.rows), scale: scale)
        }
        let test = try MarkovTest.timeHomogeneity(intervals)
        expectClose(
            test.statistic, try expected("homogeneity_over_periods", "statistic").number, relative: 1e-11)
        #expect(test.degreesOfFreedom == (try expected("homogeneity_over_periods", "df").integer))
        expectClose(test.pValue, try expected("homogeneity_over_periods", "p").number, relative: 1e-10)
        if counts.totals.allSatisfy({ $0 > 0 }) {
            let power = try matrix.over(periods: 5).probabilities
            #expect(distance(power, Matrix(rows: try expected("matrix_power_5").rows)) <= 1e-13)
        }
    }

    @Test(
        "follows dated histories through defaults and withdrawals",
        .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)),
        arguments: ["rtransprob", "sovereign"])
    func dated(name: String) throws {
        let expected = try Oracle(shared: "migration/cohort_\(name)_yearly.json")("expected")
        let isSovereign = name == "sovereign"
        let histories = try isSovereign ? SharedHistories.sovereign() : SharedHistories.demonstration()
        let days = isSovereign ? (1990...2014).map { "\($0)-01-01" } : (1991...2011).map { "\($0)-08-15" }
        let intervals = try MigrationCounts.byInterval(histories, snapshots: days.map(SharedHistories.years))
        let pooled = intervals.dropFirst().reduce(intervals[0], +)
        #expect(pooled.moves == Matrix(rows: try expected("counts").rows))
        #expect(pooled.withdrawn == (try expected("withdrawn_by_next_snapshot").numbers))
        #expect(intervals.map { $0.totals.reduce(0, +) } == (try expected("moves_by_year").numbers))
    }

    @Test("treats withdrawals by the stated rule")
    func withdrawals() throws {
        let scale = try RatingScale(["A", "B", "D"])
        let counts = try MigrationCounts(
            Matrix(rows: [[80, 8, 2], [5, 60, 15], [0, 0, 0]]), withdrawn: [10, 20, 0], scale: scale)
        func row(_ rule: WithdrawalRule, _ state: Int = 0) throws -> [Double] {
            try counts.matrix(rule).probabilities.row(state)
        }
        expectClose(try row(.excluded), [80.0 / 90, 8.0 / 90, 2.0 / 90], relative: 1e-15)
        expectClose(try row(.keptInDenominator), [0.9, 0.08, 0.02], relative: 1e-15)
        expectClose(try row(.defaulted), [0.8, 0.08, 0.12], relative: 1e-15)
        expectClose(try row(.proportional), [0.8, 0.16, 0.04], relative: 1e-15)
        expectClose(try row(.state), [0.8, 0.08, 0.1, 0.02], relative: 1e-15)
        #expect(try counts.matrix(.state).scale.labels == ["A", "B", "NR", "D"])
        expectClose(try row(.excluded, 1), [5.0 / 80, 60.0 / 80, 15.0 / 80], relative: 1e-15)
        for rule in WithdrawalRule.allCases {
            let matrix = try counts.matrix(rule)
            for state in 0..<matrix.scale.count {
                expectClose(matrix.probabilities.row(state).reduce(0, +), 1, absolute: 1e-15)
            }
        }
        // S&P 2002, row AAA, per cent, 3.97 withdrawn; p ÷ Σp to six decimals.
        var percent = Matrix(rows: 8, columns: 8)
        for (column, value) in [89.37, 6.04, 0.44, 0.14, 0.05].enumerated() { percent[0, column] = value }
        let published = try MigrationCounts(
            percent, withdrawn: [3.97, 0, 0, 0, 0, 0, 0, 0],
            scale: RatingScale(PublishedMatrices.agencyLabels))
        expectClose(
            try published.matrix().probabilities.row(0).map { 100 * $0 },
            [93.054977, 6.289046, 0.458142, 0.145773, 0.052062, 0, 0, 0], absolute: 5.1e-7)
    }

    @Test("years are averaged alike, where anybody was in a state")
    func averaged() throws {
        let scale = try RatingScale(["A", "B", "D"])
        let years = try [
            MigrationCounts(Matrix(rows: [[90, 10, 0], [0, 0, 0], [0, 0, 0]]), scale: scale),
            MigrationCounts(
                Matrix(rows: [[4, 0, 6], [1, 3, 0], [0, 0, 0]]), withdrawn: [0, 4, 0], scale: scale),
        ]
        let mean = try MigrationCounts.averageMatrix(years)
        expectClose(mean.probabilities.row(0), [0.65, 0.05, 0.3], absolute: 1e-15)
        expectClose(mean.probabilities.row(1), [0.25, 0.75, 0], absolute: 1e-15)
        expectClose(mean.probabilities.row(2), [0, 0, 1], absolute: 0)
        let state = try MigrationCounts.averageMatrix(years, .state)
        expectClose(state.probabilities.row(1), [0.125, 0.375, 0.5, 0], absolute: 1e-15)
        #expect(throws: MigrationError.self) { try MigrationCounts.averageMatrix([]) }
    }

    @Test("finds a default after withdrawal, and does not count an obligor twice")
    func defaultAfterWithdrawal() throws {
        let histories = try RatingHistories(
            [
                RatingAction(obligor: 0, time: 0, state: 0), RatingAction(obligor: 0, time: 0.5, state: nil),
                RatingAction(obligor: 0, time: 0.8, state: 1), RatingAction(obligor: 1, time: 0, state: 0),
                RatingAction(obligor: 1, time: 0.5, state: nil),
            ], scale: RatingScale(["A", "D"]), end: 5)
        let intervals = try MigrationCounts.byInterval(histories, snapshots: [0, 1, 2])
        #expect(intervals[0].moves == Matrix(rows: [[0, 1], [0, 0]]))
        #expect(intervals[0].withdrawn == [1, 0])
        #expect(intervals[1].starters == [0, 0])
    }

    @Test("refuses snapshots that do not rise, states off the scale and ragged columns")
    func refusals() throws {
        let histories = try DurationTests.byHand()
        #expect(throws: MigrationError.self) { try MigrationCounts.byInterval(histories, snapshots: [1]) }
        #expect(throws: MigrationError.self) { try MigrationCounts.byInterval(histories, snapshots: [1, 1]) }
        let scale = try RatingScale(["A", "D"])
        #expect(throws: MigrationError.state(7, states: 2)) {
            try MigrationCounts(obligors: [1, 1], periods: [0, 1], states: [0, 7], scale: scale)
        }
        #expect(throws: MigrationError.self) {
            try MigrationCounts(obligors: [1], periods: [0, 1], states: [0, 1], scale: scale)
        }
        #expect(throws: MigrationError.self) {
            try MigrationCounts(Matrix(rows: [[-1, 0], [0, 0]]), scale: scale)
        }
        #expect(try MigrationCounts(obligors: [], periods: [], states: [], scale: scale).totals == [0, 0])
    }

    /// Source: transitionMatrix's S&P 1981–2016 with the PDs of its powers, in per cent.
    @Test("leaves out withdrawals, and its powers are the agency's Markov projection")
    func averages() throws {
        let matrix = try PublishedMatrices.averages1981to2016().matrix()
        for (years, pds) in [
            (1, [0, 0.020831, 0.06286, 0.191939, 0.796813, 4.275642, 31.651105]),
            (2, [0.020715, 0.056051, 0.146907, 0.465383, 2.027395, 9.538543, 48.758353]),
            (5, [0.150829, 0.241607, 0.553314, 1.758987, 7.483401, 24.797088, 68.190576]),
            (10, [0.539984, 0.86262, 1.857601, 5.318701, 18.490022, 42.699719, 77.448275]),
        ] {
            let found = try #require(try matrix.over(periods: years).defaultProbabilities)
            expectClose(found.dropLast().map { 100 * $0 }, pds, absolute: 5.1e-7)
        }
        expectClose(try matrix.singularValueMobility(), 0.16496446, absolute: 5.1e-9)
        expectClose(matrix.shorrocksMobility, 0.16406971, absolute: 5.1e-9)
        let logarithm = try matrix.probabilities.logarithm()
        expectClose(
            logarithm.row(3),
            [0.000106, 0.000744, 0.040866, -0.094384, 0.045718, 0.003998, 0.00146, 0.001492],
            absolute: 5.1e-7)
    }
}
