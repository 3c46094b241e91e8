public import Parallelism
import Vocabulary

/// What is known of a ledger's packed records before any of them is read.
///
/// Obligors are numbered by their places, and so many of them that follow each other are a page.
public struct PackedIndex: Sendable, Equatable, Codable {
    /// What the check found of the ledger whose records were packed.
    public let report: CheckReport
    let obligorCount: Int
    /// Obligors of a page; the last may have fewer.
    let pageSize: Int
    /// Records by kind and page.
    let counts: [String: [Int]]
    /// The first and the last day on which an invoice was issued or a payment arrived, from 1970-01-01.
    let days: [Int32]
    /// The first day on which the packed records say something of a currency, by its code.
    let currencies: [String: Int32]
    /// The days on which records of ``Silence/kinds`` became known, by kind.
    let known: [String: [Int32]]

    /// Obligors of a page as a rule: as many as a thread or two are at work on, few enough that many pages take little.
    public static let standardPageSize = 64

    /// The index of a ledger that is in memory as a whole.
    public init(
        of checked: CheckedLedger, pageSize: Int = Self.standardPageSize, workers: Workers = .single
    ) {
        precondition(pageSize > 0, "pages of \(pageSize) obligors")
        let ledger = checked.ledger
        report = checked.report
        obligorCount = ledger.obligorCount
        self.pageSize = pageSize
        var counter = PageCounter(obligors: obligorCount, pageSize: pageSize)
        ledger.visitRecords(&counter)
        counts = counter.counts
        days = ledger.span.map { [$0.lowerBound.daysSince1970, $0.upperBound.daysSince1970] } ?? []
        let firstDays = ledger.firstDaysOfCurrencies(workers: workers)
        currencies = Dictionary(
            uniqueKeysWithValues: firstDays.map { ($0.key.code, $0.value.daysSince1970) })
        known = Dictionary(
            uniqueKeysWithValues: Silence.kinds.map { kind in
                (kind.rawValue, ledger.knownDays(of: kind).map(\.daysSince1970))
            })
    }

    /// Whether its numbers fit each other, which those of a damaged one may not.
    public var isSound: Bool {
        let numbers = 0...Int(Int32.max)
        guard numbers.contains(pageSize), pageSize > 0, numbers.contains(obligorCount), report.isSound else {
            return false
        }
        guard days.isEmpty || span != nil, days.allSatisfy(Self.sensibleDays.contains) else { return false }
        for days in known.values {
            guard days.allSatisfy(Self.sensibleDays.contains), zip(days, days.dropFirst()).allSatisfy(<)
            else {
                return false
            }
        }
        guard Set(counts.keys) == Set(PackedRecords.kinds.map(\.rawValue)) else { return false }
        return counts.values.allSatisfy { counts in
            counts.count == pageCount && counts.allSatisfy(numbers.contains)
        }
    }

    /// Those of the years 0 to 9999, from 1970-01-01.
    private static let sensibleDays: ClosedRange<Int32> = -719_528...2_932_896

    var pageCount: Int { (obligorCount + pageSize - 1) / pageSize }

    func page(of obligor: Int) -> Int { obligor / pageSize }

    func obligors(ofPage page: Int) -> Range<Int> {
        page * pageSize..<min(obligorCount, (page + 1) * pageSize)
    }

    /// How many records of a kind a page has.
    func count(of kind: RecordKind, page: Int) -> Int {
        guard let counts = counts[kind.rawValue], counts.indices.contains(page) else { return 0 }
        return counts[page]
    }

    /// How many records of a kind there are.
    func count(of kind: RecordKind) -> Int { counts[kind.rawValue]?.reduce(0, +) ?? 0 }

    /// The pages that have records of a kind.
    public func pages(with kind: RecordKind) -> [Int] {
        (counts[kind.rawValue] ?? []).enumerated().filter { $0.element > 0 }.map(\.offset)
    }

    var span: ClosedRange<CalendarDay>? {
        guard days.count == 2, days[0] <= days[1] else { return nil }
        return CalendarDay(daysSince1970: days[0])...CalendarDay(daysSince1970: days[1])
    }

    /// The days on which records of a kind became known, in order and each once.
    func knownDays(of kind: RecordKind) -> [CalendarDay] {
        (known[kind.rawValue] ?? []).map(CalendarDay.init(daysSince1970:))
    }

    /// The currencies that packed records say something of as of a day.
    func currencies(asOf: AsOf) -> Set<Currency> {
        Set(
            currencies.compactMap { code, day in
                asOf.sees(CalendarDay(daysSince1970: day)) ? Currency(code: code) : nil
            })
    }
}

/// Counts the records of packed kinds page by page.
private struct PageCounter: RecordVisitor {
    let obligors: Int
    let pageSize: Int
    var counts: [String: [Int]] = [:]

    mutating func visit<Record: AssembledRecord>(_ list: RecordList<Record>) {
        guard PackedRecords.kinds.contains(Record.kind) else { return }
        counts[Record.kind.rawValue] = stride(from: 0, to: obligors, by: pageSize).map { first in
            list.range(of: first..<min(obligors, first + pageSize)).count
        }
    }
}
