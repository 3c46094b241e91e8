import Foundation
public import Ledger
public import Parallelism
public import Vocabulary

/// Watches the obligors of a ledger day by day.
///
/// The monitors of an obligor see what became known by the end of a day, in the order of days, and never a day again;
/// what they share is learned at the ends of months. So alerts of a day depend on nothing known later, a ledger watched
/// day by day gives the alerts of one watched all at once, and the number of threads does not matter.
public struct WatchEngine: Sendable, Equatable {
    /// How it watches.
    public private(set) var options: WatchOptions
    /// The last day that was watched; `nil` before the first.
    public private(set) var lastDay: CalendarDay?
    /// How thresholds were calibrated; `nil` until the watch has begun.
    public private(set) var calibration: WatchCalibration?
    private var pool = WatchPool()
    /// In the order of ids.
    private var ids: [String] = []
    private var watches: [ObligorWatch] = []

    /// An engine that has seen nothing.
    public init(_ options: WatchOptions) throws(WatchError) { self.options = try options.validated() }

    /// Has default defined by a definition of the same name, of which a state keeps no more.
    mutating func use(_ definition: DefaultDefinition) { options.definition = definition }

    /// What a stretch of days gave.
    public struct Findings: Sendable, Equatable {
        /// In the order of days, obligors and monitors.
        public var events: [AlertEvent] = []
        /// Days of obligors on which a monitor was without an open alert, since alerts are opened.
        public var daysAtRisk = [Int](repeating: 0, count: Monitor.allCases.count + 1)

        /// Obligor-years without an open alert of a monitor; without any alert for `nil`.
        public func yearsAtRisk(_ monitor: Monitor?) -> Double {
            Double(daysAtRisk[monitor?.place ?? Monitor.allCases.count]) / 365.25
        }
    }

    /// Kinds of records that are read.
    public static let scope = LedgerScope([
        .contracts, .orders, .invoices, .payments, .allocations, .creditNotes, .events, .rates,
    ])

    private static let block = 64
}

extension WatchEngine {
    /// Watches the days after the last one through another.
    ///
    /// - Parameters:
    ///   - ledger: All records known through the day; later ones are not looked at.
    ///   - setAside: Obligors whose records cannot be used for now. Those of them that the ledger lacks go on when they
    ///     are there again; whoever else it lacks has left it.
    /// - Throws: ``WatchError/past(_:last:)``, ``WatchError/nothingKnown(by:)``, ``WatchError/ledger(_:)`` where an
    ///   exchange rate is missing.
    /// - Complexity: O(n log n) in the records, and O(open invoices) per obligor and day.
    public mutating func watch(
        _ ledger: TradeLedger, through day: CalendarDay, settingAside setAside: Set<String> = [],
        workers: Workers = .allProcessors
    ) throws(WatchError) -> Findings {
        if let lastDay, day <= lastDay { throw .past(day, last: lastDay) }
        let series = try Self.series(of: ledger, through: day, options.definition, workers)
        let firstDays = series.compactMap(\.firstDay)
        guard let first = lastDay?.adding(days: 1) ?? firstDays.min(), first <= day else {
            throw .nothingKnown(by: day)
        }
        var run = Run(ledger, series, self, first)
        var lower = first
        while lower <= day {
            if lower >= options.begins, calibration == nil { calibrate(&run, on: lower) }
            var upper = min(day, Self.monthEnd(lower))
            if lower < options.begins { upper = min(upper, options.begins.adding(days: -1)) }
            advance(&run, lower...upper, workers)
            if upper == Self.monthEnd(upper) { learn(&run, from: upper) }
            lower = upper.adding(days: 1)
        }
        keep(run, settingAside: setAside)
        lastDay = day
        return run.findings
    }

    static func series(
        of ledger: TradeLedger, through day: CalendarDay, _ definition: DefaultDefinition, _ workers: Workers
    ) throws(WatchError) -> [ObligorSeries] {
        let rates = ledger.exchangeRates()
        let count = (ledger.obligorCount + block - 1) / block
        do throws(LedgerError) {
            return try workers.tryMap(count) { (part) throws(LedgerError) in
                var found: [ObligorSeries] = []
                for place in part * block..<min(ledger.obligorCount, (part + 1) * block) {
                    found.append(
                        try ObligorSeries(
                            of: place, in: ledger, asOf: AsOf(day), definition: definition, rates: rates))
                }
                return found
            }.flatMap(\.self)
        } catch {
            throw .ledger(error)
        }
    }

