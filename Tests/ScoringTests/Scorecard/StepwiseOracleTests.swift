import LinearAlgebra
import Parallelism
import TestSupport
import Testing

@testable import Scoring

/// `Fixtures/stepwise.json` holds what R chooses on the WOE of twelve columns of German credit; `stepwise.R` made it.
@Suite("Stepwise selection agrees with R")
struct StepwiseOracleTests {
    private let oracle: Oracle
    private let names: [String]
    private let woes: Matrix
    private let defaulted: [Bool]

    init() throws {
        oracle = try Oracle(fixture: "stepwise", in: .module)
        names = try oracle("names").texts
        let ofBins = try oracle("woes").rows
        let codes = try oracle("codes").texts
        defaulted = try oracle("defaulted").text.map { $0 == "1" }
        woes = Matrix(
            columns: try zip(codes, ofBins).map { codes, woes in
                try codes.map { woes[try #require($0.wholeNumberValue)] }
            })
    }

    private func selection(_ stepwise: StepwiseOptions) throws -> StepwiseSelection {
        var selection = StepwiseSelection(
            woes: woes, names: names, defaulted: defaulted, weights: nil,
            options: SelectionOptions(stepwise: stepwise, expectsSign: false), workers: .single,
            log: SelectionLog())
        try selection.run()
        return selection
    }

    /// What came in and went out, in R's notation, with the figure that decided; the start of a backward choice aside.
    private func steps(_ log: SelectionLog) -> [(step: String, value: Double)] {
        log.events.compactMap { event in
            switch (event.verdict, event.rule) {
            case (.admitted, .aic), (.admitted, .bic), (.admitted, .pValue):
                ("+ \(event.variable)", event.value ?? .nan)
            case (.removed, _): ("- \(event.variable)", event.value ?? .nan)
            default: nil
            }
        }
    }

    @Test(arguments: StepwiseOptions.Direction.allCases, [StepwiseOptions.Criterion.aic, .bic])
    func byCriterion(direction: StepwiseOptions.Direction, criterion: StepwiseOptions.Criterion) throws {
        let expected = try oracle("\(direction.rawValue)_\(criterion.rawValue)")
        let selection = try selection(StepwiseOptions(direction: direction, criterion: criterion))
        let steps = steps(selection.log)
        #expect(steps.map(\.step) == (try expected("steps").texts))
        expectClose(steps.map(\.value), Array(try expected("criterion").numbers.dropFirst()), relative: 1e-9)
        #expect(selection.chosen.map { names[$0] }.sorted() == (try expected("chosen").texts))
        #expect(selection.remarks.isEmpty)
    }

    @Test func byPValue() throws {
        let expected = try oracle("both_pValue")
        let selection = try selection(StepwiseOptions(direction: .both, criterion: .pValue))
        let steps = steps(selection.log)
        #expect(steps.map(\.step) == (try expected("steps").texts))
        // R's add1 takes the score test at weights one Newton step behind.
        expectClose(steps.map(\.value), try expected("pValues").numbers, relative: 1e-5)
        #expect(selection.chosen.map { names[$0] }.sorted() == (try expected("chosen").texts))
    }

    /// Twelve columns against the diagonal of R's inverse of their correlations.
    @Test func varianceInflation() throws {
        let factors = try VarianceInflation.factors(of: woes, names: names, workers: .single)
        expectClose(factors, try oracle("variance_inflation").numbers, relative: 1e-10)
    }

    /// What comes in at 0.5 goes out at 0.001; without a memory that goes on for ever.
    @Test func aCycleIsEndedAndSaid() throws {
        let selection = try selection(
            StepwiseOptions(direction: .both, criterion: .pValue, entryPValue: 0.5, exitPValue: 1e-4))
        #expect(selection.remarks.count == 1 && selection.remarks[0].contains("came back to variables"))
        #expect(selection.log.events.count < 100)
        #expect(!selection.chosen.isEmpty)
    }
}
