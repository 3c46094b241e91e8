import Statistics
import Testing
import Vocabulary

@testable import Ledger

@Suite("An event is told from others by whom it befell, what happened, when, and who else took part")
struct EventIdentityTests {
    private static let day = CalendarDay(daysSince1970: 19_000)

    private static func identity(
        _ obligor: String = "A", _ kind: EventKind = .judgment, days: Int = 0, _ counterparty: String? = nil
    ) -> EventIdentity {
        EventIdentity(
            obligor: ObligorID(obligor), kind: kind.rawValue, occurred: day.adding(days: days),
            counterparty: counterparty)
    }

    @Test func whoIsNotToldIsNobodyThatIsNamed() {
        #expect(Self.identity() == Self.identity())
        #expect(Self.identity("A", .judgment, "B") == Self.identity("A", .judgment, "B"))
        #expect(Self.identity("A", .judgment, "") == Self.identity())
        let others = [
            Self.identity(), Self.identity("A", .judgment, "B"), Self.identity("A", .judgment, "C"),
            Self.identity("B"), Self.identity("A", .merger), Self.identity(days: 1),
        ]
        #expect(Set(others).count == others.count)
    }

    /// Names may hold what stands between the parts.
    @Test func textsAreAsManyAsIdentities() {
        let names = ["A", "A/judgment/2022-01-08", "A/", "/", "%2F", "%", "B"]
        var all: Set<EventIdentity> = []
        for obligor in names {
            for counterparty in names + [nil] {
                for kind in [EventKind.judgment, .merger] {
                    all.insert(Self.identity(obligor, kind, counterparty))
                }
            }
        }
        #expect(Set(all.map(\.description)).count == all.count)
        #expect("\(Self.identity("A", .judgment, "B"))" == "A/judgment/\(Self.day)/B")
    }

    /// Many at once lie where they would one after the other, put in by hand behind whatever became known no later.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func manyAtOnceAreThoseOneByOne(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let ledger = try TradeLedger.read(from: try RandomLedger(seed: seed).source).ledger
        let kinds = EventKind.allCases
        let added = (0..<60).map { _ -> AddedEvent in
            let place = random.integer(below: ledger.obligorCount + 1)
            let occurred = RandomLedger.firstDay.adding(days: random.integer(below: 400))
            return AddedEvent(
                kinds[random.integer(below: 3)],
                of: place < ledger.obligorCount ? ledger.id(ofObligor: place) : ObligorID("nobody"),
                occurred: occurred, known: occurred.adding(days: random.integer(below: 9)),
                amount: Amount(minorUnits: Int64(random.integer(below: 90)), currency: .euro),
                counterparty: [nil, "X", "Y"][random.integer(below: 3)])
        }
        // Some twice.
        let all = added + added.prefix(20)
        let more = ledger.adding(all)
        var expected = (0..<ledger.obligorCount).map { Array(ledger.events.of($0)) }
        var count = ledger.events.records.count
        for event in all {
            guard let place = ledger.place(of: event.identity.obligor),
                !expected[place].contains(where: {
                    $0.identity(of: event.identity.obligor) == event.identity
                })
            else { continue }
            let record = Event(
                occurred: event.identity.occurred, event: event.kind, amount: event.amount,
                counterparty: event.identity.counterparty, known: event.known, obligor: Int32(place),
                row: Int32(count), currency: .euro)
            count += 1
            let behind = expected[place].firstIndex { $0.known > record.known } ?? expected[place].endIndex
            expected[place].insert(record, at: behind)
        }
        #expect(more.events.records == expected.flatMap(\.self))
        #expect(more.events.records.count > ledger.events.records.count)
        for place in 0..<ledger.obligorCount { #expect(Array(more.events.of(place)) == expected[place]) }
        #expect(more.adding(all).events.records == more.events.records)
    }
}
