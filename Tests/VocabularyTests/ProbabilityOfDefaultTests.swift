import Foundation
import TestSupport
import Testing
import Vocabulary

@Suite("Probability of default")
struct ProbabilityOfDefaultTests {
    @Test(
        "keeps the digits of small fractions",
        arguments: [1e-300, 1e-100, 1e-20, 1e-9, 1e-4, 0.01, 0.3, 0.5, 0.9, 0.999])
    func roundTripFromFraction(fraction: Double) throws {
        let pd = try #require(ProbabilityOfDefault(fraction))
        // The error of a logarithm is relative to its size, 690 at the far end.
        expectClose(pd.value, fraction, relative: 3e-13)
        expectClose(pd.survival, 1 - fraction, relative: 1e-15)
    }

    @Test(
        "keeps log-odds, and the digits of survival where the fraction rounds to 1",
        arguments: [-700.0, -40, -1, 0, 1, 40, 700])
    func roundTripFromLogOdds(logOdds: Double) throws {
        let pd = try #require(ProbabilityOfDefault(logOdds: logOdds))
        #expect(pd.logOdds == logOdds)
        let reference = logOdds < 0 ? exp(logOdds) / (1 + exp(logOdds)) : 1 / (1 + exp(-logOdds))
        expectClose(pd.value, reference, relative: 1e-15)
        let mirrored = try #require(ProbabilityOfDefault(logOdds: -logOdds))
        #expect(pd.survival == mirrored.value)
        #expect(pd.value > 0 && pd.survival > 0)
        // Back from the smaller of the two, which has all the digits.
        let back = try #require(ProbabilityOfDefault(min(pd.value, pd.survival)))
        expectClose(back.logOdds, -abs(logOdds), absolute: 1e-15, relative: 1e-15)
    }

    @Test("takes certainty as infinite log-odds")
    func certainty() throws {
        let never = try #require(ProbabilityOfDefault(0))
        let always = try #require(ProbabilityOfDefault(1))
        #expect(never.logOdds == -.infinity && never.value == 0 && never.survival == 1)
        #expect(always.logOdds == .infinity && always.value == 1 && always.survival == 0)
        #expect(ProbabilityOfDefault(logOdds: .infinity) == always)
    }

    @Test("refuses what is no fraction", arguments: [Double.nan, -1e-300, 1 + 1e-15, .infinity, -.infinity])
    func refusesOthers(value: Double) {
        #expect(ProbabilityOfDefault(value) == nil)
    }

    @Test("refuses log-odds of NaN")
    func refusesNaN() {
        #expect(ProbabilityOfDefault(logOdds: .nan) == nil)
    }

    @Test("orders by risk, also where fractions no longer differ")
    func order() throws {
        let logOdds: [Double] = [-.infinity, -800, -40, 0, 39, 40, 800, .infinity]
        let sorted = logOdds.compactMap { ProbabilityOfDefault(logOdds: $0) }
        #expect(sorted.count == logOdds.count)
        #expect(sorted.shuffled().sorted() == sorted)
        #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test("rises with the log-odds and is never outside [0, 1]")
    func isMonotone() {
        var previous = 0.0
        for step in -8000...8000 {
            let value = ProbabilityOfDefault.value(ofLogOdds: Double(step) / 10)
            #expect(value >= previous && value <= 1)
            previous = value
        }
    }
}
