import Foundation
import Statistics
import TestSupport
import Testing
import Vocabulary

@testable import Grading

@Suite("A master scale is fitted to data")
struct MasterScaleFitTests {
    private static func sample(
        _ rows: Int, seed: UInt64, spread: Double = 1.6
    ) -> (pds: [Double], defaulted: [Bool]) {
        var random = SeededGenerator(seed: seed)
        let pds = (0..<rows).map { _ in
            ProbabilityOfDefault.value(ofLogOdds: random.normal(mean: -3.8, standardDeviation: spread))
        }
        return (pds, pds.map { random.bernoulli($0) })
    }

    private static func options(_ change: (inout MasterScaleOptions) -> Void) -> MasterScaleOptions {
        var options = MasterScaleOptions()
        change(&options)
        return options
    }

    @Test func largeDataKeepsAllDemands() throws {
        let (pds, defaulted) = Self.sample(60_000, seed: 1)
        let fit = try MasterScale.fitted(
            pds: pds, defaulted: defaulted, Self.options { $0.classes = 40 })
        #expect(fit.shortfalls.isEmpty, "\(fit.shortfalls)")
        #expect(fit.grades.map(\.grade) == Grade.performing)
        for (grade, worse) in zip(fit.grades, fit.grades.dropFirst()) {
            #expect(grade.meanPD < worse.meanPD && grade.defaultRate < worse.defaultRate)
            #expect(try #require(grade.pValueAgainstWorse) <= 0.05)
        }
        #expect(fit.concentration <= 0.25)
        // The figures are those of the scale on the data.
        for figures in fit.grades {
            let rows = pds.indices.filter { fit.scale.grade(ofPD: pds[$0]) == figures.grade }
            #expect(rows.count == figures.obligors && rows.count { defaulted[$0] } == figures.defaults)
            expectClose(figures.meanPD, rows.reduce(0) { $0 + pds[$1] } / Double(rows.count), relative: 1e-12)
        }
        let shares = fit.grades.map { Double($0.obligors) / 60_000 }
        expectClose(
            fit.concentration, 1 + log(shares.reduce(0) { $0 + $1 * $1 }) / log(9), absolute: 1e-12)
        let lost = zip(pds, pds.map { fit.scale.grade(ofPD: $0).rank }).reduce(0) { sum, item in
            let (p, q) = (item.0, fit.grades[item.1].meanPD)
            return sum + p * log(p / q) + (1 - p) * log((1 - p) / (1 - q))
        }
        expectClose(fit.lostInformation, lost / 60_000, relative: 1e-8)
    }

    /// All ways to cut 12 classes into nine grades.
    @Test(arguments: 0..<6)
    func theSearchFindsTheBestOfAll(seed: Int) throws {
        let (pds, defaulted) = Self.sample(900, seed: UInt64(seed))
        let options = Self.options {
            $0.classes = 12
            $0.minimumObligors = 60
            $0.minimumDefaults = 2
            $0.maximumPValue = 0.2
            $0.maximumConcentration = 1
        }
        let fit = try MasterScale.fitted(pds: pds, defaulted: defaulted, options)
        let classes = RiskClass.classes(pds: pds, defaulted: defaulted, count: 12)
        #expect(classes.count == 12)
        var best = (broken: Int.max, lost: Double.infinity)
        for mask in 0..<(1 << 11) where mask.nonzeroBitCount == 8 {
            let starts = [0] + (1..<12).filter { mask >> ($0 - 1) & 1 == 1 } + [12]
            let candidate = try MasterScaleFit(starts, GradePartition(classes, options), options)
            let rank = (candidate.shortfalls.count, candidate.lostInformation)
            if rank < best { best = rank }
        }
        #expect(fit.shortfalls.count == best.broken)
        expectClose(fit.lostInformation, best.lost, relative: 1e-9)
    }

