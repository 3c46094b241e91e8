import ArgumentParser
import Boosting
import Features
import Ledger
import Results
import Scoring
import StrictYAML
import Tables

/// How a command ended, for the shell and for a scheduler.
enum CommandStatus: Int32 {
    /// It did what was asked.
    case done = 0
    /// It could not: a file cannot be read or written, an estimate does not exist.
    case failed = 1
    /// The command line or the recipe cannot be used.
    case usage = 2
    /// The data, a model or a result cannot be used.
    case badData = 3
    /// It worked, but a validation gate said no.
    case gateRefused = 4
}

/// A refusal of our own, where no library's error says it.
struct CommandFailure: Error, CustomStringConvertible {
    let status: CommandStatus
    let description: String

    static func usage(_ text: String) -> CommandFailure { CommandFailure(status: .usage, description: text) }

    static func badData(_ text: String) -> CommandFailure {
        CommandFailure(status: .badData, description: text)
    }
}

extension CommandStatus {
    /// The status that an error leads to.
    init(of error: any Error) {
        switch error {
        case let error as CommandFailure: self = error.status
        case let error as YAMLError: self = error.isAboutTheFile ? .failed : .usage
        case let error as TableError: self = error.isAboutTheFile ? .failed : .badData
        case let error as ResultsError: self = error.isAboutTheContent ? .badData : .failed
        case let error as TrainingError: self = CommandStatus(of: error)
        case is ScoringError: self = .badData
        case let error as LedgerError: self = CommandStatus(of: error)
        case let error as FeatureError: self = error.isAboutTheRequest ? .usage : .badData
        default: self = .failed
        }
    }
}

extension CommandStatus {
    /// Training fails for what the data is, for what the recipe asks, or because no estimate is reached.
    private init(of error: TrainingError) {
        switch error {
        case .conflictingRoles, .badOption, .boosting(.badOption): self = .usage
        case .fit(.notConverged), .scorer, .boosting(.notMonotone): self = .failed
        default: self = .badData
        }
    }
}

extension CommandStatus {
    /// A ledger cannot be used for what it holds, or cannot be reached at all.
    private init(of error: LedgerError) {
        switch error {
        case .table(let error): self = CommandStatus(of: error)
        case .yaml(let error): self = CommandStatus(of: error)
        case .badMapping: self = .usage
        case .alreadyExists, .notALedger, .cannotWrite: self = .failed
        case .noLedger, .badManifest, .newerVersion, .ambiguousFile, .tooManyRecords, .refused, .missingRate:
            self = .badData
        }
    }
}

extension FeatureError {
    /// Whether it lies with the command line.
    fileprivate var isAboutTheRequest: Bool {
        switch self {
        case .badDates, .unknownFeature, .repeatedFeature, .nothingKnown: true
        case .missingRate, .ledger: false
        }
    }
}

extension YAMLError {
    /// Whether the file cannot be read at all.
    fileprivate var isAboutTheFile: Bool {
        if case .unreadable = self { true } else { false }
    }
}

extension TableError {
    /// Whether the file cannot be read or written at all.
    fileprivate var isAboutTheFile: Bool {
        switch self {
        case .cannotRead, .cannotWrite, .changedWhileReading: true
        default: false
        }
    }
}

extension ResultsError {
    /// Whether a file is there but does not hold what it should.
    fileprivate var isAboutTheContent: Bool {
        switch self {
        case .damaged, .newerVersion, .tooLarge: true
        case .alreadyExists, .notARunFolder, .notWritten, .notRead: false
        }
    }
}
