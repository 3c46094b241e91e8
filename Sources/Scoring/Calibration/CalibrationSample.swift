import Glibc
import LinearAlgebra
import Statistics

/// Log-odds with outcomes that the model had not seen: what calibrations are fitted on.
///
/// Rows of equal log-odds are kept together, so that methods cost as many steps as there are distinct ones.
public struct CalibrationSample: Sendable, Equatable {
    /// Rows of one value.
    public struct Group: Sendable, Equatable {
        /// η.
        public let logOdds: Double
        /// Weight of the rows that defaulted.
        public internal(set) var defaults: Double
        /// Weight of all rows.
        public internal(set) var weight: Double
    }

    /// The groups, log-odds rising.
    public private(set) var groups: [Group]
    /// Number of rows, those without weight too.
    public let rows: Int
    /// Number of rows that defaulted.
    public let defaults: Int

    /// A sample.
    ///
    /// - Parameters:
    ///   - logOdds: η by row, finite.
    ///   - defaulted: Outcomes, of the same length.
    ///   - weights: w ≥ 0, of the same length; absent for all 1.
    /// - Throws: ``CalibrationError``.
    public init(logOdds: [Double], defaulted: [Bool], weights: [Double]? = nil) throws(CalibrationError) {
        precondition(
            logOdds.count == defaulted.count && logOdds.count == weights?.count ?? logOdds.count,
            "\(logOdds.count) log-odds, \(defaulted.count) outcomes")
        if let row = logOdds.firstIndex(where: { !(abs($0) <= 1e12) }) {
            throw .badValue(what: "log-odds", row: row)
        }
        if let row = weights?.firstIndex(where: { !($0 >= 0 && $0 <= 1e90) }) {
            throw .badValue(what: "weight", row: row)
        }
        var groups: [Group] = []
        for row in logOdds.indices.sorted(by: { logOdds[$0] < logOdds[$1] }) {
            let weight = weights?[row] ?? 1
            if weight == 0 { continue }
            if groups.last?.logOdds != logOdds[row] {
                groups.append(Group(logOdds: logOdds[row], defaults: 0, weight: 0))
            }
            groups[groups.count - 1].weight += weight
            if defaulted[row] { groups[groups.count - 1].defaults += weight }
        }
        guard !groups.isEmpty else { throw .empty }
        self.groups = groups
        rows = logOdds.count
        defaults = defaulted.count { $0 }
    }

    /// Weight of all rows.
    public var weight: Double { groups.reduce(0) { $0 + $1.weight } }

    /// Weight of the rows that defaulted.
    public var defaultWeight: Double { groups.reduce(0) { $0 + $1.defaults } }

    /// The sample as a map sees it.
    func mapped(_ map: Calibration.Map) -> CalibrationSample {
        var mapped = self
        mapped.groups = []
        // Values that a map makes equal become one group.
        for group in groups {
            let value = map.value(group.logOdds)
            if let last = mapped.groups.last, last.logOdds == value {
                mapped.groups[mapped.groups.count - 1].weight += group.weight
                mapped.groups[mapped.groups.count - 1].defaults += group.defaults
            } else {
                mapped.groups.append(
                    Group(logOdds: value, defaults: group.defaults, weight: group.weight))
            }
        }
        return mapped
    }

    /// The sample with defaults weighted to a share of all, as a population that was resampled had it.
    func reweighted(toDefaultRate rate: Double) -> CalibrationSample {
        let share = defaultWeight / weight
        guard share > 0, share < 1 else { return self }
        var sample = self
        for place in groups.indices {
            let defaults = groups[place].defaults * rate / share
            let others = (groups[place].weight - groups[place].defaults) * (1 - rate) / (1 - share)
            sample.groups[place].defaults = defaults
            sample.groups[place].weight = defaults + others
        }
        return sample
    }
}

/// Methods that make PDs come true.
extension CalibrationSample {
    /// Platt's line with smoothed outcomes: a default counts as (n₁ + 1) ÷ (n₁ + 2), a non-default as 1 ÷ (n₀ + 2).
    ///
    /// The smoothing keeps the line finite where log-odds separate the classes.
    ///
    /// Source: Platt (1999), "Probabilistic outputs for support vector machines".
    ///
    /// - Throws: ``CalibrationError/noRanking(method:)`` for a line that does not rise,
    ///   ``CalibrationError/notFitted(method:reason:)`` for log-odds that are all alike.
    public func platt() throws(CalibrationError) -> Calibration.Line {
        let (n1, n0) = (defaultWeight, weight - defaultWeight)
        let (ofDefault, ofOther) = ((n1 + 1) / (n1 + 2), 1 / (n0 + 2))
        let targets = groups.map { $0.defaults * ofDefault + ($0.weight - $0.defaults) * ofOther }
        let logOdds = groups.map(\.logOdds)
        let count = groups.count
        let fit: LogisticFit
        do throws(FitError) {
            // Every group once as defaults and once as non-defaults, with the weight of each.
            fit = try LogisticRegression().fit(
                Matrix(rows: 2 * count, columns: 1, columnMajor: logOdds + logOdds),
                defaulted: Array(repeating: true, count: count) + Array(repeating: false, count: count),
                weights: targets + zip(groups, targets).map { $0.weight - $1 }, names: ["log-odds"])
        } catch { throw .notFitted(method: "Platt", reason: error.description) }
        guard fit.slopes[fit.slopes.startIndex] > 0 else { throw .noRanking(method: "Platt") }
        return Calibration.Line(intercept: fit.intercept, slope: fit.slopes[fit.slopes.startIndex])
    }

