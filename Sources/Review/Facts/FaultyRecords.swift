public import Ledger
public import Parallelism
import Tables
import Vocabulary

/// What a ledger lacks because it could not be used.
public struct LeftOut: Sendable, Equatable {
    /// What the check found, with what it did about it.
    public let report: CheckReport
    /// Why obligors are set aside, by their ids.
    public let setAside: [String: String]
    /// How many faults there were that no check of a sound ledger puts right: records left out, or taken in part.
    public let faults: Int

    /// What a ledger lacks.
    public init(report: CheckReport, setAside: [String: String], faults: Int) {
        self.report = report
        self.setAside = setAside
        self.faults = faults
    }
}

/// A ledger that was brought to where it is without the records that could not be used.
public protocol ReducedLedgerSource: LedgerSource {
    /// What was left out; `nil` if nothing was.
    func leftOut() throws(LedgerError) -> LeftOut?
}

/// Records that cannot be used, and whose they are: so that a ledger with some of them can be reviewed without those
/// obligors.
public struct FaultyRecords: Sendable {
    /// The ledger without them.
    public let checked: CheckedLedger
    /// What it lacks; `nil` if the ledger was good enough as it is, with nothing left out but what any check repairs.
    public let leftOut: LeftOut?

    /// Why obligors are set aside, by their ids.
    public var setAside: [String: String] { leftOut?.setAside ?? [:] }

    /// Whether the ledger was good enough as it is.
    public var isSound: Bool { leftOut == nil }

    /// A sound ledger, or one of a source that says what it lacks.
    private init(_ checked: CheckedLedger, from source: any LedgerSource) throws(LedgerError) {
        leftOut = try (source as? any ReducedLedgerSource)?.leftOut()
        self.checked = leftOut.map { CheckedLedger(ledger: checked.ledger, report: $0.report) } ?? checked
    }

    /// A ledger of which nothing had to be left out.
    public init(sound checked: CheckedLedger) {
        self.checked = checked
        leftOut = nil
    }

    private init(_ checked: CheckedLedger, leftOut: LeftOut) {
        self.checked = checked
        self.leftOut = leftOut
    }

    /// A ledger as it was left by whoever read and checked it before, if its source has it so; else as
    /// ``read(_:workers:)``.
    ///
    /// Nothing is checked again then, and records of large kinds are read when they are asked for.
    ///
    /// - Throws: ``LedgerError``.
    public static func readAgain(
        _ source: any LedgerSource, workers: Workers = .allProcessors
    ) throws(LedgerError) -> FaultyRecords {
        if let packed = source as? any PackedLedgerSource,
            let checked = try TradeLedger.readPacked(from: packed, workers: workers)
        {
            return try FaultyRecords(checked, from: source)
        }
        return try read(source, workers: workers)
    }

    /// Reads a ledger; where it is refused for single records, it is read without them.
    ///
    /// An obligor that has such a record is set aside: what is left of its records is not all that is known of it.
    ///
    /// - Throws: ``LedgerError``, for what no leaving out of records puts right.
    public static func read(
        _ source: some LedgerSource, workers: Workers = .allProcessors
    ) throws(LedgerError) -> FaultyRecords {
        let checked: CheckedLedger
        do throws(LedgerError) {
            checked = try TradeLedger.read(from: source, workers: workers)
        } catch {
            guard case .refused(let report) = error else { throw error }
            let faulty = try read(source, refusedFor: report, workers: workers)
            guard let now = faulty.leftOut, let before = try (source as? any ReducedLedgerSource)?.leftOut()
            else { return faulty }
            return FaultyRecords(
                faulty.checked,
                leftOut: LeftOut(
                    report: now.report, setAside: before.setAside.merging(now.setAside) { first, _ in first },
                    faults: before.faults + now.faults))
        }
        return try FaultyRecords(checked, from: source)
    }

