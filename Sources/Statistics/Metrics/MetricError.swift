/// Why a performance figure cannot be worked out.
public enum MetricError: Error, Sendable, Hashable {
    /// There are no observations, or none with weight.
    case empty
    /// All observations with weight are defaults, or none is.
    case oneClass(defaulted: Bool)
    /// There are too few observations of a kind.
    case tooFew(what: String, given: Double, needed: Double)
    /// A risk, forecast or weight is not a usable number.
    case badValue(row: Int, what: String, value: String, expected: String)
    /// The figure is not defined for these values.
    case undefined(String)
    /// A parameter is out of its range.
    case badParameter(name: String, value: String, expected: String)
}

extension MetricError: CustomStringConvertible {
    /// The fact, the value and the remedy.
    public var description: String {
        switch self {
        case .empty: "No observation to measure: check the filter, or the weights if all are 0."
        case .oneClass(let defaulted):
            "All observations \(defaulted ? "defaulted" : "survived"): ranking needs both outcomes; "
                + "take a longer performance window or more obligors."
        case .tooFew(let what, let given, let needed):
            "The \(what) weigh \(given), but this figure needs at least \(needed): take more obligors or a longer "
                + "performance window."
        case .badValue(let row, let what, let value, let expected):
            "The \(what) of observation \(row) is \(value), expected \(expected)."
        case .undefined(let reason): "The figure is not defined: \(reason)."
        case .badParameter(let name, let value, let expected): "\(name) is \(value), expected \(expected)."
        }
    }
}
