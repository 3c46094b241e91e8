import ArgumentParser
import Boosting
import Features
import Grading
import Ledger
import Migration
import Reporting
import Results
import Review
import Scoring
import StrictYAML
import Tables

/// How a command ended, for the shell and for a scheduler.
enum CommandStatus: Int32 {
    /// It did what was asked.
    case done = 0
    /// It could not: a file cannot be written, another job has the portfolio, an estimate does not exist.
    case failed = 1
    /// The command line or the recipe cannot be used.
    case usage = 2
    /// What is read cannot be used: data, a model or a result that is damaged, wrong or not there.
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
        case YAMLError.unreadable: self = .badData
        case is YAMLError: self = .usage
        case TableError.cannotWrite, TableError.changedWhileReading: self = .failed
        case is TableError: self = .badData
        case let error as ResultsError: self = error.isAboutReading ? .badData : .failed
        case ReportError.folder(let error): self = CommandStatus(of: error)
        case is ReportError: self = .failed
        case ReviewError.noPolicy, ReviewError.noEventPolicy, ReviewError.otherCurrency: self = .usage
        case is ReviewError: self = .badData
        case let error as WatchError: self = CommandStatus(of: error)
        case let error as StorageError: self = CommandStatus(of: error)
        case let error as TrainingError: self = CommandStatus(of: error)
        case is ScoringError, is AdaptationError, is MasterScaleFitError: self = .badData
        case let error as GradingError: self = CommandStatus(of: error)
        case let error as MigrationError: self = CommandStatus(of: error)
        case JournalError.otherSearch: self = .usage
        case JournalError.notAJournal, JournalError.notRead: self = .badData
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
        case .conflictingRoles, .badOption: self = .usage
        case .missingColumn, .missingTarget, .unknownTarget, .badWeight, .badOffset, .noVariables, .scoring,
            .folds, .notImportable:
            self = .badData
        case .calibration(.badParameter), .calibration(.unreachable), .calibration(.scaling),
            .calibration(.badMap):
            self = .usage
        case .calibration: self = .badData
        case .scorer: self = .failed
        case .encoding(let error): self = CommandStatus(of: error)
        case .binning(let error): self = CommandStatus(of: error)
        case .fit(let error): self = CommandStatus(of: error)
        case .bounded(let error): self = CommandStatus(of: error)
        case .elasticNet(let error): self = CommandStatus(of: error)
        case .boosting(let error): self = CommandStatus(of: error)
        }
    }

    private init(of error: EncodingError) {
        switch error {
        case .unknownReference, .badCaps: self = .usage
        case .missingColumn, .wrongType, .missingValues, .infiniteValues, .noFeatures, .contradiction:
            self = .badData
        }
    }

    private init(of error: BinningError) {
        switch error {
        case .invalidOption, .duplicateVariable, .cannotMerge, .noSuchBin, .tooManyBins: self = .usage
        case .unequalLengths, .invalidWeight, .oneClass, .wrongType, .missingVariable: self = .badData
        }
    }

    private init(of error: FitError) {
        switch error {
        case .badPenalty, .needsUnpenalisedFit: self = .usage
        case .notConverged: self = .failed
        case .noObservations, .oneClass, .nonFinite, .badWeight, .badOffset, .tooFewObservations, .constant,
            .collinear, .separated:
            self = .badData
        }
    }

    private init(of error: BoundedLogisticError) {
        switch error {
        case .data(let error): self = CommandStatus(of: error)
        case .bounds, .badTolerance, .badMaximumIterations: self = .usage
        case .separated: self = .badData
        case .notConverged: self = .failed
        }
    }

    private init(of error: ElasticNetError) {
        switch error {
        case .data(let error): self = CommandStatus(of: error)
        case .bounds, .badMixing, .badTolerance, .badMaximumPasses, .badGridCount, .badGridRatio, .badPenalty,
            .badPenaltyFactor, .unknownPenaltyFactors, .nothingPenalised:
            self = .usage
        case .noVaryingColumn, .separated, .oneClassWithoutFold, .tooFewFolds: self = .badData
        case .notConverged: self = .failed
        }
    }

    private init(of error: BoostingError) {
        switch error {
        case .badOption, .notProvable: self = .usage
        case .notMonotone, .notAdditive: self = .failed
        case .malformedTree, .malformedForest, .malformedShapes, .badData, .nothingToLearn, .cannotContinue,
            .cannotExplain:
            self = .badData
        }
    }
}

extension CommandStatus {
    /// A rule or policy that does not fit the data lies with its author, a bad PD with the data.
    private init(of error: GradingError) {
        switch error {
        case .expression, .noIDs, .noGroups: self = .usage
        case .badPD, .tooManyRows: self = .badData
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

extension CommandStatus {
    /// Migration fails for what the histories are, for an option, or because no estimate is reached.
    private init(of error: MigrationError) {
        switch error {
        case .badOption: self = .usage
        case .notConverged, .algebra, .noLogarithm: self = .failed
        default: self = .badData
        }
    }
}

extension CommandStatus {
    /// A watch fails for what was asked, for what it reads, or because nobody takes its alerts.
    private init(of error: WatchError) {
        switch error {
        case .badRate, .past, .nothingKnown, .noSecret: self = .usage
        case .otherOptions, .badState, .newerState, .badRecord: self = .badData
        case .notDelivered: self = .failed
        case .ledger(let error): self = CommandStatus(of: error)
        }
    }
}

extension CommandStatus {
    /// A store cannot be used for what it holds, cannot be reached, or was asked for what it does not have.
    private init(of error: StorageError) {
        switch error {
        case .cannotAccess, .full, .busy, .clockWentBack, .locked, .lockLost, .runIsFinished,
            .alreadyExists:
            self = .failed
        case .noStore, .notAStore, .newerVersion, .damaged, .brokenTrail, .alteredLedger,
            .noLedger, .badLedger:
            self = .badData
        case .noSuchRun, .noSuchModel, .noEarlierChampion: self = .usage
        case .gatesRefused: self = .gateRefused
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

extension ResultsError {
    /// Whether what is read is not there or does not hold what it should.
    fileprivate var isAboutReading: Bool {
        switch self {
        case .damaged, .newerVersion, .tooLarge, .notARunFolder, .notRead: true
        case .alreadyExists, .notReplaceable, .notWritten: false
        }
    }
}
