import Glibc
import Ledger
import Statistics
import Vocabulary

/// Thresholds that give the chosen rate of false alarms.
///
/// A chart's statistic w of an obligor with n observations a year has the *nominal* rate n ÷ ARL(w): as often per year
/// an in-control chart would reach w if its model were exact. It is not: invoices are paid in runs, delays have heavier
/// or lighter tails, orders come in bursts. So the rate that an in-control chart really has is measured: the steps that
/// every chart took before the watch began are cut into stretches of a month (of half a year where habits drift), the
/// stretches of each obligor are put in random order, which keeps what is usual (runs, tails, unevenness) and scatters
/// what has changed, and the charts are run over them again. The nominal rate below which peaks come as often as chosen
/// is the threshold.
///
/// Unpaid invoices alarm once the oldest is half-way to default by its days: before that, most that is late is paid
/// after all. Where so few get there that the chosen rate could not be reached, alarms come sooner.
///
/// Steps of the year before a default known by then are left out, and so, in a second round, are excursions that no
/// chance explains (as the first phase of a control chart does; Montgomery (2019), *Introduction to Statistical Quality
/// Control*, 8th ed., §6.2). Where fewer than ``leastPeaks`` peaks are that high, the count is extended downwards by
/// the power law of the peaks above; with fewer than ``leastYears`` obligor-years, or no peaks at all, nominal rates
/// are taken at their word.
public struct WatchCalibration: Sendable, Equatable, Codable {
    /// The day before which steps were used.
    public let day: Int32
    /// Obligor-years that were used, by monitor.
    public let years: [Double]
    /// By monitor, the nominal rate at which an alert opens.
    public let nominalRates: [Double]
    /// Days past due of the oldest item from which on alerts on unpaid invoices open; negative for any.
    public let unpaidFrom: Double
}

extension WatchCalibration {
    private static let shortestStretch: Int32 = 28
    private static let repetitions = 8
    private static let leastPeaks = 20.0
    private static let leastYears = 50.0
    /// Peaks that come more often than this, per year, are of no use.
    private static let largestRate = 20.0

    /// The steps of an obligor's charts, and until when they count.
    struct History: Sendable {
        var steps: [ChartStep] = []
        /// By monitor.
        var observationsPerYear: [Double] = []
        /// Steps on this day and later are left out.
        var end: Int32 = .max
    }

    /// Chosen rates by monitor.
    static func chosenRates(_ falseAlarmRate: Double) -> [Double] {
        Monitor.allCases.map { $0.shareOfFalseAlarms * falseAlarmRate }
    }

    /// Calibrates on what obligors' charts did before a day.
    init(
        before day: CalendarDay, _ histories: [History], falseAlarmRate: Double,
        definition: DefaultDefinition, seed: UInt64
    ) {
        let chosen = Self.chosenRates(falseAlarmRate)
        var years: [Double] = []
        var rates: [Double] = []
        var unpaidFrom = Self.halfWay(to: definition)
        for monitor in Monitor.allCases {
            var (peaks, exposure) = Self.peaks(monitor, histories, from: unpaidFrom, seed: seed)
            // With all that come so far alarming, evidence would decide nothing.
            while monitor == .unpaid, unpaidFrom >= 0, Self.isEnough(exposure),
                Double(peaks.count) < Self.leastChoice * chosen[monitor.place] * exposure
            {
                unpaidFrom = unpaidFrom >= 2 ? (unpaidFrom / 2).rounded(.down) : Self.anyAge
                (peaks, exposure) = Self.peaks(monitor, histories, from: unpaidFrom, seed: seed)
            }
            let first = Self.threshold(peaks, exposure: exposure, chosen: chosen[monitor.place])
            (peaks, exposure) = Self.peaks(
                monitor, histories, from: unpaidFrom, rarestInControl: Self.rarestChance * first, seed: seed)
            years.append(exposure / Double(Self.repetitions))
            rates.append(
                Self.threshold(peaks, exposure: exposure, chosen: chosen[monitor.place]))
        }
        self.day = day.daysSince1970
        self.years = years
        self.unpaidFrom = unpaidFrom
        nominalRates = rates
    }

    /// Half of the days past due that make a default.
    static func halfWay(to definition: DefaultDefinition) -> Double { Double(definition.daysPastDue / 2) }

    /// An age below that of any item.
    static let anyAge = -100_000.0

    /// Whether so many repeated obligor-years say how often peaks come.
    private static func isEnough(_ exposure: Double) -> Bool { exposure / Double(repetitions) >= leastYears }

    /// Excursions that are so much rarer than chosen are no chance.
    ///
    /// With two false alarms in a hundred obligor-years, one such comes in half a million; an obligor that had changed
    /// would put its weeks of change among the usual ones.
    private static let rarestChance = 1e-4

    /// Peaks for each that is to alarm.
    private static let leastChoice = 2.0

