import Ledger
import Statistics

/// What happens to one obligor besides trade, with the day it happened and the later day it became known.
struct EventProcess {
    /// An event; the amount is in minor units of the obligor's currency.
    struct Event: Sendable {
        let kind: EventKind
        let occurred: Int32
        let known: Int32
        let amount: Int64?
    }

    /// Events per year by rank, of those kinds that are no sign of default.
    private static let rates: [(kind: EventKind, perYear: [Double], meanLag: Double)] = [
        (.merger, [0.012, 0.012, 0.011, 0.010, 0.008, 0.006, 0.005, 0.004, 0.003], 30),
        (.restructuring, [0.005, 0.005, 0.006, 0.008, 0.012, 0.02, 0.05, 0.09, 0.12], 40),
        (.businessChange, [0.01, 0.01, 0.012, 0.015, 0.02, 0.03, 0.05, 0.07, 0.09], 45),
        (.controlChange, [0.015, 0.015, 0.018, 0.02, 0.025, 0.035, 0.05, 0.07, 0.08], 35),
        (.lawsuit, [0.004, 0.005, 0.007, 0.012, 0.02, 0.05, 0.12, 0.22, 0.35], 25),
        (.judgment, Behaviour.judgments, 20),
        (.auditorChange, [0.02, 0.02, 0.025, 0.03, 0.035, 0.05, 0.08, 0.12, 0.15], 60),
        (.other, [0.03, 0.03, 0.03, 0.03, 0.03, 0.03, 0.03, 0.03, 0.03], 20),
    ]

    /// The latest that a default becomes known after it happened, in days: by an insolvency, by handing over to
    /// collection, or before that by ninety days past due.
    static let longestDefaultLag: Int32 = 85

    let member: ObligorTraits
    let history: CreditHistory
    let calendar: EconomyCalendar
    private var random: SeededGenerator

    init(_ member: ObligorTraits, _ history: CreditHistory, _ economy: EconomyState) {
        self.member = member
        self.history = history
        calendar = economy.calendar
        let stream = economy.root.stream("events").stream(member.number)
        random = history.isComeback ? stream.stream("after cure") : stream
    }

    /// The events in order of the day they became known, those known after the last day among them, because bureaus
    /// may know them.
    ///
    /// - Parameter open: What is open at default.
    mutating func run(openAtDefault open: Int64) -> [Event] {
        var events: [Event] = []
        let first = history.firstDay
        let last = min(calendar.end, member.leaves ?? .max, history.failed.map { $0 - 1 } ?? .max)
        // The rates of a quarter are those of the grade at its beginning.
        for quarter in 0..<calendar.quarters {
            let from = max(first, calendar.quarterStarts[quarter])
            let to = min(last, calendar.quarterStarts[quarter + 1] - 1)
            guard from <= to else { continue }
            let grade = history.behavingGrade(on: from)
            for (kind, perYear, meanLag) in Self.rates where perYear[grade] > 0 {
                var time = Double(from) + random.exponential(mean: 365.25 / perYear[grade])
                while time < Double(to + 1) {
                    events.append(event(kind, on: Int32(time), meanLag: meanLag))
                    time += random.exponential(mean: 365.25 / perYear[grade])
                }
            }
        }
        if let failed = history.failed, failed <= calendar.end { events += endings(failed, open: open) }
        return events.sorted {
            ($0.known, $0.occurred, $0.kind.rawValue) < ($1.known, $1.occurred, $1.kind.rawValue)
        }
    }

    private mutating func event(_ kind: EventKind, on day: Int32, meanLag: Double) -> Event {
        let known = day + 1 + Int32(min(300, random.exponential(mean: meanLag)))
        let base = member.revenue * 0.02 * random.uniform(from: 0.1, to: 1)
        let hasAmount = kind == .lawsuit || kind == .judgment
        return Event(
            kind: kind, occurred: day, known: known,
            amount: hasAmount ? member.currency.minorUnits(ofBase: base) : nil)
    }

    /// How a default shows: insolvency, or handing over to collection; then, unless all is paid, legal recovery and
    /// writing off.
    private mutating func endings(_ failed: Int32, open: Int64) -> [Event] {
        let draw = random.uniform()
        let isInsolvent = (draw < 0.55 && history.cure == nil) || open == 0
        let filed = failed + Int32(random.integer(below: 61))
        let heard = 2 + Int32(random.integer(below: 20))
        let handed = failed + 35 + Int32(random.integer(below: 46))
        let recovers = random.uniform() < 0.3
        let recovery = failed + 100 + Int32(random.integer(below: 200))
        let writtenOff = failed + 150 + Int32(random.integer(below: 210))
        var events: [Event] = []
        if isInsolvent {
            events.append(Event(kind: .insolvency, occurred: filed, known: filed + heard, amount: nil))
        } else {
            events.append(
                Event(kind: .collectionHandover, occurred: handed, known: handed + 1, amount: open))
        }
        guard open > 0, history.cure == nil else { return events }
        if recovers {
            events.append(Event(kind: .legalRecovery, occurred: recovery, known: recovery + 3, amount: open))
        }
        events.append(Event(kind: .writeOff, occurred: writtenOff, known: writtenOff + 1, amount: open))
        return events
    }
}

extension EventKind {
    /// Whether the plain definition of default says that the obligor is in default with it.
    var meansDefault: Bool { DefaultDefinition.tradeCredit.events.contains(self) }
}
