import Foundation
import Statistics
import TestSupport
import Testing

@testable import Review

@Suite("Run lengths of charts agree with others' figures")
struct ChartTests {
    /// `xcusum.arl` of R's spc 0.6.7, r = 80; h = 4 and 5 with k = ½ are also in Montgomery's table 9.3 (168 and 465
    /// for two sides, twice that for one).
    @Test(arguments: [
        (0.25, 2.0, 18.18695297), (0.25, 4, 77.07851713), (0.5, 2, 38.54752744), (0.5, 4, 335.36757763),
        (0.5, 5, 930.887012), (0.75, 3, 442.793175), (1, 2, 258.67292413), (1, 4, 14511.45857971),
    ])
    func normalScoresAgreeWithR(reference: Double, height: Double, runLength: Double) {
        let chart = NormalScoreChart(reference: reference)
        expectClose(chart.runLength(to: height), runLength, relative: 2e-6)
    }

    /// Hawkins & Olwell (1998), table 3.1, and Montgomery, *Introduction to Statistical Quality Control*, table 9.3:
    /// k = ½, h = 4 and 5, shift of one standard deviation: 8.38 and 10.4.
    @Test(arguments: [(4.0, 8.38), (5, 10.4)]) func shiftsAreFoundAsTabulated(
        height: Double, runLength: Double
    ) {
        expectClose(
            NormalScoreChart(reference: 0.5).runLength(to: height, shift: 1), runLength, relative: 0.005)
    }

    /// Below one drop the statistic must climb without an event: a run of h ÷ (1 − ρ) without any in a process of rate
    /// one takes e^(h ÷ (1 − ρ)) − 1.
    @Test(arguments: [0.1, 0.3, 0.5]) func slowerCountsClimbBetweenEvents(ratio: Double) {
        let chart = SlowerCountChart(ratio: ratio)
        let height = 0.9 * chart.drop
        expectClose(chart.runLength(to: height), exp(height / chart.rise) - 1, relative: 1e-12)
    }

    @Test(arguments: [(0.1, 3.0), (0.1, 5), (0.5, 2), (0.5, 4)])
    func slowerCountsAgreeWithSimulation(ratio: Double, height: Double) {
        let chart = SlowerCountChart(ratio: ratio)
        var random = SeededGenerator(seed: 3).stream("slower counts")
        let runs = 4_000
        var (sum, squares) = (0.0, 0.0)
        for _ in 0..<runs {
            var (value, time) = (0.0, 0.0)
            while true {
                let wait = random.exponential()
                if value + chart.rise * wait >= height {
                    time += (height - value) / chart.rise
                    break
                }
                time += wait
                value = max(0, value + chart.rise * wait - chart.drop)
            }
            sum += time
            squares += time * time
        }
        let mean = sum / Double(runs)
        let error = ((squares / Double(runs) - mean * mean) / Double(runs)).squareRoot()
        expectClose(chart.runLength(to: height), mean, absolute: 4 * error)
    }

    /// Limits of `pois.cusum.arl` of R's spc 0.6.7 for slots of 1/50 and 1/100 jump, extended to slots of no length; ρ
    /// such that κ = (ρ − 1) ÷ ln ρ is 2 and 3.
    @Test(arguments: [(3.5128624172, 1.5, 5.21677), (3.5128624172, 3, 48.79192), (6.7113951, 2.5, 52.92124)])
    func fasterCountsAgreeWithR(ratio: Double, jumps: Double, runLength: Double) {
        let chart = FasterCountChart(ratio: ratio)
        expectClose(chart.runLength(to: jumps * chart.rise), runLength, relative: 0.003)
    }

    @Test func oneEventIsEnoughBelowOneJump() {
        let chart = FasterCountChart(ratio: 4)
        #expect(chart.runLength(to: 0.5 * chart.rise) == 1)
    }

    @Test(arguments: Monitor.allCases) func heightsInvertRunLengths(monitor: Monitor) {
        for runLength in [20, 300, 5_000, 1e6, 1e9] {
            let height = monitor.runLengths.height(for: runLength)
            expectClose(monitor.runLengths.runLength(to: height), runLength, relative: 1e-9)
        }
        var last = 0.0
        for height in stride(from: 0.05, through: 16, by: 0.05) {
            let next = monitor.runLengths.runLength(to: height)
            #expect(next >= last)
            last = next
        }
    }

    @Test func scoresHaveTheProbabilitiesOfWhatWasSeen() {
        var law = DeviationLaw()
        var random = SeededGenerator(seed: 5).stream("deviations")
        // Skewed: exponential, mean 0.
        let seen = (0..<40_000).map { _ in random.exponential() - 1 }
        law.add(cells: seen.map(DeviationLaw.cell))
        let scores = (0..<20_000).map { _ in law.score(random.exponential() - 1) }
        let mean = scores.reduce(0, +) / 20_000
        let variance = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
        expectClose(mean, 0, absolute: 0.03)
        expectClose(variance, 1, absolute: 0.04)
        #expect(law.score(.infinity) == 3 && law.score(-1e300) == -3)
    }
}
