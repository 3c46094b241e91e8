public import Ledger
import Synchronization
public import Vocabulary

/// Times in default that were found while features were computed, and what obligors in default owed on the dates, so
/// that nobody has to look for them again.
public final class KnownDefaults: Sendable {
    private let obligors = Mutex<[Int: Finding]>([:])

    /// What was found of an obligor.
    struct Finding: Sendable {
        var spells: [DefaultSpell]
        /// By date on which it was in default, as far as all rates are known.
        var owed: [CalendarDay: (open: Double, overdue: Double)] = [:]
    }

    /// Nothing found yet.
    init() {}

    /// An obligor's times in default by its place, as known by the last date; `nil` where its records were not gone
    /// through.
    public func spells(of place: Int) -> [DefaultSpell]? { obligors.withLock { $0[place]?.spells } }

    /// What an obligor that is in default on a date owes then, in all and past due, in major units of the base
    /// currency; `nil` where that was not looked at.
    public func owed(of place: Int, on day: CalendarDay) -> (open: Double, overdue: Double)? {
        obligors.withLock { $0[place]?.owed[day] }
    }

    func add(_ found: [Finding], of places: some Sequence<Int>) {
        obligors.withLock { obligors in
            for (place, own) in zip(places, found) { obligors[place] = own }
        }
    }
}
