import Glibc
import Ledger
import Statistics
import Vocabulary

/// The monitors of one obligor: what is usual for it, how its charts stand, and what they have found.
///
/// Carries all that the days to come need, so that it may be stopped after any day and go on.
struct ObligorWatch: Sendable, Equatable, Codable {
    /// Days between due and settled.
    private(set) var delay: Baseline
    /// Square roots of months' orders against the mean month.
    private(set) var orderBaseline: Baseline
    private(set) var utilisationBaseline: Baseline
    /// How much of settlements' counts is more uneven than a Poisson process: mean of (expected − observed)² ÷ expected
    /// over stretches of 28 days.
    private var unevenness = 1.3
    private var unevennessWeight = 6.0
    private var stretchExpected = 0.0
    private var stretchResidual = 0.0
    private let firstDay: Int32
    private var recentDelays: [Double] = []
    /// Months' orders without season, the latest last.
    private var orderMonths: [Double] = []
    private var recentShares: [Double] = []
    private var lastUtilisation: Double?
    private(set) var utilisationProduct = 0.0
    private(set) var utilisationSquare = 0.0
    private(set) var disputed = 0.0
    private(set) var invoices = 0.0
    /// The orders of the month before against the mean month; for the season.
    private(set) var monthsShare: Double?
    private var charts: [Chart]
    /// Deviations since the pool learned last.
    private(set) var pending: [PendingDeviation] = []
    private var isInDefault = false
    /// By monitor, the height at which an alert opens; fixed for a month.
    private var heights: [Double] = []

    /// An obligor whose trade begins on a day, with what is usual for its segment.
    init(_ segment: WatchPool.Segment, firstDay: CalendarDay) {
        delay = segment.delay.baseline
        orderBaseline = segment.orders.baseline
        utilisationBaseline = segment.utilisation.baseline
        self.firstDay = firstDay.daysSince1970
        charts = Monitor.allCases.map { _ in
            var chart = Chart()
            chart.reset(on: firstDay)
            return chart
        }
    }

    /// Invoices and orders that a baseline remembers.
    private static let memory = 100.0
    private static let monthlyMemory = 36.0
    private static let disputeMemory = 200.0
    /// Observations before a monitor says anything.
    private static let learning = (settlements: 8, months: 6, days: 90)
    private static let stretch: Int32 = 28

    /// Whether an alert is open.
    var hasAlert: Bool { charts.contains { $0.alert != nil } }

    /// Whether an alert of a monitor is open.
    func isAlerted(by monitor: Monitor) -> Bool { charts[monitor.place].alert != nil }

    /// Observations of a monitor's chart in a year.
    func observationsPerYear(_ monitor: Monitor, on day: CalendarDay) -> Double {
        charts[monitor.place].observationsPerYear(on: day)
    }

    /// The day of a monitor's first observation.
    func begun(_ monitor: Monitor) -> CalendarDay? {
        charts[monitor.place].begun.map(CalendarDay.init(daysSince1970:))
    }

    /// Forgets what the pool has learned.
    mutating func pendingLearned() { pending = [] }

    /// Has heights set anew on the next day.
    mutating func forgetHeights() { heights = [] }
}

/// Where the reading of an obligor's series stands.
struct SeriesCursor: Sendable {
    private(set) var nextItem = 0
    /// Invoices known before the day that are not settled before it.
    private(set) var open: [Int] = []
    private var nextOrder = 0
    private var nextExposure = 0
    /// What was ordered in the month so far.
    fileprivate var ordered = 0.0
    /// What is open, in minor units of the base currency.
    private(set) var exposure = 0.0

    /// A cursor that stands at the end of a day.
    init(_ series: ObligorSeries, after day: CalendarDay) {
        while nextItem < series.items.count, series.items[nextItem].known <= day {
            if series.items[nextItem].settled > day { open.append(nextItem) }
            nextItem += 1
        }
        let month = day.monthNumber
        while nextOrder < series.orders.count, series.orders[nextOrder].day <= day {
            if series.orders[nextOrder].day.monthNumber == month {
                ordered += series.orders[nextOrder].amount
            }
            nextOrder += 1
        }
        advanceExposure(series, through: day)
    }

    /// Invoices that become known on a day.
    mutating func newItems(_ series: ObligorSeries, on day: CalendarDay) -> Range<Int> {
        let first = nextItem
        while nextItem < series.items.count, series.items[nextItem].known <= day { nextItem += 1 }
        return first..<nextItem
    }

