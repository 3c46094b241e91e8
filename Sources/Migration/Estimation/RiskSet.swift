/// Walks through the times at which obligors move, and keeps how many are observed in every state just before.
struct RiskSet {
    /// Moves between two states at one time.
    struct Move {
        var from: Int
        var to: Int
        var count: Double
    }

    /// What happens at a time; a move is both a departure and an arrival.
    private struct Event {
        var time: Double
        var from: UInt8
        var to: UInt8
    }

    private static let outside = UInt8.max

    private var events: [Event] = []
    private var position = 0
    private let order: Int
    private var tally: [Double]
    /// The moves at the present time, sorted by the state left, then the state entered.
    private(set) var moves: [Move] = []
    /// By state, obligors observed just before the present time.
    private(set) var atRisk: [Double]
    private var arriving: [Double]

    init(_ histories: RatingHistories, window: ClosedRange<Double>) {
        order = histories.scale.count
        tally = [Double](repeating: 0, count: order * order)
        var present = [Double](repeating: 0, count: order)
        var events: [Event] = []
        events.reserveCapacity(histories.times.count + 2 * histories.obligorCount)
        var previous = (obligor: -1, exit: Double.nan)
        histories.forEachSpell { spell in
            let followsMove = previous.obligor == spell.obligor && previous.exit == spell.entry
            previous = (spell.obligor, spell.exit)
            guard spell.exit > window.lowerBound, spell.entry < window.upperBound else { return }
            if spell.entry <= window.lowerBound {
                present[spell.state] += 1
            } else if !followsMove {
                events.append(Event(time: spell.entry, from: Self.outside, to: UInt8(spell.state)))
            }
            guard spell.exit <= window.upperBound else { return }
            events.append(
                Event(
                    time: spell.exit, from: UInt8(spell.state),
                    to: spell.next.map { UInt8($0) } ?? Self.outside))
        }
        events.sort { $0.time < $1.time }
        self.events = events
        atRisk = present
        arriving = [Double](repeating: 0, count: order)
    }

    /// Whether there is nobody to observe.
    var isEmpty: Bool { events.isEmpty && atRisk.allSatisfy { $0 == 0 } }

    /// Goes on to the next time at which anybody moves; `nil` after the last.
    mutating func next() -> Double? {
        settle()
        while position < events.count {
            let time = events[position].time
            var moved = false
            while position < events.count, events[position].time == time {
                let event = events[position]
                position += 1
                // Arrivals and departures of one instant change the numbers at risk after it.
                if event.from != Self.outside { arriving[Int(event.from)] -= 1 }
                if event.to != Self.outside { arriving[Int(event.to)] += 1 }
                if event.from != Self.outside, event.to != Self.outside {
                    tally[Int(event.from) * order + Int(event.to)] += 1
                    moved = true
                }
            }
            if moved {
                collect()
                return time
            }
            settle()
        }
        return nil
    }

    private mutating func settle() {
        for state in 0..<order {
            atRisk[state] += arriving[state]
            arriving[state] = 0
        }
    }

    private mutating func collect() {
        moves.removeAll(keepingCapacity: true)
        for from in 0..<order {
            for to in 0..<order where tally[from * order + to] > 0 {
                moves.append(Move(from: from, to: to, count: tally[from * order + to]))
                tally[from * order + to] = 0
            }
        }
    }
}