    /// Nominal rates without a history.
    init(uncalibrated falseAlarmRate: Double, definition: DefaultDefinition, on day: CalendarDay) {
        unpaidFrom = Self.halfWay(to: definition)
        self.day = day.daysSince1970
        years = Monitor.allCases.map { _ in 0 }
        nominalRates = Self.chosenRates(falseAlarmRate)
    }

    /// The nominal rates of the peaks between returns to 0 over reshuffled stretches, rising, and obligor-years.
    ///
    /// - Parameters:
    ///   - unpaidFrom: Days past due of the oldest item from which on unpaid invoices are looked at.
    ///   - rarestInControl: The nominal rate below which an excursion is left out.
    static func peaks(
        _ monitor: Monitor, _ histories: [History], from unpaidFrom: Double = WatchCalibration.anyAge,
        rarestInControl: Double = 0, seed: UInt64
    ) -> (nominalRates: [Double], years: Double) {
        let generator = SeededGenerator(seed: seed).stream("watch").stream(monitor.place)
        var peaks: [Double] = []
        var days = 0
        for (number, history) in histories.enumerated() {
            let perYear = history.observationsPerYear[monitor.place]
            let table = monitor.runLengths
            let (steps, leftOut) = inControl(
                history.steps.filter { $0.monitor == monitor && $0.day < history.end }
            ) { perYear / max(1e-9, table.runLength(to: $0)) >= rarestInControl }
            guard let first = steps.first, let last = steps.last else { continue }
            // Whole stretches only, up to the last step; four of them at least, where that leaves them long enough.
            let span = last.day - first.day + 1
            let stretch = min(monitor.stretch, max(shortestStretch, span / 4))
            let count = Int(span / stretch)
            guard count >= 2 else { continue }
            let begin = last.day + 1 - Int32(count) * stretch
            var blocks = [[ChartStep]](repeating: [], count: count)
            for step in steps where step.day >= begin {
                blocks[Int((step.day - begin) / stretch)].append(step)
            }
            for repetition in 0..<repetitions {
                var random = generator.stream(number).stream(repetition)
                var value = 0.0
                var peak = 0.0
                func note() {
                    let rate = perYear / max(1e-9, table.runLength(to: peak))
                    if peak > 0, rate <= largestRate { peaks.append(rate) }
                    peak = 0
                }
                for block in random.permutation(count) {
                    for step in blocks[block] {
                        value = max(0, value + Double(step.up) - Double(step.down))
                        if monitor.isLookedAt(on: step.day), Double(step.age) >= unpaidFrom {
                            peak = max(peak, value)
                        }
                        if value == 0 { note() }
                    }
                }
                note()
            }
            days += max(0, count * Int(stretch) - leftOut) * repetitions
        }
        return (peaks.sorted(), Double(days) / 365.25)
    }

    /// Steps without excursions from 0 that were so high that something had changed, and the days that those took.
    private static func inControl(
        _ steps: [ChartStep], _ isUsual: (_ peak: Double) -> Bool
    ) -> (steps: [ChartStep], daysLeftOut: Int) {
        var kept: [ChartStep] = []
        var leftOut = 0
        var begin = 0
        var value = 0.0
        var peak = 0.0
        for place in steps.indices {
            value = max(0, value + Double(steps[place].up) - Double(steps[place].down))
            peak = max(peak, value)
            guard value == 0 || place == steps.indices.last else { continue }
            if isUsual(peak) {
                kept += steps[begin...place]
            } else {
                leftOut += Int(steps[place].day - steps[begin].day) + 1
            }
            begin = place + 1
            peak = 0
        }
        return (kept, leftOut)
    }

    /// The nominal rate below which there are as many peaks per year as chosen.
    private static func threshold(_ peaks: [Double], exposure: Double, chosen: Double) -> Double {
        let wanted = chosen * exposure
        let least = leastPeaks * Double(repetitions)
        guard isEnough(exposure), Double(peaks.count) >= (wanted >= least ? wanted : 5 * least) else {
            return chosen
        }
        func rate(_ count: Double) -> Double {
            let place = max(0, min(Double(peaks.count - 1), count - 1))
            let lower = Int(place)
            let upper = min(peaks.count - 1, lower + 1)
            return peaks[lower] + (place - Double(lower)) * (peaks[upper] - peaks[lower])
        }
        if wanted >= least { return rate(wanted) }
        let (low, high) = (rate(least), rate(5 * least))
        return low * pow(wanted / least, log(high / low) / log(5))
    }
}

extension WatchCalibration {
    private enum CodingKeys: CodingKey {
        case day, years, nominalRates, unpaidFrom
    }

    /// Reads a calibration; one without an age looked at unpaid invoices of any.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        day = try values.decode(Int32.self, forKey: .day)
        years = try values.decode([Double].self, forKey: .years)
        nominalRates = try values.decode([Double].self, forKey: .nominalRates)
        unpaidFrom = try values.decodeIfPresent(Double.self, forKey: .unpaidFrom) ?? Self.anyAge
    }
}