    /// Drops what was settled on the day and takes up what became known on it.
    mutating func endDay(_ series: ObligorSeries, new: Range<Int>, on day: CalendarDay) {
        open.removeAll { series.items[$0].settled <= day }
        for index in new where series.items[index].settled > day { open.append(index) }
        while nextOrder < series.orders.count, series.orders[nextOrder].day <= day {
            ordered += series.orders[nextOrder].amount
            nextOrder += 1
        }
        advanceExposure(series, through: day)
    }

    private mutating func advanceExposure(_ series: ObligorSeries, through day: CalendarDay) {
        while nextExposure < series.exposure.count, series.exposure[nextExposure].day <= day {
            exposure += series.exposure[nextExposure].change
            nextExposure += 1
        }
    }
}

/// One step of a chart, kept for the calibration.
struct ChartStep: Sendable {
    let day: Int32
    let monitor: Monitor
    let up: Float
    let down: Float
    /// Days past due of the oldest item that is unpaid, of the chart of unpaid invoices.
    var age: Float = .infinity
}

/// What a stretch of days gave for one obligor.
struct WatchYield: Sendable {
    var events: [AlertEvent] = []
    var steps: [ChartStep] = []
    /// Days without an open alert since alerts are opened, by monitor, and without any.
    var daysAtRisk = [Int](repeating: 0, count: Monitor.allCases.count + 1)
}

/// What all obligors have in common on a stretch of days.
struct WatchContext: Sendable {
    let pool: WatchPool
    /// By monitor, the nominal rate at which an alert opens; see ``WatchCalibration``.
    let nominalRates: [Double]
    /// The chosen rate by monitor.
    let chosenRates: [Double]
    let begins: CalendarDay
    /// Days past due of the oldest item from which on alerts on unpaid invoices open.
    let unpaidFrom: Double
    /// Whether steps are kept.
    let keepsSteps: Bool
}

extension ObligorWatch {
    /// Watches a stretch of days within one month.
    mutating func watch(
        _ days: ClosedRange<CalendarDay>, _ id: String, _ series: ObligorSeries, _ cursor: inout SeriesCursor,
        _ context: WatchContext
    ) -> WatchYield {
        let segment = series.segment(on: days.lowerBound)
        var turn = Turn(
            id: id, series: series, context: context, segmentName: segment,
            segment: context.pool.segment(segment))
        var day = days.lowerBound
        while day <= days.upperBound {
            turn.day = day
            step(&turn, &cursor)
            day = day.adding(days: 1)
        }
        return turn.yield
    }

    /// One stretch of days in the making.
    private struct Turn {
        let id: String
        let series: ObligorSeries
        let context: WatchContext
        let segmentName: String
        let segment: WatchPool.Segment
        var day = CalendarDay(daysSince1970: 0)
        var yield = WatchYield()
    }

    private mutating func setHeights(on day: CalendarDay, _ context: WatchContext) {
        heights = Monitor.allCases.map { monitor in
            monitor.runLengths.height(
                for: observationsPerYear(monitor, on: day) / context.nominalRates[monitor.place])
        }
    }

    private mutating func step(_ turn: inout Turn, _ cursor: inout SeriesCursor) {
        let day = turn.day
        let isMonthStart = day.parts.day == 1
        if isMonthStart || heights.isEmpty { setHeights(on: day, turn.context) }
        let new = cursor.newItems(turn.series, on: day)
        if turn.series.isInDefault(on: day) {
            if !isInDefault { enterDefault(&turn) }
            isInDefault = true
            if isMonthStart { monthsShare = nil }
        } else {
            isInDefault = false
            if isMonthStart { closeMonth(&turn, cursor) }
            settle(&turn, cursor)
            dispute(&turn, cursor, new)
            countRisk(&turn)
        }
        if isMonthStart { cursor.ordered = 0 }
        cursor.endDay(turn.series, new: new, on: day)
        if day.daysSince1970 % Self.stretch == 0 { closeStretch() }
    }

    private func countRisk(_ turn: inout Turn) {
        guard turn.day >= turn.context.begins else { return }
        for chart in charts.indices where charts[chart].alert == nil && charts[chart].begun != nil {
            turn.yield.daysAtRisk[chart] += 1
        }
        if !hasAlert { turn.yield.daysAtRisk[charts.count] += 1 }
    }

