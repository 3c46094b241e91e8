public import StrictYAML
import Vocabulary

extension MasterScale {
    /// Reads a scale from YAML.
    ///
    /// ```yaml
    /// upperBounds:
    ///   AAA: 0.0004
    ///   AA: 0.001
    ///   # … one line for each grade
    ///   C: 1
    /// ```
    /// or, for a geometric scale,
    /// ```yaml
    /// geometric: {first: 0.0004, factor: 2.5}
    /// ```
    public init(yaml document: YAMLNode) throws(YAMLError) {
        self = try document.mapping { keys throws(YAMLError) in
            if let geometric = keys.optional("geometric") { return try Self.geometric(yaml: geometric) }
            return try Self.scale(upperBounds: try keys.required("upperBounds"))
        }
    }

    /// The scale as YAML that ``init(yaml:)`` reads back to the same scale.
    public var yaml: String {
        let lines = zip(Grade.performing, upperBounds).map { grade, bound in "  \(grade): \(bound)\n" }
        return "upperBounds:\n" + lines.joined()
    }

    private static func geometric(yaml node: YAMLNode) throws(YAMLError) -> MasterScale {
        let (first, factor) = try node.mapping { keys throws(YAMLError) in
            (try keys.required("first").double(), try keys.required("factor").double())
        }
        do throws(MasterScaleError) { return try geometric(first: first, factor: factor) } catch {
            throw node.error(expected: "a first bound and a factor that keep all bounds below 1: \(error)")
        }
    }

    private static func scale(upperBounds node: YAMLNode) throws(YAMLError) -> MasterScale {
        let bounds = try node.mapping { keys throws(YAMLError) in
            var bounds: [Double] = []
            for grade in Grade.performing {
                let value = try keys.required(grade.rawValue)
                let bound = try value.double()
                let lower = bounds.last ?? 0
                guard bound > lower, bound <= 1 else {
                    throw value.error(expected: "a fraction above \(lower) and at most 1")
                }
                guard grade != .c || bound == 1 else {
                    throw value.error(expected: "1, so that every PD has a grade")
                }
                bounds.append(bound)
            }
            return bounds
        }
        do throws(MasterScaleError) { return try MasterScale(upperBounds: bounds) } catch {
            throw node.error(expected: "the bounds of a master scale: \(error)")
        }
    }
}

extension MasterScale: Codable {
    private enum CodingKeys: String, CodingKey {
        case upperBounds
    }

    /// Decodes a scale and checks its bounds.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let bounds = try container.decode([Double].self, forKey: .upperBounds)
        do { try self.init(upperBounds: bounds) } catch {
            throw DecodingError.dataCorruptedError(
                forKey: .upperBounds, in: container, debugDescription: "\(error)")
        }
    }

    /// Encodes the bounds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(upperBounds, forKey: .upperBounds)
    }
}
