public import Grading
public import Scoring

/// What obligors are rated by: a model with its calibration, the scale, and what acts on its grades.
public struct RatingBasis: Sendable {
    /// The model, calibrated.
    public var model: ScoringModel
    /// The scale of its PDs.
    public var scale: MasterScale
    /// How much riskier each industry and region is than the scale says; `nil` for not at all.
    public var adaptation: CellAdaptation?
    /// The rules.
    public var rules: RuleSet
    /// What experts decided.
    public var experts: ExpertOverrides
    /// What grades are worth; `nil` for grades alone.
    public var policy: CreditPolicy?
    /// What follows from events; `nil` for nothing.
    public var events: EventPolicy?

    /// A basis from its parts.
    public init(
        model: ScoringModel, scale: MasterScale, adaptation: CellAdaptation? = nil, rules: RuleSet = .none,
        experts: ExpertOverrides = .none, policy: CreditPolicy? = nil,
        events: EventPolicy? = nil
    ) {
        self.model = model
        self.scale = scale
        self.adaptation = adaptation
        self.rules = rules
        self.experts = experts
        self.policy = policy
        self.events = events
    }

    /// All rules that act: those given, then what stale inputs and events that nobody has decided on lead to.
    var actingRules: RuleSet {
        let more = (policy?.clocks ?? []).map(\.rule) + (events?.rules ?? [])
        return more.isEmpty
            ? rules
            : RuleSet(name: rules.name, rules: rules.rules + more, maximumNotches: rules.maximumNotches)
    }

    /// The columns besides the model's that rules and policy read.
    var factColumns: [String] { Grader(scale: scale, rules: actingRules, policy: policy).columns }

    /// The basis with the decisions of experts that hold for some obligors on a day.
    func deciding(_ experts: ExpertOverrides) -> RatingBasis {
        var basis = self
        basis.experts = experts
        return basis
    }

    /// What turns PDs into grades, without limits and terms.
    var grader: Grader { Grader(scale: scale, rules: actingRules, experts: experts) }

    /// What turns PDs into grades, limits and terms.
    var granter: Grader { Grader(scale: scale, rules: actingRules, experts: experts, policy: policy) }
}
