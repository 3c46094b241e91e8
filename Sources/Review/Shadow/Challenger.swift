public import Grading
public import Scoring

/// A model that is held against the one that decides, and decides nothing.
public struct Challenger: Sendable {
    /// What it is called, unlike all others of a review.
    public let name: String
    /// SHA-256 of its file.
    public let sha256: String
    /// The model, calibrated.
    public let model: ScoringModel
    /// The scale of its PDs.
    public let scale: MasterScale

    /// A challenger.
    public init(name: String, sha256: String, model: ScoringModel, scale: MasterScale) {
        self.name = name
        self.sha256 = sha256
        self.model = model
        self.scale = scale
    }

    /// What its ratings would be made by, without anything that acts on grades.
    var basis: RatingBasis { RatingBasis(model: model, scale: scale) }
}
