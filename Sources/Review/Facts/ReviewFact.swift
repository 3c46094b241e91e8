import Grading
import Ledger
import Tables
import Vocabulary

/// A fact that rules and policies may ask for beside the features of the catalogue.
enum ReviewFact: Hashable, Sendable {
    /// The group that the obligor belongs to, a text.
    case group
    /// Days since a bureau last said how many judgments there are.
    case litigationAge
    /// Days since an event of a kind became known on which nobody has decided yet; missing if there is none.
    case openEvent(ReviewEventKind)

    /// The fact of a column; `nil` if it is none.
    init?(column: String) {
        switch column {
        case "group": self = .group
        case Self.litigationAgeName: self = .litigationAge
        default:
            guard column.hasPrefix(Self.openEventPrefix),
                let kind = ReviewEventKind(rawValue: String(column.dropFirst(Self.openEventPrefix.count)))
            else { return nil }
            self = .openEvent(kind)
        }
    }

    static let litigationAgeName = "litigation_age"
    static let openEventPrefix = "open_event_"

    /// The name of its column.
    var name: String {
        switch self {
        case .group: "group"
        case .litigationAge: Self.litigationAgeName
        case .openEvent(let kind): Self.openEventPrefix + kind.rawValue
        }
    }

    /// What its column holds.
    var type: ColumnType {
        switch self {
        case .group: .text
        case .litigationAge, .openEvent: .double
        }
    }

    /// The values of observations.
    ///
    /// - Parameter log: Events that were reported, beside those in the ledger.
    func values(
        of rows: [(place: Int, day: CalendarDay)], in ledger: TradeLedger, log: EventLog
    ) -> Column.Values {
        switch self {
        case .group:
            .text(rows.map { ledger.view(of: $0.place, asOf: AsOf($0.day)).obligor?.group })
        case .litigationAge:
            .double(
                rows.map { row in
                    let view = ledger.view(of: row.place, asOf: AsOf(row.day))
                    return InputClock.Input.litigation.lastDate(view).map { Double(row.day.days(since: $0)) }
                        ?? .nan
                })
        case .openEvent(let kind):
            .double(
                rows.map { row in
                    let view = ledger.view(of: row.place, asOf: AsOf(row.day))
                    let ofLedger = view.events.last { $0.event.rawValue == kind.rawValue }?.known
                    let reported = log.lastDay(of: kind, on: view.id, asOf: view.asOf)
                    guard let news = [ofLedger, reported].compactMap(\.self).max() else { return .nan }
                    // A grade given by hand from the day of the news on is a person's decision on it.
                    let isDecided =
                        view.ratings.contains { $0.origin == .analyst && $0.known >= news }
                        || log.isDecided(on: view.id, since: news, asOf: view.asOf)
                    return isDecided ? .nan : Double(row.day.days(since: news))
                })
        }
    }
}
