/// What an attribute contributes: the coefficient of its characteristic times its WOE, or that and a departure of its
/// own.
public struct AttributeOptions: Sendable, Hashable, Codable {
    /// Whether attributes depart from the line through their WOE.
    public var form: Form
    /// How strongly departures are held back; only with ``Form/adapted``.
    public var shrinkage: Shrinkage
    /// Which attributes keep the order of their WOE; only with ``Form/adapted``.
    public var order: Order

    /// Whether attributes depart from the line through their WOE.
    public enum Form: String, Sendable, Hashable, Codable, CaseIterable {
        /// β · WOE: the classical scorecard.
        case woe
        /// β · WOE + δ, with δ shrunk towards 0.
        case adapted
    }

    /// How strongly departures are held back.
    public enum Shrinkage: Sendable, Hashable, Codable {
        /// As strongly as the training data say: the variances of δ by characteristic, and that of β around a common
        /// slope, with the largest marginal likelihood.
        case marginalLikelihood
        /// ½ λ Σ δ² for this λ, and β by the regression's own ridge alone.
        case strength(Double)
    }

    /// Which attributes keep the order of their WOE.
    public enum Order: String, Sendable, Hashable, Codable, CaseIterable {
        /// Where the default rate rises or falls over all intervals of a number, so do the points.
        case monotone
        /// Of two neighbouring intervals or groups of levels, the one with the higher WOE is never the riskier.
        case neighbours
        /// Of any two attributes of a characteristic, missing values and special codes among them, the same.
        case woe
        /// None.
        case none
    }

    /// Options with their defaults.
    public init(
        form: Form = .adapted, shrinkage: Shrinkage = .marginalLikelihood, order: Order = .monotone
    ) {
        self.form = form
        self.shrinkage = shrinkage
        self.order = order
    }
}
