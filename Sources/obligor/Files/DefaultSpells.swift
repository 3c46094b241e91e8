import Ledger
import Parallelism
import Tables
import Vocabulary

/// Every time in default of a ledger's obligors, one row each, technical ones too.
enum DefaultSpells {
    /// Obligors that a thread takes at a time.
    private static let stretch = 256

    /// The table: `obligor`, `start`, `end` (the first day on which it is sound again; empty if that is not yet known),
    /// `cause` and `technical` (it would be in default if disputed items counted).
    ///
    /// - Throws: ``LedgerError/missingRate(currency:base:day:)``.
    static func table(
        of ledger: TradeLedger, by definition: DefaultDefinition, asOf day: CalendarDay, rateAge: Int,
        workers: Workers
    ) throws -> Table {
        let rates = ledger.exchangeRates(maximumAge: rateAge)
        let asOf = AsOf(day)
        let count = (ledger.obligorCount + stretch - 1) / stretch
        let parts = try workers.tryMap(count) { part throws(LedgerError) in
            var rows: [(place: Int, spell: DefaultSpell, isTechnical: Bool)] = []
            for place in part * stretch..<min(ledger.obligorCount, (part + 1) * stretch) {
                let history = try ledger.defaultHistory(of: place, by: definition, rates: rates, asOf: asOf)
                rows += history.spells(asOf: asOf).map { (place, $0, false) }
                rows += history.technicalSpells(asOf: asOf).map { (place, $0, true) }
            }
            return rows
        }
        let rows = parts.flatMap(\.self)
        return try Table(columns: [
            Column(name: "obligor", values: .text(rows.map { ledger.id(ofObligor: $0.place).text })),
            Column(name: "start", values: .day(rows.map(\.spell.start))),
            Column(name: "end", values: .day(rows.map { $0.spell.end ?? Column.missingDay })),
            Column(name: "cause", values: .text(rows.map(\.spell.cause.description))),
            Column(name: "technical", values: .flag(rows.map { $0.isTechnical ? 1 : 0 })),
        ])
    }

    /// How many rows of such a table would be in default only if disputed items counted.
    static func technicalCount(_ table: Table) -> Int {
        guard case .flag(let flags)? = table["technical"]?.values else { return 0 }
        return flags.count { $0 == 1 }
    }
}
