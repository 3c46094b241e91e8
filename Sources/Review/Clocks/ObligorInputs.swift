import Grading
import Ledger
import Parallelism
import Results
import Vocabulary

/// How up to date the inputs of an obligor are.
struct ObligorInputs: Sendable {
    /// What has to be brought up to date.
    var requests: [RefreshRequestRecord] = []
    /// The end of the last statement's period.
    var lastStatement: CalendarDay?
}

extension ObligorInputs {
    /// Obligors that one thread looks at at a time.
    private static let blockSize = 256

    /// The inputs of some obligors, in their order.
    static func of(
        _ places: [Int], in ledger: TradeLedger, asOf day: CalendarDay, by clocks: [InputClock],
        workers: Workers
    ) -> [ObligorInputs] {
        let asOf = AsOf(day)
        let blocks = workers.map((places.count + blockSize - 1) / blockSize) { block in
            places[block * blockSize..<min(places.count, (block + 1) * blockSize)].map { place in
                let view = ledger.view(of: place, asOf: asOf)
                return ObligorInputs(
                    requests: clocks.compactMap { $0.request(view) },
                    lastStatement: InputClock.Input.statements.lastDate(view))
            }
        }
        return blocks.flatMap(\.self)
    }
}

extension DataQualityRecord.StatementAge {
    private static let daysInHalfYear = 365.25 / 2

    /// How old the latest statements of obligors are, in half-years; those without one come last.
    static func counted(_ latest: some Sequence<CalendarDay?>, asOf day: CalendarDay) -> [Self] {
        var counts: [Int: Int] = [:]
        var without = 0
        for last in latest {
            if let last {
                counts[Int(Double(day.days(since: last)) / daysInHalfYear) * 6, default: 0] += 1
            } else {
                without += 1
            }
        }
        return counts.sorted { $0.key < $1.key }.map { .init(months: $0.key, obligors: $0.value) }
            + (without > 0 ? [.init(obligors: without)] : [])
    }
}
