import Glibc
import Statistics
import Vocabulary

/// What an adaptation is estimated from: obligors with the log-odds of the global scale and what came of them.
public struct AdaptationData: Sendable {
    /// η by row.
    public let logOdds: [Double]
    /// By row whether the obligor defaulted.
    public let defaulted: [Bool]
    /// By row the industry; `nil` where not known.
    public let industries: [String?]
    /// By row the region; `nil` where not known.
    public let regions: [String?]
    /// Figures that may explain shifts.
    public let predictors: [Predictor]

    /// A figure of obligors whose mean over an industry or a region may explain its shift, such as payment terms given
    /// (industry) or days beyond terms (region).
    public struct Predictor: Sendable {
        /// The figure's name.
        public let name: String
        /// What it is averaged over.
        public let level: CellAdaptation.Level
        /// By row the figure; NaN where missing.
        public let values: [Double]

        /// A figure of obligors.
        public init(name: String, level: CellAdaptation.Level, values: [Double]) {
            self.name = name
            self.level = level
            self.values = values
        }
    }

    /// Obligors and outcomes.
    public init(
        logOdds: [Double], defaulted: [Bool], industries: [String?], regions: [String?],
        predictors: [Predictor] = []
    ) {
        self.logOdds = logOdds
        self.defaulted = defaulted
        self.industries = industries
        self.regions = regions
        self.predictors = predictors
    }
}

/// Why no adaptation can be estimated.
public enum AdaptationError: Error, Sendable, Equatable {
    /// Columns of different length.
    case unequalLengths(String, rows: Int, expected: Int)
    /// Log-odds that are no finite number.
    case badLogOdds(row: Int, value: Double)
    /// No row names both its industry and its region.
    case noCells
    /// All obligors of known cells defaulted, or none did.
    case oneClass(defaults: Int, obligors: Int)
    /// More industries and regions than can be estimated.
    case tooManyLevels(Int, limit: Int)
    /// A confidence that is no fraction between 0 and 1.
    case badConfidence(Double)
    /// The estimates do not exist in double precision.
    case noSolution
}

extension AdaptationError: CustomStringConvertible {
    /// One line: the fact and the remedy.
    public var description: String {
        switch self {
        case .unequalLengths(let name, let rows, let expected):
            "\(rows) values of \(name) for \(expected) rows: give one for each"
        case .badLogOdds(let row, let value): "the log-odds of row \(row + 1) are \(value): give finite ones"
        case .noCells: "no row names both its industry and its region: name the columns that do"
        case .oneClass(let defaults, let obligors):
            "\(defaults) of \(obligors) obligors defaulted: shifts need both defaults and non-defaults"
        case .tooManyLevels(let count, let limit):
            "\(count) industries and regions are more than \(limit): group them"
        case .badConfidence(let value): "a confidence of \(value): give a fraction between 0 and 1"
        case .noSolution: "no shifts can be estimated: log-odds are too large for double precision"
        }
    }
}

extension CellAdaptation {
    /// The most industries and regions together.
    public static let levelLimit = 600

    /// Estimates the shifts.
    ///
    /// A penalised logistic regression on the cells with crossed industry and region effects, their interaction and
    /// second-level predictors, η as an offset; the spreads of the three kinds of effects are estimated from the data
    /// by their marginal likelihood (Laplace) and averaged over. Intervals follow the skewness of rare defaults
    /// (Cornish and Fisher's expansion). Predictors are means over an industry or region,
    /// standardised over the levels, with the prior β ~ N(0, 1). At the end all shifts are moved together so
    /// that the mean PD of the rows is what it was.
    ///
    /// - Parameters:
    ///   - data: Obligors; rows without industry or region say nothing of the effects, but are shifted by what is known
    ///     of the other, and count for the mean PD.
    ///   - confidence: Of the intervals.
    /// - Throws: ``AdaptationError``.
    /// - Complexity: O(97 n) exponentials, then a few hundred systems of 1 + q + I + R unknowns.
    public static func fitted(
        to data: AdaptationData, confidence: Double = 0.95
    ) throws(AdaptationError) -> CellAdaptation {
        try fitted(to: data, confidence: confidence, knowing: nil)
    }

