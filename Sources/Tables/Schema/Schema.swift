/// What is known, or demanded, of the columns of a table, in order; names are unique.
public struct Schema: Sendable, Equatable {
    /// The columns.
    public let columns: [ColumnSchema]

    /// No demands at all: a reader infers every column.
    public static let none = Schema(unchecked: [])

    /// A schema of described columns.
    ///
    /// - Throws: ``TableError/duplicateColumn(file:line:name:)``, ``TableError/badSchema(column:reason:)`` for a
    ///   description that contradicts itself, such as levels on a number.
    public init(_ columns: [ColumnSchema]) throws(TableError) {
        var names: Set<String> = []
        for column in columns {
            guard names.insert(column.name).inserted else {
                throw .duplicateColumn(file: nil, line: nil, name: column.name)
            }
            if let reason = column.contradiction { throw .badSchema(column: column.name, reason: reason) }
        }
        self.columns = columns
    }

    /// A schema known to be sound.
    init(unchecked columns: [ColumnSchema]) {
        self.columns = columns
    }

    /// The names of the columns, in order.
    public var names: [String] { columns.map(\.name) }

    /// The description of a column, or `nil`.
    public subscript(name: String) -> ColumnSchema? {
        columns.first { $0.name == name }
    }

    /// This schema with the descriptions of another in place of its own where the names agree, and the rest of
    /// the other behind.
    public func overridden(by other: Schema) -> Schema {
        let kept = columns.map { other[$0.name] ?? $0 }
        let names = Set(names)
        return Schema(unchecked: kept + other.columns.filter { !names.contains($0.name) })
    }

    /// The descriptions of the given columns, in the given order; names that are not described are left out.
    public func selecting(_ names: [String]) -> Schema {
        Schema(unchecked: names.compactMap { self[$0] })
    }
}

extension Schema: Codable {
    /// Reads and checks a list of descriptions.
    public init(from decoder: any Decoder) throws {
        try self.init(try [ColumnSchema](from: decoder))
    }

    /// Writes the list of descriptions.
    public func encode(to encoder: any Encoder) throws {
        try columns.encode(to: encoder)
    }
}
