import StrictYAML

extension ValidationGates {
    /// Reads the keys under `gates`.
    init(keys: inout YAMLMapping) throws(YAMLError) {
        self.init(basis: try keys.optional("judgedBy")?.choice() ?? .crossValidation)
        for figure in ValidationGate.Figure.allCases {
            guard let limit = keys.optional(figure.rawValue) else { continue }
            gates.append(ValidationGate(figure, try limit.double(in: figure.limits)))
        }
    }
}
