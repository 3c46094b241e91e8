import Foundation
import Statistics
import TestSupport
import Testing
import Vocabulary

@testable import Grading

@Suite("A move of a rating is split over its causes")
struct GradeChangeTests {
    private static func state(_ random: inout SeededGenerator, features: Int) throws -> RatingState {
        let (slope, level) = (0.5 + random.uniform(), random.normal(mean: 0, standardDeviation: 0.5))
        var state = RatingState(
            contributions: (0..<features).map { _ in random.normal(mean: 0, standardDeviation: 0.7) },
            base: random.normal(mean: -4, standardDeviation: 0.3),
            calibration: { level + slope * $0 + 0.2 * tanh($0) },
            shift: random.normal(mean: 0, standardDeviation: 0.4),
            scale: try .geometric(first: 0.0003 + 0.0003 * random.uniform(), factor: 2.5),
            maximumNotches: 3, maximumExpertNotches: 2)
        let effects: [RuleEffect] = [.cap(.ccc), .notch(2), .notch(-1), .block, .cap(.bb), .notch(1)]
        state.effects = effects.filter { _ in random.bernoulli(0.25) }
        if random.bernoulli(0.3) {
            state.decision = random.bernoulli(0.5) ? .grade(.bbb) : .notch(random.bernoulli(0.5) ? 1 : -1)
        }
        if state.effects.contains(.cap(.ccc)), random.bernoulli(0.5) { state.bindingCap = .ccc }
        return state
    }

    @Test(arguments: 0..<200)
    func partsAddUpToTheMove(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let earlier = try Self.state(&random, features: 6)
        let later = try Self.state(&random, features: 6)
        let change: GradeChange
        if seed % 2 == 0 {
            change = GradeChange(from: earlier, to: later)
        } else {
            func other() -> GradeChange.Contributions {
                GradeChange.Contributions(
                    values: (0..<6).map { _ in random.normal(mean: 0, standardDeviation: 0.7) }, base: -4)
            }
            change = GradeChange(
                from: earlier, to: later, earlierDataUnderLaterModel: other(),
                laterDataUnderEarlierModel: other())
        }
        #expect(change.from == earlier.end && change.to == later.end)
        expectClose(
            change.parts.reduce(0) { $0 + $1.logOdds }, later.end.logOdds - earlier.end.logOdds,
            absolute: 1e-9)
        expectClose(
            change.parts.reduce(0) { $0 + $1.notches },
            Double(later.end.grade.rank - earlier.end.grade.rank), absolute: 1e-9)
    }

    /// What is the same on both sides is left out of the sums, and may be said to be the same.
    @Test(arguments: 0..<64)
    func whatIsTheSameChangesNothing(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let earlier = try Self.state(&random, features: 4)
        var later = try Self.state(&random, features: 4)
        later.calibration = earlier.calibration
        if seed & 1 != 0 { (later.scale, later.shift) = (earlier.scale, earlier.shift) }
        if seed & 2 != 0 { (later.effects, later.bindingCap) = (earlier.effects, earlier.bindingCap) }
        if seed & 4 != 0 { later.decision = earlier.decision }
        let change = GradeChange(from: earlier, to: later)
        let known = GradeChange(from: earlier, to: later, keepsCalibration: true)
        #expect(known.parts == change.parts && known.from == earlier.end && known.to == later.end)
        let parts = Set(change.parts.map(\.component))
        #expect(!parts.contains(.model) && !parts.contains(.calibration))
        #expect(seed & 1 == 0 || !parts.contains(.thresholds))
        #expect(seed & 2 == 0 || !parts.contains(.rules))
        #expect(seed & 4 == 0 || !parts.contains(.expert))
    }