    /// Reads a ledger that was refused, without the records for which it was.
    ///
    /// - Throws: ``LedgerError``, for what no leaving out of records puts right.
    public static func read(
        _ source: some LedgerSource, refusedFor report: CheckReport, workers: Workers = .allProcessors
    ) throws(LedgerError) -> FaultyRecords {
        guard let policy = CheckPolicy.repairing(report) else { throw .refused(report) }
        let kinds = Set(report.entries.filter { $0.severity == .error }.map(\.check))
        let checked = try TradeLedger.read(from: source, policy: policy, workers: workers)
        let faults = checked.repairs.filter { kinds.contains($0.check) }
        return FaultyRecords(
            checked,
            leftOut: LeftOut(
                report: checked.report, setAside: try owners(of: faults, in: source, workers),
                faults: faults.count))
    }

    /// Refuses to go on where too many obligors are set aside.
    ///
    /// - Parameter share: The largest share of obligors.
    /// - Throws: ``ReviewError/tooManyRefused(count:obligors:share:reason:)``.
    public func check(_ share: Double) throws(ReviewError) {
        let ledger = checked.ledger
        let first = setAside.min { ($0.value, $0.key) < ($1.value, $1.key) }
        // Some are set aside for their own record, and are not in the ledger.
        let obligors = ledger.obligorCount + setAside.keys.count { ledger.place(of: ObligorID($0)) == nil }
        guard let first, Double(setAside.count) > share * Double(obligors) else { return }
        throw .tooManyRefused(
            count: setAside.count, obligors: obligors, share: share, reason: first.value)
    }

    /// Whose the records are that were left out or changed.
    private static func owners(
        of repairs: [Repair], in source: some LedgerSource, _ workers: Workers
    ) throws(LedgerError) -> [String: String] {
        var setAside: [String: String] = [:]
        // What is at fault for want of the obligor's own record says less than what is wrong with that.
        let byKind = Dictionary(grouping: repairs, by: \.records).sorted {
            ($0.key == .obligors ? 0 : 1, $0.key.rawValue) < ($1.key == .obligors ? 0 : 1, $1.key.rawValue)
        }
        for (kind, faults) in byKind {
            let owner = kind == .links ? "supplier" : "obligor"
            let reasons = Dictionary(
                faults.map { ("\($0.file):\($0.line)", "\($0.file): \($0.check.meaning)") },
                uniquingKeysWith: { first, _ in first })
            func find(_ column: String) throws(LedgerError) -> [String: String] {
                try texts(of: column, of: kind, in: source, workers) { file, line, _ in
                    reasons["\(file):\(line)"]
                }
            }
            var found: [String: String] = [:]
            if kind == .allocations {
                // Whose it is, its payment says.
                let payments = try find("payment")
                found = try texts(of: owner, of: .payments, in: source, workers, keyedBy: "payment") {
                    _, _, id in
                    id.flatMap { payments[$0] }
                }
            } else if kind.field(owner) != nil {
                found = try find(owner)
            }
            setAside.merge(found) { first, _ in first }
        }
        return setAside
    }

    /// The texts of a column in some rows, each with the reason of the first of them.
    ///
    /// - Parameter reason: Why a row is meant, by its file, line, and text in the key's column; `nil` if it is not.
    private static func texts(
        of column: String, of kind: RecordKind, in source: some LedgerSource, _ workers: Workers,
        keyedBy key: String? = nil, _ reason: @Sendable (String, Int, String?) -> String?
    ) throws(LedgerError) -> [String: String] {
        var texts: [String: String] = [:]
        try source.forEachBlock(of: kind, in: .everything, workers: workers) {
            block -> [(text: String, reason: String)] in
            guard let values = block.table[column] else { return [] }
            let keys = key.flatMap { block.table[$0] }
            return (0..<block.table.rowCount).compactMap { row in
                guard
                    let reason = reason(block.file, block.lines.line(ofRow: row), keys?.text(at: row)),
                    let text = values.text(at: row)
                else { return nil }
                return (text, reason)
            }
        } handOn: { found in
            for one in found where texts[one.text] == nil { texts[one.text] = one.reason }
        }
        return texts
    }
}

extension CheckPolicy {
    /// The usual policy, but that what a report calls an error is put right; `nil` if some of it cannot be.
    static func repairing(_ report: CheckReport) -> CheckPolicy? {
        var policy = CheckPolicy.standard
        for check in Set(report.entries.filter { $0.severity == .error }.map(\.check)) {
            guard let lenient = policy.setting(check, to: .repair) else { return nil }
            policy = lenient
        }
        return policy
    }
}
