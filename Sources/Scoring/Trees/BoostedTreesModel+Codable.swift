import Boosting

extension BoostedTreesModel: Codable {
    private enum CodingKeys: CodingKey {
        case inputs, baseLogOdds, trees, comparesSinglePrecision, certificate
    }

    /// Reads a model, checks that its trees are trees, and proves anew what it claims.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func damaged(_ reason: String) -> DecodingError {
            .dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: reason))
        }
        let inputs = try container.decode([TreeInput].self, forKey: .inputs)
        let base = try container.decode(Double.self, forKey: .baseLogOdds)
        let texts = try container.decode([String].self, forKey: .trees)
        let certificate = try container.decode(MonotonicityCertificate.self, forKey: .certificate)
        let features = inputs.map(\.feature)
        var reader = TreeText(features: features)
        var trees: [Tree] = []
        trees.reserveCapacity(texts.count)
        for (number, text) in texts.enumerated() {
            guard let tree = reader.tree(text) else { throw damaged("tree \(number) is no tree") }
            trees.append(tree)
        }
        let forest = Forest(
            features: features, objective: .binary, baseScores: [base], trees: trees,
            comparesSinglePrecision: try container.decode(Bool.self, forKey: .comparesSinglePrecision))
        let directions = inputs.map { input in
            certificate.proofs.first { $0.feature == input.column }.map { $0.direction < 0 ? -1 : 1 as Int8 }
                ?? 0
        }
        let model: BoostedTreesModel
        do throws(BoostingError) {
            model = try BoostedTreesModel(inputs: inputs, forest: forest, directions: directions)
        } catch { throw damaged(error.description) }
        self = model
        guard self.certificate == certificate else {
            throw damaged("the certificate is not that of the trees")
        }
    }

    /// Writes inputs, trees and certificate.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(inputs, forKey: .inputs)
        try container.encode(forest.baseScores[0], forKey: .baseLogOdds)
        try container.encode(forest.trees.map(TreeText.text), forKey: .trees)
        try container.encode(forest.comparesSinglePrecision, forKey: .comparesSinglePrecision)
        try container.encode(certificate, forKey: .certificate)
    }
}