    private mutating func enterDefault(_ turn: inout Turn) {
        for monitor in Monitor.allCases {
            if charts[monitor.place].alert != nil {
                turn.yield.events.append(
                    event(
                        .closed, monitor, turn, observed: 0, explanation: "in default: no longer watched"))
            }
            charts[monitor.place].reset(on: turn.day)
        }
        stretchExpected = 0
        stretchResidual = 0
    }

    private mutating func closeStretch() {
        guard stretchExpected > 2 else { return }
        let ratio = stretchResidual * stretchResidual / stretchExpected
        unevennessWeight = min(26, unevennessWeight + 1)
        unevenness += (ratio - unevenness) / unevennessWeight
        stretchExpected = 0
        stretchResidual = 0
    }
}

// Payments.
extension ObligorWatch {
    private mutating func settle(_ turn: inout Turn, _ cursor: SeriesCursor) {
        guard !cursor.open.isEmpty else { return }
        let day = turn.day
        let scale = delay.scale
        let law = turn.context.pool.delays
        var expected = 0.0
        var settled: [Double] = []
        var oldest = WatchCalibration.anyAge
        for index in cursor.open {
            let item = turn.series.items[index]
            if item.disputed <= day { continue }
            let age = Double(day.days(since: item.due))
            expected +=
                law.hazard((age - delay.mean) / scale) - law.hazard((age - 1 - delay.mean) / scale)
            if item.settled == day { settled.append(age) } else { oldest = max(oldest, age) }
        }
        stretchExpected += expected
        stretchResidual += expected - Double(settled.count)
        let isReady =
            delay.count >= Self.learning.settlements
            && day.days(since: CalendarDay(daysSince1970: firstDay)) >= Self.learning.days
        if isReady {
            let share = 1 / max(0.5, unevenness)
            let chart = Monitor.settlements
            charts[Monitor.unpaid.place].observe(expected * share, on: day)
            take(
                .unpaid, up: chart.rise * expected * share,
                down: chart.drop * Double(settled.count) * share, age: oldest, usual: delay.mean,
                spread: delay.spread, &turn, cursor)
        }
        guard !settled.isEmpty else { return }
        let mean = settled.reduce(0, +) / Double(settled.count)
        let deviation = (mean - delay.mean) / scale
        recentDelays = (recentDelays + settled).suffix(6).map(\.self)
        pending.append(PendingDeviation(.settlements, deviation))
        if isReady {
            charts[Monitor.paymentDelay.place].observe(1, on: day)
            take(
                .paymentDelay, score: turn.context.pool.settlements.score(deviation), usual: delay.mean,
                spread: delay.spread, &turn, cursor)
        }
        for value in settled {
            pending.append(PendingDeviation(.delays, (value - delay.mean) / scale))
        }
        for value in settled { delay.learn(value, memory: Self.memory) }
    }

    private mutating func dispute(_ turn: inout Turn, _ cursor: SeriesCursor, _ new: Range<Int>) {
        let day = turn.day
        let begun =
            cursor.open.count { turn.series.items[$0].disputed == day }
            + new.count { turn.series.items[$0].disputed <= day }
        guard begun > 0 || !new.isEmpty else { return }
        // A belief of the segment's share, worth one and a half disputes.
        let share = (disputed + 1.5) / (invoices + 1.5 / turn.segment.disputed)
        let expected = share * Double(new.count)
        if Int(invoices) >= Self.learning.settlements {
            charts[Monitor.disputes.place].observe(expected, on: day)
            take(
                .disputes, up: Monitor.disputing.rise * Double(begun),
                down: Monitor.disputing.drop * expected,
                usual: share, spread: 0, &turn, cursor)
        }
        disputed += Double(begun)
        invoices += Double(new.count)
        if invoices > Self.disputeMemory {
            disputed *= Self.disputeMemory / invoices
            invoices = Self.disputeMemory
        }
    }
}

// Months.
extension ObligorWatch {
    /// Looks at the month that ended the day before.
    private mutating func closeMonth(_ turn: inout Turn, _ cursor: SeriesCursor) {
        monthsShare = nil
        let last = turn.day.adding(days: -1)
        // The month in which trade began is not a whole one.
        guard last.monthNumber > CalendarDay(daysSince1970: firstDay).monthNumber else { return }
        observeOrders(of: last.parts.month, &turn, cursor)
        observeUtilisation(&turn, cursor)
    }

