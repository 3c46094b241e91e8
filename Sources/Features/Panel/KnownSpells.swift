public import Ledger
import Synchronization

/// Times in default that were found while features were computed, so that nobody has to look for them again.
public final class KnownSpells: Sendable {
    private let spells = Mutex<[Int: [DefaultSpell]]>([:])

    /// Nothing found yet.
    init() {}

    /// An obligor's times in default by its place, as known by the last date; `nil` where its records were not gone
    /// through.
    public func spells(of place: Int) -> [DefaultSpell]? { spells.withLock { $0[place] } }

    func add(_ found: [[DefaultSpell]], of places: some Sequence<Int>) {
        spells.withLock { spells in
            for (place, own) in zip(places, found) { spells[place] = own }
        }
    }
}
