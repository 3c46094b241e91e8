extension Table {
    /// The names of the columns, in order.
    public var names: [String] { columns.map(\.name) }

    /// The columns of the given names, in the given order.
    ///
    /// - Throws: ``TableError/missingColumn(file:name:available:)``,
    ///   ``TableError/duplicateColumn(file:line:name:)`` if a name is given twice.
    public func selecting(_ names: [String]) throws(TableError) -> Table {
        var chosen: [Column] = []
        for name in names { chosen.append(try column(named: name)) }
        return try Table(columns: chosen)
    }

    /// All columns except those of the given names; a name that is not there is no error.
    public func dropping(_ names: Set<String>) -> Table {
        Table(unchecked: columns.filter { !names.contains($0.name) }, rowCount: rowCount)
    }

    /// The given rows, in the given order; a row may occur several times.
    public func gathered(_ rows: [Int]) -> Table {
        Table(unchecked: columns.map { $0.gathered(rows) }, rowCount: rows.count)
    }

    /// Consecutive rows.
    public func slice(_ rows: Range<Int>) -> Table {
        Table(unchecked: columns.map { $0.slice(rows) }, rowCount: rows.count)
    }

    /// The table with one more column at its end.
    ///
    /// - Throws: ``TableError/duplicateColumn(file:line:name:)``,
    ///   ``TableError/unequalLengths(column:rows:expected:)``.
    public func appending(_ column: Column) throws(TableError) -> Table {
        try Table(columns: columns + [column])
    }

    /// The table with a column replaced by another of the same name, or appended if there is none.
    ///
    /// - Throws: ``TableError/unequalLengths(column:rows:expected:)``.
    public func setting(_ column: Column) throws(TableError) -> Table {
        guard let position = columns.firstIndex(where: { $0.name == column.name }) else {
            return try appending(column)
        }
        var changed = columns
        changed[position] = column
        return try Table(columns: changed)
    }

    /// The rows of several tables with the same columns, one after the other, in the column order of the first.
    ///
    /// - Throws: ``TableError/missingColumn(file:name:available:)`` if a table lacks a column of the first,
    ///   ``TableError/unequalTypes(column:type:expected:)`` if a column changes its type.
    public static func concatenating(_ tables: [Table]) throws(TableError) -> Table {
        guard let first = tables.first else { return try Table(columns: []) }
        var columns: [Column] = []
        for column in first.columns {
            var parts: [Column] = []
            for table in tables { parts.append(try table.column(named: column.name)) }
            columns.append(try Column.concatenating(parts))
        }
        return try Table(columns: columns)
    }

    /// What the columns hold: names, types and, for categories, levels.
    ///
    /// Ranges stay open: a range is a claim about all obligors, not about the rows at hand.
    public var schema: Schema {
        Schema(
            unchecked: columns.map { column in
                var described = ColumnSchema(name: column.name, type: column.type)
                if case .category(_, let levels) = column.values, !levels.isEmpty {
                    described.levels = levels
                }
                return described
            })
    }
}
