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
            "Not a model in \(format) format: \(reason). Save the model again with its own tool."
        case .unsupported(let format, let reason):
            "The \(format) model uses what cannot be read here: \(reason)."
        case .inexpressible(let format, let reason):
            "The model cannot be written in \(format) format: \(reason). Choose another format."
        }
    }
}
