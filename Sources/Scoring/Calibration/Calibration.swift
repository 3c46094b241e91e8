import Glibc
import Statistics
import Vocabulary

/// How the log-odds of a model become those of a calibrated PD: maps that are applied one after the other.
///
/// No map ever falls, so that calibration changes PDs but no two obligors change places. The steps keep what each is
/// for; a chain of lines is applied as the one line that it is.
public struct Calibration: Sendable, Equatable {
    /// The maps, in the order in which they are applied.
    public let steps: [Step]
    /// The rows that they were fitted on.
    public let basis: Basis
    /// The whole chain as one line, if all steps are lines.
    public let line: Line?

    /// One map and what it is for.
    public struct Step: Sendable, Equatable, Codable {
        /// What it is for.
        public let purpose: Purpose
        /// The map.
        public let map: Map

        /// A map with its purpose.
        public init(_ purpose: Purpose, _ map: Map) {
            self.purpose = purpose
            self.map = map
        }
    }

    /// What a step is for.
    public enum Purpose: String, Sendable, Hashable, Codable, CaseIterable {
        /// Log-odds that come true: a line fitted with smoothed outcomes.
        case platt
        /// PDs that come true: a beta curve.
        case beta
        /// PDs that come true: a rising step function.
        case isotonic
        /// PDs that come true: Venn and Abers's probability.
        case vennAbers
        /// Training rows in which defaults were over- or under-sampled.
        case priorShift
        /// A mean PD that is given.
        case centralTendency
        /// From through the cycle to a point in time, or back.
        case cycle
        /// Margins of conservatism and a floor.
        case margin
    }

    /// A map of log-odds to log-odds that never falls.
    public enum Map: Sendable, Equatable {
        /// A straight line.
        case line(Line)
        /// A beta curve.
        case beta(BetaCurve)
        /// Between points.
        case points(PointMap)
        /// One factor.
        case cycle(CycleShift)
        /// Margins and a floor.
        case margin(MarginOfConservatism)
    }

    /// The rows that a calibration was fitted on, none of which its model had seen.
    public struct Basis: Sendable, Equatable, Codable {
        /// How they were kept from the model.
        public let fittedOn: CalibrationRecipe.Basis
        /// Their number.
        public let rows: Int
        /// Defaults among them.
        public let defaults: Int

        /// Rows that the model had not seen.
        public init(fittedOn: CalibrationRecipe.Basis, rows: Int, defaults: Int) {
            self.fittedOn = fittedOn
            self.rows = rows
            self.defaults = defaults
        }
    }

    /// A chain of maps.
    ///
    /// - Throws: ``CalibrationError/badMap(reason:)`` for a map that falls, or that could make a number that is not
    ///   finite.
    public init(steps: [Step], basis: Basis) throws(CalibrationError) {
        for step in steps { try step.map.validate() }
        self.steps = steps
        self.basis = basis
        var line: Line? = .identity
        for step in steps {
            guard case .line(let next) = step.map else {
                line = nil
                break
            }
            line = line?.followed(by: next)
        }
        if let line { try line.validate() }
        self.line = line
    }

    /// The calibrated log-odds of a model's log-odds; finite for finite ones.
    public func logOdds(_ raw: Double) -> Double {
        if let line { return line.value(raw) }
        return steps.reduce(raw) { logOdds, step in step.map.value(logOdds) }
    }
}

extension Calibration.Map {
    /// The value at log-odds.
    func value(_ logOdds: Double) -> Double {
        switch self {
        case .line(let line): line.value(logOdds)
        case .beta(let curve): curve.value(logOdds)
        case .points(let points): points.value(logOdds)
        case .cycle(let shift): shift.value(logOdds)
        case .margin(let margin): margin.value(logOdds)
        }
    }

    fileprivate func validate() throws(CalibrationError) {
        switch self {
        case .line(let line): try line.validate()
        case .beta(let curve): try curve.validate()
        case .points(let points): try points.validate()
        case .cycle(let shift): try shift.validate()
        case .margin(let margin): try margin.validate()
        }
    }
}

extension Calibration {
    /// Log-odds beyond which PDs are 0 or 1 to a double: curved maps are flat there.
    static let logOddsLimit = 700.0

    static func bounded(_ logOdds: Double) -> Double { max(-logOddsLimit, min(logOddsLimit, logOdds)) }

    /// A line in log-odds: a + b η.
    public struct Line: Sendable, Hashable, Codable {
        /// a.
        public let intercept: Double
        /// b > 0.
        public let slope: Double

