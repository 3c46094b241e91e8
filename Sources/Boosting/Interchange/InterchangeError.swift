/// Why a model of another tool was not read, or ours not written for it.
public enum InterchangeError: Error, Sendable, Hashable {
    /// The file is damaged, or is no model of the format.
    case malformed(format: String, reason: String)
    /// The file is sound but says what forests here cannot.
    case unsupported(format: String, reason: String)
    /// The format cannot say what the forest does.
    case inexpressible(format: String, reason: String)
}

extension InterchangeError: CustomStringConvertible {
    /// The fact, the value and the remedy.
    public var description: String {
        switch self {
        case .malformed(let format, let reason):
            "not a sound \(format) model (\(reason)): save it anew with its own tool"
        case .unsupported(let format, let reason):
            "the \(format) model has what cannot be read here (\(reason)): train or save it without"
        case .inexpressible(let format, let reason):
            "the model cannot be written for \(format) (\(reason)): choose another format"
        }
    }
}
