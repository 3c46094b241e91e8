/// Why a regression could not be fitted.
public enum FitError: Error, Equatable, Sendable {
    /// No row has a positive weight.
    case noObservations
    /// Every observation with a positive weight has the same outcome.
    case oneClass(defaulted: Bool, observations: Int)
    /// A feature holds NaN or an infinity; rows count from 0.
    case nonFinite(column: String, row: Int)
    /// A weight is negative, NaN or infinite; rows count from 0.
    case badWeight(row: Int, value: Double)
    /// An offset is NaN or infinite; rows count from 0.
    case badOffset(row: Int, value: Double)
    /// The strength of a penalty is negative, NaN or infinite.
    case badPenalty(value: Double)
    /// More coefficients than observations, so that the data cannot determine them.
    case tooFewObservations(observations: Int, coefficients: Int)
    /// Columns with one value only, which the intercept already covers.
    case constant(columns: [String])
    /// Columns that are linear combinations of others, with the combinations.
    case collinear([CollinearColumn])
    /// A test or interval that has no meaning after a ridge.
    case needsUnpenalisedFit
    /// A linear rule separates the classes, so that coefficients run away.
    case separated(Separation)
    /// The iteration ended before the gradient vanished; the norm is that of the gradient in standard errors,
    /// √(gᵀH⁻¹g).
    case notConverged(iterations: Int, gradientNorm: Double)
}

extension FitError: CustomStringConvertible {
    /// The fact, the value and the remedy.
    public var description: String {
        switch self {
        case .noObservations:
            "No observation with a positive weight: nothing to fit; check the filter that chose the rows."
        case .oneClass(let defaulted, let observations):
            "All \(observations) observations are \(defaulted ? "defaults" : "non-defaults"): both outcomes "
                + "are needed; widen the sample or check the default flag."
        case .nonFinite(let column, let row):
            "Column \(column), row \(row + 1) is NaN or infinite: impute missing values before the fit."
        case .badWeight(let row, let value):
            "The weight of row \(row + 1) is \(value): weights are finite and at least 0."
        case .badOffset(let row, let value):
            "The offset of row \(row + 1) is \(value): offsets are finite log-odds."
        case .badPenalty(let value):
            "A penalty of \(value): the strength is finite and at least 0."
        case .tooFewObservations(let observations, let coefficients):
            "\(observations) observations for \(coefficients) coefficients: use fewer columns, more rows or "
                + "a ridge penalty."
        case .constant(let columns):
            "Constant: \(columns.joined(separator: ", ")). The intercept already covers a column with one "
                + "value; leave it out."
        case .collinear(let dependencies):
            "Collinear: \(dependencies.map(\.description).joined(separator: "; ")). Leave out "
                + "\(dependencies.map(\.column).joined(separator: ", ")) or add a ridge penalty."
        case .needsUnpenalisedFit:
            "Tests and intervals by the likelihood have no meaning after a ridge, which pulls the estimates towards "
                + "zero: fit without a penalty or with Firth's correction."
        case .separated(let separation):
            "\(separation): the likelihood has no maximum. Check for a column that knows the outcome, merge or drop "
                + "rare levels, add a ridge penalty or use Firth's correction."
        case .notConverged(let iterations, let gradientNorm):
            "No convergence after \(iterations) iterations (gradient \(gradientNorm) standard errors): allow "
                + "more iterations, trim extreme values or add a ridge penalty."
        }
    }
}
