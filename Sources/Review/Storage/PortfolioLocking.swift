public import Foundation

/// One job at a time for a portfolio.
public protocol PortfolioLocking: Sendable {
    /// Takes the lock of the portfolio.
    ///
    /// The lock of a process that is no longer there, or of a machine that has not been heard of for
    /// ``LockHolder/patience``, is taken over, which the audit trail says.
    ///
    /// - Parameters:
    ///   - purpose: What the job is, for whoever finds the lock taken.
    ///   - patience: How long to wait for another job, in seconds.
    /// - Throws: ``StorageError/locked(by:)`` if another job still has it then.
    func lock(for purpose: String, waiting patience: TimeInterval) throws(StorageError) -> any PortfolioLock
}

/// The lock of a portfolio, as long as the job has it.
public protocol PortfolioLock: AnyObject, Sendable {
    /// Says that the job is still at work; a job calls it at least once a minute.
    ///
    /// - Throws: ``StorageError/lockLost`` if another job has taken the lock over: nothing more may be written then.
    func renew() throws(StorageError)

    /// Gives the lock back; again changes nothing. A lock that is let go of is given back too.
    func release()
}

/// Who has the lock of a portfolio.
public struct LockHolder: Sendable, Hashable, Codable {
    /// What the job is.
    public let purpose: String
    /// The process.
    public let process: Int32
    /// When that process started, in ticks since the machine did; tells it from a later process of the same number.
    public let processStart: String
    /// The machine.
    public let host: String
    /// Which start of the machine.
    public let boot: String
    /// When the lock was taken.
    public let taken: Date
    /// When the job was last heard of.
    public var heard: Date

    /// Who has the lock of a portfolio.
    public init(
        purpose: String, process: Int32, processStart: String, host: String, boot: String, taken: Date,
        heard: Date
    ) {
        self.purpose = purpose
        self.process = process
        self.processStart = processStart
        self.host = host
        self.boot = boot
        self.taken = taken
        self.heard = heard
    }

    /// How long a job on another machine may be silent before it is taken for dead, in seconds.
    public static let patience: TimeInterval = 600
}

extension LockHolder: CustomStringConvertible {
    /// "'review', process 4711 on server-1, since 2026-01-31T03:00:00Z".
    public var description: String {
        "'\(purpose)', process \(process) on \(host), since \(taken.formatted(.iso8601))"
    }
}
