public import StrictYAML
public import Tables
public import Vocabulary

/// Why a ledger could not be read, built or written.
public enum LedgerError: Error, Sendable, Equatable {
    /// A file cannot be read or written, or its content is not what its columns say.
    case table(TableError)
    /// A mapping file or a default definition cannot be used.
    case yaml(YAMLError)
    /// There is no ledger in this folder.
    case noLedger(folder: String, reason: String)
    /// `ledger.json` cannot be used.
    case badManifest(file: String, reason: String)
    /// `ledger.json` was written by a later version of the engine.
    case newerVersion(file: String, version: Int, supported: Int)
    /// There are two files of one kind of record.
    case ambiguousFile(folder: String, name: String)
    /// More records than a ledger can number.
    case tooManyRecords(RecordKind, limit: Int)
    /// Records are wrong in a way that the policy calls an error.
    case refused(CheckReport)
    /// Something already stands where the ledger is to go.
    case alreadyExists(path: String)
    /// What stands where the ledger is to go is none, so it is not replaced.
    case notALedger(path: String)
    /// The file system refused to create, write or rename.
    case cannotWrite(path: String, reason: String)
    /// No rate is known from one currency to another as of a day.
    case missingRate(currency: Currency, base: Currency, day: CalendarDay)
    /// A mapping names something that the source does not have.
    case badMapping(file: String, reason: String)
}

extension LedgerError: CustomStringConvertible {
    /// One line: the fact, its place and the remedy.
    public var description: String {
        switch self {
        case .table(let error): error.description
        case .yaml(let error): error.description
        case .noLedger(let folder, let reason):
            "\(folder): not a ledger (\(reason)): make one with 'obligor import' or 'obligor simulate'"
        case .badManifest(let file, let reason): "\(file): \(reason): import the ledger again"
        case .newerVersion(let file, let version, let supported):
            "\(file): format version \(version), this engine reads up to \(supported): use a newer engine"
        case .ambiguousFile(let folder, let name):
            "\(folder): there is both \(name).csv and \(name).csv.gz: remove one of them"
        case .tooManyRecords(let kind, let limit):
            "more than \(limit) \(kind.rawValue): divide the ledger by obligors"
        case .refused(let report): report.refusal
        case .alreadyExists(let path): "\(path): already exists: choose another name or allow replacing it"
        case .notALedger(let path):
            "\(path): not a ledger, so it is not replaced: choose another name or remove it yourself"
        case .cannotWrite(let path, let reason): "\(path): cannot be written (\(reason))"
        case .missingRate(let currency, let base, let day):
            "no rate from \(currency) to \(base) is known as of \(day): add one to rates.csv"
        case .badMapping(let file, let reason): "\(file): \(reason)"
        }
    }
}

extension CheckReport {
    /// The errors in one line.
    fileprivate var refusal: String {
        let errors = entries.filter { $0.severity == .error }
        let shown = errors.prefix(3).map(\.summary).joined(separator: "; ")
        let more = errors.count > 3 ? "; and \(errors.count - 3) more kinds" : ""
        return "the ledger cannot be used: \(shown)\(more): correct the files, or allow repairs"
    }
}

extension CheckReport.Entry {
    /// "invoices.csv, line 12, column 'due': days in the wrong order (3 times)".
    public var summary: String {
        var place = file
        if let first = lines.first { place += ", line \(first)" }
        if let column { place += ", column '\(column)'" }
        return "\(place): \(check.meaning)" + (count > 1 ? " (\(count) times)" : "")
    }
}
