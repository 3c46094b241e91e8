import Foundation
import Parallelism
import Results
import Scoring
import Tables

/// A table named on the command line, `-` being standard input.
struct DataFile {
    /// The path as it was given.
    let path: String

    init(_ path: String) { self.path = path }

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
        var options = CSVOptions()
        options.schema = schema
        options.columns = columns
        options.workers = workers
        options.onProgress = { progress.update(done: $0, of: $1) }
        return try CSVReader(options).read(input)
    }

    /// Opens the rows as a stream.
    func stream(
        schema: Schema, columns: [String], workers: Workers, progress: Progress
    ) throws -> CSVStream {
        var options = CSVOptions()
        options.schema = schema
        options.columns = columns
        options.workers = workers
        options.onProgress = { progress.update(done: $0, of: $1) }
        return try CSVStream(input, options)
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
        for name in [target.column] + [id, weight, group].compactMap(\.self) + included
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
