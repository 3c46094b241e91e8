import Foundation
import Tables

/// What every version of the format has.
struct ModelHeader: Decodable {
    let format: String
    let formatVersion: Int
}

/// The file as a whole.
struct ModelDocument: Codable {
    let format: String
    let formatVersion: Int
    let model: ModelPayload
    let sha256: String
}

/// A model as it is written: what it was made from beside the scorer that came of it, so that another program can
/// score with the file alone and this one can tell when the two disagree.
struct ModelPayload: Codable {
    let name: String
    let description: String?
    let kind: ModelKind
    let logistic: LogisticModel?
    let scorecard: Scorecard?
    let boostedTrees: BoostedTreesModel?
    let additiveTrees: AdditiveTreesModel?
    /// The sum that a logistic model or a scorecard comes to; absent for trees and for functions, which are their own
    /// scorer.
    let scorer: AdditiveScorer?
    let schema: Schema
    let roles: ScoringModel.Roles
    let file: CSVDialect?
    let calibration: Calibration?
    let scaling: ScoreScaling
    let reasons: ReasonOptions
    let references: [Double]
    let masterScale: String?
    let fingerprint: TrainingFingerprint
    let metrics: [String: Evaluation]
    let gates: ValidationGates?
    let development: DevelopmentProfile?

    init(_ model: ScoringModel) {
        name = model.name
        description = model.description
        kind = model.kind
        logistic = if case .logistic(let logistic) = model.form { logistic } else { nil }
        scorecard = model.scorecard
        boostedTrees = model.boostedTrees
        additiveTrees = model.additiveTrees
        scorer = model.scorer.additive
        schema = model.schema
        roles = model.roles
        file = model.file
        calibration = model.calibration
        scaling = model.scaling
        reasons = model.reasons
        references = model.references
        masterScale = model.masterScale
        fingerprint = model.fingerprint
        metrics = model.metrics
        gates = model.gates
        development = model.development
    }

    /// SHA-256 of the canonical JSON.
    func digest() throws -> String { Digest.of(try Digest.canonicalJSON(self)) }

    /// The model, checked.
    func model() throws(ArtifactError) -> ScoringModel {
        let form: ScoringModel.Form
        switch (kind, logistic, scorecard, boostedTrees, additiveTrees) {
        case (.logistic, .some(let logistic), nil, nil, nil): form = .logistic(logistic)
        case (.scorecard, nil, .some(let scorecard), nil, nil): form = .scorecard(scorecard)
        case (.boostedTrees, nil, nil, .some(let trees), nil): form = .boostedTrees(trees)
        case (.additiveTrees, nil, nil, nil, .some(let trees)): form = .additiveTrees(trees)
        default: throw .damaged(reason: "the kind '\(kind.rawValue)' does not match the content")
        }
        let model: ScoringModel
        do throws(ScorerError) {
            model = try ScoringModel(
                name: name, description: description, form: form, schema: schema, roles: roles,
                file: file, calibration: calibration, scaling: scaling, reasons: reasons,
                references: references, masterScale: masterScale, fingerprint: fingerprint, metrics: metrics,
                gates: gates, development: development)
        } catch { throw .damaged(reason: error.description) }
        guard model.scorer.additive == scorer else {
            throw .damaged(reason: "the scorer is not the one that its \(kind.rawValue) gives")
        }
        guard development?.isSound ?? true else { throw .damaged(reason: "the profile of its development") }
        guard model.pointsTellScores else {
            throw .damaged(reason: "the points of the scorecard do not add up to the calibrated score")
        }
        guard (0...ReasonOptions.maximumCount).contains(reasons.count) else {
            throw .damaged(reason: "\(reasons.count) reasons")
        }
        return model
    }
}

extension Scorer {
    /// The sum of contributions, if it is one.
    fileprivate var additive: AdditiveScorer? {
        if case .additive(let scorer) = self { scorer } else { nil }
    }
}

extension LogisticModel: Codable {
    private enum CodingKeys: CodingKey { case encoding, intercept, coefficients, offset }

    /// Reads a model and checks that it has one coefficient for every feature.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        encoding = try container.decode(FeatureEncoding.self, forKey: .encoding)
        intercept = try container.decode(Double.self, forKey: .intercept)
        coefficients = try container.decode([Coefficient].self, forKey: .coefficients)
        offset = try container.decodeIfPresent(String.self, forKey: .offset)
        guard coefficients.map(\.name) == encoding.featureNames else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "the coefficients are not those of the features"))
        }
    }

    /// Writes the parts.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(encoding, forKey: .encoding)
        try container.encode(intercept, forKey: .intercept)
        try container.encode(coefficients, forKey: .coefficients)
        try container.encodeIfPresent(offset, forKey: .offset)
    }
}
