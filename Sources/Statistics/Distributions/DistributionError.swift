/// Why a distribution cannot be built.
public enum DistributionError: Error, Sendable, Equatable {
    /// A parameter is not a positive number from 10⁻¹⁰⁰ to 10¹⁰⁰.
    case notPositive(parameter: String, value: Double)
    /// A parameter is not a finite number.
    case notFinite(parameter: String, value: Double)
    /// A probability is not in [0, 1].
    case notAProbability(Double)
    /// A correlation is not in [−1, 1].
    case notACorrelation(Double)
    /// A number of trials is negative.
    case negativeTrials(Int)
}

extension DistributionError: CustomStringConvertible {
    /// The fact, the value and the remedy.
    public var description: String {
        switch self {
        case .notPositive(let parameter, let value):
            "The \(parameter) of a distribution is \(value): give a positive number from 1e-100 to 1e100."
        case .notFinite(let parameter, let value):
            "The \(parameter) of a distribution is \(value): give a finite number."
        case .notAProbability(let value):
            "The probability of a distribution is \(value): give a number from 0 to 1."
        case .notACorrelation(let value):
            "The correlation of a distribution is \(value): give a number from -1 to 1."
        case .negativeTrials(let count):
            "A binomial distribution of \(count) trials: give 0 or more."
        }
    }
}

extension Double {
    /// The number itself as a parameter that must be positive and leave room for products and quotients.
    func positive(_ parameter: String) throws(DistributionError) -> Double {
        guard self >= 1e-100, self <= 1e100 else { throw .notPositive(parameter: parameter, value: self) }
        return self
    }

    /// The number itself as a probability.
    func probability() throws(DistributionError) -> Double {
        guard self >= 0, self <= 1 else { throw .notAProbability(self) }
        return self
    }
}
