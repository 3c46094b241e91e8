import Ledger

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
    mutating func run(
        _ history: ObligorHistory, _ grid: AsOfGrid, _ rates: AsOfRates, gap: inout RateGap?
    ) {
        capital = (0..<grid.count).map { rates.base(history.capital, at: $0, gap: &gap) }
        readEvents(history.events, grid)
        readContracts(history.contracts, grid, rates, &gap)
        readStatements(history.statements, grid, rates, &gap)
        readBureau(history.bureau, grid, rates, &gap)
        readDefaults(history.spells, grid)
        readRatings(history.ratings, grid)
    }
}

extension RecordsSweep {
    private mutating func readEvents(_ list: [ObligorHistory.Event], _ grid: AsOfGrid) {
        events.reset()
        lastEvent = [SIMD16<Int32>](repeating: SIMD16(repeating: .min), count: grid.count)
        var next = 0
        for asOf in 0..<grid.count {
            while next < list.count, list[next].known <= grid.days[asOf] {
                let event = list[next]
                next += 1
                var counts = Lanes.zero
                var days = SIMD16<Int32>(repeating: .min)
                for lane in event.kind.lanes {
                    counts[lane] = 1
                    days[lane] = event.occurred
                }
                events.add(counts, on: event.occurred, knownAt: asOf, grid)
                let first = max(asOf, grid.first(onOrAfter: event.occurred))
                guard first < grid.count else { continue }
                lastEvent[first] = pointwiseMax(lastEvent[first], days)
            }
            if asOf > 0 { lastEvent[asOf] = pointwiseMax(lastEvent[asOf], lastEvent[asOf - 1]) }
        }
        events.finish()
    }

