import Glibc
public import Ledger
public import Parallelism
import Statistics
public import Vocabulary

/// What a watch would have found on history, and what came of it.
public struct WatchBacktest: Sendable {
    /// How good alarms were.
    public struct Score: Sendable, Equatable {
        /// A monitor, all of them, or a fixed rule.
        public let name: String
        /// Alarms per obligor-year in control that were chosen; `nil` for a fixed rule.
        public let chosenRate: Double?
        /// Alarms that were raised.
        public let alarms: Int
        /// Alarms that came while nothing was wrong, and obligor-years in control without an open alert; `nil` where
        /// the truth is not known.
        public let inControl: (alarms: Int, years: Double)?
        /// The 95 % interval of ``falseAlarmRate`` by resampling obligors with all their alarms and years, which allows
        /// for alarms that come together where those of ``falseAlarmInterval`` come alone; `nil` where the truth is not
        /// known.
        public let resampled: ClosedRange<Double>?
        /// Alarms followed by default within twelve months.
        public let hits: Int
        /// Defaults in the period.
        public let defaults: Int
        /// Defaults with an alarm in the twelve months before.
        public let detected: Int
        /// Days from the first such alarm to the default, the median; `nil` without any.
        public let medianLead: Double?

        /// The share of alarms followed by default within twelve months.
        public var precision: Double? { alarms > 0 ? Double(hits) / Double(alarms) : nil }
        /// The share of defaults with an alarm in the twelve months before.
        public var recall: Double? { defaults > 0 ? Double(detected) / Double(defaults) : nil }
        /// False alarms per obligor-year in control.
        public var falseAlarmRate: Double? {
            inControl.flatMap { $0.years > 0 ? Double($0.alarms) / $0.years : nil }
        }

        /// The 95 % interval of ``falseAlarmRate``, exact for a Poisson count.
        ///
        /// Source: Garwood (1936), "Fiducial limits for the Poisson distribution", *Biometrika* 28.
        public var falseAlarmInterval: ClosedRange<Double>? {
            guard let (alarms, years) = inControl, years > 0 else { return nil }
            func quantile(_ shape: Double, _ probability: Double) -> Double {
                (try? GammaDistribution(shape: shape, scale: 1))?.quantile(probability) ?? 0
            }
            let lower = alarms > 0 ? quantile(Double(alarms), 0.025) : 0
            return lower / years...max(lower, quantile(Double(alarms) + 1, 0.975)) / years
        }

        /// Whether all figures are the same.
        public static func == (left: Self, right: Self) -> Bool {
            left.name == right.name && left.chosenRate == right.chosenRate && left.alarms == right.alarms
                && left.inControl?.alarms == right.inControl?.alarms
                && left.inControl?.years == right.inControl?.years && left.resampled == right.resampled
                && left.hits == right.hits
                && left.defaults == right.defaults && left.detected == right.detected
                && left.medianLead == right.medianLead
        }
    }

    /// The period in which alarms count.
    public let period: ClosedRange<CalendarDay>
    /// By monitor, then of all together.
    public private(set) var scores: [Score] = []
    /// The fixed rules at as many alarms as all monitors together raised.
    public private(set) var rules: [Score] = []
    /// How thresholds were calibrated.
    public let calibration: WatchCalibration?

    /// An alarm: the place of an obligor and a day.
    private struct Alarm {
        let place: Int
        let day: CalendarDay
    }

    /// Watches a ledger from the beginning and scores the alerts opened in a period.
    ///
    /// The period begins when ``WatchOptions/begins`` says. Defaults of the twelve months after its last day must be
    /// known.
    ///
    /// - Parameters:
    ///   - last: The last day on which alarms count.
    ///   - truth: What really happened, of a simulated ledger.
    public init(
        of ledger: TradeLedger, _ options: WatchOptions, through last: CalendarDay, truth: WatchTruth? = nil,
        workers: Workers = .allProcessors
    ) throws(WatchError) {
        guard options.begins <= last else { throw .past(last, last: options.begins) }
        period = options.begins...last
        var engine = try WatchEngine(options)
        let findings = try engine.watch(ledger, through: last, workers: workers)
        calibration = engine.calibration
        let outcomes = try Outcomes(ledger, options, period, workers)
        let places = Dictionary(
            uniqueKeysWithValues: outcomes.ids.enumerated().map { ($0.element, $0.offset) })
        let chosen = WatchCalibration.chosenRates(options.falseAlarmRate)
        for monitor in Monitor.allCases.map(Optional.some) + [nil] {
            let history = AlertHistory(findings.events, of: monitor, places: places)
            let begun = engine.begun(monitor)
            let control = truth.map { truth in
                Control(
                    history.inControl(truth, begun: begun, places: places, within: period),
                    generator: SeededGenerator(seed: options.seed).stream("false alarms"), workers)
            }
            scores.append(
                outcomes.score(
                    history.opened.map { Alarm(place: $0.place, day: $0.day) },
                    name: monitor?.rawValue ?? "all together",
                    chosen: monitor.map { chosen[$0.place] } ?? options.falseAlarmRate, inControl: control))
        }
        let alarms = scores.last?.alarms ?? 0
        for rule in FixedRule.allCases {
            let rises = workers.map(outcomes.series.count) { [period] place in
                rule.rises(outcomes.series[place], within: period)
            }
            let level = FixedRule.level(rises.flatMap(\.self), crossings: alarms)
            let raised = rises.enumerated().flatMap { place, rises in
                rises.filter { $0.from <= level && $0.to > level }.map { Alarm(place: place, day: $0.day) }
            }
            rules.append(outcomes.score(raised, name: rule.words(level: level), chosen: nil, inControl: nil))
        }
    }

