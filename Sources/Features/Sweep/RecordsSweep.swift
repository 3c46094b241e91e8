import Ledger
import Vocabulary

/// Sweeps an obligor's contracts, statements, bureau records, events, defaults and grades for all as-of dates.
struct RecordsSweep: Sendable {
    typealias Lanes = SIMD16<Double>
    private static let missing = Lanes(repeating: .nan)

    private(set) var events: WindowSums<Lanes>
    /// By as-of date, lanes as in ``EventClass``: the day of the last.
    private(set) var lastEvent: [SIMD16<Int32>] = []
    /// By as-of date, lanes as in ``StatementItem``.
    private(set) var latest: [Lanes] = []
    private(set) var prior: [Lanes] = []
    /// By as-of date, lanes as in ``FilingFigure``.
    private(set) var filing: [Lanes] = []
    /// By as-of date, lanes as in ``BureauFigure``.
    private(set) var bureau: [Lanes] = []
    /// By as-of date, lanes as in ``DefaultFigure``.
    private(set) var defaults: [SIMD4<Double>] = []
    /// By as-of date: whether the obligor is in default, and whether it entered default in the last 12 months.
    private(set) var isInDefault: [Bool] = []
    private(set) var enteredDefault: [Bool] = []
    /// By as-of date, lanes as in ``GradeFigure``.
    private(set) var graded: [SIMD4<Double>] = []
    /// By as-of date: registered capital at its rates.
    private(set) var capital: [Double] = []
    /// By as-of date: the contract in force.
    private(set) var contracts: [ContractState] = []

    init(_ windows: WindowPlan, count: Int) {
        events = WindowSums(windows: windows.events, count: count)
    }

    /// The contract in force as of a day.
    struct ContractState: Sendable {
        var limit = Double.nan
        var limitYearBefore = Double.nan
        var terms = Double.nan
        var sinceSigned = Double.nan
        var count = 0.0
    }

    /// Reads an obligor.
    ///
    /// - Parameter capitalFrom: The first as-of date that registered capital is known and asked for.
    mutating func run(
        _ history: ObligorHistory, _ grid: AsOfGrid, _ rates: AsOfRates, capitalFrom: Int,
        gap: inout RateGap?
    ) {
        capital = (0..<grid.count).map { asOf in
            asOf < capitalFrom ? .nan : rates.base(history.capital, at: asOf, gap: &gap)
        }
        readEvents(history.events, grid)
        readContracts(history.contracts, grid, rates, &gap)
        readStatements(history.statements, grid, rates, &gap)
        readBureau(history.bureau, grid, rates, &gap)
        readDefaults(history.spells, grid)
        readRatings(history.ratings, grid)
    }
}

extension RecordsSweep {
    private mutating func readEvents(_ list: ArraySlice<Event>, _ grid: AsOfGrid) {
        events.reset()
        lastEvent = [SIMD16<Int32>](repeating: SIMD16(repeating: .min), count: grid.count)
        var rest = list
        for asOf in 0..<grid.count {
            while let event = rest.first, event.known.daysSince1970 <= grid.days[asOf] {
                rest.removeFirst()
                let occurred = event.occurred.daysSince1970
                var counts = Lanes.zero
                var days = SIMD16<Int32>(repeating: .min)
                for lane in event.event.lanes {
                    counts[lane] = 1
                    days[lane] = occurred
                }
                events.add(counts, on: occurred, knownAt: asOf, grid)
                let first = max(asOf, grid.first(onOrAfter: occurred))
                guard first < grid.count else { continue }
                lastEvent[first] = pointwiseMax(lastEvent[first], days)
            }
            if asOf > 0 { lastEvent[asOf] = pointwiseMax(lastEvent[asOf], lastEvent[asOf - 1]) }
        }
        events.finish()
    }

    private mutating func readContracts(
        _ list: [Valued<Contract>], _ grid: AsOfGrid, _ rates: AsOfRates, _ gap: inout RateGap?
    ) {
        contracts = [ContractState](repeating: ContractState(), count: grid.count)
        var known = 0
        for asOf in 0..<grid.count {
            let today = grid.days[asOf]
            while known < list.count, list[known].known <= today { known += 1 }
            guard known > 0 else { continue }
            var state = ContractState()
            state.count = Double(known)
            if let current = Self.inForce(list[..<known], on: today) {
                state.limit = rates.base(current.amount, at: asOf, gap: &gap)
                state.terms = current.record.termsDays.map(Double.init) ?? .nan
                state.sinceSigned = Double(Int(today) - Int(current.record.signed.daysSince1970))
            }
            let yearBefore = grid.start(of: .m12, at: asOf)
            if let earlier = Self.inForce(list[..<known], on: yearBefore) {
                state.limitYearBefore = rates.base(earlier.amount, at: asOf, gap: &gap)
            }
            contracts[asOf] = state
        }
    }

