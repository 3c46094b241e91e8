public import Foundation

/// Why a store could not be read or written.
public enum StorageError: Error, Sendable, Equatable {
    /// There is no store of that name.
    case noStore(path: String)
    /// What stands there is no store of ours.
    case notAStore(path: String)
    /// The store was written by a later version of the engine.
    case newerVersion(store: String)
    /// The file cannot be opened, read or written.
    case cannotAccess(store: String, reason: String)
    /// There is no room left where the store is.
    case full(store: String)
    /// Another connection is writing, and went on for longer than was waited.
    case busy(store: String)
    /// The content is not what it should be.
    case damaged(store: String, reason: String)
    /// The audit trail, or what it vouches for, was changed.
    case brokenTrail(store: String, record: Int, reason: String)
    /// The records of the ledger are not those that the audit trail vouches for.
    case alteredLedger(store: String, record: Int, reason: String)
    /// The clock stands before the last entry of the audit trail.
    case clockWentBack(last: Date, now: Date)
    /// Another job has the portfolio.
    case locked(by: LockHolder)
    /// Another job has taken over the lock of this one.
    case lockLost
    /// Nothing has been imported yet.
    case noLedger(store: String)
    /// The ledger cannot be used.
    case badLedger(reason: String)
    /// No run has this digest.
    case noSuchRun(digest: String)
    /// The run is finished, so nothing can be added to it.
    case runIsFinished(digest: String)
    /// The registry has no model of this number.
    case noSuchModel(number: Int)
    /// The gates of the model do not hold.
    case gatesRefused(model: Int, reason: String)
    /// There is no earlier champion to go back to.
    case noEarlierChampion(store: String)
    /// Something already stands where the file is to go.
    case alreadyExists(path: String)
}

extension StorageError: CustomStringConvertible {
    /// One line: the fact, its place and the remedy.
    public var description: String {
        switch self {
        case .noStore(let path):
            "\(path): no such store: make one with 'obligor import LEDGER --store \(path)'"
        case .notAStore(let path):
            "\(path): not a store of this program: name the file that 'obligor import' made"
        case .newerVersion(let store): "\(store): written by a newer engine: use that one"
        case .cannotAccess(let store, let reason): "\(store): \(reason)"
        case .full(let store):
            "\(store): no room left on the disk: nothing was changed; make room and try again"
        case .busy(let store):
            "\(store): another program is writing to it: try again, or wait for longer"
        case .damaged(let store, let reason): "\(store): damaged (\(reason)): restore a backup"
        case .brokenTrail(let store, let record, let reason):
            "\(store): the audit trail does not hold at record \(record) (\(reason)): restore a backup and compare"
        case .alteredLedger(let store, let record, let reason):
            "\(store): the ledger is not that of record \(record) of the audit trail (\(reason)): restore a backup, or "
                + "import the ledger into a new store"
        case .clockWentBack(let last, let now):
            "the clock says \(now.formatted(.iso8601)), but the last entry of the audit trail is of "
                + "\(last.formatted(.iso8601)): set the clock right"
        case .locked(let holder): "the portfolio is locked by \(holder): wait for it to end"
        case .lockLost: "another job has taken over the lock of the portfolio: this one stops; start it again"
        case .noLedger(let store): "\(store): holds no ledger yet: bring one in with 'obligor import'"
        case .badLedger(let reason): reason
        case .noSuchRun(let digest): "no run '\(digest)' is kept"
        case .runIsFinished(let digest): "the run '\(digest)' is finished: nothing can be added to it"
        case .noSuchModel(let number):
            "the registry has no model \(number): 'obligor approve STORE' lists them"
        case .gatesRefused(let model, let reason): "model \(model) cannot decide: \(reason)"
        case .noEarlierChampion(let store): "\(store): there is no earlier champion to go back to"
        case .alreadyExists(let path):
            "\(path): already exists: choose another name or allow replacing it (--replace)"
        }
    }
}
