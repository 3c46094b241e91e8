import Scoring
import Tables
import TestSupport
import Testing

@Suite("Reason codes")
struct ReasonCodeTests {
    private func model(
        _ reasons: ReasonOptions, rounding: PointsOptions.Rounding = .integer
    ) throws -> ScoringModel {
        var options = ScorecardRecipe()
        options.selection.stepwise = nil
        options.reasons = reasons
        options.points.rounding = rounding
        return try ModelTrainer(SmallCredit.recipe(.scorecard(options))).train(SmallCredit.table()).model
    }

    @Test(
        "name the characteristics that lost most points, the most first, ties in order, zeros never",
        arguments: ReasonReference.allCases, PointsOptions.Rounding.allCases)
    func ranking(reference: ReasonReference, rounding: PointsOptions.Rounding) throws {
        let model = try model(ReasonOptions(count: 3, reference: reference), rounding: rounding)
        let table = try SmallCredit.table()
        let reasons = try #require(try model.score(table).reasons)
        let card = try #require(model.scorecard)
        let points = try card.pointsScorer().contributions(of: table)
        for row in 0..<table.rowCount {
            let lost = points.indices.map { Float(model.references[$0] - points[$0][row]) }
            let expected = lost.indices.filter { lost[$0] > 0 }
                .sorted { lost[$0] != lost[$1] ? lost[$0] > lost[$1] : $0 < $1 }.prefix(3)
            let actual = reasons.reasons(ofRow: row)
            #expect(actual.map { Int($0.characteristic) } == Array(expected))
            #expect(actual.map(\.pointsLost) == expected.map { lost[$0] })
        }
    }

    @Test("against the maximum add up to the distance from the best score")
    func maximum() throws {
        let model = try model(ReasonOptions(count: 10, reference: .maximum), rounding: .none)
        let table = try SmallCredit.table()
        let rows = try model.score(table)
        let reasons = try #require(rows.reasons)
        let card = try #require(model.scorecard)
        let best = card.basePoints + model.references.reduce(0, +)
        for row in 0..<rows.count {
            let lost = reasons.reasons(ofRow: row).reduce(0) { $0 + Double($1.pointsLost) }
            expectClose(rows.scores[row] + lost, best, absolute: 1e-3)
        }
    }

    @Test("are as many as asked for, or none")
    func counts() throws {
        let table = try SmallCredit.table()
        #expect(try model(ReasonOptions(count: 0)).score(table).reasons == nil)
        #expect(try model(ReasonOptions(count: 4)).score(table, withReasons: false).reasons == nil)
        let many = try #require(try model(ReasonOptions(count: 99)).score(table).reasons)
        #expect(many.count == many.characteristics.count)
    }

    @Test("of a logistic model are points of the same scaling")
    func logistic() throws {
        let trained = try ModelTrainer(SmallCredit.logisticRecipe).train(SmallCredit.table())
        let table = try SmallCredit.table()
        let rows = try trained.model.score(table)
        let reasons = try #require(rows.reasons)
        let contributions = try trained.model.scorer.contributions(of: table)
        let factor = trained.model.scaling.factor
        for row in 0..<rows.count {
            for reason in reasons.reasons(ofRow: row) {
                let term = Int(reason.characteristic)
                expectClose(
                    Double(reason.pointsLost),
                    factor * (contributions[term][row] - trained.model.references[term]), relative: 1e-6)
            }
        }
    }
}
