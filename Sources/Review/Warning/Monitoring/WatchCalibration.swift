import Glibc
import Statistics
import Vocabulary

/// Thresholds that give the chosen rate of false alarms.
///
/// A chart's statistic w of an obligor with n observations a year has the *nominal* rate n ÷ ARL(w): as often per year an
/// in-control chart would reach w if its model were exact. It is not: invoices are paid in runs, delays have heavier or
/// lighter tails, orders come in bursts. So the rate that an in-control chart really has is measured: the steps that
/// every chart took before the watch began are cut into stretches of 28 days, the stretches of each obligor are put in
/// random order, which keeps what is usual (runs, tails, unevenness) and scatters what has changed, and the charts are
/// run over them again. The nominal rate below which peaks come as often as chosen is the threshold.
///
/// Steps of the year before a default known by then are left out. Where fewer than ``leastPeaks`` peaks are that high,
/// the count is extended downwards by the power law of the peaks above; with fewer than ``leastYears`` obligor-years,
/// or no peaks at all, nominal rates are taken at their word.
public struct WatchCalibration: Sendable, Equatable, Codable {
    /// The day before which steps were used.
    public let day: Int32
    /// Obligor-years that were used, by monitor.
    public let years: [Double]
    /// By monitor, the nominal rate at which an alert opens.
    public let nominalRates: [Double]
}

extension WatchCalibration {
    private static let stretch: Int32 = 28
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
    init(before day: CalendarDay, _ histories: [History], falseAlarmRate: Double, seed: UInt64) {
        let chosen = Self.chosenRates(falseAlarmRate)
        var years: [Double] = []
        var rates: [Double] = []
        for monitor in Monitor.allCases {
            let (peaks, exposure) = Self.peaks(monitor, histories, seed: seed)
            years.append(exposure / Double(Self.repetitions))
            rates.append(
                Self.threshold(peaks, exposure: exposure, chosen: chosen[monitor.place]))
        }
        self.day = day.daysSince1970
        self.years = years
        nominalRates = rates
    }

    /// Nominal rates without a history.
    init(uncalibrated falseAlarmRate: Double, on day: CalendarDay) {
        self.day = day.daysSince1970
        years = Monitor.allCases.map { _ in 0 }
        nominalRates = Self.chosenRates(falseAlarmRate)
    }

    /// The nominal rates of the peaks between returns to 0 over reshuffled stretches, rising, and obligor-years.
    static func peaks(
        _ monitor: Monitor, _ histories: [History], seed: UInt64
    ) -> (nominalRates: [Double], years: Double) {
        let generator = SeededGenerator(seed: seed).stream("watch").stream(monitor.place)
        var peaks: [Double] = []
        var days = 0
        for (number, history) in histories.enumerated() {
            let steps = history.steps.filter { $0.monitor == monitor && $0.day < history.end }
            guard let first = steps.first, let last = steps.last else { continue }
            // Whole stretches only, up to the last step.
            let count = Int((last.day - first.day + 1) / stretch)
            guard count >= 2 else { continue }
            let begin = last.day + 1 - Int32(count) * stretch
            var blocks = [[ChartStep]](repeating: [], count: count)
            for step in steps where step.day >= begin {
                blocks[Int((step.day - begin) / stretch)].append(step)
            }
            let perYear = history.observationsPerYear[monitor.place]
            let table = monitor.runLengths
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
                        if monitor.isLookedAt(on: step.day) { peak = max(peak, value) }
                        if value == 0 { note() }
                    }
                }
                note()
            }
            days += count * Int(stretch) * repetitions
        }
        return (peaks.sorted(), Double(days) / 365.25)
    }

    /// The nominal rate below which there are as many peaks per year as chosen.
    private static func threshold(_ peaks: [Double], exposure: Double, chosen: Double) -> Double {
        let wanted = chosen * exposure
        let least = leastPeaks * Double(repetitions)
        guard exposure / Double(repetitions) >= leastYears, Double(peaks.count) >= 5 * least else {
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
