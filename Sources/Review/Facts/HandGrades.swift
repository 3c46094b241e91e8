import Grading
import Ledger
import Vocabulary

/// Grades given by hand in a ledger, as decisions of experts.
struct HandGrades: Sendable {
    let ledger: TradeLedger
    /// Months for which a grade given by hand holds; 0 for none.
    let months: Int

    /// The decision on an obligor that is in force on a day: the last grade in the ledger, if a person gave it.
    func decision(on place: Int, asOf day: CalendarDay) -> ExpertOverride? {
        guard months > 0 else { return nil }
        let view = ledger.view(of: place, asOf: AsOf(day))
        guard let last = view.ratings.last, last.origin == .analyst, last.grade != .d else { return nil }
        let expires = last.date.adding(months: months)
        guard expires >= day else { return nil }
        return ExpertOverride(
            obligor: view.id, decision: .grade(last.grade), author: last.author ?? "analyst",
            reason: last.reason ?? "grade given by hand", decided: last.date, expires: expires)
    }

    /// The decisions that hold on a day for some obligors: those of a file, and for others those of the ledger.
    func decisions(on places: [Int], asOf day: CalendarDay, beside file: ExpertOverrides) -> ExpertOverrides {
        let given = file.inForce(on: AsOf(day))
        var entries: [ExpertOverride] = []
        for place in places {
            let id = ledger.id(ofObligor: place)
            if let entry = given[id] ?? decision(on: place, asOf: day) { entries.append(entry) }
        }
        return ExpertOverrides(entries: entries, maximumNotches: file.maximumNotches)
    }
}
