import Glibc
public import Vocabulary

/// What a fitted master scale should keep to.
public struct MasterScaleOptions: Sendable, Hashable {
    /// Obligors that each grade should have.
    public var minimumObligors = 50
    /// Defaults that each grade should have.
    public var minimumDefaults = 3
    /// The p-value, on one side, below which the default rate of the worse of two neighbours counts as higher.
    public var maximumPValue = 0.05
    /// The concentration HI that the obligors' spread over grades should stay below: 0 is even, 1 is one grade.
    public var maximumConcentration = 0.25
    /// Classes of equal weight that bounds are sought between, 9 to 400.
    public var classes = 120

    /// Options with their defaults.
    public init() {}

    func validated() throws(MasterScaleFitError) -> MasterScaleOptions {
        guard minimumObligors >= 1 else { throw .badOption("minimumObligors", "at least 1") }
        guard minimumDefaults >= 0 else { throw .badOption("minimumDefaults", "at least 0") }
        guard maximumPValue > 0, maximumPValue <= 0.5 else {
            throw .badOption("maximumPValue", "above 0, at most 0.5")
        }
        guard maximumConcentration >= 0, maximumConcentration <= 1 else {
            throw .badOption("maximumConcentration", "from 0 to 1")
        }
        guard (Grade.performing.count...400).contains(classes) else {
            throw .badOption("classes", "from \(Grade.performing.count) to 400")
        }
        return self
    }
}

/// A master scale fitted to data, with what it keeps to and where it falls short.
public struct MasterScaleFit: Sendable, Equatable {
    /// The scale.
    public let scale: MasterScale
    /// AAA to C on the data it was fitted to.
    public let grades: [GradeFigures]
    /// HI = 1 + ln(Σ Rₖ²) ÷ ln 9 of the shares Rₖ of the grades: 0 is even, 1 is one grade.
    public let concentration: Double
    /// What PDs lose by being replaced with the mean of their grade: the mean Kullback–Leibler divergence, nats per
    /// obligor.
    public let lostInformation: Double
    /// The demands that the data do not let the scale keep.
    public let shortfalls: [Shortfall]

    /// One grade on the data.
    public struct GradeFigures: Sendable, Hashable {
        /// The grade.
        public let grade: Grade
        /// Obligors.
        public let obligors: Int
        /// Defaults.
        public let defaults: Int
        /// Mean PD, a fraction.
        public let meanPD: Double
        /// P(so large a rise of the default rate to the next worse grade by chance), on one side; `nil` for C.
        public let pValueAgainstWorse: Double?

        /// Defaults by obligors.
        public var defaultRate: Double { Double(defaults) / Double(obligors) }
    }

    /// A demand that is not kept.
    public enum Shortfall: Sendable, Hashable {
        /// A grade with too few obligors.
        case fewObligors(Grade, Int)
        /// A grade with too few defaults.
        case fewDefaults(Grade, Int)
        /// A grade that the data do not tell from the next worse one.
        case notSeparable(Grade, pValue: Double)
        /// The obligors crowd in too few grades.
        case concentrated(Double)
    }
}

extension MasterScaleFit.Shortfall: CustomStringConvertible {
    /// The fact in a few words.
    public var description: String {
        switch self {
        case .fewObligors(let grade, let count): "\(grade) has \(count) obligors"
        case .fewDefaults(let grade, let count): "\(grade) has \(count) defaults"
        case .notSeparable(let grade, let p):
            "\(grade) is not told from the next worse grade (p \((p * 1000).rounded() / 1000))"
        case .concentrated(let index): "concentration is \((index * 1000).rounded() / 1000)"
        }
    }
}

/// Why no scale can be fitted.
public enum MasterScaleFitError: Error, Sendable, Equatable {
    /// A PD that is no fraction in [0, 1].
    case badPD(row: Int, value: Double)
    /// Outcomes and PDs of different number.
    case unequalLengths(pds: Int, outcomes: Int)
    /// Too few different PDs for nine grades.
    case tooFewPDs(Int, needed: Int)
    /// An option out of its range.
    case badOption(String, String)
}

