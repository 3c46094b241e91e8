import Features
import Ledger
import Parallelism
import Tables
import Vocabulary

/// Computes what a review knows of obligors on its dates, some obligors at a time.
struct FactSource: Sendable {
    let ledger: TradeLedger
    let columns: FactColumns
    /// The dates, rising.
    let days: [CalendarDay]
    private let log: EventLog
    private let series: PanelSeries
    private let rates: ExchangeRates
    private let workers: Workers

    /// - Throws: ``FeatureError``.
    init(
        _ ledger: TradeLedger, columns: FactColumns, days: [CalendarDay], definition: DefaultDefinition,
        log: EventLog, workers: Workers
    ) throws(FeatureError) {
        self.ledger = ledger
        self.columns = columns
        self.days = days
        self.log = log
        self.workers = workers
        rates = ledger.exchangeRates()
        // Outcomes are not asked for, so that any window does.
        guard let window = PerformanceWindow(months: 1) else { preconditionFailure("one month is a window") }
        var options = PanelOptions(.days(days), window: window)
        options.hasOutcomes = false
        options.observedUntil = days.last
        options.features = columns.features
        series = try PanelSeries(of: ledger, options, default: definition, workers: workers)
    }

    private init(_ source: FactSource, reading ledger: TradeLedger, log: EventLog) {
        self.ledger = ledger
        self.log = log
        columns = source.columns
        days = source.days
        series = source.series.reading(ledger)
        rates = source.rates
        workers = source.workers
    }

    /// The source of a ledger that differs in the records of some obligors alone; what others say stays as it was.
    func reading(_ ledger: TradeLedger, log: EventLog) -> FactSource {
        FactSource(self, reading: ledger, log: log)
    }

    /// Times in default up to the last date, as known by then, which were found on the way.
    var knownDefaults: KnownDefaults { series.knownDefaults }

    /// The facts of some obligors, given by their places, in their order.
    ///
    /// Obligors whose records cannot be used, or that are set aside, have a row on the last date that says why.
    ///
    /// - Parameter setAside: Why obligors are not to be looked at, by place.
    /// - Throws: ``FeatureError`` for what is no single obligor's fault, ``TableError``, ``LedgerError`` where records
    ///   cannot be read.
    func facts(of places: [Int], setAside: [Int: String] = [:]) throws -> FactTable {
        var faults = setAside
        var sound = places.filter { faults[$0] == nil }
        var panels: [Panel] = []
        do {
            if !sound.isEmpty { panels = [try series.panel(of: sound)] }
        } catch {
            // One of them cannot be used: each for itself.
            for place in sound {
                do { panels.append(try series.panel(of: [place])) } catch { faults[place] = "\(error)" }
            }
            sound.removeAll { faults[$0] != nil }
        }
        let tables = try panels.flatMap { panel in
            try (0..<panel.tableCount).map { try panel.table($0) }
        }
        var rowOf: [Key: Int] = [:]
        let panel = try tables.isEmpty ? nil : Table.concatenating(tables)
        if let panel, case .text(let ids) = try panel.column(named: "obligor").values,
            case .day(let asOf) = try panel.column(named: "as_of").values
        {
            for row in ids.indices {
                guard let place = ids[row].flatMap({ ledger.place(of: ObligorID($0)) }) else { continue }
                rowOf[Key(place: place, day: asOf[row])] = row
            }
        }
        let facts = try table(places, panel, rowOf, faults)
        try ledger.requireRead()
        return facts
    }

    private struct Key: Hashable {
        let place: Int
        let day: CalendarDay
    }

    /// A row of the result.
    private struct Entry {
        let place: Int
        let day: CalendarDay
        let standing: FactTable.Standing
        var reason: String?
        var owed: (open: Double, overdue: Double)?
        /// The row of the panel.
        var row: Int?
    }

    private func table(
        _ places: [Int], _ panel: Table?, _ rowOf: [Key: Int], _ faults: [Int: String]
    ) throws -> FactTable {
        let parts = workers.map(places.count) { standing(of: places[$0], rowOf, faults) }
        let entries = parts.flatMap(\.self)
        let keys = entries.map { (place: $0.place, day: $0.day) }
        let rows = entries.map(\.row)
        func numbers(_ name: String) -> [Double] {
            guard case .double(let values)? = panel?[name]?.values else {
                return [Double](repeating: .nan, count: rows.count)
            }
            return rows.map { $0.map { values[$0] } ?? .nan }
        }
        func circle(_ name: String, _ own: (Obligor) -> String?) -> Column {
            var codes: [UInt32] = []
            var levels: [String] = []
            var numbers: [String: UInt32] = [:]
            for key in keys {
                guard let text = ledger.view(of: key.place, asOf: AsOf(.never)).obligor.flatMap(own) else {
                    codes.append(Column.missingCode)
                    continue
                }
                let code = numbers[text] ?? UInt32(levels.count)
                if numbers.updateValue(code, forKey: text) == nil { levels.append(text) }
                codes.append(code)
            }
            return Column(name: name, values: .category(codes: codes, levels: levels))
        }
        var made = [
            Column(
                name: FactColumns.keys[0],
                values: .text(entries.map { ledger.id(ofObligor: $0.place).text })),
            Column(name: FactColumns.keys[1], values: .day(entries.map(\.day))),
            Column(name: FactColumns.keys[2], values: .text(entries.map(\.standing.rawValue))),
            Column(name: FactColumns.keys[3], values: .text(entries.map(\.reason))),
            circle(FactColumns.keys[4], \.industry), circle(FactColumns.keys[5], \.region),
        ]
        made += workers.map(columns.facts.count) { place in
            let fact = columns.facts[place]
            return Column(name: fact.name, values: fact.values(of: keys, in: ledger, log: log))
        }
        for feature in columns.features {
            var values = numbers(feature.name)
            if ["open_amount", "overdue_amount"].contains(feature.name) {
                for (row, entry) in entries.enumerated() {
                    guard let owed = entry.owed else { continue }
                    values[row] = feature.name == "open_amount" ? owed.open : owed.overdue
                }
            }
            made.append(Column(name: feature.name, values: .double(values)))
        }
        return try FactTable(Table(columns: made))
    }

    private func standing(of place: Int, _ rowOf: [Key: Int], _ faults: [Int: String]) -> [Entry] {
        var entries: [Entry] = []
        for day in days where ledger.view(of: place, asOf: AsOf(day)).obligor != nil {
            if let fault = faults[place] {
                if day == days.last {
                    entries.append(Entry(place: place, day: day, standing: .refused, reason: fault))
                }
            } else if let row = rowOf[Key(place: place, day: day)] {
                entries.append(Entry(place: place, day: day, standing: .rated, row: row))
            } else {
                // A panel leaves out those in default, and nobody else who is known.
                do throws(LedgerError) {
                    let owed =
                        if let known = series.knownDefaults.owed(of: place, on: day) {
                            known
                        } else { try ledger.receivables(of: place, on: day, rates: rates) }
                    entries.append(Entry(place: place, day: day, standing: .defaulted, owed: owed))
                } catch {
                    entries.append(Entry(place: place, day: day, standing: .refused, reason: "\(error)"))
                }
            }
        }
        return entries
    }
}

extension TradeLedger {
    /// What an obligor owes on a day, in all and past due, in major units of the base currency.
    func receivables(
        of place: Int, on day: CalendarDay, rates: ExchangeRates, allocation: AllocationHistory? = nil
    ) throws(LedgerError) -> (open: Double, overdue: Double) {
        try (allocation ?? allocationHistory(of: place)).owed(on: day, rates: rates)
    }
}
