import Grading
import Results
import Review
import Vocabulary

extension Summary {
    /// One page on what a review found.
    mutating func review(_ review: PortfolioReview, day: String, out: String) {
        let obligors = review.portfolio.obligors
        heading("\(Figures.count(obligors.count { $0.grade != nil })) obligors on \(day), written to \(out)")
        let counts = PortfolioCounts(obligors)
        var grid = TextGrid([.left("movement"), .right("obligors")])
        for (movement, count) in counts.movements {
            grid.rows.append([movement.rawValue, Figures.count(count)])
        }
        table(grid)
        grades(counts.grades)
        worse(among: obligors)
        reasons(review.portfolio.reviewReasons)
        requests(review.requests)
        if !review.refused.isEmpty {
            line("Set aside: \(Figures.count(review.refused.count)) obligors, see data-quality.json")
            let counts = Dictionary(grouping: review.refused, by: \.reason).mapValues(\.count)
            for (reason, count) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }).prefix(5) {
                line("  \(Figures.count(count)): \(reason)")
            }
        }
    }

    /// What is at stake by grade.
    private mutating func grades(_ lines: [PortfolioCounts.GradeLine]) {
        var grid = TextGrid([
            .left("grade"), .right("obligors"), .right("exposure"), .right("expected loss"),
        ])
        for line in lines where line.obligors > 0 {
            grid.rows.append([
                line.grade, Figures.count(line.obligors), Figures.fixed(line.exposure, decimals: 0),
                Figures.fixed(line.expectedLoss, decimals: 0),
            ])
        }
        table(grid)
    }

    /// The largest exposures among those that got worse.
    private mutating func worse(among obligors: [PortfolioRecord]) {
        let worse = obligors.filter { $0.movement == .down || $0.movement == .defaulted }
        guard !worse.isEmpty else { return }
        heading("The largest exposures that got worse")
        var grid = TextGrid([.left("obligor"), .left("from"), .left("to"), .right("exposure")])
        for one in worse.sorted(by: { ($1.exposure, $0.id) < ($0.exposure, $1.id) }).prefix(5) {
            grid.rows.append([
                one.id, one.previousGrade ?? "–", one.grade ?? "–", Figures.fixed(one.exposure, decimals: 0),
            ])
        }
        table(grid)
    }

    /// What people made of suggested corrections; nothing where they decided on none.
    mutating func corrections(_ decisions: [DecisionRecord]) {
        // Of several on one suggestion the last counts.
        let own = Dictionary(
            decisions.filter { $0.subject == .correction }.map { ([$0.id, $0.about], $0) },
            uniquingKeysWith: { $1 }
        ).values
        guard !own.isEmpty else { return }
        let accepted = own.count { $0.verdict == DecisionRecord.accepted }
        line(
            "Corrections decided on: \(Figures.count(accepted)) accepted, "
                + "\(Figures.count(own.count - accepted)) dismissed, see decisions.csv")
    }

    /// Obligors by why they are looked at.
    mutating func reasons(_ counts: [String: Int]) {
        var grid = TextGrid([.left("looked at because"), .right("obligors")])
        for (reason, count) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            grid.rows.append([reason, Figures.count(count)])
        }
        table(grid)
    }

    /// Inputs to bring up to date.
    mutating func requests(_ requests: [RefreshRequestRecord]) {
        guard !requests.isEmpty else { return }
        heading("Inputs to bring up to date")
        var grid = TextGrid([.left("input"), .right("stale"), .right("missing"), .right("expiring")])
        for (input, own) in Dictionary(grouping: requests, by: \.input).sorted(by: { $0.key < $1.key }) {
            func count(_ state: RefreshRequestRecord.State) -> String {
                Figures.count(own.count { $0.state == state })
            }
            grid.rows.append([input, count(.stale), count(.missing), count(.expiring)])
        }
        table(grid)
    }
}