    /// Who defaulted when.
    private struct Outcomes {
        let ids: [String]
        let series: [ObligorSeries]
        let starts: [[CalendarDay]]
        let period: ClosedRange<CalendarDay>

        init(
            _ ledger: TradeLedger, _ options: WatchOptions, _ period: ClosedRange<CalendarDay>,
            _ workers: Workers
        ) throws(WatchError) {
            self.period = period
            let horizon = period.upperBound.adding(days: WatchBacktest.window)
            series = try WatchEngine.series(of: ledger, through: horizon, options.definition, workers)
            ids = (0..<ledger.obligorCount).map { ledger.id(ofObligor: $0).text }
            starts = series.map { $0.spells.map(\.start) }
        }

        func score(
            _ alarms: [Alarm], name: String, chosen: Double?, inControl: Control?
        ) -> Score {
            var hits = 0
            var byPlace: [Int: [CalendarDay]] = [:]
            for alarm in alarms {
                byPlace[alarm.place, default: []].append(alarm.day)
                if starts[alarm.place].contains(where: { isBefore(alarm.day, $0) }) { hits += 1 }
            }
            var defaults = 0
            var leads: [Double] = []
            for (place, days) in starts.enumerated() {
                for start in days where start > period.lowerBound && start <= period.upperBound {
                    defaults += 1
                    let first = (byPlace[place] ?? []).filter { isBefore($0, start) }.min()
                    if let first { leads.append(Double(start.days(since: first))) }
                }
            }
            leads.sort()
            let middle = leads.count / 2
            let median: Double? =
                leads.isEmpty
                ? nil : leads.count % 2 == 1 ? leads[middle] : (leads[middle - 1] + leads[middle]) / 2
            return Score(
                name: name, chosenRate: chosen, alarms: alarms.count, inControl: inControl?.total,
                resampled: inControl?.interval, hits: hits, defaults: defaults, detected: leads.count,
                medianLead: median)
        }

        private func isBefore(_ alarm: CalendarDay, _ start: CalendarDay) -> Bool {
            alarm < start && start.days(since: alarm) <= WatchBacktest.window
        }
    }

    /// Twelve months, in days.
    static let window = 365

    /// False alarms and time in control, and how well they are known.
    private struct Control {
        let total: (alarms: Int, years: Double)
        let interval: ClosedRange<Double>?

        private static let replicates = 1_000

        /// - Parameter obligors: False alarms of each, and its days in control without an open alert.
        init(_ obligors: [(alarms: Int, days: Int)], generator: SeededGenerator, _ workers: Workers) {
            let (alarms, years) = (
                obligors.map { Double($0.alarms) }, obligors.map { Double($0.days) / 365.25 }
            )
            total = (obligors.reduce(0) { $0 + $1.alarms }, years.reduce(0, +))
            interval = try? ClusterBootstrap(rows: obligors.count).distribution(
                replicates: Self.replicates, generator: generator, workers: workers
            ) { weights in
                var (drawn, time) = (0.0, 0.0)
                for (place, weight) in weights.enumerated() where weight > 0 {
                    drawn += weight * alarms[place]
                    time += weight * years[place]
                }
                return time > 0 ? drawn / time : nil
            }.percentileInterval()
        }
    }

    /// When alerts of a monitor, or of any, were opened and closed.
    private struct AlertHistory {
        private(set) var opened: [(place: Int, id: String, day: CalendarDay)] = []
        /// By place, the stretches in which an alert was open; the last may have no end.
        private var stretches: [Int: [(from: CalendarDay, to: CalendarDay)]] = [:]

        init(_ events: [AlertEvent], of monitor: Monitor?, places: [String: Int]) {
            var open: [Int: Int] = [:]
            for event in events where monitor == nil || event.monitor == monitor {
                guard let place = places[event.obligor] else { continue }
                switch event.change {
                case .opened:
                    open[place, default: 0] += 1
                    guard open[place] == 1 else { continue }
                    opened.append((place, event.obligor, event.day))
                    stretches[place, default: []].append((event.day, .never))
                case .closed:
                    open[place, default: 0] -= 1
                    guard open[place] == 0, var own = stretches[place], let last = own.indices.last else {
                        continue
                    }
                    own[last].to = event.day
                    stretches[place] = own
                case .raised: continue
                }
            }
        }

        func inControl(
            _ truth: WatchTruth, begun: [String: CalendarDay], places: [String: Int],
            within period: ClosedRange<CalendarDay>
        ) -> [(alarms: Int, days: Int)] {
            var days: [Int: Int] = [:]
            var control: [Int: DayRanges] = [:]
            for (id, first) in begun where first <= period.upperBound {
                guard let place = places[id] else { continue }
                let ranges = truth.inControl(id, within: max(first, period.lowerBound)...period.upperBound)
                control[place] = ranges
                var atRisk = ranges
                for stretch in stretches[place] ?? [] where stretch.to > stretch.from.adding(days: 1) {
                    atRisk.remove(stretch.from.adding(days: 1)...stretch.to)
                }
                days[place] = atRisk.count
            }
            var alarms: [Int: Int] = [:]
            for one in opened where control[one.place]?.contains(one.day) ?? false {
                alarms[one.place, default: 0] += 1
            }
            return control.keys.sorted().map { (alarms[$0] ?? 0, days[$0] ?? 0) }
        }
    }
}
