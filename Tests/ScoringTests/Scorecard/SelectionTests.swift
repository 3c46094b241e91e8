import Scoring
import Tables
import Testing

@Suite("Selection of variables")
struct SelectionTests {
    /// A table with copies, noise and a constant beside what matters.
    private static func table() throws -> Table {
        let base = try SmallCredit.table(rows: 1500)
        guard let delay = base["delay"]?.doubles else { return base }
        return try base.appending(Column(name: "copy", values: .double(delay.map { 2 * $0 + 1 })))
            .appending(Column(name: "constant", values: .double(delay.map { _ in 4 })))
            .appending(
                Column(name: "noise", values: .double(delay.indices.map { Double(($0 * 7919) % 101) })))
    }

    private func train(_ selection: SelectionOptions) throws -> (SelectionLog, [String]) {
        let trained = try ModelTrainer(
            SmallCredit.recipe(.scorecard(ScorecardRecipe(selection: selection)))
        ).train(Self.table())
        let names = try #require(trained.model.scorecard).characteristics.map(\.name)
        return (try #require(trained.report.selection), names)
    }

    @Test("records the reason of every admission and rejection")
    func records() throws {
        let (log, names) = try train(SelectionOptions())
        #expect(Set(log.admitted) == Set(names))
        #expect(log.outcome(of: "constant")?.rule == .binning)
        #expect(log.outcome(of: "noise")?.verdict == .rejected)
        // Of the variable and its copy, equally strong, the first in the table stays.
        #expect(log.outcome(of: "copy")?.rule == .correlation)
        #expect(log.outcome(of: "copy")?.other == "delay")
        for name in ["income", "delay", "home", "bureau", "copy", "constant", "noise"] {
            let event = try #require(log.outcome(of: name))
            #expect(!event.description.isEmpty)
        }
    }

    @Test(
        "keeps what matters in every direction and by every criterion",
        arguments: StepwiseOptions.Direction.allCases, StepwiseOptions.Criterion.allCases)
    func directions(direction: StepwiseOptions.Direction, criterion: StepwiseOptions.Criterion) throws {
        let (log, names) = try train(
            SelectionOptions(
                minimumIV: 0, stepwise: StepwiseOptions(direction: direction, criterion: criterion)))
        #expect(names.contains("delay") && names.contains("income"))
        // Binning by outcome makes noise look useful; only the strictest criterion is sure to see through it.
        #expect(!names.contains("noise") || criterion != .bic)
        #expect(Set(log.admitted) == Set(names))
    }

    @Test("finds dependent variables by their inflation factor")
    func inflation() throws {
        let (log, _) = try train(
            SelectionOptions(maximumCorrelation: nil, maximumVIF: 5, stepwise: nil))
        let rejected = ["delay", "copy"].compactMap { log.outcome(of: $0) }.filter { $0.rule == .vif }
        #expect(rejected.count == 1)
    }

    @Test("lets a forced variable in, unless its sign is wrong")
    func forced() throws {
        let (log, names) = try train(SelectionOptions(minimumIV: 0.3, forced: ["noise"]))
        let event = try #require(log.events.first { $0.variable == "noise" })
        #expect(event.rule == .forced && event.verdict == .admitted)
        #expect(names.contains("noise") || log.outcome(of: "noise")?.rule == .sign)
    }

    @Test("leaves nothing where nothing is good enough, and says so")
    func nothing() throws {
        #expect(throws: TrainingError.noVariables) { try train(SelectionOptions(minimumIV: 50)) }
        let (log, _) = try train(SelectionOptions(minimumIV: 0, maximumIV: 0.6, stepwise: nil))
        #expect(log.events.contains { $0.rule == .informationValue && $0.limit == 0.6 })
    }
}
