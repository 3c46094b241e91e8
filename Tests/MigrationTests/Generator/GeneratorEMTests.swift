import LinearAlgebra
import TestSupport
import Testing

@testable import Migration

@Suite("The likeliest generator of states seen at discrete times")
struct GeneratorEMTests {
    @Test("agrees with ctmcd on the counts of 2000, and its likelihood never falls")
    func counts2000() throws {
        let fit = try GeneratorEM(
            PanelObservations(PublishedMatrices.counts2000()), tolerance: 1e-9)
        expectClose(fit.logLikelihood, -3194.2537197, absolute: 1e-6)
        // From the first step on: the start is arbitrary, the law holds there as well.
        #expect(zip(fit.logLikelihoods, fit.logLikelihoods.dropFirst()).allSatisfy { $1 >= $0 - 1e-9 })
        let expected = Matrix(rows: [
            [-0.109502, 0.104889, 0.004614, 0, 0, 0, 0, 0],
            [0.006231, -0.095002, 0.087839, 0.000933, 0, 0, 0, 0],
            [0, 0.037492, -0.138885, 0.092909, 0.002005, 0.000031, 0.004473, 0.001974],
            [0.000616, 0.003016, 0.043587, -0.100947, 0.044383, 0.004167, 0.001781, 0.003397],
            [0, 0.004051, 0, 0.043881, -0.142388, 0.086053, 0.008403, 0],
            [0, 0.005769, 0.003233, 0.005733, 0.058948, -0.192942, 0.064445, 0.054815],
            [0, 0, 0, 0, 0.006727, 0.153857, -0.36159, 0.201006], [0, 0, 0, 0, 0, 0, 0, 0],
        ])
        // EM creeps towards rates that are 0.
        #expect(distance(fit.generator.rates, expected) <= 2e-6)
        let errors = try fit.standardErrors()
        // Wald's 95 % interval of AAA → AA, printed as [0.061, 0.15] in the R Journal 2017-038.
        let (rate, error) = (fit.generator[0, 1], errors[0, 1])
        expectClose(rate - 1.959964 * error, 0.061, absolute: 5.1e-4)
        expectClose(rate + 1.959964 * error, 0.15, absolute: 5.1e-3)
    }

    @Test(
        "is likelier than every repaired logarithm",
        arguments: [
            (GeneratorRepair.quasiOptimisation, -3194.2638), (.weightedAdjustment, -3194.2740),
            (.diagonalAdjustment, -3194.2765), (.oneMoveAYear, -3199.5774),
        ])
    func repairs(repair: GeneratorRepair, expected: Double) throws {
        let counts = try PublishedMatrices.counts2000()
        let likelihood = try GeneratorLikelihood(
            GeneratorMatrix(counts.matrix(), repairedBy: repair), PanelObservations(counts)
        ).logLikelihood
        expectClose(likelihood, expected, absolute: 5.1e-5)
        #expect(likelihood < -3194.2537)
    }

    @Test("counts the rates that lie inside, however far it went")
    func aic() throws {
        let observations = try PanelObservations(PublishedMatrices.counts2000())
        let fits = try [1e-7, 1e-9].map { try GeneratorEM(observations, tolerance: $0) }
        let rates = fits.map { ($0.aic() + 2 * $0.logLikelihood) / 2 }
        #expect(rates[0].rounded() == rates[1].rounded() && rates[0] < 49)
    }

    @Test("learns from histories: pairs at snapshots, defaults on their days")
    func histories() throws {
        let scale = try RatingScale(["A", "B", "D"])
        let histories = try RatingHistories(
            [
                RatingAction(obligor: 0, time: 0, state: 0), RatingAction(obligor: 0, time: 0.5, state: 1),
                RatingAction(obligor: 1, time: 0, state: 0), RatingAction(obligor: 1, time: 1.25, state: 2),
                RatingAction(obligor: 2, time: 0, state: 1), RatingAction(obligor: 2, time: 1.5, state: nil),
            ], scale: scale, end: 3)
        let found = try PanelObservations(histories, snapshots: [0, 1, 2])
        #expect(found.groups.map { ($0.years * 365.25).rounded() } == [91, 365])
        #expect(found.groups[0].datedDefaults == [1, 0, 0])
        #expect(found.groups[0].counts == Matrix(rows: 3, columns: 3))
        // A → B and A → A in the first year, B → B twice; who left by the second snapshot gives no pair.
        #expect(found.groups[1].counts == Matrix(rows: [[1, 1, 0], [0, 2, 0], [0, 0, 0]]))
        #expect(throws: MigrationError.self) { try PanelObservations(histories, snapshots: [1, 1]) }
    }

