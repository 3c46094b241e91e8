import Foundation
import Statistics
import TestSupport
import Testing
import Vocabulary

@testable import Grading

/// A portfolio whose true shifts are known: what is estimated on one year is judged on another.
struct AdaptationScenario: Sendable, CustomTestStringConvertible {
    let name: String
    let industries: Int
    let regions: Int
    /// Obligors of a year.
    let obligors: Int
    /// Standard deviations of the true effects of industries, regions and cells.
    let spreads: (industry: Double, region: Double, interaction: Double)
    /// Log-odds per standard deviation of a known figure of industries.
    let predictor: Double
    /// How unevenly obligors fall on cells: the cells' sizes are in proportion to e^(unevenness · N(0, 1)).
    let unevenness: Double
    /// Whether every replication draws its spreads, |N(0, spread²)|, as the prior of the estimate has them.
    var drawsSpreads = false

    var testDescription: String { name }

    /// The five scenarios.
    static let all = [
        AdaptationScenario(
            name: "industries differ", industries: 10, regions: 5, obligors: 4_000, spreads: (0.6, 0.15, 0.1),
            predictor: 0, unevenness: 0.7),
        AdaptationScenario(
            name: "regions differ", industries: 8, regions: 8, obligors: 4_000, spreads: (0.1, 0.6, 0.1),
            predictor: 0, unevenness: 0.7),
        AdaptationScenario(
            name: "cells differ beyond both", industries: 6, regions: 5, obligors: 6_000,
            spreads: (0.2, 0.2, 0.5), predictor: 0, unevenness: 0.5),
        AdaptationScenario(
            name: "many thin cells", industries: 15, regions: 10, obligors: 3_000, spreads: (0.4, 0.3, 0.15),
            predictor: 0, unevenness: 1.2),
        AdaptationScenario(
            name: "a known figure explains industries", industries: 14, regions: 6, obligors: 4_000,
            spreads: (0.15, 0.2, 0.1), predictor: 0.5, unevenness: 0.7),
    ]

    /// Spreads as the prior has them, for which the intervals are made.
    static let ofThePrior = AdaptationScenario(
        name: "prior", industries: 8, regions: 6, obligors: 4_000, spreads: (1, 1, 1), predictor: 0,
        unevenness: 0.7, drawsSpreads: true)

    /// What one replication finds.
    struct Outcome {
        /// Mean log loss on the later year.
        var adapted = 0.0
        var oneScale = 0.0
        var ownCells = 0.0
        /// Cells whose interval holds the true shift, of all cells.
        var covered = 0
        /// The same for intervals that know the true spreads.
        var coveredKnowing = 0
        /// Cells whose true shift lies below their interval.
        var below = 0
        var cells = 0
    }

    func replicate(seed: UInt64) throws -> Outcome {
        var random = SeededGenerator(seed: seed).stream(name)
        func drawn(_ spread: Double) -> Double {
            drawsSpreads ? abs(random.normal(mean: 0, standardDeviation: spread)) : spread
        }
        let spreads = (
            industry: drawn(spreads.industry), region: drawn(spreads.region),
            interaction: drawn(spreads.interaction)
        )
        func effects(_ count: Int, _ spread: Double) -> [Double] {
            (0..<count).map { _ in random.normal(mean: 0, standardDeviation: spread) }
        }
        let figures = effects(industries, 1)
        let ofIndustry = zip(effects(industries, spreads.industry), figures).map { $0 + predictor * $1 }
        let ofRegion = effects(regions, spreads.region)
        let ofCell = effects(industries * regions, spreads.interaction)
        let sizes = effects(industries * regions, unevenness).map { exp($0) }
        var cumulated: [Double] = []
        for size in sizes { cumulated.append((cumulated.last ?? 0) + size) }
        func year() -> (data: AdaptationData, cells: [Int]) {
            var cells: [Int] = []
            var (eta, defaulted) = ([Double](), [Bool]())
            for _ in 0..<obligors {
                let draw = random.uniform() * (cumulated.last ?? 1)
                let cell = cumulated.firstIndex { draw < $0 } ?? 0
                let risk = random.normal(mean: -3.2, standardDeviation: 1)
                cells.append(cell)
                eta.append(risk)
                let shift = ofIndustry[cell / regions] + ofRegion[cell % regions] + ofCell[cell]
                defaulted.append(random.bernoulli(ProbabilityOfDefault.value(ofLogOdds: risk + shift)))
            }
            return (
                AdaptationData(
                    logOdds: eta, defaulted: defaulted, industries: cells.map { "i\($0 / regions)" },
                    regions: cells.map { "r\($0 % regions)" },
                    predictors: predictor == 0
                        ? []
                        : [
                            .init(
                                name: "figure", level: .industry, values: cells.map { figures[$0 / regions] })
                        ]),
                cells
            )
        }
        let (raw, cells) = year()
        // The global scale is calibrated to the year it is used on, as a global scale would be.
        let common = Self.shift(raw.logOdds, Double(raw.defaulted.count { $0 }))
        let past = AdaptationData(
            logOdds: raw.logOdds.map { $0 + common }, defaulted: raw.defaulted, industries: raw.industries,
            regions: raw.regions, predictors: raw.predictors)
        let fit = try CellAdaptation.fitted(to: past)
        let knowing = try CellAdaptation.fitted(
            to: past,
            knowing: .init(
                industry: spreads.industry, region: spreads.region, interaction: spreads.interaction))
        let (later, laterCells) = year()
        // Each cell on its own, with half a default and half a non-default more, so that none is without either.
        let own = (0..<industries * regions).map { cell in
            let rows = cells.indices.filter { cells[$0] == cell }
            guard !rows.isEmpty else { return 0.0 }
            let expected = rows.map { past.logOdds[$0] }
            let events = Double(rows.count { past.defaulted[$0] })
            let size = Double(rows.count)
            return Self.shift(expected, (events + 0.5) * size / (size + 1))
        }
        var outcome = Outcome()
        func loss(_ risk: Double, _ defaulted: Bool) -> Double {
            defaulted ? log1p(exp(-risk)) : log1p(exp(risk))
        }
        for row in later.logOdds.indices {
            let risk = later.logOdds[row] + common
            let cell = laterCells[row]
            outcome.oneScale += loss(risk, later.defaulted[row])
            outcome.ownCells += loss(risk + own[cell], later.defaulted[row])
            outcome.adapted += loss(
                risk + fit.shift(industry: later.industries[row], region: later.regions[row]),
                later.defaulted[row])
        }
        outcome.oneScale /= Double(obligors)
        outcome.ownCells /= Double(obligors)
        outcome.adapted /= Double(obligors)
        // The true shifts, moved together so that the mean PD is kept too.
        let truth = cells.map { ofIndustry[$0 / regions] + ofRegion[$0 % regions] + ofCell[$0] }
        let kept = Self.shift(
            zip(past.logOdds, truth).map { $0 + $1 },
            past.logOdds.reduce(0) { $0 + ProbabilityOfDefault.value(ofLogOdds: $1) })
        for (cell, known) in zip(fit.cells, knowing.cells) {
            guard let industry = Int(cell.industry.dropFirst()), let region = Int(cell.region.dropFirst())
            else { continue }
            let shift = ofIndustry[industry] + ofRegion[region] + ofCell[industry * regions + region] + kept
            outcome.cells += 1
            if cell.lower <= shift, shift <= cell.upper { outcome.covered += 1 }
            if known.lower <= shift, shift <= known.upper { outcome.coveredKnowing += 1 }
            if shift < cell.lower { outcome.below += 1 }
        }
        return outcome
    }

