import Foundation
public import Ledger
public import Parallelism
import Tables
import Vocabulary

extension EconomySimulator {
    /// What a simulation wrote.
    public struct Summary: Sendable, Equatable {
        /// Rows by kind of record.
        public var rows: [RecordKind: Int] = [:]
        /// Obligors that defaulted.
        public var defaults = 0
        /// Quarter-ends at which an obligor was there and not in default.
        public var obligorQuarters = 0

        /// Defaults per obligor and year of being a customer.
        public var defaultRate: Double {
            obligorQuarters > 0 ? 4 * Double(defaults) / Double(obligorQuarters) : 0
        }
    }

    /// The folder in the ledger's that the truth is written to.
    public static let truthFolder = "truth"

    /// Writes the ledger, and the truth in a folder of it.
    ///
    /// - Parameters:
    ///   - writer: A ledger folder that was just begun.
    ///   - packed: Whether the larger files of the truth are packed with gzip.
    ///   - progress: Called with the number of obligors that are done.
    /// - Throws: ``LedgerError/table(_:)`` and ``LedgerError/cannotWrite(path:reason:)`` where the file system refuses.
    public func write(
        to writer: LedgerFolderWriter, packed: Bool, workers: Workers, progress: (Int) -> Void = { _ in }
    ) throws(LedgerError) -> Summary {
        let truth = try writer.subfolder(Self.truthFolder)
        var output = EconomyOutput(ledger: writer, truth: truth, packed: packed)
        try output.append(rates(), to: .rates)
        // Two communities for each thread at a time: enough to keep all busy, and bounded memory.
        let wave = 2 * workers.threads
        for first in stride(from: 0, to: communityCount, by: wave) {
            let parts = workers.map(min(wave, communityCount - first)) { texts(ofCommunity: first + $0) }
            for part in parts {
                for file in EconomyFile.allCases { try output.append(part[file], to: file) }
            }
            progress(min(options.obligors, (first + parts.count) * Community.size))
        }
        try output.finish()
        do throws(TableError) { try writeConstants(truth: truth.path) } catch { throw .table(error) }
        try writer.finish(origin: origin)
        return output.summary
    }

    /// What `ledger.json` says of how the ledger came about.
    private var origin: [String: String] {
        [
            "command": "simulate", "seed": "\(options.seed)", "obligors": "\(options.obligors)",
            "years": "\(options.years)", "firstYear": "\(options.firstYear)",
            "invoicesPerYear": "\(options.invoicesPerYear)", "macroLoading": "\(options.macroLoading)",
            "sectorStrength": "\(options.sectorStrength)", "contagion": "\(options.contagion)",
        ]
    }
}

/// The files of an economy while they are written.
private struct EconomyOutput {
    private let ledger: LedgerFolderWriter
    private let truth: URL
    private let ending: String
    private var writers: [EconomyFile: CSVWriter] = [:]
    private(set) var summary = EconomySimulator.Summary()

    init(ledger: LedgerFolderWriter, truth: URL, packed: Bool) {
        self.ledger = ledger
        self.truth = truth
        ending = packed ? ".csv.gz" : ".csv"
    }

    mutating func append(_ text: RecordText, to file: EconomyFile) throws(LedgerError) {
        if let kind = file.kind {
            summary.rows[kind, default: 0] += text.rows
            try ledger.write(formatted: text.bytes, rows: text.rows, to: kind)
            return
        }
        if file == .trueStates { summary.obligorQuarters += text.rows }
        if file == .trueDefaults {
            summary.defaults += text.rows
            // The states list a default once, in its quarter.
            summary.obligorQuarters -= text.rows
        }
        do throws(TableError) {
            try writer(of: file).write(formatted: text.bytes)
        } catch {
            throw .table(error)
        }
    }

    private mutating func writer(of file: EconomyFile) throws(TableError) -> CSVWriter {
        if let writer = writers[file] { return writer }
        let path = truth.appending(path: file.name + ending).path
        let writer = try CSVWriter(to: .file(path))
        try writer.writeHeader(file.columns)
        writers[file] = writer
        return writer
    }

    /// Completes the files of the truth.
    func finish() throws(LedgerError) {
        do throws(TableError) {
            for writer in writers.values { try writer.finish() }
        } catch {
            throw .table(error)
        }
    }
}