    /// The same, with spreads that are known where they are given.
    static func fitted(
        to data: AdaptationData, confidence: Double = 0.95, knowing spreads: CrossedEffects.Spreads?
    ) throws(AdaptationError) -> CellAdaptation {
        guard confidence > 0, confidence < 1 else { throw .badConfidence(confidence) }
        let sorted = try CellSample(data)
        let effects = CrossedEffects(
            cells: sorted.cells, industries: sorted.industries.count, regions: sorted.regions.count,
            predictors: sorted.predictors.count)
        let grid = spreads.map { SpreadGrid(effects, known: $0) } ?? SpreadGrid(effects)
        guard !grid.solutions.isEmpty else { throw .noSolution }
        let average = AveragedEffects(grid, effects)
        return try sorted.adaptation(average, confidence: confidence)
    }
}

/// Effects averaged over the spreads.
private struct AveragedEffects {
    var intercept = 0.0
    var coefficients: [Double]
    var industries: [Double]
    var regions: [Double]
    var interactions: [Double]
    var variances: [Double]
    var ownWeights: [Double]
    /// Mean less mode, and the third cumulant.
    var meanOffsets: [Double]
    var thirdCumulants: [Double]
    var spreads = (industry: 0.0, region: 0.0, interaction: 0.0)

    init(_ grid: SpreadGrid, _ effects: CrossedEffects) {
        let count = effects.cells.count
        coefficients = [Double](repeating: 0, count: effects.predictors)
        industries = [Double](repeating: 0, count: effects.industries)
        regions = [Double](repeating: 0, count: effects.regions)
        interactions = [Double](repeating: 0, count: count)
        variances = interactions
        ownWeights = interactions
        meanOffsets = interactions
        thirdCumulants = interactions
        var (means, squares) = (interactions, interactions)
        for (weight, spreads, solution) in grid.solutions {
            let shared = solution.state.shared
            intercept += weight * shared[0]
            for place in coefficients.indices { coefficients[place] += weight * shared[1 + place] }
            for place in industries.indices {
                industries[place] += weight * spreads.industry * shared[1 + effects.predictors + place]
            }
            for place in regions.indices {
                regions[place] +=
                    weight * spreads.region * shared[1 + effects.predictors + effects.industries + place]
            }
            for cell in 0..<count {
                interactions[cell] += weight * spreads.interaction * solution.state.interactions[cell]
                means[cell] += weight * solution.shifts[cell]
                squares[cell] +=
                    weight
                    * (solution.shifts[cell] * solution.shifts[cell] + solution.contrastVariances[cell])
                ownWeights[cell] += weight * solution.ownWeights[cell]
            }
            self.spreads.industry += weight * spreads.industry
            self.spreads.region += weight * spreads.region
            self.spreads.interaction += weight * spreads.interaction
        }
        for cell in 0..<count { variances[cell] = max(0, squares[cell] - means[cell] * means[cell]) }
        for (weight, _, solution) in grid.solutions {
            for cell in 0..<count {
                let gap = solution.shifts[cell] - means[cell]
                meanOffsets[cell] += weight * solution.meanOffsets[cell]
                thirdCumulants[cell] +=
                    weight
                    * (solution.thirdCumulants[cell]
                        + gap * (3 * solution.contrastVariances[cell] + gap * gap))
            }
        }
    }
}

extension AveragedEffects {
    /// By how much an interval lies beside the mode: its mean and, for quantiles ± z, κ₃ (z² − 1) ÷ 6 σ².
    ///
    /// At most half of the interval's half-width, beyond which an expansion around a normal law says nothing.
    ///
    /// Sources: Cornish & Fisher (1938), *Revue de l'Institut International de Statistique* 5, 307–320; Rue, Martino &
    /// Chopin (2009), §3.2.3.
    fileprivate func lean(of cell: Int, width: Double) -> Double {
        let variance = variances[cell]
        guard variance > 0 else { return 0 }
        let lean = meanOffsets[cell] + thirdCumulants[cell] * (width * width - 1) / (6 * variance)
        let most = width * variance.squareRoot() / 2
        return max(-most, min(most, lean))
    }
}

/// Rows sorted into cells.
private struct CellSample {
    private(set) var cells: [CrossedEffects.Cell] = []
    let industries: [String]
    let regions: [String]
    /// By predictor and level the standardised mean; 0 where a level has no value, or all have the same.
    private(set) var predictors: [(predictor: AdaptationData.Predictor, standardised: [Double])] = []
    private let obligors: Int
    private let defaults: Int
    /// Rows that name industry, region or neither, by the places of the names among the levels; a name that is none of
    /// them is as good as missing.
    private let partial: [PartlyKnown: [Double]]

    private struct PartlyKnown: Hashable {
        let industry: Int?
        let region: Int?
    }

