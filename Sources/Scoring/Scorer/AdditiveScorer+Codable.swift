extension AdditiveScorer: Codable {
    private enum CodingKeys: CodingKey { case intercept, terms }

    /// Reads a scorer and holds it to the same rules as one that was built.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let intercept = try container.decode(Double.self, forKey: .intercept)
        let terms = try container.decode([Term].self, forKey: .terms)
        do {
            try self.init(intercept: intercept, terms: terms)
        } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.description))
        }
    }

    /// Writes the intercept and the terms.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(intercept, forKey: .intercept)
        try container.encode(terms, forKey: .terms)
    }
}

extension AdditiveScorer.Term: Codable {
    private enum CodingKeys: CodingKey { case column, line, steps, levels }

    /// Reads a term: its column and exactly one shape.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let column = try container.decode(String.self, forKey: .column)
        let shape: AdditiveScorer.Shape
        if let line = try container.decodeIfPresent(AdditiveScorer.Line.self, forKey: .line) {
            shape = .line(line)
        } else if let steps = try container.decodeIfPresent(AdditiveScorer.Steps.self, forKey: .steps) {
            shape = .steps(steps)
        } else {
            shape = .levels(try container.decode(AdditiveScorer.Levels.self, forKey: .levels))
        }
        self.init(column: column, shape: shape)
    }

    /// Writes the column and the shape under its name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(column, forKey: .column)
        switch shape {
        case .line(let line): try container.encode(line, forKey: .line)
        case .steps(let steps): try container.encode(steps, forKey: .steps)
        case .levels(let levels): try container.encode(levels, forKey: .levels)
        }
    }
}