extension MasterScaleFitError: CustomStringConvertible {
    /// One line: the fact and the remedy.
    public var description: String {
        switch self {
        case .badPD(let row, let value): "the PD of row \(row + 1) is \(value): give a fraction from 0 to 1"
        case .unequalLengths(let pds, let outcomes): "\(outcomes) outcomes for \(pds) PDs: give one for each"
        case .tooFewPDs(let count, let needed):
            "\(count) different PDs are too few for \(needed) grades: give a scale, or a finer model"
        case .badOption(let name, let range): "\(name) is out of range: give a number \(range)"
        }
    }
}

extension MasterScale {
    /// Fits a scale to PDs and what came of them.
    ///
    /// Among all scales whose bounds lie between ``MasterScaleOptions/classes`` classes of PDs, the one that breaks the
    /// fewest demands (obligors and defaults of each grade, a default rate that is higher, by test, than that of the
    /// better neighbour), and among those the one that loses least information by replacing each PD with the mean of
    /// its grade,
    ///
    ///     min Σᵢ KL(pᵢ ‖ p̄_g(i)) + λ · n · Σ_g (n_g ÷ n)²
    ///
    /// with the smallest λ ≥ 0 that keeps the concentration below its limit without breaking more demands. Both parts
    /// add up over grades and pairs of neighbours, so that dynamic programming over (end, start of the last grade)
    /// finds the optimum. Mean PDs rise strictly since the PDs are sorted; the nine grades AAA to C are always there.
    ///
    /// - Parameters:
    ///   - pds: By row the PD, a fraction.
    ///   - defaulted: By row whether the obligor defaulted within the performance window.
    /// - Throws: ``MasterScaleFitError``.
    /// - Complexity: O(n log n + 9 · m³) for m classes, some twenty times if concentration must be held.
    public static func fitted(
        pds: [Double], defaulted: [Bool], _ options: MasterScaleOptions = MasterScaleOptions()
    ) throws(MasterScaleFitError) -> MasterScaleFit {
        let options = try options.validated()
        guard pds.count == defaulted.count else {
            throw .unequalLengths(pds: pds.count, outcomes: defaulted.count)
        }
        if let row = pds.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) {
            throw .badPD(row: row, value: pds[row])
        }
        let classes = RiskClass.classes(pds: pds, defaulted: defaulted, count: options.classes)
        guard classes.count >= Grade.performing.count else {
            throw .tooFewPDs(classes.count, needed: Grade.performing.count)
        }
        let search = GradePartition(classes, options)
        return try MasterScaleFit(search.best(), search, options)
    }
}

/// Neighbouring PDs that stay in one grade.
struct RiskClass: Sendable {
    var obligors = 0
    var defaults = 0
    var pdSum = 0.0
    /// Σ [p ln p + (1 − p) ln (1 − p)].
    var negentropy = 0.0
    var lowest = Double.infinity
    var highest = -Double.infinity

    /// Classes of equal weight, in which equal PDs stay together.
    ///
    /// An obligor weighs as much as its share of obligors and of expected defaults, so there is resolution both where
    /// obligors are and where defaults are.
    static func classes(pds: [Double], defaulted: [Bool], count: Int) -> [RiskClass] {
        let order = pds.indices.sorted { (pds[$0], $0) < (pds[$1], $1) }
        let different = zip(order, order.dropFirst()).count { pds[$0] < pds[$1] } + 1
        let total = pds.reduce(0, +)
        let perObligor = 1 / Double(max(1, pds.count))
        let perPD = total > 0 ? 1 / total : perObligor
        var classes: [RiskClass] = []
        var weight = 0.0
        for row in order {
            let pd = pds[row]
            // Never a new class between equal PDs; where there are few different ones, each has its own.
            let isNew = classes.isEmpty || classes[classes.count - 1].highest < pd
            let isDue = different <= count || weight / 2 * Double(count) >= Double(classes.count)
            if isNew, isDue { classes.append(RiskClass()) }
            classes[classes.count - 1].add(pd, defaulted: defaulted[row])
            weight += perObligor + perPD * (total > 0 ? pd : 1)
        }
        return classes
    }

    private mutating func add(_ pd: Double, defaulted: Bool) {
        obligors += 1
        defaults += defaulted ? 1 : 0
        pdSum += pd
        negentropy += Self.negentropy(pd)
        lowest = min(lowest, pd)
        highest = max(highest, pd)
    }

    static func negentropy(_ pd: Double) -> Double {
        (pd > 0 ? pd * log(pd) : 0) + (pd < 1 ? (1 - pd) * log1p(-pd) : 0)
    }
}