    /// Looks at a month's orders; one without any is left out where nothing is owed, since a customer that has left in
    /// peace is no risk.
    private mutating func observeOrders(of month: Int, _ turn: inout Turn, _ cursor: SeriesCursor) {
        guard cursor.ordered > 0 || cursor.exposure > 0 else { return }
        let amount = cursor.ordered / turn.context.pool.season(turn.segmentName, month: month)
        let mean = orderMonths.isEmpty ? 0 : orderMonths.reduce(0, +) / Double(orderMonths.count)
        defer { orderMonths = (orderMonths + [amount]).suffix(24).map(\.self) }
        guard orderMonths.count >= Self.learning.months, mean > 0 else { return }
        let share = amount / mean
        monthsShare = min(10, cursor.ordered / mean)
        recentShares = (recentShares + [share]).suffix(3).map(\.self)
        let value = share.squareRoot()
        let deviation = (value - orderBaseline.mean) / orderBaseline.scale
        pending.append(PendingDeviation(.orders, deviation))
        if orderBaseline.count >= Self.learning.months {
            let score = turn.context.pool.orders.score(deviation)
            let usual = orderBaseline.mean * orderBaseline.mean
            let spread = 2 * orderBaseline.mean * orderBaseline.spread
            for monitor in [Monitor.orderLevel, .orderVolatility] {
                charts[monitor.place].observe(1, on: turn.day)
            }
            take(.orderLevel, score: -score, usual: usual, spread: spread, &turn, cursor)
            // The score of so large a deviation either way.
            let tail = 2 * NormalDistribution.standard.survival(abs(score))
            let magnitude = -NormalDistribution.standard.quantile(min(1 - 1e-9, tail))
            take(.orderVolatility, score: magnitude, usual: usual, spread: spread, &turn, cursor)
        }
        orderBaseline.learn(value, memory: Self.monthlyMemory)
    }

    private mutating func observeUtilisation(_ turn: inout Turn, _ cursor: SeriesCursor) {
        guard let limit = turn.series.limit(on: turn.day) else {
            lastUtilisation = nil
            return
        }
        let share = max(0, min(10, cursor.exposure / limit))
        defer { lastUtilisation = share }
        guard let last = lastUtilisation else { return }
        let mean = utilisationBaseline.mean
        // What last month's deviation does not foretell.
        let value = share - turn.context.pool.persistence * (last - mean)
        let deviation = (value - mean) / utilisationBaseline.scale
        pending.append(PendingDeviation(.utilisation, deviation))
        if utilisationBaseline.count >= Self.learning.months {
            charts[Monitor.utilisation.place].observe(1, on: turn.day)
            take(
                .utilisation, score: turn.context.pool.utilisation.score(deviation), usual: mean,
                spread: utilisationBaseline.spread, &turn, cursor)
        }
        utilisationProduct += (share - mean) * (last - mean)
        utilisationSquare += (last - mean) * (last - mean)
        utilisationBaseline.learn(value, memory: Self.monthlyMemory)
    }
}

// Charts and alerts.
extension ObligorWatch {
    private mutating func take(
        _ monitor: Monitor, score: Double, usual: Double, spread: Double, _ turn: inout Turn,
        _ cursor: SeriesCursor
    ) {
        let step = score - Monitor.scores.reference
        take(
            monitor, up: max(0, step), down: max(0, -step), usual: usual, spread: spread, &turn, cursor)
    }

    private mutating func take(
        _ monitor: Monitor, up: Double, down: Double, age: Double = .infinity, usual: Double, spread: Double,
        _ turn: inout Turn, _ cursor: SeriesCursor
    ) {
        let place = monitor.place
        let day = turn.day
        if turn.context.keepsSteps, up > 0 || down > 0 {
            turn.yield.steps.append(
                ChartStep(
                    day: day.daysSince1970, monitor: monitor, up: Float(up), down: Float(down),
                    age: Float(age)))
        }
        if charts[place].value == 0 { charts[place].note(usual: usual, spread: spread) }
        charts[place].rise(by: up, ceiling: heights[place])
        let isZero = charts[place].fall(by: down, on: day)
        let isOldEnough = charts[place].alert != nil || age >= turn.context.unpaidFrom
        if day >= turn.context.begins, isOldEnough, monitor.isLookedAt(on: day.daysSince1970) {
            look(monitor, &turn, cursor)
        }
        guard isZero, let alert = charts[place].alert else { return }
        let found = finding(monitor, turn, cursor)
        turn.yield.events.append(
            event(
                .closed, monitor, turn, observed: found.observed,
                explanation:
                    "as usual again after \(day.days(since: CalendarDay(daysSince1970: alert.opened))) days"))
        charts[place].alert = nil
    }

