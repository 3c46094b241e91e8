/// Options of a scorecard.
public struct ScorecardRecipe: Sendable, Equatable, Codable {
    /// How variables are binned.
    public var binning: BinningOptions
    /// Options of single variables, which replace the common ones.
    public var variables: [String: BinningOptions]
    /// Bins that were made before and are used again for the variables of their names, with the counts of the new rows;
    /// `nil` to make all anew.
    public var replayed: [VariableBinning]?
    /// Which variables come in.
    public var selection: SelectionOptions
    /// ½ λ Σ βⱼ² on the coefficients of WOE, beside the sum of the rows' losses; 0 for none.
    public var ridge: Double
    /// What attributes contribute.
    public var attributes: AttributeOptions
    /// What is said about how sure the coefficients of a classical scorecard are; `nil` for the defaults.
    public var inference: InferenceOptions?
    /// How log-odds become points.
    public var points: PointsOptions
    /// How many reasons are given, and against what.
    public var reasons: ReasonOptions

    /// Options with their defaults.
    public init(
        binning: BinningOptions = BinningOptions(), variables: [String: BinningOptions] = [:],
        replayed: [VariableBinning]? = nil, selection: SelectionOptions = SelectionOptions(),
        ridge: Double = 0,
        attributes: AttributeOptions = AttributeOptions(), inference: InferenceOptions? = nil,
        points: PointsOptions = PointsOptions(),
        reasons: ReasonOptions = ReasonOptions()
    ) {
        self.binning = binning
        self.variables = variables
        self.replayed = replayed
        self.selection = selection
        self.ridge = ridge
        self.attributes = attributes
        self.inference = inference
        self.points = points
        self.reasons = reasons
    }
}
