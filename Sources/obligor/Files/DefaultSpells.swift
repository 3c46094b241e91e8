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

    /// Who is in default on a day by the file of such a table, technical ones left aside.
    ///
    /// - Throws: ``TableError`` if it is no such file.
    static func obligors(
        inDefaultOn day: CalendarDay, of path: String, workers: Workers
    ) throws(TableError) -> Set<String> {
        let schema = try Schema([
            ColumnSchema(name: "obligor", type: .text), ColumnSchema(name: "start", type: .day),
            ColumnSchema(name: "end", type: .day), ColumnSchema(name: "technical", type: .flag),
        ])
        var options = CSVOptions()
        options.schema = schema
        options.columns = schema.names
        options.workers = workers
        let table = try CSVReader(options).read(path)
        guard case .text(let names)? = table["obligor"]?.values,
            case .day(let starts)? = table["start"]?.values,
            case .day(let ends)? = table["end"]?.values,
            case .flag(let technical)? = table["technical"]?.values
        else { return [] }
        // The end is the first sound day, and no day where it is not known.
        let rows = names.indices.filter { row in
            technical[row] == 0 && starts[row] <= day && (ends[row] == Column.missingDay || ends[row] > day)
        }
        return Set(rows.compactMap { names[$0] })
    }

    /// How many rows of such a table would be in default only if disputed items counted.
    static func technicalCount(_ table: Table) -> Int {
        guard case .flag(let flags)? = table["technical"]?.values else { return 0 }
        return flags.count { $0 == 1 }
    }
}
