import Glibc
import Statistics
import Vocabulary

/// The search for the nine runs of classes that make the best grades.
struct GradePartition {
    private let classes: [RiskClass]
    private let options: MasterScaleOptions
    private let obligors: [Int]
    private let defaults: [Int]
    private let pdSums: [Double]
    private let negentropies: [Double]
    private let criticalZ: Double

    /// What a partition costs: first the demands it breaks, then what it loses.
    private struct Cost: Comparable {
        var broken: Int32
        var loss: Double

        static let none = Cost(broken: 0, loss: 0)
        static let impossible = Cost(broken: .max, loss: .infinity)

        static func < (left: Cost, right: Cost) -> Bool {
            (left.broken, left.loss) < (right.broken, right.loss)
        }
    }

    init(_ classes: [RiskClass], _ options: MasterScaleOptions) {
        self.classes = classes
        self.options = options
        func sums<Value: AdditiveArithmetic>(_ part: (RiskClass) -> Value) -> [Value] {
            var sums = [Value.zero]
            for item in classes { sums.append(sums[sums.count - 1] + part(item)) }
            return sums
        }
        obligors = sums(\.obligors)
        defaults = sums(\.defaults)
        pdSums = sums(\.pdSum)
        negentropies = sums(\.negentropy)
        criticalZ = TwoProportionTest.criticalZ(pValue: min(1, 2 * options.maximumPValue))
    }

    private var total: Int { obligors[classes.count] }

    /// The starts of the nine grades among the classes, with the number of classes behind them.
    func best() -> [Int] {
        let free = partition(strength: 0)
        if concentration(free) <= options.maximumConcentration { return free }
        let allowed = broken(free)
        // Stronger and stronger until the concentration is kept, then the weakest that does.
        var (low, high) = (0.0, 1e-4)
        var kept: [Int]?
        while high < 1e3 {
            let candidate = partition(strength: high)
            if concentration(candidate) <= options.maximumConcentration {
                kept = candidate
                break
            }
            low = high
            high *= 4
        }
        guard var kept else { return free }
        for _ in 0..<12 {
            let middle = low > 0 ? (low * high).squareRoot() : high / 2
            let candidate = partition(strength: middle)
            if concentration(candidate) <= options.maximumConcentration {
                (kept, high) = (candidate, middle)
            } else {
                low = middle
            }
        }
        return broken(kept) <= allowed ? kept : free
    }

    /// HI of a partition.
    func concentration(_ starts: [Int]) -> Double {
        let counts = runs(starts).map { Double(obligors[$0.upperBound] - obligors[$0.lowerBound]) }
        return (try? Concentration(counts: counts))?.index ?? 1
    }

    /// What PDs lose by a partition, nats per obligor.
    func lostInformation(_ starts: [Int]) -> Double {
        max(0, runs(starts).reduce(0.0) { $0 + divergence($1) } / Double(total))
    }

    private func runs(_ starts: [Int]) -> [Range<Int>] { zip(starts, starts.dropFirst()).map { $0..<$1 } }

    private func broken(_ starts: [Int]) -> Int {
        let runs = runs(starts)
        let alone = runs.reduce(0) { $0 + Int(demandsBroken(by: $1)) }
        return alone + zip(runs, runs.dropFirst()).count { !isSeparable($0, $1) }
    }

    /// Obligors, defaults and mean PD of a run of classes.
    func figures(_ run: Range<Int>) -> (obligors: Int, defaults: Int, meanPD: Double) {
        let count = obligors[run.upperBound] - obligors[run.lowerBound]
        return (
            count, defaults[run.upperBound] - defaults[run.lowerBound],
            (pdSums[run.upperBound] - pdSums[run.lowerBound]) / Double(count)
        )
    }

    /// A PD between two neighbouring classes: the middle in log-odds where both are inside (0, 1).
    func bound(before place: Int) -> Double {
        let (low, high) = (classes[place - 1].highest, classes[place].lowest)
        guard low > 0, high < 1 else { return (low + high) / 2 }
        let middle = ProbabilityOfDefault.value(
            ofLogOdds: 0.5 * (log(low) - log1p(-low) + log(high) - log1p(-high)))
        return middle > low && middle <= high ? middle : high
    }

    /// One-sided p-value of the second run's default rate not being higher.
    func pValue(_ first: Range<Int>, _ second: Range<Int>) -> Double {
        NormalDistribution.standard.survival(z(first, second))
    }

    private func z(_ first: Range<Int>, _ second: Range<Int>) -> Double {
        let (n1, n2) = (
            Double(obligors[first.upperBound] - obligors[first.lowerBound]),
            Double(obligors[second.upperBound] - obligors[second.lowerBound])
        )
        let (d1, d2) = (
            Double(defaults[first.upperBound] - defaults[first.lowerBound]),
            Double(defaults[second.upperBound] - defaults[second.lowerBound])
        )
        return TwoProportionTest(defaults: (d1, d2), weights: (n1, n2)).z
    }

