import Results
import Review
import Tables
import Vocabulary

// Ratings and their steps in the columns of their tables.
extension RecordRows {
    /// Ratings of a batch.
    init(_ ratings: ArraySlice<StoredRating>, run: Int64, batch: Int) throws {
        func texts(_ text: (StoredRating) -> String?) -> Column.Values { .text(ratings.map(text)) }
        func numbers(_ number: (StoredRating) -> Double?) -> Column.Values {
            .double(ratings.map { number($0) ?? .nan })
        }
        func integers(_ number: (StoredRating) -> Int64?) -> Column.Values {
            .integer(ratings.map { number($0) ?? Column.missingInteger })
        }
        let reasons = try ratings.map { try JSONForm.text(ofList: $0.reasons) }
        self.init(
            [
                Column(name: "run", values: integers { _ in run }),
                Column(name: "batch", values: integers { _ in Int64(batch) }),
                Column(name: "obligor", values: texts { $0.obligor.text }),
                Column(name: "as_of", values: integers { Int64($0.asOf.daysSince1970) }),
                Column(name: "grade", values: texts { $0.grade.rawValue }),
                Column(name: "model_grade", values: texts { $0.modelGrade?.rawValue }),
                Column(name: "pd", values: numbers { $0.pd }),
                Column(name: "log_odds", values: numbers { $0.logOdds }),
                Column(name: "score", values: numbers { $0.score }),
                Column(name: "currency", values: texts { $0.currency.code }),
                Column(name: "exposure", values: numbers { $0.exposure }),
                Column(name: "credit_limit", values: numbers { $0.limit }),
                Column(name: "terms_days", values: integers { $0.termsDays.map { Int64($0) } }),
                Column(
                    name: "review_due", values: integers { $0.reviewDue.map { Int64($0.daysSince1970) } }),
                Column(name: "is_interim", values: integers { $0.isInterim ? 1 : 0 }),
                Column(name: "reasons", values: .text(reasons)),
            ], count: ratings.count)
    }

    /// Steps of the ratings of a batch.
    init(_ steps: ArraySlice<RatingStepRecord>, run: Int64, batch: Int) {
        func texts(_ text: (RatingStepRecord) -> String?) -> Column.Values { .text(steps.map(text)) }
        func integers(_ number: (RatingStepRecord) -> Int64) -> Column.Values {
            .integer(steps.map(number))
        }
        self.init(
            [
                Column(name: "run", values: integers { _ in run }),
                Column(name: "batch", values: integers { _ in Int64(batch) }),
                Column(name: "obligor", values: texts { $0.id }),
                Column(name: "step", values: integers { Int64($0.step) }),
                Column(name: "stage", values: texts { $0.stage.rawValue }),
                Column(name: "rule", values: texts { $0.rule }),
                Column(name: "from_grade", values: texts { $0.fromGrade }),
                Column(name: "to_grade", values: texts { $0.toGrade }),
                Column(name: "effect", values: texts { $0.effect.rawValue }),
                Column(name: "reason", values: texts { $0.reason }),
                Column(name: "author", values: texts { $0.author }),
                Column(name: "expires", values: texts { $0.expires }),
            ], count: steps.count)
    }
}