    @Test func concentrationIsHeldDownWhereItCanBe() throws {
        // Half of all obligors within a narrow range of PDs.
        var (pds, defaulted) = Self.sample(20_000, seed: 4, spread: 2)
        var random = SeededGenerator(seed: 5)
        for row in 0..<12_000 {
            pds[row] = 0.02 * (0.95 + 0.1 * random.uniform())
            defaulted[row] = random.bernoulli(pds[row])
        }
        func fit(_ limit: Double) throws -> MasterScaleFit {
            try MasterScale.fitted(
                pds: pds, defaulted: defaulted,
                Self.options {
                    $0.classes = 30
                    $0.maximumConcentration = limit
                    $0.maximumPValue = 0.5
                    $0.minimumDefaults = 0
                    $0.minimumObligors = 1
                })
        }
        let free = try fit(1)
        let held = try fit(free.concentration * 0.8)
        #expect(held.concentration <= free.concentration * 0.95)
        #expect(held.lostInformation > free.lostInformation)
    }

    @Test func whatTheDataCannotShowIsSaid() throws {
        let (pds, _) = Self.sample(2_000, seed: 2)
        let fit = try MasterScale.fitted(
            pds: pds, defaulted: [Bool](repeating: false, count: 2_000), Self.options { $0.classes = 20 })
        #expect(fit.shortfalls.count { if case .fewDefaults = $0 { true } else { false } } == 9)
        #expect(fit.shortfalls.count { if case .notSeparable = $0 { true } else { false } } == 8)
        #expect(fit.shortfalls.allSatisfy { !$0.description.isEmpty })
    }

    @Test func orderOfRowsDoesNotMatter() throws {
        let (pds, defaulted) = Self.sample(3_000, seed: 3)
        var random = SeededGenerator(seed: 8)
        let order = random.permutation(pds.count)
        let options = Self.options { $0.classes = 25 }
        let fit = try MasterScale.fitted(pds: pds, defaulted: defaulted, options)
        let other = try MasterScale.fitted(
            pds: order.map { pds[$0] }, defaulted: order.map { defaulted[$0] }, options)
        #expect(fit.scale == other.scale)
    }

    @Test func equalPDsShareAGrade() throws {
        var random = SeededGenerator(seed: 6)
        let levels = (0..<11).map { 0.001 * pow(1.9, Double($0)) }
        let pds = (0..<4_000).map { _ in levels[random.integer(below: 11)] }
        let fit = try MasterScale.fitted(pds: pds, defaulted: pds.map { random.bernoulli($0) })
        #expect(fit.grades.reduce(0) { $0 + $1.obligors } == 4_000)
        #expect(throws: MasterScaleFitError.tooFewPDs(3, needed: 9)) {
            try MasterScale.fitted(pds: [0.1, 0.2, 0.3, 0.1], defaulted: [true, false, true, false])
        }
        #expect(throws: MasterScaleFitError.tooFewPDs(0, needed: 9)) {
            try MasterScale.fitted(pds: [], defaulted: [])
        }
    }

    @Test func badDataAndOptionsAreNamed() {
        #expect(throws: MasterScaleFitError.unequalLengths(pds: 1, outcomes: 2)) {
            try MasterScale.fitted(pds: [0.1], defaulted: [true, false])
        }
        for bad in [Double.nan, -0.1, 1.1, .infinity] {
            #expect(throws: MasterScaleFitError.self) {
                try MasterScale.fitted(pds: [bad], defaulted: [true])
            }
        }
        #expect(throws: MasterScaleFitError.self) {
            try MasterScale.fitted(pds: [], defaulted: [], Self.options { $0.classes = 8 })
        }
        #expect(throws: MasterScaleFitError.self) {
            try MasterScale.fitted(pds: [], defaulted: [], Self.options { $0.maximumPValue = 0 })
        }
    }

    @Test func pdsOfZeroAndOneAreGraded() throws {
        var (pds, defaulted) = Self.sample(2_000, seed: 7)
        for row in 0..<100 { (pds[row], pds[100 + row]) = (0, 1) }
        for row in 100..<200 { defaulted[row] = true }
        let fit = try MasterScale.fitted(pds: pds, defaulted: defaulted, Self.options { $0.classes = 20 })
        #expect(fit.scale.grade(ofPD: 0) == .aaa && fit.scale.grade(ofPD: 1) == .c)
        #expect(fit.lostInformation.isFinite)
    }
}