    init(_ data: AdaptationData) throws(AdaptationError) {
        let rows = data.logOdds.count
        let lengths =
            [("outcomes", data.defaulted.count), ("industries", data.industries.count)]
            + [("regions", data.regions.count)] + data.predictors.map { ($0.name, $0.values.count) }
        for (name, count) in lengths where count != rows {
            throw .unequalLengths(name, rows: count, expected: rows)
        }
        if let row = data.logOdds.firstIndex(where: { !$0.isFinite }) {
            throw .badLogOdds(row: row, value: data.logOdds[row])
        }
        let used = (0..<rows).filter { data.industries[$0] != nil && data.regions[$0] != nil }
        guard !used.isEmpty else { throw .noCells }
        let (industryNames, industryOf) = Self.levels(used.map { data.industries[$0] ?? "" })
        let (regionNames, regionOf) = Self.levels(used.map { data.regions[$0] ?? "" })
        let levels = industryNames.count + regionNames.count
        guard levels <= CellAdaptation.levelLimit else {
            throw .tooManyLevels(levels, limit: CellAdaptation.levelLimit)
        }
        industries = industryNames
        regions = regionNames
        obligors = used.count
        defaults = used.count { data.defaulted[$0] }
        guard defaults > 0, defaults < obligors else {
            throw .oneClass(defaults: defaults, obligors: obligors)
        }
        for predictor in data.predictors {
            let isOfIndustry = predictor.level == .industry
            predictors.append(
                (
                    predictor,
                    Self.standardised(
                        used.map { predictor.values[$0] }, isOfIndustry ? industryOf : regionOf,
                        levels: isOfIndustry ? industryNames.count : regionNames.count)
                ))
        }
        var members = [[Int]](repeating: [], count: industryNames.count * regionNames.count)
        for place in used.indices {
            members[industryOf[place] * regionNames.count + regionOf[place]].append(used[place])
        }
        var partial: [PartlyKnown: [Double]] = [:]
        for row in 0..<rows where data.industries[row] == nil || data.regions[row] == nil {
            let known = PartlyKnown(
                industry: data.industries[row].flatMap { industryNames.place(of: $0) },
                region: data.regions[row].flatMap { regionNames.place(of: $0) })
            partial[known, default: []].append(data.logOdds[row])
        }
        self.partial = partial
        let centre = Self.commonShift(used.map { data.logOdds[$0] }, defaults: defaults)
        for (number, rows) in members.enumerated() where !rows.isEmpty {
            let (industry, region) = (number / regionNames.count, number % regionNames.count)
            let defaulted = rows.filter { data.defaulted[$0] }
            cells.append(
                CrossedEffects.Cell(
                    industry: industry, region: region,
                    predictors: predictors.map { predictor, values in
                        values[predictor.level == .industry ? industry : region]
                    },
                    likelihood: CellLikelihood(
                        logOdds: rows.map { data.logOdds[$0] }, defaults: defaulted.count,
                        linear: defaulted.reduce(0) { $0 + data.logOdds[$1] }, centre: centre)))
        }
    }