    /// The beta curve of largest likelihood whose two slopes are not negative.
    ///
    /// Source: Kull, Silva Filho & Flach (2017), "Beta calibration", *AISTATS*.
    ///
    /// - Throws: ``CalibrationError/noRanking(method:)``, ``CalibrationError/notFitted(method:reason:)``, for instance
    ///   where log-odds separate the classes.
    public func beta() throws(CalibrationError) -> Calibration.BetaCurve {
        let logOdds = groups.map { Calibration.bounded($0.logOdds) }
        let ofDefault = logOdds.map(Calibration.BetaCurve.logPD)
        let ofSurvival = logOdds.map { -Calibration.BetaCurve.logPD(-$0) }
        let count = groups.count
        let names = ["ln PD", "-ln (1 - PD)"]
        var bounds = CoefficientBounds.none
        for name in names { bounds.limits[name] = .init(lower: 0, upper: .infinity) }
        let fit: BoundedLogisticFit
        do throws(BoundedLogisticError) {
            fit = try BoundedLogisticRegression(BoundedLogisticOptions(bounds: bounds)).fit(
                Matrix(
                    rows: 2 * count, columns: 2,
                    columnMajor: ofDefault + ofDefault + ofSurvival + ofSurvival),
                defaulted: Array(repeating: true, count: count) + Array(repeating: false, count: count),
                weights: groups.map(\.defaults) + groups.map { $0.weight - $0.defaults }, names: names)
        } catch { throw .notFitted(method: "beta", reason: error.description) }
        let curve = Calibration.BetaCurve(
            a: fit.coefficients[1], b: fit.coefficients[2], c: fit.coefficients[0])
        guard curve.a + curve.b > 0 else { throw .noRanking(method: "beta") }
        return curve
    }

    /// The rising function of log-odds closest to the outcomes, linear in PDs between its steps.
    ///
    /// A first step without defaults (and a last one without non-defaults) would promise certainty; its PD is that of
    /// half a default (or of half a survivor) more, and no PD lies beyond it.
    public func isotonic() throws(CalibrationError) -> Calibration.PointMap {
        let blocks = try blocks(method: "isotonic")
        let (first, last) = (blocks[0], blocks[blocks.count - 1])
        let least = first.value > 0 ? first.value : 0.5 / (first.weight + 1)
        let largest = last.value < 1 ? last.value : 1 - 0.5 / (last.weight + 1)
        var (logOdds, values) = ([Double](), [Double]())
        for block in blocks {
            let value = max(least, min(largest, block.value))
            logOdds.append(block.lower)
            values.append(value)
            guard block.upper > block.lower else { continue }
            logOdds.append(block.upper)
            values.append(value)
        }
        guard least <= largest else { throw .noRanking(method: "isotonic") }
        return Calibration.PointMap(logOdds: logOdds, values: values, scale: .pd)
    }

    /// The stretches of the isotonic regression, of which a ranking has two at least.
    private func blocks(method: String) throws(CalibrationError) -> [IsotonicRegression.Block] {
        let fit: IsotonicRegression
        do throws(MetricError) {
            fit = try IsotonicRegression(
                x: groups.map(\.logOdds), y: groups.map { $0.defaults / $0.weight },
                weights: groups.map(\.weight))
        } catch { throw .notFitted(method: method, reason: error.description) }
        guard fit.blocks.count > 1 else { throw .noRanking(method: method) }
        return fit.blocks
    }

    /// Venn and Abers's probability p₁ ÷ (1 − p₀ + p₁) at every value of the log-odds, linear in PDs between them.
    ///
    /// Where many rows stand behind a value it is that of ``isotonic()``; where few do it lies between that and ½, so
    /// that no end needs to be bounded.
    ///
    /// Source: Vovk, Petej & Fedorova (2015), "Large-scale probabilistic predictors with and without guarantees of
    /// validity", *NIPS* 28.
    public func vennAbers() throws(CalibrationError) -> Calibration.PointMap {
        _ = try blocks(method: "Venn-Abers")
        let predictor: VennAbersPredictor
        do throws(MetricError) {
            predictor = try VennAbersPredictor(
                x: groups.map(\.logOdds), y: groups.map { min(1, $0.defaults / $0.weight) },
                weights: groups.map(\.weight))
        } catch { throw .notFitted(method: "Venn-Abers", reason: error.description) }
        var (logOdds, values) = ([Double](), [Double]())
        for group in groups {
            // Rounding must not let the map fall.
            let value = max(predictor.probability(at: group.logOdds), values.last ?? 0)
            let count = values.count
            if count > 1, values[count - 1] == value, values[count - 2] == value {
                // A stretch of one value needs its two ends only.
                logOdds[count - 1] = group.logOdds
            } else {
                logOdds.append(group.logOdds)
                values.append(value)
            }
        }
        return Calibration.PointMap(logOdds: logOdds, values: values, scale: .pd)
    }
}