    /// The common shift at which some defaults are expected.
    private static func shift(_ logOdds: [Double], _ defaults: Double) -> Double {
        var (low, high) = (-12.0, 12.0)
        for _ in 0..<50 {
            let middle = (low + high) / 2
            let expected = logOdds.reduce(0) { $0 + ProbabilityOfDefault.value(ofLogOdds: $1 + middle) }
            if expected < defaults { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}

@Suite("Simulated portfolios: adaptation beats one scale and each cell on its own")
struct AdaptationStudyTests {
    /// 1,000 under `make validate`.
    static let replications =
        ProcessInfo.processInfo.environment["OBLIGOR_FULL_VALIDATION"] == "1" ? 1_000 : 2

    /// Intervals of 95 % cover that within a point and a half where spreads are known.
    ///
    /// Where they are estimated it may not be less, but more: a true spread of 0.1 cannot be told from one of 0.2 by
    /// some 200 defaults, intervals average over both, and so are wider than the truth asks for wherever it is as small
    /// as in four of the scenarios. Intervals that held 95 % there would hold less where spreads are larger.
    @Test(arguments: AdaptationScenario.all)
    func inLogLossOfALaterYear(scenario: AdaptationScenario) throws {
        var (overScale, overCells) = ([Double](), [Double]())
        var (covered, coveredKnowing, below, cells) = (0, 0, 0, 0)
        for replication in 0..<Self.replications {
            let outcome = try scenario.replicate(seed: UInt64(replication))
            overScale.append(outcome.oneScale - outcome.adapted)
            overCells.append(outcome.ownCells - outcome.adapted)
            covered += outcome.covered
            coveredKnowing += outcome.coveredKnowing
            below += outcome.below
            cells += outcome.cells
        }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        let coverage = Double(covered) / Double(cells)
        let knowing = Double(coveredKnowing) / Double(cells)
        print(
            "\(scenario.name): gain over one scale \(mean(overScale)), over own cells \(mean(overCells)), "
                + "coverage \(coverage), below \(Double(below) / Double(cells)), knowing the spreads \(knowing), "
                + "replications \(Self.replications)")
        #expect(mean(overScale) > 0 && mean(overCells) > 0)
        if Self.replications >= 500 {
            // Far beyond chance.
            for gains in [overScale, overCells] {
                let centre = mean(gains)
                let variance =
                    gains.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / Double(gains.count - 1)
                #expect(centre > 5 * (variance / Double(gains.count)).squareRoot())
            }
            #expect((0.935...0.985).contains(coverage), "\(coverage)")
            #expect(abs(knowing - 0.95) <= 0.015, "\(knowing)")
        } else {
            #expect(coverage > 0.85 && knowing > 0.85)
        }
    }

    @Test func intervalsHoldWhatTheyPromiseOverThePrior() throws {
        var (covered, cells) = (0, 0)
        for replication in 0..<Self.replications {
            let outcome = try AdaptationScenario.ofThePrior.replicate(seed: UInt64(replication))
            covered += outcome.covered
            cells += outcome.cells
        }
        let coverage = Double(covered) / Double(cells)
        print("spreads of the prior: coverage \(coverage), replications \(Self.replications)")
        #expect(abs(coverage - 0.95) <= (Self.replications >= 500 ? 0.015 : 0.06), "\(coverage)")
    }
}
