public import Ledger
public import Parallelism
import Tables

/// Records that cannot be used, and whose they are: so that a ledger with some of them can be reviewed without those
/// obligors.
public struct FaultyRecords: Sendable {
    /// The ledger without them.
    public let checked: CheckedLedger
    /// Why obligors are set aside, by their ids.
    public let setAside: [String: String]
    /// Whether the ledger was good enough as it is, with nothing left out but what any check repairs.
    public let isSound: Bool

    /// A ledger as it was left by whoever read and checked it before, if its source has it so; else as
    /// ``read(_:workers:)``.
    ///
    /// Nothing is then read that was read before, and nothing is checked again.
    ///
    /// - Throws: ``LedgerError``.
    public static func readAgain(
        _ source: any LedgerSource, workers: Workers = .allProcessors
    ) throws(LedgerError) -> FaultyRecords {
        if let packed = source as? any PackedLedgerSource,
            let checked = try TradeLedger.readPacked(from: packed, workers: workers)
        {
            return FaultyRecords(checked: checked, setAside: [:], isSound: true)
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
        let report: CheckReport
        do throws(LedgerError) {
            return FaultyRecords(
                checked: try TradeLedger.read(from: source, workers: workers), setAside: [:], isSound: true)
        } catch {
            guard case .refused(let found) = error else { throw error }
            report = found
        }
        var policy = CheckPolicy.standard
        let kinds = Set(report.entries.filter { $0.severity == .error }.map(\.check))
        for kind in kinds {
            guard let lenient = policy.setting(kind, to: .repair) else { throw .refused(report) }
            policy = lenient
        }
        let checked = try TradeLedger.read(from: source, policy: policy, workers: workers)
        let repairs = checked.repairs.filter { kinds.contains($0.check) }
        return FaultyRecords(
            checked: checked, setAside: try owners(of: repairs, in: source, workers), isSound: false)
    }

    /// Whose the records are that were left out or changed.
    private static func owners(
        of repairs: [Repair], in source: some LedgerSource, _ workers: Workers
    ) throws(LedgerError) -> [String: String] {
        var setAside: [String: String] = [:]
        for (kind, faults) in Dictionary(grouping: repairs, by: \.records).sorted(by: {
            $0.key.rawValue < $1.key.rawValue
        }) {
            let owner = kind == .links ? "supplier" : "obligor"
            guard kind.fields.contains(where: { $0.name == owner }) else { continue }
            let places = Set(faults.map { "\($0.file):\($0.line)" })
            let reasons = Dictionary(
                faults.map { ("\($0.file):\($0.line)", "\($0.file): \($0.check.meaning)") },
                uniquingKeysWith: { first, _ in first })
            try source.forEachBlock(of: kind, in: .everything, workers: workers) {
                block -> [(id: String, reason: String)] in
                guard let ids = block.table[owner] else { return [] }
                return (0..<block.table.rowCount).compactMap { row in
                    let place = "\(block.file):\(block.lines.line(ofRow: row))"
                    guard places.contains(place), let id = ids.text(at: row) else { return nil }
                    return (id, reasons[place] ?? block.file)
                }
            } handOn: { found in
                for one in found where setAside[one.id] == nil { setAside[one.id] = one.reason }
            }
        }
        return setAside
    }
}
