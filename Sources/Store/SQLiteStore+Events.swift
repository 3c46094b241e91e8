import GRDB
public import Ledger
public import Review
public import Vocabulary

/// An event in the ledger of a store.
public struct ImportedEvent: Sendable, Equatable {
    /// Its id in the ledger.
    public let id: String
    /// Whom it befell.
    public let obligor: ObligorID
    /// What happened.
    public let kind: EventKind
    /// When it happened.
    public let occurred: CalendarDay
    /// When it became known.
    public let known: CalendarDay
    /// How much is at stake, in major units.
    public let amount: Double?
    /// The currency of the amount; `nil` for that of the ledger.
    public let currency: Currency?
    /// Who else took part.
    public let counterparty: String?

    /// What tells it from all others.
    public var identity: EventIdentity {
        EventIdentity(
            obligor: obligor, kind: kind.rawValue, occurred: occurred, counterparty: counterparty)
    }
}

extension SQLiteStore {
    /// The events of the ledger that became known after a day, each once by its identity, in the order in which they
    /// became known.
    public func events(knownAfter day: CalendarDay) throws(StorageError) -> [ImportedEvent] {
        let table = LedgerTable(kind: .events).name
        return try reading { database in
            guard try database.tableExists(table) else { return [] }
            // The index on this expression finds the days.
            let known = "coalesce(known, \"occurred\")"
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT event, obligor, occurred, kind, amount, currency, counterparty, min(\(known)) AS first_known
                    FROM \(table) AS told
                    WHERE \(known) > :day AND NOT EXISTS (
                        SELECT 1 FROM \(table) AS earlier
                        WHERE earlier.obligor = told.obligor AND earlier.occurred = told.occurred
                            AND earlier.kind = told.kind
                            AND coalesce(earlier.counterparty, '') = coalesce(told.counterparty, '')
                            AND coalesce(earlier.known, earlier.occurred) <= :day)
                    GROUP BY obligor, occurred, kind, coalesce(counterparty, '')
                    ORDER BY first_known, occurred, event
                    """,
                arguments: ["day": day.daysSince1970]
            ).map(ImportedEvent.init(row:))
        }
    }
}

/// A record of an obligor that became known.
public struct RecordArrival: Sendable, Equatable {
    /// Whose it is.
    public let obligor: ObligorID
    /// What tells it from the others of its kind and obligor: its id, or where it has none its source and its day.
    public let record: String
    /// When it became known.
    public let known: CalendarDay

    /// A record of an obligor that became known.
    public init(obligor: ObligorID, record: String, known: CalendarDay) {
        self.obligor = obligor
        self.record = record
        self.known = known
    }
}

extension SQLiteStore {
    /// The records of a kind that became known after a day, by day and obligor; those from before somebody was an
    /// obligor are left out.
    ///
    /// What an import brought after a review that should have known it became known on the day after that review, as an
    /// event does.
    ///
    /// - Parameter kind: A kind whose records name one obligor and have a day on which they happened.
    public func arrivals(
        of kind: RecordKind, knownAfter day: CalendarDay
    ) throws(StorageError) -> [RecordArrival] {
        let table = LedgerTable(kind: kind)
        let obligors = LedgerTable(kind: .obligors)
        guard let happened = table.happened, let begun = obligors.happened else { return [] }
        return try reading { database in
            guard try database.tableExists(table.name), try database.tableExists(obligors.name) else {
                return []
            }
            // The index on this expression finds the days.
            let known = "coalesce(known, \(LedgerTable.quoted(happened)))"
            let record = table.recordName(on: happened)
            var told =
                "SELECT obligor, \(record) AS record, \(known) AS day FROM \(table.name) WHERE \(known) > :day"
            if try database.columns(in: table.name).contains(where: { $0.name == LateArrivals.column }) {
                let arrived = LateArrivals.column
                told +=
                    " UNION ALL SELECT obligor, \(record), \(arrived) FROM \(table.name) WHERE \(arrived) > :day"
            }
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT DISTINCT told.obligor, told.record, told.day FROM (\(told)) AS told
                    JOIN \(obligors.name) AS who ON who.obligor = told.obligor
                    WHERE coalesce(who.known, who.\(LedgerTable.quoted(begun))) <= told.day
                    ORDER BY told.day, told.obligor, told.record
                    """,
                arguments: ["day": day.daysSince1970]
            ).map { row in
                try RecordArrival(
                    obligor: ObligorID(row.value("obligor")), record: row.value("record"),
                    known: row.day("day"))
            }
        }
    }
}

extension LedgerTable {
    /// The expression that tells a record from the others of its obligor: its id, or the texts that each has and the
    /// day on which it happened.
    fileprivate func recordName(on happened: String) -> String {
        if let id = kind.fields.first(where: { $0.content == .identifier }) { return Self.quoted(id.name) }
        let texts = kind.fields.filter { $0.isRequired && $0.content == .text }.map { Self.quoted($0.name) }
        return (texts + ["date(\(Self.quoted(happened)) * 86400, 'unixepoch')"]).joined(
            separator: " || ' ' || ")
    }
}

extension ImportedEvent {
    fileprivate init(row: Row) throws {
        let code: String? = try row.value("currency")
        try self.init(
            id: row.value("event"), obligor: ObligorID(row.value("obligor")),
            kind: row.word("kind", of: EventKind.self), occurred: row.day("occurred"),
            known: row.day("first_known"), amount: row.value("amount"),
            currency: code.flatMap { Currency(code: $0) }, counterparty: row.value("counterparty"))
    }
}
