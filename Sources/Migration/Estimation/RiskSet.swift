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
    /// The only event of the last time, before it changes the numbers at risk.
    private var alone: Event?
    /// Whether any number waits in `arriving`.
    private var isUnsettled = false
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
            // Who leaves at the very end is at risk until then.
            guard spell.exit < window.upperBound || spell.exit == window.upperBound && spell.next != nil
            else { return }
            events.append(
                Event(
                    time: spell.exit, from: UInt8(spell.state),
                    to: spell.next.map { UInt8($0) } ?? Self.outside))
        }
        self.events = Self.sorted(events)
        atRisk = present
        arriving = [Double](repeating: 0, count: order)
    }

    /// Whether there is nobody to observe.
    var isEmpty: Bool { events.isEmpty && atRisk.allSatisfy { $0 == 0 } }

    /// Events by time: spread over as many equal stretches of time as there are events, then sorted within each.
    private static func sorted(_ events: [Event]) -> [Event] {
        guard let first = events.first else { return events }
        var (low, high) = (first.time, first.time)
        for event in events { (low, high) = (min(low, event.time), max(high, event.time)) }
        guard high > low else { return events }
        let scale = Double(events.count - 1) / (high - low)
        var ends = [Int](repeating: 0, count: events.count + 1)
        for event in events { ends[Int((event.time - low) * scale) + 1] += 1 }
        for place in 1..<ends.count { ends[place] += ends[place - 1] }
        let starts = ends
        var sorted = events
        for event in events {
            let stretch = Int((event.time - low) * scale)
            sorted[ends[stretch]] = event
            ends[stretch] += 1
        }
        for stretch in 0..<events.count where ends[stretch] - starts[stretch] > 1 {
            sort(&sorted, starts[stretch]..<ends[stretch])
        }
        return sorted
    }

    /// Sorts a stretch by insertion where it is short, which times spread evenly leave it.
    private static func sort(_ events: inout [Event], _ range: Range<Int>) {
        guard range.count <= 16 else {
            events[range].sort { $0.time < $1.time }
            return
        }
        for place in range.dropFirst() {
            let event = events[place]
            var hole = place
            while hole > range.lowerBound, events[hole - 1].time > event.time {
                events[hole] = events[hole - 1]
                hole -= 1
            }
            events[hole] = event
        }
    }

    /// Goes on to the next time at which anybody moves; `nil` after the last.
    mutating func next() -> Double? {
        settle()
        while position < events.count {
            let time = events[position].time
            if position + 1 == events.count || events[position + 1].time > time {
                let event = events[position]
                position += 1
                alone = event
                if event.from != Self.outside, event.to != Self.outside {
                    moves.removeAll(keepingCapacity: true)
                    moves.append(Move(from: Int(event.from), to: Int(event.to), count: 1))
                    return time
                }
                settle()
                continue
            }
            isUnsettled = true
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
        if let event = alone {
            if event.from != Self.outside { atRisk[Int(event.from)] -= 1 }
            if event.to != Self.outside { atRisk[Int(event.to)] += 1 }
            alone = nil
        }
        guard isUnsettled else { return }
        isUnsettled = false
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