        /// A line from its parts.
        public init(intercept: Double, slope: Double) {
            self.intercept = intercept
            self.slope = slope
        }

        /// The line that changes nothing.
        public static let identity = Line(intercept: 0, slope: 1)

        /// a + b η.
        public func value(_ logOdds: Double) -> Double { intercept + slope * logOdds }

        /// This line and then another, as one.
        func followed(by next: Line) -> Line {
            Line(intercept: next.value(intercept), slope: next.slope * slope)
        }

        func validate() throws(CalibrationError) {
            guard abs(intercept) <= 1e9, slope >= 1e-6, slope <= 1e6 else {
                throw .badMap(
                    reason: "the line \(intercept) + \(slope) · log-odds does not rise in a usable way")
            }
        }
    }

    /// A beta curve: a ln p − b ln(1 − p) + c.
    ///
    /// Source: Kull, Silva Filho & Flach (2017), "Beta calibration", *AISTATS*.
    public struct BetaCurve: Sendable, Hashable, Codable {
        /// a ≥ 0.
        public let a: Double
        /// b ≥ 0.
        public let b: Double
        /// c.
        public let c: Double

        /// A curve from its parts.
        public init(a: Double, b: Double, c: Double) {
            self.a = a
            self.b = b
            self.c = c
        }

        func value(_ logOdds: Double) -> Double {
            let logOdds = Calibration.bounded(logOdds)
            return c + a * Self.logPD(logOdds) - b * Self.logPD(-logOdds)
        }

        /// ln p of log-odds: −ln(1 + e^−η).
        static func logPD(_ logOdds: Double) -> Double { min(logOdds, 0) - log1p(exp(-abs(logOdds))) }

        fileprivate func validate() throws(CalibrationError) {
            guard a >= 0, b >= 0, a + b >= 1e-6, a <= 1e6, b <= 1e6, abs(c) <= 1e9 else {
                throw .badMap(reason: "the beta curve \(a), \(b), \(c) does not rise in a usable way")
            }
        }
    }

    /// A map between points, constant beyond them.
    public struct PointMap: Sendable, Hashable, Codable {
        /// In what the map is linear between its points.
        public enum Scale: String, Sendable, Hashable, Codable, CaseIterable {
            /// In PDs.
            case pd
            /// In log-odds.
            case logOdds
        }

        /// Log-odds, rising strictly.
        public let logOdds: [Double]
        /// What they become, never falling: PDs in (0, 1) or log-odds.
        public let values: [Double]
        /// Which of the two.
        public let scale: Scale

        /// A map from its points.
        public init(logOdds: [Double], values: [Double], scale: Scale) {
            self.logOdds = logOdds
            self.values = values
            self.scale = scale
        }

        func value(_ raw: Double) -> Double {
            let value = interpolated(raw)
            return scale == .logOdds ? value : log(value) - log1p(-value)
        }

        private func interpolated(_ raw: Double) -> Double {
            var (low, high) = (0, logOdds.count)
            while low < high {
                let middle = (low + high) / 2
                if logOdds[middle] <= raw { low = middle + 1 } else { high = middle }
            }
            // The first point above `raw`.
            guard low > 0 else { return values[0] }
            guard low < logOdds.count else { return values[values.count - 1] }
            let share = (raw - logOdds[low - 1]) / (logOdds[low] - logOdds[low - 1])
            let (below, above) = (values[low - 1], values[low])
            // Rounding must not leave the two values, or the map could fall.
            return min(above, max(below, below + share * (above - below)))
        }

        fileprivate func validate() throws(CalibrationError) {
            guard !logOdds.isEmpty, logOdds.count == values.count else {
                throw .badMap(reason: "\(values.count) values for \(logOdds.count) points")
            }
            let areUsable =
                logOdds.allSatisfy { abs($0) <= 1e12 }
                && values.allSatisfy { value in
                    scale == .pd ? value > 0 && value < 1 : abs(value) <= Calibration.logOddsLimit
                }
            guard areUsable, zip(logOdds, logOdds.dropFirst()).allSatisfy(<),
                zip(values, values.dropFirst()).allSatisfy(<=)
            else { throw .badMap(reason: "points that do not rise, or lie out of range") }
        }
    }

    /// From PDs that average good and bad years to those of one year, or back.
    public struct CycleShift: Sendable, Hashable, Codable {
        /// Which way.
        public enum Direction: String, Sendable, Hashable, Codable, CaseIterable {
            /// From through the cycle to a point in time.
            case toPointInTime
            /// From a point in time to through the cycle.
            case toThroughTheCycle
        }

