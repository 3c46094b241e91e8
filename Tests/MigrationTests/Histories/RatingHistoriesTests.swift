import Migration
import TestSupport
import Testing

@Suite("Rating histories")
struct RatingHistoriesTests {
    private static func histories(_ actions: [RatingAction], end: Double = 10) throws -> RatingHistories {
        try RatingHistories(actions, scale: RatingScale(["A", "B", "D"]), end: end)
    }

    @Test("report what they did not take as it stood")
    func remarks() throws {
        let histories = try Self.histories([
            RatingAction(obligor: 1, time: 2, state: 1), RatingAction(obligor: 1, time: 1, state: 0),
            RatingAction(obligor: 1, time: 3, state: 1), RatingAction(obligor: 2, time: 1, state: 0),
            RatingAction(obligor: 2, time: 1, state: 1), RatingAction(obligor: 2, time: 2, state: 2),
            RatingAction(obligor: 2, time: 3, state: 0), RatingAction(obligor: 3, time: 0, state: nil),
            RatingAction(obligor: 3, time: 11, state: 0),
        ])
        let remarks = histories.remarks
        #expect(remarks.outOfOrder == 1 && remarks.repeated == 1 && remarks.contradictory == 1)
        #expect(remarks.afterDefault == 1 && remarks.withdrawnUnrated == 1 && remarks.afterEnd == 1)
        #expect(!remarks.isEmpty)
        #expect(histories.obligorCount == 2)
    }

    @Test("do not depend on the order of the list", arguments: 0..<5)
    func order(seed: Int) throws {
        var numbers = (seed * 7919 + 13) % 101
        func draw(_ below: Int) -> Int {
            numbers = (numbers * 37 + 11) % 101
            return numbers % below
        }
        let sorted = (0..<30).flatMap { obligor in
            (0..<4).map {
                RatingAction(obligor: obligor, time: Double($0) + 0.01 * Double(obligor), state: draw(2))
            }
        }
        let mixed = sorted.indices.sorted { ($0 * 53) % 97 < ($1 * 53) % 97 }.map { sorted[$0] }
        let (first, second) = (try Self.histories(sorted), try Self.histories(mixed))
        #expect(try DurationEstimate(first).moves == DurationEstimate(second).moves)
        #expect(try DurationEstimate(first).exposure == DurationEstimate(second).exposure)
        let repeated = zip(sorted, sorted.dropFirst()).count {
            $0.obligor == $1.obligor && $0.state == $1.state
        }
        #expect(first.remarks.repeated == repeated && repeated > 0)
    }

    @Test("refuse what is no time, state or obligor")
    func refusals() {
        #expect(throws: MigrationError.self) { try Self.histories([]) }
        #expect(throws: MigrationError.self) { try Self.histories([.init(obligor: 0, time: .nan, state: 0)]) }
        #expect(throws: MigrationError.state(3, states: 3)) {
            try Self.histories([.init(obligor: 0, time: 0, state: 3)])
        }
        #expect(throws: MigrationError.self) { try Self.histories([.init(obligor: -1, time: 0, state: 0)]) }
        #expect(throws: MigrationError.self) {
            try Self.histories([.init(obligor: 0, time: 0, state: 0)], end: .infinity)
        }
        #expect(throws: MigrationError.self) { try RatingScale(["A", "A"]) }
        #expect(throws: MigrationError.self) { try RatingScale(["A"]) }
        #expect(throws: MigrationError.self) { try RatingScale((0..<251).map(String.init)) }
    }
}
