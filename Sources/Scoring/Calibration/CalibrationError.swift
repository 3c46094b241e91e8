/// Why a calibration cannot be fitted or used.
public enum CalibrationError: Error, Sendable, Equatable {
    /// There are no rows of weight.
    case empty
    /// A log-odds or a weight is not a usable number.
    case badValue(what: String, row: Int)
    /// Riskier log-odds did not default more often.
    case noRanking(method: String)
    /// The regression has no answer.
    case notFitted(method: String, reason: String)
    /// No map of the kind reaches what was asked for.
    case unreachable(target: String, value: Double, least: Double, largest: Double)
    /// A parameter is out of its range.
    case badParameter(name: String, value: Double, expected: String)
    /// A map that falls, or that could make a number that is not finite.
    case badMap(reason: String)
    /// The scaling of the scores cannot take it up.
    case scaling(ScoreScalingError)
}

extension CalibrationError: CustomStringConvertible {
    /// The fact, the value and the remedy.
    public var description: String {
        switch self {
        case .empty: "no rows to calibrate on: check the weights, or the share that is held out"
        case .badValue(let what, let row): "the \(what) of row \(row) is no usable number"
        case .noRanking(let method):
            "\(method): on rows that the model had not seen, riskier log-odds did not default more often; "
                + "a model that does not rank cannot be calibrated"
        case .notFitted(let method, let reason): "\(method) calibration cannot be fitted: \(reason)"
        case .unreachable(let target, let value, let least, let largest):
            "a \(target) of \(value) cannot be reached: give one from \(least) to \(largest)"
        case .badParameter(let name, let value, let expected): "\(name) is \(value): give \(expected)"
        case .badMap(let reason): "the calibration cannot be used: \(reason)"
        case .scaling(let error): "the scaling of the scores cannot take up the calibration: \(error)"
        }
    }
}