    private static func monthEnd(_ day: CalendarDay) -> CalendarDay {
        let (year, month, _) = day.parts
        let next = CalendarDay(year: month == 12 ? year + 1 : year, month: month % 12 + 1, day: 1)
        return next?.adding(days: -1) ?? day
    }

    /// A call of ``watch(_:through:workers:)`` in the making: the obligors of the ledger with what is known of each.
    private struct Run {
        let series: [ObligorSeries]
        let ids: [String]
        /// `nil` before trade begins.
        var watches: [ObligorWatch?]
        var cursors: [SeriesCursor?]
        var histories: [WatchCalibration.History]
        var findings = Findings()

        init(_ ledger: TradeLedger, _ series: [ObligorSeries], _ engine: WatchEngine, _ first: CalendarDay) {
            self.series = series
            ids = series.indices.map { ledger.id(ofObligor: $0).text }
            let known = Dictionary(uniqueKeysWithValues: zip(engine.ids, engine.watches))
            watches = ids.map { known[$0] }
            cursors = zip(series, watches).map { series, watch in
                watch.map { _ in SeriesCursor(series, after: first.adding(days: -1)) }
            }
            histories = ids.map { _ in WatchCalibration.History() }
        }
    }

    private struct Part: Sendable {
        var watches: [ObligorWatch?] = []
        var cursors: [SeriesCursor?] = []
        var yields: [WatchYield?] = []
    }

    private func advance(_ run: inout Run, _ days: ClosedRange<CalendarDay>, _ workers: Workers) {
        let context = WatchContext(
            pool: pool,
            nominalRates: calibration?.nominalRates ?? WatchCalibration.chosenRates(options.falseAlarmRate),
            chosenRates: WatchCalibration.chosenRates(options.falseAlarmRate), begins: options.begins,
            unpaidFrom: calibration?.unpaidFrom ?? WatchCalibration.halfWay(to: options.definition),
            keepsSteps: calibration == nil)
        let (series, ids, watches, cursors) = (run.series, run.ids, run.watches, run.cursors)
        let count = (ids.count + Self.block - 1) / Self.block
        let parts = workers.map(count) { part in
            var result = Part()
            for place in part * Self.block..<min(ids.count, (part + 1) * Self.block) {
                var watch = watches[place]
                var cursor = cursors[place]
                var first = days.lowerBound
                if watch == nil, let begun = series[place].firstDay, begun <= days.upperBound {
                    first = max(first, begun)
                    watch = ObligorWatch(
                        context.pool.segment(series[place].segment(on: first)), firstDay: first)
                    cursor = SeriesCursor(series[place], after: first.adding(days: -1))
                }
                let yield = cursor.map { start in
                    var moving = start
                    let yield = watch?.watch(
                        first...days.upperBound, ids[place], series[place], &moving, context)
                    cursor = moving
                    return yield ?? WatchYield()
                }
                result.watches.append(watch)
                result.cursors.append(cursor)
                result.yields.append(yield)
            }
            return result
        }
        run.watches = parts.flatMap(\.watches)
        run.cursors = parts.flatMap(\.cursors)
        collect(parts.flatMap(\.yields), &run)
    }

    private func collect(_ yields: [WatchYield?], _ run: inout Run) {
        var events: [(place: Int, event: AlertEvent)] = []
        for (place, yield) in yields.enumerated() {
            guard let yield else { continue }
            run.histories[place].steps += yield.steps
            for index in yield.daysAtRisk.indices {
                run.findings.daysAtRisk[index] += yield.daysAtRisk[index]
            }
            events += yield.events.map { (place, $0) }
        }
        // A stable order: days, then obligors, then as they came.
        let ordered = events.enumerated().sorted {
            ($0.element.event.day, $0.offset) < ($1.element.event.day, $1.offset)
        }
        run.findings.events += ordered.map(\.element.event)
    }

    private mutating func learn(_ run: inout Run, from day: CalendarDay) {
        let places = run.watches.indices.filter { run.watches[$0] != nil }
        let month = day.parts.month
        // Months' orders are looked at on the first day after, so those of the month before are new.
        pool.learn(
            month: month == 1 ? 12 : month - 1, from: places.compactMap { run.watches[$0] },
            segments: places.map { run.series[$0].segment(on: day) })
        for place in places { run.watches[place]?.pendingLearned() }
    }

