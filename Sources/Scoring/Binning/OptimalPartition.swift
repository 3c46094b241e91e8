import Foundation
import Statistics

/// The best partition of ordered pre-bins into bins, exactly.
///
/// Maximises a sum over bins, usually the information value Σ (g ÷ G − b ÷ B) ln((g ÷ G) ÷ (b ÷ B)) with G, B the
/// totals of the pre-bins, over the ways to merge neighbouring pre-bins, subject to bounds on each bin, conditions
/// between neighbours, and a course of the default rate. Every condition concerns one bin or two neighbours, so a
/// dynamic programme over (last bin, phase of the course, number of bins) finds the optimum: the best value with last
/// bin [i, j) is its own plus the best over all admissible bins [h, i) before it.
///
/// - Complexity: O(m³) for m pre-bins, times the bound on the number of bins if there is one.
///
/// Source: the problem is that of Navas-Palencia (2020), arXiv:2001.08025, there solved by integer programming.
struct OptimalPartition {
    private let constraints: Constraints
    private let count: Int
    private let bins: [Candidate]
    /// The least |z| with an admissible p-value.
    private let criticalZ: Double

    /// What bins and neighbours must satisfy.
    struct Constraints: Sendable, Equatable {
        var minimumBins = 1
        var maximumBins = Int.max
        var minimumWeight = 0.0
        var maximumWeight = Double.infinity
        var minimumNonDefaults = 0.0
        var minimumDefaults = 0.0
        var minimumRateGap = 0.0
        /// Largest p-value of the two-proportion test between neighbours.
        var maximumPValue = 1.0
        /// Whether the cut before each pre-bin must be kept; empty for none.
        var isFixed: [Bool] = []
        var zeroCellAddition = 0.5
    }

    /// What is summed over the bins and maximised.
    enum Objective: Sendable {
        /// The information value.
        case informationValue
        /// Twice the binomial log-likelihood 2 (b ln(b ÷ (g + b)) + g ln(g ÷ (g + b))), less a penalty for each bin.
        case likelihood(penaltyPerBin: Double)
    }

    /// The course of the default rate over the bins.
    enum Course: Sendable {
        case free, ascending, descending, peak, valley
    }

    /// A partition and its value.
    struct Solution: Sendable, Equatable {
        /// The first pre-bin of each bin but the first, ascending.
        var cuts: [Int]
        /// The sum of the objective.
        var value: Double
    }

    /// A possible bin.
    private struct Candidate {
        var isAdmissible = false
        var value = 0.0
        var rate = 0.0
        var defaults = 0.0
        var weight = 0.0
    }

    /// Prepares the bins that can be made of pre-bins with these counts; both classes must occur.
    init(
        nonDefaults: [Double], defaults: [Double], constraints: Constraints,
        objective: Objective = .informationValue
    ) {
        self.constraints = constraints
        criticalZ = TwoProportionTest.criticalZ(pValue: constraints.maximumPValue)
        count = nonDefaults.count
        let evidence = WeightOfEvidence(
            nonDefaults: nonDefaults.reduce(0, +), defaults: defaults.reduce(0, +),
            zeroCellAddition: constraints.zeroCellAddition)
        // A relative slack of 1e-12 keeps sums of fractional weights from missing a bound by rounding.
        let least = constraints.minimumWeight * (1 - 1e-12)
        let most = constraints.maximumWeight * (1 + 1e-12)
        var bins = Array(repeating: Candidate(), count: count * (count + 1))
        for start in 0..<count {
            var g = 0.0
            var b = 0.0
            for end in start + 1...count {
                if end - 1 > start, constraints.keepsCut(before: end - 1) { break }
                g += nonDefaults[end - 1]
                b += defaults[end - 1]
                let weight = g + b
                guard weight >= least, weight <= most, g >= constraints.minimumNonDefaults * (1 - 1e-12),
                    b >= constraints.minimumDefaults * (1 - 1e-12)
                else { continue }
                bins[start * (count + 1) + end] = Candidate(
                    isAdmissible: true, value: objective.value(g, b, evidence),
                    rate: weight > 0 ? b / weight : 0, defaults: b, weight: weight)
            }
        }
        self.bins = bins
    }

