/// Why an interval or a test cannot be worked out.
public enum InferenceError: Error, Sendable, Hashable {
    /// A count is negative or exceeds what it is counted from.
    case badCount(what: String, value: Double, expected: String)
    /// A probability or level is out of its range.
    case outOfRange(what: String, value: Double, expected: String)
    /// A sample holds a value that cannot be compared.
    case badValue(position: Int, value: Double)
    /// A sample is too small.
    case tooFew(what: String, given: Int, needed: Int)
    /// The test is not defined for these values.
    case undefined(String)
}

extension InferenceError: CustomStringConvertible {
    /// The fact, the value and the remedy.
    public var description: String {
        switch self {
        case .badCount(let what, let value, let expected): "The \(what) is \(value): give \(expected)."
        case .outOfRange(let what, let value, let expected):
            "The \(what) is \(value): give a number \(expected)."
        case .badValue(let position, let value):
            "Value \(position) is \(value): leave it out, since it cannot be compared."
        case .tooFew(let what, let given, let needed):
            "\(given) \(what), but this test needs at least \(needed): take a larger sample."
        case .undefined(let reason): "The test is not defined: \(reason)."
        }
    }
}
