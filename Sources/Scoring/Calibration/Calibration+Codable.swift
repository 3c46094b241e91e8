extension Calibration: Codable {
    private enum CodingKeys: CodingKey { case steps, basis }

    /// Reads a calibration and holds it to the same rules as one that was fitted.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        do {
            try self.init(
                steps: try container.decode([Step].self, forKey: .steps),
                basis: try container.decode(Basis.self, forKey: .basis))
        } catch let error as CalibrationError {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.description))
        }
    }

    /// Writes the steps and what they were fitted on.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(steps, forKey: .steps)
        try container.encode(basis, forKey: .basis)
    }
}

extension Calibration.Map: Codable {
    private enum CodingKeys: CodingKey { case line, beta, points, cycle, margin }

    /// Reads the map under the name of its kind.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let line = try container.decodeIfPresent(Calibration.Line.self, forKey: .line) {
            self = .line(line)
        } else if let curve = try container.decodeIfPresent(Calibration.BetaCurve.self, forKey: .beta) {
            self = .beta(curve)
        } else if let points = try container.decodeIfPresent(Calibration.PointMap.self, forKey: .points) {
            self = .points(points)
        } else if let shift = try container.decodeIfPresent(Calibration.CycleShift.self, forKey: .cycle) {
            self = .cycle(shift)
        } else {
            self = .margin(try container.decode(Calibration.MarginOfConservatism.self, forKey: .margin))
        }
    }

    /// Writes the map under the name of its kind.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .line(let line): try container.encode(line, forKey: .line)
        case .beta(let curve): try container.encode(curve, forKey: .beta)
        case .points(let points): try container.encode(points, forKey: .points)
        case .cycle(let shift): try container.encode(shift, forKey: .cycle)
        case .margin(let margin): try container.encode(margin, forKey: .margin)
        }
    }
}
