public import Parallelism
import Synchronization
import Tables

/// The pages of a ledger whose packed records are read when they are asked for; those asked for last stay in memory.
final class PackedPages: Sendable {
    /// What reads the pages' records.
    let reader: PackedReader
    /// How many pages stay in memory.
    let capacity: Int
    private let state: Mutex<State>

    private struct State: Sendable {
        var pages: [LedgerPage?]
        /// The pages that are there, the one asked for last at the end.
        var kept: [Int] = []
    }

    /// - Parameter threads: How many threads look at pages at once.
    init(_ reader: PackedReader, threads: Int) {
        self.reader = reader
        capacity = Self.pagesOfBatch + Self.pagesOfThread * threads
        state = Mutex(State(pages: Array(repeating: nil, count: reader.index.pageCount)))
    }

    /// Pages of a batch of a review in which everybody is due, so that the steps of the work on one read it once.
    private static let pagesOfBatch = 16

    /// Pages that a thread is at work on besides, where obligors at hand lie on both sides of an end.
    private static let pagesOfThread = 2

    /// The page of an obligor.
    func page(of obligor: Int) -> LedgerPage {
        let number = reader.index.page(of: obligor)
        return state.withLock { state in
            if let page = state.pages[number] {
                if state.kept.last != number, let place = state.kept.firstIndex(of: number) {
                    state.kept.append(state.kept.remove(at: place))
                }
                return page
            }
            let page = LedgerPage(number, by: reader)
            if state.kept.count == capacity { state.pages[state.kept.removeFirst()] = nil }
            state.kept.append(number)
            state.pages[number] = page
            return page
        }
    }
}

/// What reads packed records from their source.
///
/// Views of obligors cannot fail: records that could not be read are missing from them, and the first reason is kept
/// for ``requireRead()``.
final class PackedReader: Sendable {
    let source: any PackedLedgerSource
    let index: PackedIndex
    private let failure = Mutex<LedgerError?>(nil)

    init(_ source: any PackedLedgerSource, _ index: PackedIndex) {
        self.source = source
        self.index = index
    }

    /// Keeps why records could not be read.
    func note(_ error: LedgerError) {
        failure.withLock { failure in
            if failure == nil { failure = error }
        }
    }

    /// Throws the first reason why records could not be read.
    func requireRead() throws(LedgerError) {
        if let failure = failure.withLock({ $0 }) { throw failure }
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
    /// records of about 1,000 obligors and 130 more for each thread, and those of other kinds of all. Whoever has
    /// looked at records asks by ``requireRead()`` whether all were there.
    ///
    /// - Returns: `nil` if the source has no packed records that can be used.
    /// - Throws: ``LedgerError``, also where packed records do not fit the ledger.
    public static func readPacked(
        from source: some PackedLedgerSource, workers: Workers = .allProcessors
    ) throws(LedgerError) -> CheckedLedger? {
        guard let index = try source.packedIndex() else { return nil }
        let pages = PackedPages(PackedReader(source, index), threads: workers.threads)
        return try read(packed: pages, workers: workers)
    }

    /// Makes sure that all records that were looked at were there.
    ///
    /// - Throws: Why packed records could not be read.
    public func requireRead() throws(LedgerError) { try packed?.reader.requireRead() }
}