    /// Opens an alert or raises its severity.
    private mutating func look(_ monitor: Monitor, _ turn: inout Turn, _ cursor: SeriesCursor) {
        let place = monitor.place
        let evidence = charts[place].alert?.evidence ?? charts[place].value
        guard charts[place].alert != nil || evidence >= heights[place] else { return }
        let nominal =
            observationsPerYear(monitor, on: turn.day) / max(1e-9, monitor.runLengths.runLength(to: evidence))
        let rarity = turn.context.nominalRates[place] / max(nominal, 1e-12)
        let severity = AlertSeverity(rarity: rarity)
        let change: AlertEvent.Change
        if let alert = charts[place].alert {
            guard severity > alert.severity else { return }
            charts[place].alert?.severity = severity
            change = .raised
        } else {
            charts[place].alert = Chart.OpenAlert(
                opened: turn.day.daysSince1970, since: charts[place].since, severity: severity,
                evidence: evidence)
            change = .opened
        }
        let found = finding(monitor, turn, cursor)
        turn.yield.events.append(
            event(change, monitor, turn, observed: found.observed, explanation: found.words))
    }

    private func event(
        _ change: AlertEvent.Change, _ monitor: Monitor, _ turn: Turn, observed: Double, explanation: String
    ) -> AlertEvent {
        let chart = charts[monitor.place]
        let chosen = turn.context.chosenRates[monitor.place]
        let nominal =
            observationsPerYear(monitor, on: turn.day)
            / max(1e-9, monitor.runLengths.runLength(to: chart.alert?.evidence ?? chart.value))
        let rate = chosen * nominal / turn.context.nominalRates[monitor.place]
        return AlertEvent(
            obligor: turn.id, monitor: monitor, change: change, day: turn.day,
            opened: CalendarDay(daysSince1970: chart.alert?.opened ?? turn.day.daysSince1970),
            since: CalendarDay(daysSince1970: chart.alert?.since ?? chart.since),
            severity: chart.alert?.severity ?? .notice, falseAlarmRate: min(rate, 1e6),
            observed: observed, usual: chart.usual, spread: chart.spread, explanation: explanation)
    }

    /// What a monitor sees now, as a number and in words.
    private func finding(
        _ monitor: Monitor, _ turn: Turn, _ cursor: SeriesCursor
    ) -> (observed: Double, words: String) {
        let chart = charts[monitor.place]
        let since = CalendarDay(daysSince1970: chart.alert?.since ?? chart.since)
        switch monitor {
        case .paymentDelay:
            let mean = recentDelays.reduce(0, +) / Double(max(1, recentDelays.count))
            return (
                mean,
                Explanation.paymentDelay(recentDelays, usual: chart.usual, spread: chart.spread, since: since)
            )
        case .unpaid:
            let ages = cursor.open.compactMap { index -> Int? in
                let item = turn.series.items[index]
                guard item.disputed > turn.day, item.settled > turn.day else { return nil }
                let age = turn.day.days(since: item.due)
                return Double(age) > chart.usual ? age : nil
            }
            return (
                Double(ages.max() ?? 0),
                Explanation.unpaid(ages, usual: chart.usual, spread: chart.spread, since: since)
            )
        case .orderLevel:
            let share = recentShares.reduce(0, +) / Double(max(1, recentShares.count))
            return (share, Explanation.orderLevel(share, since: since))
        case .orderVolatility:
            let mean = chart.usual
            let deviation =
                recentShares.reduce(0) { $0 + abs($1 - mean) } / Double(max(1, recentShares.count))
            // Four fifths of a normal spread are its mean absolute deviation.
            return (
                deviation, Explanation.orderVolatility(deviation, usual: 0.8 * chart.spread, since: since)
            )
        case .disputes:
            let last = turn.series.items[..<cursor.nextItem].suffix(12)
            let count = last.count { $0.disputed <= turn.day }
            return (
                Double(count) / Double(max(1, last.count)),
                Explanation.disputes(count, of: last.count, usual: chart.usual, since: since)
            )
        case .utilisation:
            let share = turn.series.limit(on: turn.day).map { max(0, cursor.exposure / $0) } ?? 0
            return (
                share,
                Explanation.utilisation(share, usual: chart.usual, spread: chart.spread, since: since)
            )
        }
    }
}
