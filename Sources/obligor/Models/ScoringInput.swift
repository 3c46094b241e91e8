import Parallelism
import Scoring
import Tables

/// What is read of a file to score it: the model's inputs and the column that names the obligors.
struct ScoringInput: Sendable {
    let model: ScoringModel
    /// The column that names the obligor; `nil` to number the rows.
    let idColumn: String?
    /// Whether the column was named on the command line rather than by the recipe.
    private let isNamed: Bool

    /// The inputs of a model.
    ///
    /// - Parameter id: The column that names the obligor as it was given, empty to number the rows; `nil` for the
    ///   recipe's.
    init(_ model: ScoringModel, id: String?) {
        self.model = model
        idColumn = if let id { id.isEmpty ? nil : id } else { model.roles.id }
        isNamed = id != nil
    }

    /// The columns to read.
    var columns: [String] {
        let inputs = model.schema.names
        return inputs + [idColumn].compactMap(\.self).filter { !inputs.contains($0) }
    }

    /// What is known of them; a name that is no input is text, so that it comes out as it went in.
    var schema: Schema {
        guard let idColumn, model.schema[idColumn] == nil,
            let name = try? Schema([ColumnSchema(name: idColumn, type: .text)])
        else { return model.schema }
        return model.schema.overridden(by: name)
    }

    /// Opens a file.
    ///
    /// - Parameter carriesNames: Whether names that are no input are only carried on, see ``fields(namingRowsOf:)``.
    func stream(
        _ source: DataFile, carriesNames: Bool = false, workers: Workers, progress: Progress
    ) throws -> CSVStream {
        do {
            return try source.stream(
                schema: schema, columns: columns,
                carried: carriesNames
                    ? Set([idColumn].compactMap(\.self)).subtracting(model.schema.names) : [],
                workers: workers, progress: progress)
        } catch TableError.missingColumn(_, let name, _) where name == idColumn && !isNamed {
            throw CommandFailure.badData(
                "\(source.input.name): no column '\(name)', by which the recipe names obligors: "
                    + "give --id COLUMN, or --id '' to number the rows")
        }
    }

    /// Does something with a block, and puts file and line in front of an error that names one of its rows.
    static func locating<Result>(
        _ block: TableBlock, of path: String, _ work: () throws -> Result
    ) throws -> Result {
        do { return try work() } catch let error as any RowError {
            guard let row = error.row else { throw error }
            throw CommandFailure(
                status: CommandStatus(of: error),
                description: "\(path), line \(block.lines.line(ofRow: row)): \(error)")
        }
    }

    /// The names of some rows, or their numbers.
    ///
    /// - Parameter start: Rows before these, for numbering.
    func ids(of part: Table, from start: Int) throws -> Column.Values {
        guard let idColumn else { return .integer((0..<part.rowCount).map { Int64(start + $0 + 1) }) }
        return try part.column(named: idColumn).values
    }

    /// The names of a block's rows, or their numbers, as they are written.
    func fields(namingRowsOf block: TableBlock) throws -> CSVFormatter.Fields {
        if let idColumn, let names = block.carried[idColumn] { return .carried(names) }
        return .values(try ids(of: block.table, from: block.firstRow))
    }
}
