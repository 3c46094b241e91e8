import Foundation
import Parallelism
import Results
import Scoring
import Tables

/// A table named on the command line, `-` being standard input.
struct DataFile {
    /// The path as it was given.
    let path: String
    /// How it is written.
    let dialect: CSVDialect

    init(_ path: String, _ dialect: CSVDialect = CSVDialect()) {
        self.path = path
        self.dialect = dialect
    }

    /// Whether it is standard input.
    var isStandardInput: Bool { path == "-" }

    /// What a reader reads.
    var input: CSVInput { isStandardInput ? .standardInput : .file(path) }

    /// Reads all rows.
    ///
    /// - Parameters:
    ///   - schema: What is known of some columns.
    ///   - columns: The columns to read; `nil` for all.
    func read(
        schema: Schema, columns: [String]?, workers: Workers, progress: Progress
    ) throws -> Table {
        progress.begin("reading \(input.name)")
        defer { progress.end() }
        var options = dialect.options
        options.schema = schema
        options.columns = columns
        options.workers = workers
        options.onProgress = { progress.update(done: $0, of: $1) }
        return try CSVReader(options).read(input)
    }

    /// Opens the rows as a stream.
    ///
    /// - Parameter carried: Columns of text that are only carried on.
    func stream(
        schema: Schema, columns: [String], carried: Set<String> = [], workers: Workers, progress: Progress
    ) throws -> CSVStream {
        var options = dialect.options
        options.carried = carried
        options.schema = schema
        options.columns = columns
        options.workers = workers
        options.onProgress = { progress.update(done: $0, of: $1) }
        return try CSVStream(input, options)
    }

    /// Does something with the rows, and puts file and line in front of an error that names a row.
    ///
    /// - Parameter work: What may throw an error with the number of a row.
    func locatingRows<Result>(_ work: () throws -> Result) throws -> Result {
        do { return try work() } catch let error as any RowError {
            guard let row = error.row else { throw error }
            throw CommandFailure(
                status: CommandStatus(of: error),
                description: "\(input.place(ofRow: row, dialect.options)): \(error)")
        }
    }

    /// A record of the file for `run.json`; standard input, which is gone, has none.
    func record() throws -> FileRecord? {
        isStandardInput ? nil : try FileRecord(role: "data", of: URL(filePath: path))
    }
}

extension Recipe {
    /// The columns that training reads; `nil` for all.
    var neededColumns: [String]? {
        guard let included else { return nil }
        var names: [String] = []
        for name in [target.column] + [id, weight, offset, group, card?.asOf].compactMap(\.self) + included
        where !names.contains(name) { names.append(name) }
        return names
    }
}

extension ScoringModel {
    /// The model's inputs, the outcome and the weight: what measuring it needs.
    var evaluationSchema: Schema { schema.overridden(by: roles.schema) }

    /// The columns that measuring the model reads.
    var evaluationColumns: [String] {
        var names: [String] = []
        for name in schema.names + [roles.target.column] + [roles.weight].compactMap(\.self)
        where !names.contains(name) { names.append(name) }
        return names
    }
}

extension CSVInput {
    /// "past.csv, line 7" for a row, counted from 0 without the header; its number where the file cannot be read again.
    func place(ofRow row: Int, _ options: CSVOptions = CSVOptions()) -> String {
        guard let line = line(ofRow: row, options) else { return "\(name), row \(row + 1)" }
        return "\(name), line \(line)"
    }

    /// The line on which a row begins, as an editor counts.
    private func line(ofRow row: Int, _ options: CSVOptions) -> Int? {
        if case .standardInput = self { return nil }
        guard let stream = try? CSVStream(self, options) else { return nil }
        while let block = try? stream.next() {
            let place = row - block.firstRow
            if place < block.table.rowCount { return block.lines.line(ofRow: place) }
        }
        return nil
    }
}
