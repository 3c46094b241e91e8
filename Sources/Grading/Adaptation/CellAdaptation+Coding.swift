extension CellAdaptation: Codable {
    private enum CodingKeys: String, CodingKey {
        case formatVersion, intercept, industries, regions, predictors, cells, spreads, confidence, obligors,
            defaults
    }

    /// The version of the form that is written, and the newest that is read.
    public static let formatVersion = 1

    /// Reads an adaptation and checks that it can be applied.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func damaged(_ key: CodingKeys, _ reason: String) -> DecodingError {
            .dataCorruptedError(forKey: key, in: container, debugDescription: reason)
        }
        let version = try container.decode(Int.self, forKey: .formatVersion)
        guard version == Self.formatVersion else {
            throw damaged(.formatVersion, "version \(version), this engine reads \(Self.formatVersion)")
        }
        let industries = try container.decode([LevelEffect].self, forKey: .industries)
        let regions = try container.decode([LevelEffect].self, forKey: .regions)
        let cells = try container.decode([Cell].self, forKey: .cells)
        let intercept = try container.decode(Double.self, forKey: .intercept)
        for (key, effects) in [(CodingKeys.industries, industries), (.regions, regions)] {
            guard Set(effects.map(\.name)).count == effects.count else { throw damaged(key, "a name twice") }
            guard effects.allSatisfy({ $0.shift.isFinite }) else {
                throw damaged(key, "a shift is not finite")
            }
        }
        guard intercept.isFinite else { throw damaged(.intercept, "not finite") }
        let names = cells.map { [$0.industry, $0.region] }
        guard Set(names).count == names.count else { throw damaged(.cells, "a cell twice") }
        guard cells.allSatisfy({ $0.interaction.isFinite }) else {
            throw damaged(.cells, "a shift is not finite")
        }
        self.init(
            intercept: intercept, industries: industries, regions: regions,
            predictors: try container.decode([PredictorEffect].self, forKey: .predictors), cells: cells,
            spreads: try container.decode(Spreads.self, forKey: .spreads),
            confidence: try container.decode(Double.self, forKey: .confidence),
            obligors: try container.decode(Int.self, forKey: .obligors),
            defaults: try container.decode(Int.self, forKey: .defaults))
    }

    /// Writes all but what follows from the rest.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.formatVersion, forKey: .formatVersion)
        try container.encode(intercept, forKey: .intercept)
        try container.encode(industries, forKey: .industries)
        try container.encode(regions, forKey: .regions)
        try container.encode(predictors, forKey: .predictors)
        try container.encode(cells, forKey: .cells)
        try container.encode(spreads, forKey: .spreads)
        try container.encode(confidence, forKey: .confidence)
        try container.encode(obligors, forKey: .obligors)
        try container.encode(defaults, forKey: .defaults)
    }
}