    /// The best partition under a course, `nil` if none is admissible.
    ///
    /// If no admissible partition has `minimumBins`, the best of those with the most bins.
    func solve(_ course: Course) -> Solution? {
        let phases = course.phases
        var table = Table(
            preBins: count, phases: phases.count,
            levels: countsBins ? min(constraints.maximumBins, count) : 1, countsBins: countsBins)
        for end in 1...count where bins[end].isAdmissible { table.open(end: end, value: bins[end].value) }
        fill(&table, phases)
        guard let cuts = table.best(minimumBins: constraints.minimumBins) else { return nil }
        return simplified(cuts)
    }

    /// Whether the number of bins matters.
    private var countsBins: Bool {
        constraints.minimumBins > 1 || constraints.maximumBins < count
    }

    /// Appends to every bin [before, start) every bin [start, end) that may follow it.
    private func fill(_ table: inout Table, _ phases: [Phase]) {
        let bins = bins.span
        let hasTests = constraints.minimumRateGap > 0 || constraints.maximumPValue < 1
        for start in 1..<max(1, count) {
            for before in 0..<start {
                let previous = bins[before * (count + 1) + start]
                guard previous.isAdmissible else { continue }
                for end in start + 1...count {
                    let bin = bins[start * (count + 1) + end]
                    guard bin.isAdmissible, !hasTests || differ(previous, bin) else { continue }
                    let moves = Phase.moves(from: previous.rate, to: bin.rate)
                    for phase in phases.indices where !phases[phase].isDisjoint(with: moves) {
                        table.extend(before, start, end, phase: phase, value: bin.value)
                    }
                }
            }
        }
    }

    /// Whether two neighbouring bins differ enough.
    private func differ(_ first: Candidate, _ second: Candidate) -> Bool {
        if constraints.minimumRateGap > 0,
            abs(first.rate - second.rate) < constraints.minimumRateGap * (1 - 1e-12)
        {
            return false
        }
        guard criticalZ > 0 else { return true }
        let test = TwoProportionTest(
            defaults: (first.defaults, second.defaults), weights: (first.weight, second.weight))
        return abs(test.z) >= criticalZ
    }

    /// The partition without cuts between bins of exactly the same rate, which add nothing to the IV.
    private func simplified(_ cuts: [Int]) -> Solution {
        var starts = [0] + cuts
        var index = 1
        while index < starts.count, starts.count > constraints.minimumBins {
            let end = index + 1 < starts.count ? starts[index + 1] : count
            let first = bins[starts[index - 1] * (count + 1) + starts[index]]
            let second = bins[starts[index] * (count + 1) + end]
            let merged = bins[starts[index - 1] * (count + 1) + end]
            let isPure = first.rate == 0 || first.rate == 1
            if first.rate == second.rate, !isPure, merged.isAdmissible {
                starts.remove(at: index)
            } else {
                index += 1
            }
        }
        let ends = starts.dropFirst() + [count]
        let value = zip(starts, ends).reduce(0) { $0 + bins[$1.0 * (count + 1) + $1.1].value }
        return Solution(cuts: Array(starts.dropFirst()), value: value)
    }
}

extension OptimalPartition.Objective {
    /// The value of a bin with g non-defaults and b defaults.
    fileprivate func value(_ g: Double, _ b: Double, _ evidence: WeightOfEvidence) -> Double {
        switch self {
        case .informationValue:
            return evidence.iv(nonDefaults: g, defaults: b)
        case .likelihood(let penaltyPerBin):
            let logLikelihood = (b > 0 ? b * log(b / (g + b)) : 0) + (g > 0 ? g * log(g / (g + b)) : 0)
            return 2 * logLikelihood - penaltyPerBin
        }
    }
}

