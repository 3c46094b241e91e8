import Grading
import Ledger
import Results
import Vocabulary

extension InputClock.Input {
    /// The date that the age of an input counts from; `nil` where there is none.
    func lastDate(_ view: ObligorView) -> CalendarDay? {
        switch self {
        case .statements: view.statements.map(\.periodEnd).max()
        case .bureau: view.bureau.map(\.observed).max()
        case .litigation: view.bureau.filter { $0.judgments != nil }.map(\.observed).max()
        }
    }
}

extension InputClock {
    /// How the input of an obligor stands as of the view's day.
    func state(_ view: ObligorView) -> State {
        state(atAge: input.lastDate(view).map { view.asOf.day.days(since: $0) })
    }

    /// What is asked for; `nil` while the input is fresh.
    func request(_ view: ObligorView) -> RefreshRequestRecord? {
        let last = input.lastDate(view)
        let age = last.map { view.asOf.day.days(since: $0) }
        let state: RefreshRequestRecord.State
        switch self.state(atAge: age) {
        case .fresh: return nil
        case .expiring: state = .expiring
        case .stale: state = .stale
        case .missing: state = .missing
        }
        return RefreshRequestRecord(
            id: view.id.text, asOf: "\(view.asOf)", input: input.rawValue, state: state,
            lastDate: last.map { "\($0)" }, ageDays: age,
            expiresOn: last.map { "\($0.adding(days: expiresAfter))" }, missing: input.document,
            effect: state == .expiring ? nil : effect.words)
    }
}

extension RuleEffect {
    /// What it does, in a word or two.
    var words: String {
        switch self {
        case .cap(let grade): "cap \(grade)"
        case .notch(let notches): notches > 0 ? "down \(notches)" : "up \(-notches)"
        case .block: "block"
        case .documents: "documents"
        }
    }
}