    @Test(arguments: 0..<60)
    func movesToAndFromDefaultAddUpToo(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var earlier = try Self.state(&random, features: 5)
        var later = try Self.state(&random, features: 5)
        (earlier.isInDefault, later.isInDefault) = (seed % 3 != 0, seed % 3 != 1)
        let change = GradeChange(from: earlier, to: later)
        let ends = (earlier.isInDefault ? RatingEnd.inDefault : earlier.end, later.end)
        #expect(change.from == ends.0 && change.to == ends.1)
        expectClose(
            change.parts.reduce(0) { $0 + $1.logOdds }, ends.1.logOdds - ends.0.logOdds, absolute: 1e-9)
        expectClose(
            change.parts.reduce(0) { $0 + $1.notches }, Double(ends.1.grade.rank - ends.0.grade.rank),
            absolute: 1e-9)
        let parts = change.parts.filter { $0.component == .default }
        // D on both sides hides all the rest.
        if seed % 3 == 2 { #expect(change.parts.isEmpty) } else { #expect(parts.count == 1) }
    }

    @Test func defaultAloneIsTheWholeMove() throws {
        var random = SeededGenerator(seed: 3)
        let state = try Self.state(&random, features: 4)
        var fallen = state
        fallen.isInDefault = true
        let down = GradeChange(from: state, to: fallen)
        #expect(down.parts.map(\.component) == [.default] && down.to.grade == .d)
        expectClose(down.parts[0].notches, Double(9 - state.end.grade.rank), absolute: 1e-12)
        expectClose(down.to.logOdds, log(0.999999999 / 1e-9), relative: 1e-8)
        let back = GradeChange(from: fallen, to: state)
        expectClose(back.parts[0].logOdds, -down.parts[0].logOdds, absolute: 1e-12)
        // Where data got worse too, both have their part, and the data's is half of what it would be alone.
        var worse = state
        (worse.effects, worse.decision, worse.bindingCap) = ([], nil, .aaa)
        let plain = worse
        worse.contributions[1] += 1
        let alone = GradeChange(from: plain, to: worse)
        worse.isInDefault = true
        let both = GradeChange(from: plain, to: worse)
        #expect(both.parts.map(\.component) == [.data, .default])
        expectClose(both.parts[0].logOdds, alone.parts[0].logOdds / 2, absolute: 1e-12)
    }

    @Test func whatDidNotChangeHasNoPart() throws {
        var random = SeededGenerator(seed: 1)
        let state = try Self.state(&random, features: 4)
        #expect(GradeChange(from: state, to: state).parts.isEmpty)
        var later = state
        later.contributions[2] += 0.8
        later.effects = []
        var plain = state
        plain.effects = []
        plain.decision = nil
        later.decision = nil
        let change = GradeChange(from: plain, to: later)
        #expect(change.parts.map(\.component) == [.data] && change.parts.map(\.feature) == [2])
        later = plain
        later.effects = [.notch(1)]
        let ruled = GradeChange(from: plain, to: later)
        #expect(ruled.parts.map(\.component) == [.rules])
        expectClose(ruled.parts[0].notches, plain.end.grade == .c ? 0 : 1, absolute: 1e-12)
        later = plain
        later.shift += 0.3
        #expect(GradeChange(from: plain, to: later).parts.map(\.component) == [.thresholds])
        later = plain
        let calibration = plain.calibration
        later.calibration = { calibration($0) + 1 }
        #expect(GradeChange(from: plain, to: later).parts.map(\.component) == [.calibration])
        later = plain
        later.base += 1
        #expect(
            GradeChange(
                from: plain, to: later,
                earlierDataUnderLaterModel: .init(values: plain.contributions, base: plain.base + 1),
                laterDataUnderEarlierModel: .init(values: plain.contributions, base: plain.base)
            ).parts.map(\.component) == [.model])
    }

    @Test func aPlainModelGivesEachFeatureItsOwnChange() {
        let earlier = RatingState(contributions: [0.1, 0.2, -0.3], base: -3)
        var later = earlier
        later.contributions = [0.6, 0.2, -0.5]
        let change = GradeChange(from: earlier, to: later)
        #expect(change.parts.map(\.feature) == [0, 2])
        expectClose(change.parts.map(\.logOdds), [0.5, -0.2], absolute: 1e-12)
        // A calibration that is a line multiplies them by its slope.
        var (steeper, steeperLater) = (earlier, later)
        steeper.calibration = { 0.5 + 1.5 * $0 }
        steeperLater.calibration = steeper.calibration
        let scaled = GradeChange(from: steeper, to: steeperLater)
        // Within what the two that work against each other leave to the rest.
        expectClose(scaled.parts.map(\.logOdds), [0.75, -0.3], absolute: 0.01)
        expectClose(scaled.parts.reduce(0) { $0 + $1.logOdds }, 0.45, absolute: 1e-12)
    }

    @Test func whereRulesMoveTheGradeItsBoundStandsForThePD() throws {
        // PD 0.2 %, grade A; a cap at BB puts it at the lower bound of BB, 0.625 %.
        let eta = try #require(ProbabilityOfDefault(0.002)).logOdds
        var state = RatingState(contributions: [eta], base: 0)
        #expect(state.end == RatingEnd(grade: .a, logOdds: eta))
        state.effects = [.cap(.bb)]
        #expect(state.end.grade == .bb)
        expectClose(state.end.logOdds, log(0.00625 / (1 - 0.00625)), absolute: 1e-12)
        state.effects = [.notch(-2)]
        #expect(state.end.grade == .aaa)
        expectClose(state.end.logOdds, log(0.0004 / (1 - 0.0004)), absolute: 1e-12)
        state.effects = [.notch(5)]
        state.maximumNotches = 3
        #expect(state.end.grade == .b)
    }
}
