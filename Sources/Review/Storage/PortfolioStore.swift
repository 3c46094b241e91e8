public import Ledger
public import Vocabulary

/// Where everything that a portfolio's jobs keep is kept: what they read, what they decided, and who did what.
///
/// Every call that changes something is one transaction, which is there as a whole or not at all, whatever happens to
/// the process, and leaves its entry in the audit trail.
public protocol PortfolioStore: LedgerKeeping, RunKeeping, AlertKeeping, ModelRegistry, AuditTrail,
    PortfolioLocking
{
    /// What messages call the store.
    var name: String { get }
}

/// The ledger of a portfolio.
public protocol LedgerKeeping: Sendable {
    /// What identifies the ledger: equal for equal records; `nil` if there is no ledger yet.
    func ledgerDigest() throws(StorageError) -> String?

    /// The ledger as it is now, whatever is written to the store while it is read.
    ///
    /// - Parameter obligors: Whose records are read; `nil` for all. A link between obligors is read if both of them
    ///   are, and exchange rates always.
    /// - Throws: ``StorageError/noLedger(store:)``.
    func ledger(of obligors: Set<ObligorID>?) throws(StorageError) -> any LedgerSource
}

extension LedgerKeeping {
    /// The whole ledger as it is now.
    public func ledger() throws(StorageError) -> any LedgerSource { try ledger(of: nil) }
}
