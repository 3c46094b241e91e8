import Glibc
import Statistics
import TestSupport
import Testing
import Vocabulary

@testable import Scoring

@Suite("Champion and challenger")
struct ModelComparisonTests {
    /// What two models say of the same obligors: the truth with more and with less noise.
    static func draw(
        _ rows: Int, noise: (Double, Double), seed: UInt64
    ) -> (champion: [Double], challenger: [Double], defaulted: [Bool]) {
        var generator = SeededGenerator(seed: seed)
        var drawn: (champion: [Double], challenger: [Double], defaulted: [Bool]) = ([], [], [])
        for _ in 0..<rows {
            let truth = -2.5 + 1.2 * generator.normal()
            drawn.champion.append(truth + noise.0 * generator.normal())
            drawn.challenger.append(truth + noise.1 * generator.normal())
            drawn.defaulted.append(generator.bernoulli(1 / (1 + exp(-truth))))
        }
        return drawn
    }

    @Test("the better model is found better, and the other way round with the signs turned")
    func better() throws {
        let drawn = Self.draw(6_000, noise: (1.2, 0.3), seed: 5)
        let there = ModelComparison(
            champion: drawn.champion, challenger: drawn.challenger, defaulted: drawn.defaulted)
        let back = ModelComparison(
            champion: drawn.challenger, challenger: drawn.champion, defaulted: drawn.defaulted)
        for (figure, reversed, isRise) in [
            (there.auc, back.auc, true), (there.logLoss, back.logLoss, false),
            (there.brier, back.brier, false), (there.value, back.value, true),
        ] {
            let (figure, reversed) = (try #require(figure), try #require(reversed))
            #expect((figure.difference > 0) == isRise && figure.pValue < 0.05)
            expectClose(figure.difference, -reversed.difference, absolute: 1e-15)
            expectClose(figure.standardError, reversed.standardError, relative: 1e-9)
            #expect(figure.interval.contains(figure.difference))
        }
        #expect(there.swaps.swappedIn == back.swaps.swappedOut && there.swaps.both == back.swaps.both)
    }

    @Test("figures are those of the models alone, and differences those of a plain paired test")
    func figures() throws {
        let drawn = Self.draw(900, noise: (0.5, 0.9), seed: 6)
        let comparison = ModelComparison(
            champion: drawn.champion, challenger: drawn.challenger, defaulted: drawn.defaulted)
        let champion = Evaluation(logOdds: drawn.champion, defaulted: drawn.defaulted)
        let challenger = Evaluation(logOdds: drawn.challenger, defaulted: drawn.defaulted)
        let logLoss = try #require(comparison.logLoss)
        expectClose(logLoss.champion, try #require(champion.logLoss), relative: 1e-12)
        expectClose(logLoss.challenger, try #require(challenger.logLoss), relative: 1e-12)
        expectClose(try #require(comparison.brier).champion, try #require(champion.brier), relative: 1e-12)
        expectClose(try #require(comparison.auc).challenger, try #require(challenger.auc), relative: 1e-14)
        // By hand: the mean and the error of the differences row by row.
        func loss(_ logOdds: Double, _ defaulted: Bool) -> Double {
            log(1 + exp(defaulted ? -logOdds : logOdds))
        }
        let gaps = drawn.defaulted.indices.map {
            loss(drawn.challenger[$0], drawn.defaulted[$0]) - loss(drawn.champion[$0], drawn.defaulted[$0])
        }
        let mean = gaps.reduce(0, +) / 900
        let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 899
        expectClose(logLoss.z, mean / (variance / 900).squareRoot(), relative: 1e-9)
    }

    @Test("swap sets hold every obligor once, and value follows from them")
    func swaps() throws {
        let drawn = Self.draw(2_000, noise: (0.6, 0.6), seed: 7)
        for share in [nil, 0.25, 0.8] as [Double?] {
            let economics = ModelComparison.Economics(
                margin: 0.04, lossGivenDefault: 0.6, acceptedShare: share)
            let comparison = ModelComparison(
                champion: drawn.champion, challenger: drawn.challenger, defaulted: drawn.defaulted,
                economics: economics)
            let swaps = comparison.swaps
            let parts = [swaps.both, swaps.swappedIn, swaps.swappedOut, swaps.neither]
            #expect(parts.reduce(0) { $0 + $1.rows } == 2_000)
            #expect(parts.reduce(0) { $0 + $1.defaults } == drawn.defaulted.count { $0 })
            if let share {
                #expect(swaps.both.rows + swaps.swappedIn.rows == Int((2_000 * share).rounded()))
                #expect(swaps.swappedIn.rows == swaps.swappedOut.rows)
            }
            func value(_ parts: [ModelComparison.SwapSets.Part]) -> Double {
                parts.reduce(0) { $0 + Double($1.rows - $1.defaults) * 0.04 - Double($1.defaults) * 0.6 }
                    / 2_000
            }
            let worth = try #require(comparison.value)
            expectClose(worth.champion, value([swaps.both, swaps.swappedOut]), absolute: 1e-12)
            expectClose(worth.challenger, value([swaps.both, swaps.swappedIn]), absolute: 1e-12)
        }
        expectClose(
            ModelComparison.Economics(margin: 0.04, lossGivenDefault: 0.6).breakEvenPD, 0.0625,
            absolute: 1e-15)
    }

    @Test("a model against itself differs in nothing; grades move as counted")
    func itself() throws {
        let drawn = Self.draw(500, noise: (0.5, 0.5), seed: 8)
        let grades = drawn.champion.map { $0 < -3 ? Grade.a : $0 < -2 ? .bb : .c }
        let comparison = ModelComparison(
            champion: drawn.champion, challenger: drawn.champion, defaulted: drawn.defaulted,
            grades: (grades, grades))
        for figure in [comparison.auc, comparison.logLoss, comparison.brier, comparison.value] {
            let figure = try #require(figure)
            #expect(figure.difference == 0 && figure.z == 0 && figure.pValue == 1)
        }
        #expect(comparison.swaps.swappedIn.rows == 0 && comparison.swaps.pValue == nil)
        expectClose(try #require(comparison.rankCorrelation), 1, absolute: 1e-12)
        expectClose(try #require(comparison.shift).index, 0, absolute: 1e-15)
        #expect(comparison.migration.flatMap { $0 }.reduce(0, +) == 500)
        #expect(comparison.migration[Grade.bb.rank][Grade.bb.rank] == grades.count { $0 == .bb })
    }

    @Test("one class, one row and none are no trap")
    func degenerate() {
        for (champion, challenger, defaulted) in [
            ([], [], []), ([-1], [-2], [true]), ([-1, -1], [-2, 3], [false, false]),
            ([1e9, -1e9], [-1e9, 1e9], [true, false]),
        ] as [([Double], [Double], [Bool])] {
            let comparison = ModelComparison(
                champion: champion, challenger: challenger, defaulted: defaulted,
                economics: .init(acceptedShare: 0.5))
            #expect(comparison.auc?.pValue.isNaN != true)
            #expect(comparison.logLoss.map { $0.pValue >= 0 && $0.pValue <= 1 } ?? true)
        }
    }
}
