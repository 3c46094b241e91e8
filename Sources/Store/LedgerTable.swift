import Ledger
import Tables

/// The table of one kind of record, as its fields are declared.
struct LedgerTable {
    let kind: RecordKind

    /// Its name once the ledger is complete.
    var name: String { "ledger_\(kind.fileName)" }

    /// Its name while it is being filled.
    var incomingName: String { "incoming_\(kind.fileName)" }

    /// Its name while the ledger has no file of the kind, where ``LateRecords`` sets records by.
    var setByName: String { "set_by_\(kind.fileName)" }

    /// A name in quotes: some columns are called like words of SQL.
    static func quoted(_ name: String) -> String { "\"\(name)\"" }

    /// The statement that makes the table under the name for filling.
    var creation: String {
        let columns = kind.fields.map { "\(Self.quoted($0.name)) \($0.storageType)" }
        return "CREATE TABLE \(incomingName) (\(columns.joined(separator: ", ")))"
    }

    /// The statements that make its indices; filling goes before, since a sorted list is built faster than a tree.
    ///
    /// - Parameter number: The number of the import, since names of indices are unique in a store.
    func indices(import number: Int) -> [String] {
        var indexed: [(name: String, terms: [String])] = owners.map { owner in
            (owner, [owner] + [happened].compactMap(\.self).filter { $0 != owner }.map(Self.quoted))
        }
        if let happened {
            indexed.append((happened, [Self.quoted(happened)]))
            indexed.append(("known", ["coalesce(known, \(Self.quoted(happened)))"]))
        }
        if owners.isEmpty {
            for field in kind.fields where field.isRequired {
                if case .reference = field.content { indexed.append((field.name, [Self.quoted(field.name)])) }
            }
        }
        return indexed.map { entry in
            "CREATE INDEX \(name)_by_\(entry.name)_\(number) ON \(incomingName) "
                + "(\(entry.terms.joined(separator: ", ")))"
        }
    }

    /// The columns that name obligors: the record's own id among obligors, else references to them.
    private var owners: [String] {
        kind.fields.filter { field in
            switch field.content {
            case .identifier: kind == .obligors
            case .reference(let other): other == .obligors
            default: false
            }
        }.map(\.name)
    }

    /// The column that says when a record happened.
    var happened: String? {
        for field in kind.fields {
            if case .known(let otherwise) = field.content { return otherwise }
        }
        return nil
    }

    /// The condition under which a record belongs to obligors that ``StoredLedger`` was asked for; `nil` for all
    /// records.
    ///
    /// Records that name no obligor belong to those of the record that they refer to, as an allocation to those of its
    /// payment.
    var isWanted: String? {
        if !owners.isEmpty {
            return owners.map { "\(Self.quoted($0)) IN (SELECT value FROM json_each(:obligors))" }
                .joined(separator: " AND ")
        }
        for field in kind.fields where field.isRequired {
            if case .reference(let other) = field.content, let condition = LedgerTable(kind: other).isWanted,
                let identifier = other.fields.first(where: { $0.content == .identifier })
            {
                let table = LedgerTable(kind: other)
                return
                    "\(Self.quoted(field.name)) IN (SELECT \(Self.quoted(identifier.name)) FROM \(table.name)"
                    + " WHERE \(condition))"
            }
        }
        return nil
    }
}

extension FieldDeclaration {
    /// How SQLite keeps the values: days as days since 1970, amounts in major units.
    ///
    /// Numbers other than amounts have no type, in which −0 stays −0.
    fileprivate var storageType: String {
        switch content {
        case .day, .known, .whole, .flag: "INTEGER"
        case .amount: "REAL"
        case .number: ""
        case .identifier, .reference, .currency, .word, .text, .tags: "TEXT"
        }
    }
}