    /// Of the contracts in force on a day, the one valid from the latest day; of several, the last known.
    private static func inForce(
        _ list: ArraySlice<Valued<Contract>>, on day: Int32
    ) -> Valued<Contract>? {
        var found: Valued<Contract>?
        // An end is the last day of validity; one that lies ahead is not known and makes no difference.
        for contract in list where contract.record.validFrom.daysSince1970 <= day && contract.to >= day {
            if let best = found, best.record.validFrom > contract.record.validFrom { continue }
            found = contract
        }
        return found
    }

    private mutating func readStatements(
        _ list: [Valued<Statement>], _ grid: AsOfGrid, _ rates: AsOfRates, _ gap: inout RateGap?
    ) {
        latest = [Lanes](repeating: Self.missing, count: grid.count)
        prior = latest
        filing = latest
        var known = 0
        var newest: Int?
        var before: Int?
        for asOf in 0..<grid.count {
            let today = grid.days[asOf]
            let old = known
            while known < list.count, list[known].known <= today { known += 1 }
            if known > old {
                newest = Self.newest(list[..<known]) { _ in true }
                before = newest.flatMap { newest in
                    Self.newest(list[..<known]) { statement in
                        let last = list[newest].record
                        return (300...430).contains(last.periodEnd.days(since: statement.periodEnd))
                            && statement.currency == last.currency
                    }
                }
            }
            filing[asOf][FilingFigure.count.lane] = Double(known)
            guard let newest else { continue }
            let (statement, items) = (list[newest].record, list[newest].items)
            latest[asOf] = items
            if let before { prior[asOf] = list[before].items }
            filing[asOf][FilingFigure.age.lane] = Double(Int(today) - Int(statement.periodEnd.daysSince1970))
            filing[asOf][FilingFigure.lag.lane] = Double(
                statement.published.days(since: statement.periodEnd))
            filing[asOf][FilingFigure.audited.lane] = statement.isAudited.map { $0 ? 1 : 0 } ?? .nan
            func base(_ item: StatementItem) -> Double {
                let money = ObligorHistory.Money(
                    amount: items[item.lane], currency: list[newest].amount.currency)
                return rates.base(money, at: asOf, gap: &gap)
            }
            filing[asOf][FilingFigure.assets.lane] = base(.totalAssets)
            filing[asOf][FilingFigure.revenue.lane] = base(.revenue)
        }
    }

    /// The position of the statement with the latest period end of those that fulfil a condition; of several, the last
    /// known.
    private static func newest(
        _ list: ArraySlice<Valued<Statement>>, where isEligible: (Statement) -> Bool
    ) -> Int? {
        var found: Int?
        for index in list.indices where isEligible(list[index].record) {
            if let best = found, list[best].record.periodEnd > list[index].record.periodEnd { continue }
            found = index
        }
        return found
    }

    private mutating func readBureau(
        _ list: [Valued<BureauRecord>], _ grid: AsOfGrid, _ rates: AsOfRates, _ gap: inout RateGap?
    ) {
        bureau = [Lanes](repeating: Self.missing, count: grid.count)
        var known = 0
        // By source, the records known, by day of observation.
        var sources: [(source: String, records: [Valued<BureauRecord>])] = []
        for asOf in 0..<grid.count {
            let today = grid.days[asOf]
            while known < list.count, list[known].known <= today {
                let record = list[known]
                known += 1
                let place =
                    sources.firstIndex { $0.source == record.record.source }
                    ?? {
                        sources.append((record.record.source, []))
                        return sources.count - 1
                    }()
                let position = sources[place].records.firstIndex(inOrder: {
                    $0.record.observed > record.record.observed
                })
                sources[place].records.insert(record, at: position)
            }
            var state = BureauState()
            let yearBefore = grid.start(of: .m12, at: asOf)
            for (_, records) in sources {
                let last = records.firstIndex(inOrder: { $0.record.observed.daysSince1970 > today })
                guard last > 0 else { continue }
                let old = records.firstIndex(inOrder: { $0.record.observed.daysSince1970 > yearBefore })
                state.add(
                    records[last - 1], yearBefore: old > 0 ? records[old - 1] : nil,
                    base: { rates.base($0, at: asOf, gap: &gap) })
            }
            bureau[asOf] = state.lanes(today)
        }
    }

    private mutating func readDefaults(_ list: [DefaultSpell], _ grid: AsOfGrid) {
        defaults = [SIMD4<Double>](repeating: SIMD4(0, .nan, 0, 0), count: grid.count)
        isInDefault = [Bool](repeating: false, count: grid.count)
        enteredDefault = isInDefault
        for asOf in 0..<grid.count {
            let today = grid.days[asOf]
            for spell in list where spell.start.daysSince1970 <= today {
                if spell.start.daysSince1970 > grid.start(of: .m12, at: asOf) { enteredDefault[asOf] = true }
                guard let end = spell.end?.daysSince1970, end <= today else {
                    isInDefault[asOf] = true
                    continue
                }
                let since = Double(Int(today) - Int(end))
                defaults[asOf][0] += 1
                let least = defaults[asOf][1]
                defaults[asOf][1] = least.isNaN ? since : min(least, since)
            }
        }
    }

