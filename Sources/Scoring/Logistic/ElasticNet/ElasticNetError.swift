/// Why an elastic net could not be fitted.
public enum ElasticNetError: Error, Equatable, Sendable {
    /// The data cannot be used by any logistic regression.
    case data(FitError)
    /// The bounds cannot be used.
    case bounds(CoefficientBoundsError)
    /// α is not in [0, 1].
    case badMixing(Double)
    /// The tolerance is not between 1e-12 and 1e-2.
    case badTolerance(Double)
    /// No pass over the data is allowed.
    case badMaximumPasses(Int)
    /// A grid of no penalties.
    case badGridCount(Int)
    /// The smallest penalty over the largest is not between 0 and 1.
    case badGridRatio(Double)
    /// A penalty of the grid is negative, not finite, or not below the one before it; indices count from 0.
    case badPenalty(index: Int, value: Double)
    /// A penalty factor is negative or not finite.
    case badPenaltyFactor(column: String, value: Double)
    /// There are penalty factors for columns that the data does not have, in alphabetical order.
    case unknownPenaltyFactors([String])
    /// Every penalty factor is 0.
    case nothingPenalised
    /// No penalised column has two different values.
    case noVaryingColumn
    /// The coefficients of these columns, which this penalty leaves free, grow without limit: the columns separate
    /// the classes. The penalty is infinite if they do before any penalised column enters.
    case separated(penalty: Double, columns: [String])
    /// The passes ran out before the optimality conditions held.
    case notConverged(penalty: Double, passes: Int, violation: Double)
    /// Without one of the folds only one outcome is left.
    case oneClassWithoutFold(Int)
    /// Fewer than two folds hold rows with a positive weight.
    case tooFewFolds(Int)
}

extension ElasticNetError: CustomStringConvertible {
    /// The fact, the value and the remedy.
    public var description: String {
        switch self {
        case .data(let error): error.description
        case .bounds(let error): error.description
        case .badMixing(let value):
            "The mixing α is \(value): choose 1 for the lasso, 0 for ridge, or a value between them."
        case .badTolerance(let value):
            "The tolerance is \(value): choose one between 1e-12 and 0.01."
        case .badMaximumPasses(let count):
            "At most \(count) passes over the data per penalty: allow at least one."
        case .badGridCount(let count):
            "A grid of \(count) penalties: ask for at least one."
        case .badGridRatio(let value):
            "The smallest penalty is to be \(value) of the largest: choose a ratio above 0 and below 1."
        case .badPenalty(let index, let value):
            "Penalty \(index) of the grid is \(value): penalties are finite, at least 0, and each is below the one "
                + "before it."
        case .badPenaltyFactor(let column, let value):
            "The penalty factor of \(column) is \(value): factors are finite and at least 0."
        case .unknownPenaltyFactors(let columns):
            "Penalty factors for \(columns.joined(separator: ", ")), which the data does not have: correct the "
                + "names or leave the factors out."
        case .nothingPenalised:
            "Every penalty factor is 0, so there is no path: use a logistic regression without a penalty."
        case .noVaryingColumn:
            "No penalised column has two different values: there is nothing to choose; check the columns."
        case .separated(let penalty, let columns):
            "\(penalty.isFinite ? "At penalty \(penalty)" : "Without a penalty") the coefficients of "
                + "\(columns.joined(separator: ", ")) grow without limit, because these columns separate defaults "
                + "from non-defaults: penalise or bound them, or leave them out."
        case .notConverged(let penalty, let passes, let violation):
            "No convergence at penalty \(penalty) after \(passes) passes (violation \(violation)): end the grid at "
                + "a larger penalty, allow more passes, or penalise every column."
        case .oneClassWithoutFold(let fold):
            "Without fold \(fold) only one outcome is left to fit: spread the defaults over the folds."
        case .tooFewFolds(let count):
            "\(count) folds hold observations: cross-validation needs at least two."
        }
    }
}