    private mutating func readContracts(
        _ list: [ObligorHistory.Contract], _ grid: AsOfGrid, _ rates: AsOfRates, _ gap: inout RateGap?
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
                state.limit = rates.base(current.limit, at: asOf, gap: &gap)
                state.terms = current.terms
                state.sinceSigned = Double(Int(today) - Int(current.signed))
            }
            let yearBefore = grid.start(of: .m12, at: asOf)
            if let earlier = Self.inForce(list[..<known], on: yearBefore) {
                state.limitYearBefore = rates.base(earlier.limit, at: asOf, gap: &gap)
            }
            contracts[asOf] = state
        }
    }

    /// Of the contracts in force on a day, the one valid from the latest day; of several, the last known.
    private static func inForce(
        _ list: ArraySlice<ObligorHistory.Contract>, on day: Int32
    ) -> ObligorHistory.Contract? {
        var found: ObligorHistory.Contract?
        // An end is the last day of validity; one that lies ahead is not known and makes no difference.
        for contract in list where contract.from <= day && contract.to >= day {
            if let best = found, best.from > contract.from { continue }
            found = contract
        }
        return found
    }

    private mutating func readStatements(
        _ list: [ObligorHistory.Statement], _ grid: AsOfGrid, _ rates: AsOfRates, _ gap: inout RateGap?
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
                        let distance = Int(list[newest].periodEnd) - Int(statement.periodEnd)
                        return (300...430).contains(distance) && statement.currency == list[newest].currency
                    }
                }
            }
            filing[asOf][FilingFigure.count.lane] = Double(known)
            guard let newest else { continue }
            let statement = list[newest]
            latest[asOf] = statement.items
            if let before { prior[asOf] = list[before].items }
            filing[asOf][FilingFigure.age.lane] = Double(Int(today) - Int(statement.periodEnd))
            filing[asOf][FilingFigure.lag.lane] = Double(Int(statement.published) - Int(statement.periodEnd))
            filing[asOf][FilingFigure.audited.lane] = statement.audited
            func base(_ item: StatementItem) -> Double {
                let money = ObligorHistory.Money(
                    amount: statement.items[item.lane], currency: statement.currency)
                return rates.base(money, at: asOf, gap: &gap)
            }
            filing[asOf][FilingFigure.assets.lane] = base(.totalAssets)
            filing[asOf][FilingFigure.revenue.lane] = base(.revenue)
        }
    }

    /// The position of the statement with the latest period end of those that fulfil a condition; of several, the last
    /// known.
    private static func newest(
        _ list: ArraySlice<ObligorHistory.Statement>, where isEligible: (ObligorHistory.Statement) -> Bool
    ) -> Int? {
        var found: Int?
        for index in list.indices where isEligible(list[index]) {
            if let best = found, list[best].periodEnd > list[index].periodEnd { continue }
            found = index
        }
        return found
    }

    private mutating func readBureau(
        _ list: [ObligorHistory.BureauRecord], _ grid: AsOfGrid, _ rates: AsOfRates, _ gap: inout RateGap?
    ) {
        bureau = [Lanes](repeating: Self.missing, count: grid.count)
        var known = 0
        // By source, the records known, by day of observation.
        var sources: [(source: String, records: [ObligorHistory.BureauRecord])] = []
        for asOf in 0..<grid.count {
            let today = grid.days[asOf]
            while known < list.count, list[known].known <= today {
                let record = list[known]
                known += 1
                let place =
                    sources.firstIndex { $0.source == record.source }
                    ?? {
                        sources.append((record.source, []))
                        return sources.count - 1
                    }()
                let position = sources[place].records.firstIndex(inOrder: { $0.observed > record.observed })
                sources[place].records.insert(record, at: position)
            }
            var state = BureauState()
            let yearBefore = grid.start(of: .m12, at: asOf)
            for (_, records) in sources {
                let last = records.firstIndex(inOrder: { $0.observed > today })
                guard last > 0 else { continue }
                let old = records.firstIndex(inOrder: { $0.observed > yearBefore })
                state.add(
                    records[last - 1], yearBefore: old > 0 ? records[old - 1] : nil,
                    arrears: { rates.base($0, at: asOf, gap: &gap) })
            }
            bureau[asOf] = state.lanes(today)
        }
    }

    private mutating func readDefaults(_ list: [ObligorHistory.DefaultSpell], _ grid: AsOfGrid) {
        defaults = [SIMD4<Double>](repeating: SIMD4(0, .nan, 0, 0), count: grid.count)
        isInDefault = [Bool](repeating: false, count: grid.count)
        enteredDefault = isInDefault
        for asOf in 0..<grid.count {
            let today = grid.days[asOf]
            for spell in list where spell.start <= today {
                if spell.start > grid.start(of: .m12, at: asOf) { enteredDefault[asOf] = true }
                guard spell.end <= today else {
                    isInDefault[asOf] = true
                    continue
                }
                let since = Double(Int(today) - Int(spell.end))
                defaults[asOf][0] += 1
                let least = defaults[asOf][1]
                defaults[asOf][1] = least.isNaN ? since : min(least, since)
            }
        }
    }

    private mutating func readRatings(_ list: [ObligorHistory.Rating], _ grid: AsOfGrid) {
        graded = [SIMD4<Double>](repeating: SIMD4(repeating: .nan), count: grid.count)
        var known = 0
        var byDate: [ObligorHistory.Rating] = []
        for asOf in 0..<grid.count {
            let today = grid.days[asOf]
            while known < list.count, list[known].known <= today {
                let position = byDate.firstIndex(inOrder: { $0.date > list[known].date })
                byDate.insert(list[known], at: position)
                known += 1
            }
            let last = byDate.firstIndex(inOrder: { $0.date > today })
            guard last > 0 else { continue }
            graded[asOf][0] = byDate[last - 1].rank
            graded[asOf][2] = Double(Int(today) - Int(byDate[last - 1].date))
            let old = byDate.firstIndex(inOrder: { $0.date > grid.start(of: .m12, at: asOf) })
            if old > 0 { graded[asOf][1] = byDate[old - 1].rank }
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
    private var dishonest = Double.nan
    private var observed = Int32.min

    mutating func add(
        _ record: ObligorHistory.BureauRecord, yearBefore: ObligorHistory.BureauRecord?,
        arrears base: (ObligorHistory.Money) -> Double
    ) {
        sources += 1
        observed = max(observed, record.observed)
        judgments = Self.larger(judgments, record.judgments)
        arrears = Self.larger(
            arrears, base(ObligorHistory.Money(amount: record.arrears, currency: record.currency)))
        guarantees = Self.larger(
            guarantees, base(ObligorHistory.Money(amount: record.guarantees, currency: record.currency)))
        dishonest = Self.larger(dishonest, record.dishonest)
        if !record.score.isNaN { scores.append(record.score) }
        guard let yearBefore else { return }
        judgmentsYearBefore = Self.larger(judgmentsYearBefore, yearBefore.judgments)
        let change = record.score - yearBefore.score
        if !change.isNaN { changes.append(change) }
    }

    /// The larger of two numbers, of which either may be missing.
    private static func larger(_ x: Double, _ y: Double) -> Double {
        if x.isNaN { return y }
        return y > x ? y : x
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
        lanes[BureauFigure.dishonest.lane] = dishonest
        lanes[BureauFigure.age.lane] = sources > 0 ? Double(Int(today) - Int(observed)) : .nan
        return lanes
    }
}