    private mutating func readRatings(_ list: ArraySlice<Rating>, _ grid: AsOfGrid) {
        graded = [SIMD4<Double>](repeating: SIMD4(repeating: .nan), count: grid.count)
        var rest = list
        var byDate: [Rating] = []
        for asOf in 0..<grid.count {
            let today = CalendarDay(daysSince1970: grid.days[asOf])
            while let rating = rest.first, rating.known <= today {
                rest.removeFirst()
                byDate.insert(rating, at: byDate.firstIndex(inOrder: { $0.date > rating.date }))
            }
            let last = byDate.firstIndex(inOrder: { $0.date > today })
            guard last > 0 else { continue }
            graded[asOf][0] = Double(byDate[last - 1].grade.rank)
            graded[asOf][2] = Double(today.days(since: byDate[last - 1].date))
            let yearBefore = CalendarDay(daysSince1970: grid.start(of: .m12, at: asOf))
            let old = byDate.firstIndex(inOrder: { $0.date > yearBefore })
            if old > 0 { graded[asOf][1] = Double(byDate[old - 1].grade.rank) }
        }
    }
}

/// Gathers the last records of the sources.
private struct BureauState {
    private var sources = 0.0
    private var scores: [Double] = []
    private var changes: [Double] = []
    private var judgments = Double.nan
    private var judgmentsYearBefore = Double.nan
    private var arrears = Double.nan
    private var guarantees = Double.nan
    private var capital = Double.nan
    private var employees = Double.nan
    private var dishonest = Double.nan
    private var observed = Int32.min

    mutating func add(
        _ last: Valued<BureauRecord>, yearBefore: Valued<BureauRecord>?,
        base: (ObligorHistory.Money) -> Double
    ) {
        let record = last.record
        sources += 1
        observed = max(observed, record.observed.daysSince1970)
        judgments = Self.larger(judgments, record.judgments.map(Double.init) ?? .nan)
        func inBase(_ amount: Amount?) -> Double {
            base(
                ObligorHistory.Money(
                    amount: amount.map { Double($0.minorUnits) } ?? .nan, currency: last.amount.currency))
        }
        arrears = Self.larger(arrears, inBase(record.taxArrears))
        guarantees = Self.larger(guarantees, inBase(record.guaranteesGiven))
        capital = Self.smaller(capital, inBase(record.registeredCapital))
        employees = Self.smaller(employees, record.employees.map(Double.init) ?? .nan)
        dishonest = Self.larger(dishonest, record.isDishonestDebtor.map { $0 ? 1 : 0 } ?? .nan)
        if let score = record.externalScore { scores.append(score) }
        guard let earlier = yearBefore?.record else { return }
        judgmentsYearBefore = Self.larger(
            judgmentsYearBefore, earlier.judgments.map(Double.init) ?? .nan)
        if let now = record.externalScore, let then = earlier.externalScore { changes.append(now - then) }
    }

    /// The larger of two numbers, of which either may be missing.
    private static func larger(_ x: Double, _ y: Double) -> Double {
        if x.isNaN { return y }
        return y > x ? y : x
    }

    /// The smaller of two numbers, of which either may be missing.
    private static func smaller(_ x: Double, _ y: Double) -> Double {
        if x.isNaN { return y }
        return y < x ? y : x
    }

    private static func mean(_ values: [Double]) -> Double {
        values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
    }

    func lanes(_ today: Int32) -> SIMD16<Double> {
        var lanes = SIMD16<Double>(repeating: .nan)
        lanes[BureauFigure.sources.lane] = sources
        lanes[BureauFigure.score.lane] = Self.mean(scores)
        lanes[BureauFigure.lowest.lane] = scores.min() ?? .nan
        lanes[BureauFigure.highest.lane] = scores.max() ?? .nan
        lanes[BureauFigure.change.lane] = Self.mean(changes)
        lanes[BureauFigure.judgments.lane] = judgments
        lanes[BureauFigure.judgmentsYearBefore.lane] = judgmentsYearBefore
        lanes[BureauFigure.arrears.lane] = arrears
        lanes[BureauFigure.guarantees.lane] = guarantees
        lanes[BureauFigure.capital.lane] = capital
        lanes[BureauFigure.employees.lane] = employees
        lanes[BureauFigure.dishonest.lane] = dishonest
        lanes[BureauFigure.age.lane] = sources > 0 ? Double(Int(today) - Int(observed)) : .nan
        return lanes
    }
}