    private mutating func calibrate(_ run: inout Run, on day: CalendarDay) {
        var histories: [WatchCalibration.History] = []
        for place in run.watches.indices {
            guard let watch = run.watches[place] else { continue }
            var history = run.histories[place]
            history.observationsPerYear = Monitor.allCases.map { watch.observationsPerYear($0, on: day) }
            // What became of the last year is not known; a default known now spoils the year before it.
            let start = run.series[place].spells.first { $0.start <= day }?.start
            if let start { history.end = start.adding(days: -365).daysSince1970 }
            histories.append(history)
            run.histories[place].steps = []
        }
        let hasHistory = histories.contains { !$0.steps.isEmpty }
        calibration =
            hasHistory
            ? WatchCalibration(
                before: day, histories, falseAlarmRate: options.falseAlarmRate,
                definition: options.definition, seed: options.seed)
            : WatchCalibration(
                uncalibrated: options.falseAlarmRate, definition: options.definition, on: day)
        for place in run.watches.indices { run.watches[place]?.forgetHeights() }
    }

    private mutating func keep(_ run: Run, settingAside setAside: Set<String>) {
        let missing = setAside.subtracting(run.ids)
        var kept = zip(ids, watches).filter { missing.contains($0.0) }
        for (id, watch) in zip(run.ids, run.watches) {
            if let watch { kept.append((id, watch)) }
        }
        kept.sort { ObligorID($0.0) < ObligorID($1.0) }
        ids = kept.map(\.0)
        watches = kept.map(\.1)
    }
}

extension WatchEngine {
    /// Open alerts by obligor, in the order of ids.
    public var alerted: [(obligor: String, monitors: [Monitor])] {
        zip(ids, watches).compactMap { id, watch in
            let open = Monitor.allCases.filter(watch.isAlerted(by:))
            return open.isEmpty ? nil : (id, open)
        }
    }

    /// When a monitor, or any, took its first observation, by obligor.
    func begun(_ monitor: Monitor?) -> [String: CalendarDay] {
        var days: [String: CalendarDay] = [:]
        for (id, watch) in zip(ids, watches) {
            let monitors = monitor.map { [$0] } ?? Monitor.allCases
            days[id] = monitors.compactMap(watch.begun).min()
        }
        return days
    }

    /// Obligors that are watched.
    public var obligorCount: Int { ids.count }
}

extension WatchEngine: Codable {
    private enum CodingKeys: CodingKey {
        case falseAlarmRate, definition, begins, seed, lastDay, calibration, pool, ids, watches
    }

    /// Reads a state; the options' default definition is known by its name and digits alone, so a state is only used
    /// with the same one.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let definition = try values.decode(String.self, forKey: .definition)
        options = WatchOptions(
            begins: CalendarDay(daysSince1970: try values.decode(Int32.self, forKey: .begins)),
            falseAlarmRate: try values.decode(Double.self, forKey: .falseAlarmRate),
            definition: DefaultDefinition.presets.first { $0.name == definition } ?? .tradeCredit,
            seed: try values.decode(UInt64.self, forKey: .seed))
        lastDay = try values.decodeIfPresent(Int32.self, forKey: .lastDay).map(
            CalendarDay.init(daysSince1970:))
        calibration = try values.decodeIfPresent(WatchCalibration.self, forKey: .calibration)
        pool = try values.decode(WatchPool.self, forKey: .pool)
        ids = try values.decode([String].self, forKey: .ids)
        watches = try values.decode([ObligorWatch].self, forKey: .watches)
        guard ids.count == watches.count, Set(ids).count == ids.count else {
            throw DecodingError.dataCorruptedError(
                forKey: .ids, in: values, debugDescription: "ids and states differ")
        }
    }

    /// Writes the state.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(options.falseAlarmRate, forKey: .falseAlarmRate)
        try values.encode(options.definition.name, forKey: .definition)
        try values.encode(options.begins.daysSince1970, forKey: .begins)
        try values.encode(options.seed, forKey: .seed)
        try values.encodeIfPresent(lastDay?.daysSince1970, forKey: .lastDay)
        try values.encodeIfPresent(calibration, forKey: .calibration)
        try values.encode(pool, forKey: .pool)
        try values.encode(ids, forKey: .ids)
        try values.encode(watches, forKey: .watches)
    }
}
