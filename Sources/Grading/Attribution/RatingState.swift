import Glibc
public import Vocabulary

/// Everything an obligor's grade depended on at one date.
public struct RatingState: Sendable {
    /// What each feature contributed to η under the model of this date, by the place of the feature.
    ///
    /// Contributions and `base` add up to the model's own log-odds.
    public var contributions: [Double]
    /// The model's log-odds without contributions.
    public var base: Double
    /// From the model's log-odds to those of a calibrated PD; must not fall.
    public var calibration: @Sendable (Double) -> Double
    /// The shift of the obligor's industry and region.
    public var shift: Double
    /// The scale.
    public var scale: MasterScale
    /// The rules that acted, in their order.
    public var effects: [RuleEffect]
    /// The most notches that all `notch` effects together may cost.
    public var maximumNotches: Int
    /// The expert's decision in force.
    public var decision: ExpertOverride.Decision?
    /// How far experts may go.
    public var maximumExpertNotches: Int
    /// The worst cap of a rule that binds experts too; AAA for none.
    public var bindingCap: Grade
    /// Whether the obligor is in default, which makes it D whatever else is known.
    public var isInDefault: Bool

    /// The state of a date.
    public init(
        contributions: [Double], base: Double, calibration: @escaping @Sendable (Double) -> Double = { $0 },
        shift: Double = 0, scale: MasterScale = .standard, effects: [RuleEffect] = [],
        maximumNotches: Int = 8,
        decision: ExpertOverride.Decision? = nil, maximumExpertNotches: Int = 8, bindingCap: Grade = .aaa,
        isInDefault: Bool = false
    ) {
        self.contributions = contributions
        self.base = base
        self.calibration = calibration
        self.shift = shift
        self.scale = scale
        self.effects = effects
        self.maximumNotches = maximumNotches
        self.decision = decision
        self.maximumExpertNotches = maximumExpertNotches
        self.bindingCap = bindingCap
        self.isInDefault = isInDefault
    }
}

/// What a rating depends on, in the order in which it takes effect.
public enum RatingComponent: String, Sendable, Hashable, CaseIterable {
    /// What is known of the obligor.
    case data
    /// What the model makes of it.
    case model
    /// From scores to PDs.
    case calibration
    /// The scale's bounds and the shift of industry and region.
    case thresholds
    /// Rules that acted.
    case rules
    /// The expert's decision.
    case expert
    /// Whether the obligor is in default.
    case `default`
}

/// Where a rating ends: the final grade and the log-odds that stand for it.
public struct RatingEnd: Sendable, Hashable {
    /// The final grade.
    public let grade: Grade
    /// The log-odds of the PD where it lies in the final grade; else the bound of that grade nearest to it.
    public let logOdds: Double

    /// Where the rating of an obligor in default ends: the log-odds, ln(10⁹ − 1), are those of the PD 1 − 10⁻⁹, which
    /// stands for certainty, whose own are infinite.
    public static let inDefault = RatingEnd(grade: .d, logOdds: log(1e9 - 1))
}

extension RatingState {
    /// The final grade that follows from log-odds of the model, by this state's parts.
    static func end(
        modelLogOdds: Double, calibration: (Double) -> Double, thresholds: RatingState, rules: RatingState,
        expert: RatingState, isInDefault: Bool
    ) -> RatingEnd {
        if isInDefault { return .inDefault }
        let logOdds = calibration(modelLogOdds) + thresholds.shift
        let raw = thresholds.scale.grade(ofPD: ProbabilityOfDefault.value(ofLogOdds: logOdds))
        var grade = raw
        var notches = 0
        for effect in rules.effects {
            if case .notch(let wanted) = effect, wanted > 0 {
                let held = min(wanted, rules.maximumNotches - notches)
                notches += held
                grade = grade.movedDown(held)
            } else {
                grade = effect.grade(from: grade)
            }
        }
        if let decision = expert.decision {
            grade = ExpertOverrides(entries: [], maximumNotches: expert.maximumExpertNotches)
                .grade(from: grade, by: decision, cap: rules.bindingCap)
        }
        guard grade != raw, let bounds = thresholds.scale.bounds(of: grade),
            let near = ProbabilityOfDefault(grade > raw ? bounds.lowerBound : bounds.upperBound)
        else { return RatingEnd(grade: grade, logOdds: logOdds) }
        return RatingEnd(grade: grade, logOdds: near.logOdds)
    }

    /// Where the rating of this state ends.
    public var end: RatingEnd {
        Self.end(
            modelLogOdds: contributions.reduce(base, +), calibration: calibration, thresholds: self,
            rules: self, expert: self, isInDefault: isInDefault)
    }
}
