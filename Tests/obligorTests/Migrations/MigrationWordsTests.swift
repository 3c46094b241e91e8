import Migration
import Testing

@testable import obligor

@Suite("What predictions look at is said in an analyst's words")
struct MigrationWordsTests {
    @Test(arguments: [
        ("last_move", 2.0, "last change of grade: 2 notches down"),
        ("last_move", -1, "last change of grade: 1 notch up"), ("last_move", 0, "last change of grade: none"),
        ("years_in_state", 1.5, "time in the grade: 1.5 years"),
        ("notches_up_2y", 0, "upgrades within 2 years: 0 notches"),
        ("notches_down_1y", 1, "downgrades within a year: 1 notch"),
        ("mean_state_1y", -2.41, "mean grade of a year against today's: 2.4 notches better"),
        ("mean_state_6m", 0.01, "mean grade of 6 months against today's: the same"),
        ("mean_state_2y", .nan, "mean grade of 2 years against today's: not known"),
        ("equity_ratio", 0.12, "equity by total assets: 0.12"),
        ("equity_ratio missing", 0, "equity by total assets: known"),
        ("somebody_elses", 3, "somebody_elses: 3.00"),
    ])
    func values(feature: String, value: Double, expected: String) {
        #expect(MigrationWords().text(feature, value: value) == expected)
    }

    @Test func whatIsMissingIsNotKnown() {
        #expect(
            MigrationWords().text("equity_ratio missing", value: 1).hasPrefix(
                "equity by total assets: not known"))
        #expect(MigrationWords.feature("equity_ratio missing") == "equity_ratio")
    }

    @Test func everyFigureOfAHistoryHasWords() {
        for name in RatingHistories.historyNames {
            #expect(!MigrationWords().text(name, value: 1).contains("_"), "\(name)")
        }
    }
}
