extension BinMember: Codable {
    private enum CodingKeys: String, CodingKey {
        case interval, level, rareLevel, special, state
    }

    /// The members without a value.
    private enum State: String, Codable {
        case negativeInfinity, positiveInfinity, missing
    }

    /// Writes an object with one key, for instance `{"interval": {"lower": 1.5}}` or `{"state": "missing"}`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .interval(let interval): try container.encode(interval, forKey: .interval)
        case .level(let level): try container.encode(level, forKey: .level)
        case .rareLevel(let level): try container.encode(level, forKey: .rareLevel)
        case .special(let name): try container.encode(name, forKey: .special)
        case .negativeInfinity: try container.encode(State.negativeInfinity, forKey: .state)
        case .positiveInfinity: try container.encode(State.positiveInfinity, forKey: .state)
        case .missing: try container.encode(State.missing, forKey: .state)
        }
    }

    /// Reads an object with one key.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard let key = container.allKeys.first, container.allKeys.count == 1 else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "a bin member with exactly one key"))
        }
        switch key {
        case .interval: self = .interval(try container.decode(HalfOpenInterval.self, forKey: key))
        case .level: self = .level(try container.decode(String.self, forKey: key))
        case .rareLevel: self = .rareLevel(try container.decode(String.self, forKey: key))
        case .special: self = .special(try container.decode(String.self, forKey: key))
        case .state:
            switch try container.decode(State.self, forKey: key) {
            case .negativeInfinity: self = .negativeInfinity
            case .positiveInfinity: self = .positiveInfinity
            case .missing: self = .missing
            }
        }
    }
}