        /// Which way.
        public let direction: Direction
        /// z of the point in time; > 0 is a good year.
        public let factor: Double
        /// ρ.
        public let assetCorrelation: Double

        /// A shift from its parts.
        public init(direction: Direction, factor: Double, assetCorrelation: Double) {
            self.direction = direction
            self.factor = factor
            self.assetCorrelation = assetCorrelation
        }

        func value(_ logOdds: Double) -> Double {
            let logOdds = Calibration.bounded(logOdds)
            // Checked when the calibration was made.
            guard let model = try? OneFactorModel(assetCorrelation: assetCorrelation) else { return logOdds }
            return switch direction {
            case .toPointInTime: model.conditionalLogOdds(logOdds, factor: factor)
            case .toThroughTheCycle: model.averageLogOdds(logOdds, factor: factor)
            }
        }

        fileprivate func validate() throws(CalibrationError) {
            guard abs(factor) <= 8, assetCorrelation >= 0, assetCorrelation <= 0.99 else {
                throw .badMap(
                    reason: "a factor of \(factor) with an asset correlation of \(assetCorrelation); "
                        + "give a factor from -8 to 8 and a correlation from 0 to 0.99")
            }
        }
    }

    /// What is added to PDs for what is not known: PD · (1 + Σ relative) + Σ absolute, at least the floor.
    ///
    /// Categories as in the EBA's guidelines: A data and method, B change of the environment, C error of estimation.
    ///
    /// Source: EBA/GL/2017/16, §§ 36–52.
    public struct MarginOfConservatism: Sendable, Equatable, Codable {
        /// The margins, each with its reason.
        public let margins: [Margin]
        /// The least PD, in [0, 1).
        public let floor: Double

        /// What a margin is for.
        public enum Category: String, Sendable, Hashable, Codable, CaseIterable {
            /// Deficiencies of data and methods.
            case a = "A"
            /// Changes of standards, markets or the environment.
            case b = "B"
            /// The general error of estimation.
            case c = "C"
        }

        /// One margin.
        public struct Margin: Sendable, Equatable, Codable {
            /// What it is for.
            public let category: Category
            /// Part of the PD that is added, ≥ 0.
            public let relative: Double
            /// PD that is added, ≥ 0.
            public let absolute: Double
            /// Why, in the words of whoever set it.
            public let reason: String

            /// A margin with its reason.
            public init(category: Category, relative: Double = 0, absolute: Double = 0, reason: String) {
                self.category = category
                self.relative = relative
                self.absolute = absolute
                self.reason = reason
            }
        }

        /// Margins and a floor.
        public init(margins: [Margin], floor: Double) {
            self.margins = margins
            self.floor = floor
        }

        /// The largest PD that a margin leads to; a PD that is larger already stays.
        static let ceiling = 1 - 1e-9

        func value(_ logOdds: Double) -> Double {
            let relative = margins.reduce(0) { $0 + $1.relative }
            let absolute = margins.reduce(0) { $0 + $1.absolute }
            let pd = ProbabilityOfDefault.value(ofLogOdds: Calibration.bounded(logOdds))
            let raised = min(Self.ceiling, max(floor, pd * (1 + relative) + absolute))
            // Nothing here makes anyone safer, rounding included.
            return max(logOdds, log(raised) - log1p(-raised))
        }

        fileprivate func validate() throws(CalibrationError) {
            for margin in margins {
                guard margin.relative >= 0, margin.relative <= 100, margin.absolute >= 0, margin.absolute < 1
                else {
                    throw .badMap(reason: "a margin \(margin.category.rawValue) that is negative or above 1")
                }
            }
            guard floor >= 0, floor < 1 else { throw .badMap(reason: "a floor of \(floor)") }
        }
    }
}

extension ScoreScaling {
    /// The scaling of a model's own log-odds under which they score as their calibrated ones do under this one.
    ///
    /// With a + b η for η, the factor becomes b · factor and the base odds (odds · eᵃ)^(1/b).
    ///
    /// - Throws: ``ScoreScalingError`` where that leaves the range of scalings.
    func folding(_ line: Calibration.Line) throws(ScoreScalingError) -> ScoreScaling {
        try ScoreScaling(
            pdo: pdo * line.slope, baseOdds: exp((log(baseOdds) + line.intercept) / line.slope),
            baseScore: baseScore, rate: rate)
    }
}
