/// Named typed columns of equal length.
public struct Table: Sendable, Equatable {
    /// Number of rows.
    public let rowCount: Int
    /// The columns in file order; names are unique.
    public let columns: [Column]
    private let positions: [String: Int]

    /// A table of columns.
    ///
    /// - Throws: ``TableError/duplicateColumn(file:line:name:)`` if two columns share a name,
    ///   ``TableError/unequalLengths(column:rows:expected:)`` if their lengths differ.
    public init(columns: [Column]) throws(TableError) {
        let rowCount = columns.first?.count ?? 0
        var names: Set<String> = []
        for column in columns {
            guard names.insert(column.name).inserted else {
                throw .duplicateColumn(file: nil, line: nil, name: column.name)
            }
            guard column.count == rowCount else {
                throw .unequalLengths(column: column.name, rows: column.count, expected: rowCount)
            }
        }
        self.init(unchecked: columns, rowCount: rowCount)
    }

    /// A table of columns known to have unique names and one length.
    init(unchecked columns: [Column], rowCount: Int) {
        self.rowCount = rowCount
        self.columns = columns
        var positions: [String: Int] = [:]
        for (position, column) in columns.enumerated() { positions[column.name] = position }
        self.positions = positions
    }

    /// The column of a name, or `nil`.
    public subscript(name: String) -> Column? {
        positions[name].map { columns[$0] }
    }

    /// The column of a name.
    ///
    /// - Throws: ``TableError/missingColumn(file:name:available:)``.
    public func column(named name: String) throws(TableError) -> Column {
        guard let position = positions[name] else {
            throw .missingColumn(file: nil, name: name, available: columns.map(\.name))
        }
        return columns[position]
    }
}
