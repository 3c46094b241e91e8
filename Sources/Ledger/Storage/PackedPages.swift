public import Parallelism
import Synchronization
import Tables

/// The pages of a ledger whose packed records are read when they are asked for; those asked for last stay in memory.
///
/// Views of obligors cannot fail: records that could not be read are missing from them, and the first reason is kept
/// for ``requireRead()``.
final class PackedPages: Sendable {
    let source: any PackedLedgerSource
    let index: PackedIndex
    private let state: Mutex<State>

    /// More pages than a batch of a review has, so that the steps of the work on one read it once.
    private static let pagesKept = 20

    private struct State: Sendable {
        var pages: [LedgerPage?]
        /// The pages that are there, the oldest first.
        var kept: [Int] = []
        var failure: LedgerError?
    }

    init(_ source: any PackedLedgerSource, _ index: PackedIndex) {
        self.source = source
        self.index = index
        state = Mutex(State(pages: Array(repeating: nil, count: index.pageCount)))
    }

    /// The page of an obligor.
    func page(of obligor: Int) -> LedgerPage {
        let number = index.page(of: obligor)
        return state.withLock { state in
            if let page = state.pages[number] { return page }
            let page = LedgerPage(number, of: self)
            if state.kept.count == Self.pagesKept { state.pages[state.kept.removeFirst()] = nil }
            state.kept.append(number)
            state.pages[number] = page
            return page
        }
    }

    /// Keeps why records could not be read.
    func note(_ error: LedgerError) {
        state.withLock { state in
            if state.failure == nil { state.failure = error }
        }
    }

    /// Throws the first reason why records could not be read.
    func requireRead() throws(LedgerError) {
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    static func doNotFit(_ kind: RecordKind) -> LedgerError {
        .table(
            .cannotRead(
                file: kind.fileName,
                reason: """
                    the packed copy does not fit the ledger: restore a backup, or import the ledger into a new store
                    """))
    }
}

extension TradeLedger {
    /// The ledger of a source, kinds with many records from packed ones, which are read when they are asked for; the
    /// same but for the ids of those, which are not there, and for what refers to records of other obligors.
    ///
    /// Nothing is checked again: the report is that of the reading from which the records were packed. Memory: the
    /// records of about 1,300 obligors, and those of other kinds of all. Whoever has looked at records asks by
    /// ``requireRead()`` whether all were there.
    ///
    /// - Returns: `nil` if the source has no packed records that can be used.
    /// - Throws: ``LedgerError``, also where packed records do not fit the ledger.
    public static func readPacked(
        from source: some PackedLedgerSource, workers: Workers = .allProcessors
    ) throws(LedgerError) -> CheckedLedger? {
        guard let index = try source.packedIndex() else { return nil }
        return try read(packed: PackedPages(source, index), workers: workers)
    }

    /// Makes sure that all records that were looked at were there.
    ///
    /// - Throws: Why packed records could not be read.
    public func requireRead() throws(LedgerError) { try packed?.requireRead() }
}
