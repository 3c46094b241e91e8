import Grading
import Results
import Review
import Vocabulary

extension MetricsFile {
    /// The figures of a review.
    init(ofReview run: RunFolder) throws {
        self.init()
        let obligors = (try run.portfolio()?.obligors ?? []).filter { $0.grade != nil }
        func byGrade(_ value: ([PortfolioRecord]) -> Double) -> [([(String, String)], Double)] {
            Grade.allCases.map { grade in
                ([("grade", grade.rawValue)], value(obligors.filter { $0.grade == grade.rawValue }))
            }
        }
        gauge("obligor_portfolio_obligors", "Obligors by final grade.", byGrade { Double($0.count) })
        gauge(
            "obligor_portfolio_exposure", "Open receivables by final grade, in the portfolio's currency.",
            byGrade { $0.reduce(0) { $0 + $1.exposure } })
        gauge(
            "obligor_portfolio_expected_loss", "Expected loss by final grade, in the portfolio's currency.",
            byGrade { $0.reduce(0) { $0 + ($1.expectedLoss ?? 0) } })
        gauge(
            "obligor_review_movements", "Obligors by what became of their grade.",
            PortfolioRecord.Movement.allCases.map { movement in
                ([("movement", movement.rawValue)], Double(obligors.count { $0.movement == movement }))
            })
        let requests = try run.refreshRequests() ?? []
        let inputs = InputClock.Input.allCases.map(\.rawValue)
        gauge(
            "obligor_review_refresh_requests", "Inputs to bring up to date.",
            inputs.flatMap { input in
                RefreshRequestRecord.State.allCases.map { state in
                    (
                        [("input", input), ("state", state.rawValue)],
                        Double(requests.count { $0.input == input && $0.state == state })
                    )
                }
            })
        let quality = try run.dataQuality()
        let refused = quality?.refused.reduce(0) { $0 + $1.count } ?? 0
        gauge("obligor_review_set_aside", "Obligors that were set aside.", Double(refused))
        add(silencesOf: quality)
        add(try run.monitoring())
        add(try run.shadowSummary())
    }
}