    @Test(
        "has the intervals of ctmcd",
        .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
    func intervals() throws {
        let expected = try Oracle(shared: "migration/generator_sp2000_ctmcd.json")("expected")
        let fit = try GeneratorEM(PanelObservations(PublishedMatrices.counts2000()), tolerance: 1e-11)
        #expect(distance(fit.generator.rates, Matrix(rows: try expected("em_generator").rows)) <= 1e-5)
        expectClose(fit.logLikelihood, try expected("em_log_likelihood").number, absolute: 1e-6)
        // ctmcd leaves rates of this size out of the information.
        let errors = try fit.standardErrors(edge: 1e-4)
        let lower = try expected("wald_95_sdr_lower").list.map { try $0.list }
        var compared = 0
        for row in 0..<8 {
            for column in 0..<8 where row != column && fit.generator[row, column] > 1e-3 {
                let bound = try lower[row][column].number
                guard bound.isFinite else { continue }
                let ours = fit.generator[row, column] - 1.959963984540054 * errors[row, column]
                expectClose(ours, bound, absolute: 1e-4, "\(row) to \(column)")
                compared += 1
            }
        }
        #expect(compared >= 20)
    }

    @Test(
        "agrees with msm on panels",
        .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)),
        arguments: ["synthetic4_four_states", "synthetic5", "synthetic6"])
    func panels(name: String) throws {
        let expected = try Oracle(shared: "migration/panel_\(name).json")("expected")
        let generator = Matrix(rows: try expected("generator").rows)
        let order = generator.rows
        var counts = Matrix(rows: order, columns: order)
        let table = try expected("state_table").rows
        for (row, from) in try expected("state_table_rows").texts.enumerated() {
            for (column, to) in try expected("state_table_columns").texts.enumerated() {
                counts[try #require(Int(from)) - 1, try #require(Int(to)) - 1] = table[row][column]
            }
        }
        let ends = generator[order - 1, order - 1] == 0
        let scale = try RatingScale((0..<order).map(String.init), endsInDefault: ends)
        var start = Matrix(rows: order, columns: order)
        for row in 0..<order {
            for column in 0..<order where column != row && generator[row, column] > 0 {
                start[row, column] = 0.1
                start[row, row] -= 0.1
            }
        }
        let fit = try GeneratorEM(
            PanelObservations([.init(years: 1, counts: counts)], scale: scale),
            start: GeneratorMatrix(start, scale: scale), tolerance: 1e-11)
        expectClose(-2 * fit.logLikelihood, try expected("minus_2_log_likelihood").number, absolute: 1e-6)
        for row in 0..<order {
            expectClose(fit.generator.rates.row(row), generator.row(row), absolute: 1e-9, relative: 1e-4)
        }
        guard case .list(let rows) = try expected("std_errors") else { return }
        let errors = try fit.standardErrors()
        for row in 0..<order {
            for (column, value) in try rows[row].list.enumerated() where column != row {
                guard generator[row, column] > 0 else { continue }
                expectClose(errors[row, column], try value.number, relative: 1e-3, "\(row) to \(column)")
            }
        }
    }

    @Test("recovers dated defaults: with one state λ = defaults ÷ time at risk")
    func datedDefaults() throws {
        let scale = try RatingScale(["A", "D"])
        // Three default exactly after 0.5, 1 and 2 years; five are alive after 2.
        let groups = [
            PanelObservations.Group(years: 0.5, counts: Matrix(rows: 2, columns: 2), datedDefaults: [1, 0]),
            .init(years: 1, counts: Matrix(rows: 2, columns: 2), datedDefaults: [1, 0]),
            .init(years: 2, counts: Matrix(rows: [[5, 0], [0, 0]]), datedDefaults: [1, 0]),
        ]
        let fit = try GeneratorEM(PanelObservations(groups, scale: scale))
        expectClose(fit.generator[0, 1], 3 / 13.5, relative: 1e-10)
        expectClose(try fit.standardErrors()[0, 1], 3.0.squareRoot() / 13.5, relative: 1e-6)
        expectClose(fit.aic(), 2 - 2 * fit.logLikelihood, absolute: 1e-12)
    }

    @Test("refuses nothing to go by, impossible moves and too few iterations")
    func refusals() throws {
        let scale = try RatingScale(["A", "B", "D"])
        #expect(throws: MigrationError.self) {
            try PanelObservations([.init(years: 1, counts: Matrix(rows: 3, columns: 3))], scale: scale)
        }
        #expect(throws: MigrationError.self) {
            try PanelObservations([.init(years: 0, counts: .identity(3))], scale: scale)
        }
        let observations = try PanelObservations(
            [.init(years: 1, counts: Matrix(rows: [[5, 1, 1], [1, 5, 1], [0, 0, 0]]))], scale: scale)
        let still = try GeneratorMatrix(Matrix(rows: 3, columns: 3), scale: scale)
        #expect(throws: MigrationError.impossible(from: 0, to: 1)) {
            try GeneratorEM(observations, start: still)
        }
        #expect(throws: MigrationError.self) { try GeneratorEM(observations, maximumIterations: 2) }
    }
}