    /// The names in order, and the place of each row's.
    private static func levels(_ names: [String]) -> (names: [String], places: [Int]) {
        let sorted = Set(names).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let places = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($0.element, $0.offset) })
        return (sorted, names.map { places[$0] ?? 0 })
    }

    private static func standardised(_ values: [Double], _ levelOf: [Int], levels: Int) -> [Double] {
        var (sums, counts) = ([Double](repeating: 0, count: levels), [Double](repeating: 0, count: levels))
        for (value, level) in zip(values, levelOf) where value.isFinite {
            sums[level] += value
            counts[level] += 1
        }
        let known = (0..<levels).filter { counts[$0] > 0 }
        let means = (0..<levels).map { counts[$0] > 0 ? sums[$0] / counts[$0] : .nan }
        guard known.count > 1 else { return [Double](repeating: 0, count: levels) }
        let centre = known.reduce(0) { $0 + means[$1] } / Double(known.count)
        let squares = known.reduce(0) { $0 + (means[$1] - centre) * (means[$1] - centre) }
        let deviation = (squares / Double(known.count - 1)).squareRoot()
        // A spread at the level of rounding is none.
        guard deviation > 1e-12 * max(1, abs(centre)), deviation.isFinite else {
            return [Double](repeating: 0, count: levels)
        }
        return means.map { $0.isFinite ? ($0 - centre) / deviation : 0 }
    }

    /// The shift of all rows at which as many defaults are expected as there were.
    private static func commonShift(_ logOdds: [Double], defaults: Int) -> Double {
        func expected(_ shift: Double) -> Double {
            logOdds.reduce(0) { $0 + ProbabilityOfDefault.value(ofLogOdds: $1 + shift) }
        }
        return MeanKeeping.root(of: expected, at: Double(defaults))
    }

    func adaptation(
        _ average: AveragedEffects, confidence: Double
    ) throws(AdaptationError) -> CellAdaptation {
        func predicted(_ level: CellAdaptation.Level, _ place: Int) -> Double {
            zip(predictors, average.coefficients).reduce(0) { sum, item in
                let ((predictor, values), coefficient) = item
                return predictor.level == level ? sum + coefficient * values[place] : sum
            }
        }
        let industryEffects = industries.enumerated().map { place, name in
            CellAdaptation.LevelEffect(
                name: name, predicted: predicted(.industry, place), own: average.industries[place])
        }
        let regionEffects = regions.enumerated().map { place, name in
            CellAdaptation.LevelEffect(
                name: name, predicted: predicted(.region, place), own: average.regions[place])
        }
        let relative = cells.enumerated().map { number, cell in
            industryEffects[cell.industry].shift + regionEffects[cell.region].shift
                + average.interactions[number]
        }
        // Sums are taken in one order, whatever that of the dictionary.
        let others = partial.map { known, logOdds in
            (
                known, logOdds,
                (known.industry.map { industryEffects[$0].shift } ?? 0)
                    + (known.region.map { regionEffects[$0].shift } ?? 0)
            )
        }.sorted { ($0.0.industry ?? -1, $0.0.region ?? -1) < ($1.0.industry ?? -1, $1.0.region ?? -1) }
        func expected(_ scale: Double, _ common: Double) -> Double {
            let ofCells = zip(cells, relative).reduce(0) {
                $0 + $1.0.likelihood.expectedDefaults(at: scale * $1.1 + common)
            }
            return others.reduce(ofCells) { sum, other in
                other.1.reduce(sum) {
                    $0 + ProbabilityOfDefault.value(ofLogOdds: $1 + scale * other.2 + common)
                }
            }
        }
        let kept = expected(0, 0)
        let intercept = MeanKeeping.root(of: { expected(1, $0) }, at: kept)
        let width = NormalDistribution.standard.quantile(upperTail: (1 - confidence) / 2)
        let records = cells.enumerated().map { number, cell in
            let shift = intercept + relative[number]
            let margin = width * average.variances[number].squareRoot()
            let lean = average.lean(of: number, width: width)
            return CellAdaptation.Cell(
                industry: industries[cell.industry], region: regions[cell.region],
                obligors: cell.likelihood.obligors, defaults: cell.likelihood.defaults,
                expectedDefaults: cell.likelihood.expectedDefaults(at: 0),
                interaction: average.interactions[number], shift: shift, lower: shift + lean - margin,
                upper: shift + lean + margin, ownWeight: average.ownWeights[number])
        }
        guard intercept.isFinite, records.allSatisfy({ $0.shift.isFinite && $0.upper.isFinite }) else {
            throw .noSolution
        }
        return CellAdaptation(
            intercept: intercept, industries: industryEffects, regions: regionEffects,
            predictors: zip(predictors, average.coefficients).map { item, coefficient in
                CellAdaptation.PredictorEffect(
                    name: item.predictor.name, level: item.predictor.level, coefficient: coefficient)
            }, cells: records,
            spreads: CellAdaptation.Spreads(
                industry: average.spreads.industry, region: average.spreads.region,
                interaction: average.spreads.interaction),
            confidence: confidence, obligors: obligors, defaults: defaults)
    }
}

extension [String] {
    /// The place of a name in rising order of bytes.
    fileprivate func place(of name: String) -> Int? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].utf8.lexicographicallyPrecedes(name.utf8) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < count && self[low] == name ? low : nil
    }
}

/// The common shift that brings a mean to a value.
private enum MeanKeeping {
    /// The root of a rising function, by bisection between ever wider bounds down to neighbouring doubles' worth.
    static func root(of function: (Double) -> Double, at target: Double) -> Double {
        var (low, high) = (-1.0, 1.0)
        while function(low) > target, low > -1e4 { low *= 2 }
        while function(high) < target, high < 1e4 { high *= 2 }
        for _ in 0..<200 {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { break }
            if function(middle) < target { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
