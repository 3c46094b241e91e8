import Parallelism
public import Vocabulary

/// A record that belongs to an obligor and became known on a day.
public protocol LedgerRecord: Sendable {
    /// What kind of record it is.
    static var kind: RecordKind { get }
    /// The obligor's place in the ledger.
    var obligor: Int32 { get }
    /// When it became known.
    var known: CalendarDay { get }
    /// Which record of its kind it was as they were read, from 0.
    var row: Int32 { get }
}

/// All records of one kind, obligor by obligor, those of one obligor in the order in which they became known, and
/// in the order in which they were read where that is the same day.
struct RecordList<Record: LedgerRecord>: Sendable {
    /// The records.
    let records: [Record]
    /// Where the records of an obligor begin, from ``first`` on; one more entry at the end.
    let offsets: [Int32]
    /// The place of the first obligor: 0, but for a page of a ledger.
    let first: Int
    /// The ids of the records; empty if they have none.
    let ids: PackedTexts

    /// A list without records.
    init() {
        records = []
        offsets = [0]
        first = 0
        ids = PackedTexts()
    }

    /// Sorts records; the same for any number of threads.
    ///
    /// - Parameters:
    ///   - ids: One id per record, or none at all.
    ///   - obligors: How many obligors there are.
    ///   - owner: Whose record it is.
    init(
        _ unsorted: [Record], ids: PackedTexts = PackedTexts(), obligors: Int, workers: Workers = .single,
        owner: @Sendable (Record) -> Int32 = { $0.obligor }
    ) {
        var offsets = [Int32](repeating: 0, count: obligors + 1)
        for record in unsorted { offsets[Int(owner(record)) + 1] += 1 }
        for obligor in 0..<obligors { offsets[obligor + 1] += offsets[obligor] }
        self.offsets = offsets
        first = 0
        if Self.areSorted(unsorted, workers, owner) {
            records = unsorted
            self.ids = ids
            return
        }
        var next = offsets
        var order = [Int32](repeating: 0, count: unsorted.count)
        for (index, record) in unsorted.enumerated() {
            let obligor = Int(owner(record))
            order[Int(next[obligor])] = Int32(index)
            next[obligor] += 1
        }
        // By obligor from here on: each block of obligors sorts its own part and gathers it.
        let (places, starts) = (order, offsets)
        let parts = workers.map((obligors + Self.obligorsInBlock - 1) / Self.obligorsInBlock) { block in
            let some =
                block * Self.obligorsInBlock..<min(obligors, (block + 1) * Self.obligorsInBlock)
            let sorted = Self.sorted(places, starts, some, unsorted)
            return (
                records: sorted.map { unsorted[Int($0)] }, ids: ids.count == 0 ? ids : ids.gathered(sorted)
            )
        }
        var records: [Record] = []
        records.reserveCapacity(unsorted.count)
        var sortedIDs = PackedTexts()
        for part in parts {
            records += part.records
            sortedIDs.append(part.ids)
        }
        self.records = records
        self.ids = sortedIDs
    }

    /// The records of some obligors that follow each other, which have no ids; `nil` if one is of another obligor.
    init?(_ records: [Record], ofPage obligors: Range<Int>) {
        var offsets = [Int32](repeating: 0, count: obligors.count + 1)
        var isInOrder = true
        var last = (obligor: Int32.min, known: CalendarDay(daysSince1970: .min))
        for record in records {
            let place = Int(record.obligor) - obligors.lowerBound
            guard place >= 0, place < obligors.count else { return nil }
            offsets[place + 1] += 1
            let own = (obligor: record.obligor, known: record.known)
            if own < last { isInOrder = false }
            last = own
        }
        for place in 0..<obligors.count { offsets[place + 1] += offsets[place] }
        let first = obligors.lowerBound
        self.records =
            isInOrder
            ? records
            : RecordList(records, obligors: obligors.count, owner: { $0.obligor - Int32(first) }).records
        self.offsets = offsets
        self.first = first
        ids = PackedTexts()
    }

    /// A list without records of some obligors that follow each other.
    init(emptyPage obligors: Range<Int>) {
        records = []
        offsets = [Int32](repeating: 0, count: obligors.count + 1)
        first = obligors.lowerBound
        ids = PackedTexts()
    }

    /// Obligors that one thread sorts at a time.
    private static var obligorsInBlock: Int { 256 }

    /// The places of some obligors' records in the order in which they became known.
    private static func sorted(
        _ order: [Int32], _ offsets: [Int32], _ obligors: Range<Int>, _ unsorted: [Record]
    ) -> [Int32] {
        let first = Int(offsets[obligors.lowerBound])
        var places = Array(order[first..<Int(offsets[obligors.upperBound])])
        for obligor in obligors {
            let part = Int(offsets[obligor]) - first..<Int(offsets[obligor + 1]) - first
            // Numbers grow with rows, so they settle what days leave open.
            let isInOrder = part.dropFirst().allSatisfy {
                unsorted[Int(places[$0 - 1])].known <= unsorted[Int(places[$0])].known
            }
            if isInOrder { continue }
            places[part].sort { left, right in
                let (one, other) = (unsorted[Int(left)].known, unsorted[Int(right)].known)
                return one == other ? left < right : one < other
            }
        }
        return places
    }

    /// The list without the records at some places.
    func leavingOut(_ places: Set<Int32>, obligors: Int, workers: Workers = .single) -> Self {
        let kept = records.indices.map { Int32($0) }.filter { !places.contains($0) }
        return Self(
            kept.map { records[Int($0)] }, ids: ids.count == 0 ? ids : ids.gathered(kept), obligors: obligors,
            workers: workers)
    }

    private static func areSorted(
        _ records: [Record], _ workers: Workers, _ owner: @Sendable (Record) -> Int32
    ) -> Bool {
        let pieces = (records.count + (1 << 16) - 1) >> 16
        return workers.map(pieces) { piece in
            for index in max(1, piece << 16)..<min(records.count, (piece + 1) << 16) {
                let (left, right) = (records[index - 1], records[index])
                if (owner(left), left.known) > (owner(right), right.known) { return false }
            }
            return true
        }.allSatisfy(\.self)
    }

    /// Where the records of an obligor are.
    func range(of obligor: Int) -> Range<Int> {
        Int(offsets[obligor - first])..<Int(offsets[obligor - first + 1])
    }

    /// Where the records of some obligors that follow each other are.
    func range(of obligors: Range<Int>) -> Range<Int> {
        Int(offsets[obligors.lowerBound - first])..<Int(offsets[obligors.upperBound - first])
    }

    /// The records of an obligor.
    func of(_ obligor: Int) -> ArraySlice<Record> { records[range(of: obligor)] }

    /// The records of an obligor that are known.
    func of(_ obligor: Int, asOf: AsOf) -> ArraySlice<Record> {
        let all = range(of: obligor)
        var low = all.lowerBound
        var high = all.upperBound
        while low < high {
            let middle = (low + high) / 2
            if asOf.sees(records[middle].known) { low = middle + 1 } else { high = middle }
        }
        return records[all.lowerBound..<low]
    }
}