    private func isSeparable(_ first: Range<Int>, _ second: Range<Int>) -> Bool {
        z(first, second) >= criticalZ
    }

    private func demandsBroken(by run: Range<Int>) -> Int32 {
        let count = obligors[run.upperBound] - obligors[run.lowerBound]
        let events = defaults[run.upperBound] - defaults[run.lowerBound]
        return (count < options.minimumObligors ? 1 : 0) + (events < options.minimumDefaults ? 1 : 0)
    }

    /// Σ KL(pᵢ ‖ p̄) over a run.
    private func divergence(_ run: Range<Int>) -> Double {
        let count = Double(obligors[run.upperBound] - obligors[run.lowerBound])
        let mean = (pdSums[run.upperBound] - pdSums[run.lowerBound]) / count
        return negentropies[run.upperBound] - negentropies[run.lowerBound] - count
            * RiskClass.negentropy(mean)
    }

    /// The best partition for a strength λ of holding concentration down.
    ///
    /// cost[k][end, start] is the least cost of k grades of which the last is [start, end).
    private func partition(strength: Double) -> [Int] {
        let m = classes.count
        let grades = Grade.performing.count
        func own(_ run: Range<Int>) -> Cost {
            let share = Double(obligors[run.upperBound] - obligors[run.lowerBound]) / Double(total)
            return Cost(
                broken: demandsBroken(by: run),
                loss: divergence(run) + strength * Double(total) * share * share)
        }
        var cost = [Cost](repeating: .impossible, count: (m + 1) * (m + 1))
        for end in 1...m { cost[end * (m + 1)] = own(0..<end) }
        var choices: [[Int32]] = []
        for k in 1..<grades {
            var next = [Cost](repeating: .impossible, count: (m + 1) * (m + 1))
            var choice = [Int32](repeating: -1, count: (m + 1) * (m + 1))
            for start in k..<m {
                for end in start + 1...m where m - end >= grades - 1 - k {
                    let mine = own(start..<end)
                    var best = Cost.impossible
                    var bestStart: Int32 = -1
                    for before in k - 1..<start {
                        let earlier = cost[start * (m + 1) + before]
                        guard earlier.broken < .max, earlier < best else { continue }
                        var candidate = earlier
                        if !isSeparable(before..<start, start..<end) { candidate.broken += 1 }
                        if candidate < best { (best, bestStart) = (candidate, Int32(before)) }
                    }
                    guard bestStart >= 0 else { continue }
                    best.broken += mine.broken
                    best.loss += mine.loss
                    next[end * (m + 1) + start] = best
                    choice[end * (m + 1) + start] = bestStart
                }
            }
            cost = next
            choices.append(choice)
        }
        var start = grades - 1
        for candidate in grades - 1..<m where cost[m * (m + 1) + candidate] < cost[m * (m + 1) + start] {
            start = candidate
        }
        var starts = [start, m]
        for choice in choices.reversed() {
            let before = Int(choice[starts[1] * (m + 1) + starts[0]])
            starts.insert(before, at: 0)
        }
        return starts
    }
}

extension MasterScaleFit {
    init(
        _ starts: [Int], _ search: GradePartition, _ options: MasterScaleOptions
    ) throws(MasterScaleFitError) {
        let runs = zip(starts, starts.dropFirst()).map { $0..<$1 }
        var grades: [GradeFigures] = []
        var shortfalls: [Shortfall] = []
        for (place, run) in runs.enumerated() {
            let grade = Grade.performing[place]
            let (obligors, defaults, meanPD) = search.figures(run)
            let pValue = place + 1 < runs.count ? search.pValue(run, runs[place + 1]) : nil
            grades.append(
                GradeFigures(
                    grade: grade, obligors: obligors, defaults: defaults, meanPD: meanPD,
                    pValueAgainstWorse: pValue))
            if obligors < options.minimumObligors { shortfalls.append(.fewObligors(grade, obligors)) }
            if defaults < options.minimumDefaults { shortfalls.append(.fewDefaults(grade, defaults)) }
            if let pValue, pValue > options.maximumPValue {
                shortfalls.append(.notSeparable(grade, pValue: pValue))
            }
        }
        concentration = search.concentration(starts)
        if concentration > options.maximumConcentration { shortfalls.append(.concentrated(concentration)) }
        lostInformation = search.lostInformation(starts)
        self.grades = grades
        self.shortfalls = shortfalls
        let bounds = starts.dropFirst().dropLast().map(search.bound) + [1]
        // Bounds rise with the PDs between which they lie; only PDs of 1 to the last bit leave no room below 1.
        do throws(MasterScaleError) { scale = try MasterScale(upperBounds: bounds) } catch {
            throw .tooFewPDs(Grade.performing.count - 1, needed: Grade.performing.count)
        }
    }
}
