public import Foundation

/// Who did what and when, in a chain that shows whether anything of it was changed.
public protocol AuditTrail: Sendable {
    /// Adds an entry at the end.
    ///
    /// - Throws: ``StorageError/clockWentBack(last:now:)`` if the clock stands before the last entry.
    @discardableResult
    func append(_ entry: AuditEntry) throws(StorageError) -> AuditRecord

    /// All entries in order.
    func auditTrail() throws(StorageError) -> [AuditRecord]

    /// Holds the trail, and what it vouches for, against its digests.
    ///
    /// - Throws: ``StorageError/brokenTrail(store:record:reason:)``.
    /// - Returns: The last entry, or `nil` if there is none; who keeps its number and hash elsewhere can show later
    ///   that nothing was cut off.
    func verifyAuditTrail() throws(StorageError) -> AuditRecord?
}

/// Something that was done.
public struct AuditEntry: Sendable, Hashable {
    /// What was done, such as "run finished".
    public let action: String
    /// Who did it.
    public let author: String
    /// What it was done to, such as a run, a model or an obligor.
    public let subject: String
    /// Everything else, in words or as JSON.
    public let details: String

    /// Something that was done.
    public init(action: String, author: String, subject: String, details: String = "") {
        self.action = action
        self.author = author
        self.subject = subject
        self.details = details
    }
}

/// An entry of the audit trail in its place.
public struct AuditRecord: Sendable, Hashable {
    /// Its number, from 1 on without a gap.
    public let number: Int
    /// Milliseconds since 1970 UTC; never less than in the record before.
    public let time: Int64
    /// What was done.
    public let entry: AuditEntry
    /// The hash of the record before; 64 zeros for the first.
    public let previous: String
    /// SHA-256 of all of the above, 64 hexadecimal digits.
    public let hash: String

    /// A record as it is kept.
    public init(number: Int, time: Int64, entry: AuditEntry, previous: String, hash: String) {
        self.number = number
        self.time = time
        self.entry = entry
        self.previous = previous
        self.hash = hash
    }

    /// The record that follows another.
    public init(_ entry: AuditEntry, at time: Date, after last: AuditRecord?) {
        number = (last?.number ?? 0) + 1
        self.time = max(Int64((time.timeIntervalSince1970 * 1000).rounded()), last?.time ?? .min)
        self.entry = entry
        previous = last?.hash ?? Self.origin
        hash = Self.hash(number, self.time, entry, previous)
    }

    /// What stands for the hash before the first record.
    public static let origin = String(repeating: "0", count: 64)

    /// When it was done.
    public var date: Date { Date(timeIntervalSince1970: Double(time) / 1000) }

    /// What is wrong with the record behind another; `nil` if it follows from it.
    public func fault(after last: AuditRecord?) -> String? {
        if number != (last?.number ?? 0) + 1 { return "it should be number \((last?.number ?? 0) + 1)" }
        if previous != last?.hash ?? Self.origin { return "it does not follow from the one before" }
        if let last, time < last.time { return "it is older than the one before" }
        return hash == Self.hash(number, time, entry, previous) ? nil : "its hash is not that of its content"
    }

    private static func hash(_ number: Int, _ time: Int64, _ entry: AuditEntry, _ previous: String) -> String
    {
        var digest = ContentDigest()
        digest.add(previous)
        digest.add(Int64(number))
        digest.add(time)
        for text in [entry.action, entry.author, entry.subject, entry.details] { digest.add(text) }
        return digest.hexadecimal
    }
}
