import Grading
import Results
import Review
import Vocabulary

extension MetricsFile {
    /// The figures of a review.
    init(ofReview run: RunFolder) throws {
        self.init()
        let counts = PortfolioCounts(try run.portfolio()?.obligors ?? [])
        func byGrade(_ value: (PortfolioCounts.GradeLine) -> Double) -> [([(String, String)], Double)] {
            counts.grades.map { line in ([("grade", line.grade)], value(line)) }
        }
        gauge("obligor_portfolio_obligors", "Obligors by final grade.", byGrade { Double($0.obligors) })
        gauge(
            "obligor_portfolio_exposure", "Open receivables by final grade, in the portfolio's currency.",
            byGrade(\.exposure))
        gauge(
            "obligor_portfolio_expected_loss", "Expected loss by final grade, in the portfolio's currency.",
            byGrade(\.expectedLoss))
        gauge(
            "obligor_review_movements", "Obligors by what became of their grade.",
            counts.movements.map { ([("movement", $0.movement.rawValue)], Double($0.obligors)) })
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