extension OptimalPartition.Constraints {
    /// Whether the cut before a pre-bin must stay.
    func keepsCut(before preBin: Int) -> Bool {
        preBin < isFixed.count && isFixed[preBin]
    }
}

extension OptimalPartition.Course {
    /// The phases of the course, in order.
    fileprivate var phases: [OptimalPartition.Phase] {
        switch self {
        case .free: [[.rises, .falls]]
        case .ascending: [.rises]
        case .descending: [.falls]
        case .peak: [.rises, .falls]
        case .valley: [.falls, .rises]
        }
    }
}

extension OptimalPartition {
    /// What the default rate may do from one bin to the next; staying counts as either.
    fileprivate struct Phase: OptionSet {
        let rawValue: UInt8
        static let rises = Phase(rawValue: 1)
        static let falls = Phase(rawValue: 2)

        static func moves(from first: Double, to second: Double) -> Phase {
            Phase(rawValue: (first <= second ? 1 : 0) | (first >= second ? 2 : 0))
        }
    }

    /// The best values found so far, by last bin, phase and number of bins, and how they were reached.
    private struct Table {
        let preBins: Int
        let phases: Int
        let levels: Int
        let countsBins: Bool
        private var values: [Double]
        /// Start of the bin before, times the number of phases, plus its phase; −1 for none.
        private var origins: [Int32]

        init(preBins: Int, phases: Int, levels: Int, countsBins: Bool) {
            self.preBins = preBins
            self.phases = phases
            self.levels = levels
            self.countsBins = countsBins
            let size = preBins * (preBins + 1) * phases * levels
            values = Array(repeating: -.infinity, count: size)
            origins = Array(repeating: -1, count: size)
        }

        @inline(__always)
        private func place(_ start: Int, _ end: Int, _ phase: Int) -> Int {
            ((start &* (preBins &+ 1) &+ end) &* phases &+ phase) &* levels
        }

        /// Enters a bin that starts at the first pre-bin; it may belong to any phase.
        mutating func open(end: Int, value: Double) {
            for phase in 0..<phases { values[place(0, end, phase)] = value }
        }

        /// Enters a bin [start, end) after [before, start).
        @inline(__always)
        mutating func extend(_ before: Int, _ start: Int, _ end: Int, phase: Int, value: Double) {
            let to = place(start, end, phase)
            // Phases are at most two, so the bin before is in this phase or the one before it.
            for earlier in max(0, phase &- 1)...phase {
                let from = place(before, start, earlier)
                let origin = Int32(truncatingIfNeeded: before &* phases &+ earlier)
                if !countsBins {
                    update(to, values[from] + value, origin)
                } else {
                    for level in 0..<levels - 1 {
                        update(to + level + 1, values[from + level] + value, origin)
                    }
                }
            }
        }

        @inline(__always)
        private mutating func update(_ place: Int, _ value: Double, _ origin: Int32) {
            if value > values[place] {
                values[place] = value
                origins[place] = origin
            }
        }

        /// The cuts of the best partition with enough bins, else of the best with the most.
        func best(minimumBins: Int) -> [Int]? {
            var chosen: (start: Int, phase: Int, level: Int, value: Double)?
            for level in (0..<levels).reversed() {
                // Levels below the minimum count only if nothing above was admissible.
                if countsBins, level + 1 < minimumBins, chosen != nil { break }
                for start in 0..<preBins {
                    for phase in 0..<phases {
                        let value = values[place(start, preBins, phase) + level]
                        // Fewer bins win a tie.
                        if value > -.infinity, value >= chosen?.value ?? -.infinity {
                            chosen = (start, phase, level, value)
                        }
                    }
                }
            }
            guard var (start, phase, level, _) = chosen else { return nil }
            var end = preBins
            var cuts: [Int] = []
            while start > 0 {
                cuts.append(start)
                let origin = Int(origins[place(start, end, phase) + level])
                end = start
                (start, phase) = (origin / phases, origin % phases)
                if countsBins { level -= 1 }
            }
            return cuts.reversed()
        }
    }
}
