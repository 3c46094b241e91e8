import Glibc
import Statistics

/// What two bureaus report of one obligor: late, with noise, and each in its own way.
///
/// The first looks every quarter at how things were a month ago. The second looks twice a year at how they were four
/// months ago, is drawn towards the middle, kinder by 25 points and harsher in the south and abroad, and hears of
/// judgments late. The first also finds the registered capital and the people employed, which of some obligors are less
/// than they declare.
struct BureauProcess {
    /// A bureau.
    enum Source: String, CaseIterable, Sendable {
        case tradeRegister = "trade-register"
        case creditFile = "credit-file"

        /// Share of obligors that it knows.
        var coverage: Double { self == .tradeRegister ? 0.92 : 0.65 }
        /// Days between its looks.
        var interval: Int32 { self == .tradeRegister ? 91 : 182 }
        /// Days by which what it sees is old.
        var age: Int32 { self == .tradeRegister ? 30 : 120 }
        /// Days, at least and at most, until a report arrives.
        var arrival: (least: Int, most: Int) { self == .tradeRegister ? (3, 20) : (20, 75) }
        /// Standard deviation of its scores about their mean.
        var noise: Double { self == .tradeRegister ? 24 : 38 }

        /// The mean of its score for a rank.
        func mean(_ grade: Int, _ region: Obligor.Region) -> Double {
            let level = Behaviour.bureauScore[grade]
            guard self == .creditFile else { return level }
            let bias = region == .south || region == .abroad ? -20.0 : 0
            return 400 + 0.75 * (level - 400) + 25 + bias
        }
    }

    /// A report; amounts in minor units of the base currency.
    struct Report: Sendable {
        let source: Source
        let observed: Int32
        let known: Int32
        let score: Int
        let judgments: Int
        let taxArrears: Int64
        let guarantees: Int64
        let isDishonest: Bool
        /// What it finds of what the obligor declares, where the source looks at it.
        let registered: Registered?
    }

    /// Registered capital, in minor units of the base currency, and people employed as they are.
    struct Registered: Sendable, Equatable {
        let capital: Int64
        let employees: Int

        /// Share of obligors that declare too much capital, and of those that declare too many people.
        static let overstating = 0.04
        /// How many times too much they declare, at least and at most.
        static let factor = (least: 1.6, most: 4.0)

        /// What there is behind an obligor's declaration; `random` is used for nothing else.
        init(behind member: ObligorTraits, _ random: SeededGenerator) {
            var random = random
            func factor() -> Double {
                random.uniform() < Self.overstating
                    ? random.uniform(from: Self.factor.least, to: Self.factor.most) : 1
            }
            // Whole thousands, as capital is registered.
            let thousands = max(1, (member.declaredCapital / 1_000 / factor()).rounded())
            capital = TradeCurrency.base.minorUnits(ofBase: 1_000 * thousands)
            employees = max(1, Int(Double(member.employees) / factor()))
        }
    }

    let member: ObligorTraits
    let history: CreditHistory
    let calendar: EconomyCalendar
    private let registered: Registered
    private var random: SeededGenerator

    init(_ member: ObligorTraits, _ history: CreditHistory, _ economy: EconomyState) {
        self.member = member
        self.history = history
        calendar = economy.calendar
        random = economy.root.stream("bureau").stream(member.number)
        registered = Registered(behind: member, economy.root.stream("declared").stream(member.number))
    }

    /// The reports known by the last day, in that order.
    mutating func run(judgments: [Int32]) -> [Report] {
        var reports: [Report] = []
        let givesGuarantees = random.uniform() < 0.15
        let guarantees =
            givesGuarantees
            ? TradeCurrency.base.minorUnits(
                ofBase: (member.revenue * random.uniform(from: 0.02, to: 0.3)).rounded())
            : 0
        // A bureau stays off the mark of an obligor in the same direction.
        let standing = random.normal(standardDeviation: 18)
        if history.isComeback { random = random.stream("after cure") }
        for source in Source.allCases {
            guard random.uniform() < source.coverage else { continue }
            let wait = Int32(random.integer(below: Int(source.interval)))
            let first = history.isComeback ? history.firstDay + wait : history.firstDay - wait
            let ends = history.cure.map { $0.returns - 1 } ?? history.failed.map { $0 + 200 }
            let last = min(calendar.end, ends ?? .max, member.leaves ?? .max)
            for observed in stride(from: first, through: last, by: Int(source.interval)) {
                let report = report(source, observed, standing, judgments, guarantees)
                if report.known <= calendar.end { reports.append(report) }
            }
        }
        return reports.sorted { ($0.known, $0.source.rawValue) < ($1.known, $1.source.rawValue) }
    }

    private mutating func report(
        _ source: Source, _ observed: Int32, _ standing: Double, _ judgments: [Int32], _ guarantees: Int64
    ) -> Report {
        let seen = observed - source.age
        let grade = history.behavingGrade(on: seen)
        let hasFailed = history.failed.map { $0 <= seen } ?? false
        let mean = source.mean(grade, member.region) - (hasFailed ? 80 : 0)
        let score = (mean + standing + random.normal(standardDeviation: source.noise)).rounded()
        let owes = random.uniform() < Behaviour.taxArrears[grade]
        let owed = member.revenue * random.uniform(from: 0.002, to: 0.03)
        let listed = random.uniform() < (hasFailed ? 0.5 : Behaviour.dishonesty[grade])
        let arrival =
            source.arrival.least + random.integer(below: source.arrival.most - source.arrival.least + 1)
        return Report(
            source: source, observed: observed, known: observed + Int32(arrival),
            score: Int(min(600, max(100, score))),
            judgments: judgments.filter { $0 <= seen && $0 > seen - 1_095 }.count,
            taxArrears: owes ? TradeCurrency.base.minorUnits(ofBase: owed) : 0, guarantees: guarantees,
            isDishonest: listed, registered: source == .tradeRegister ? registered : nil)
    }
}
