/// Why a matrix could not be used.
public enum LinearAlgebraError: Error, Sendable, Equatable {
    /// A dimension does not fit the 32-bit integers of BLAS and LAPACK.
    case tooLarge(dimension: Int)
    /// An element is NaN or infinite; row and column count from 0.
    case notFinite(row: Int, column: Int, value: Double)
    /// A weight is negative or not finite; rows count from 0.
    case badWeight(row: Int, value: Double)
    /// The leading minor of this order is not positive.
    case notPositiveDefinite(leadingMinor: Int)
    /// After elimination of the columns before it, a column (from 0) has a negative pivot.
    case notPositiveSemidefinite(column: Int, pivot: Double)
    /// The reciprocal condition number is below what the solution can bear; 0 if a pivot vanished.
    case singular(reciprocalCondition: Double)
    /// Fewer columns are independent than the operation needs.
    case rankDeficient(rank: Int, columns: Int)
    /// An iteration did not settle.
    case notConverged(MatrixOperation)
    /// An eigenvalue lies where the function has no principal value: on the closed negative real axis.
    case noPrincipalValue(of: MatrixOperation, eigenvalue: Complex)
    /// The result, or a number on the way to it, is beyond the range of doubles.
    case overflow(MatrixOperation)
    /// The workspace of an operation could not be allocated.
    case outOfMemory(MatrixOperation)
}

/// What was being computed when it failed.
public enum MatrixOperation: String, Sendable, Hashable {
    /// Cholesky factors.
    case cholesky = "Cholesky factorisation"
    /// LU factors and the solutions that use them.
    case linearSolution = "linear solution"
    /// QR factors.
    case qr = "QR factorisation"
    /// Least squares.
    case leastSquares = "least squares"
    /// Singular values and vectors.
    case singularValues = "singular value decomposition"
    /// Eigenvalues and eigenvectors.
    case eigenvalues = "eigenvalue decomposition"
    /// The Schur form.
    case schurForm = "Schur form"
    /// The matrix exponential or its derivative.
    case exponential = "exponential"
    /// The principal logarithm.
    case logarithm = "logarithm"
    /// The principal square root.
    case squareRoot = "square root"
    /// A principal fractional power.
    case power = "fractional power"
    /// The nearest correlation matrix.
    case nearestCorrelation = "nearest correlation matrix"
}

extension LinearAlgebraError: CustomStringConvertible {
    /// The fact, the value and the remedy.
    public var description: String {
        switch self {
        case .tooLarge(let dimension):
            """
            A dimension of \(dimension) does not fit the 32-bit BLAS interface (at most \(Int32.max)): \
            work on blocks of rows.
            """
        case .notFinite(let row, let column, let value):
            """
            Element (\(row), \(column)) is \(value): fill or drop missing values and bound extreme ones before.
            """
        case .badWeight(let row, let value):
            "The weight of row \(row) is \(value): weights must be finite and not negative."
        case .notPositiveDefinite(let minor):
            """
            The matrix is not positive definite (leading minor of order \(minor)): add a ridge, or find the \
            dependent columns with a pivoted Cholesky factorisation.
            """
        case .notPositiveSemidefinite(let column, let pivot):
            """
            The matrix has a negative direction (pivot \(pivot) at column \(column)), so it is no covariance \
            or Gram matrix: check its entries or take the nearest correlation matrix.
            """
        case .singular(let reciprocalCondition):
            """
            The matrix is singular to working precision (reciprocal condition number \(reciprocalCondition)): \
            remove dependent equations, rescale, or solve by least squares.
            """
        case .rankDeficient(let rank, let columns):
            """
            Only \(rank) of \(columns) columns are independent: remove the dependent ones, or ask for the \
            shortest least-squares solution.
            """
        case .notConverged(let operation):
            "The \(operation.rawValue) did not converge: rescale the matrix so that its entries are comparable."
        case .noPrincipalValue(let operation, let eigenvalue):
            """
            The eigenvalue \(eigenvalue) is on the closed negative real axis, where there is no principal \
            \(operation.rawValue): estimate the generator from the data, or regularise the matrix first.
            """
        case .overflow(let operation):
            "The \(operation.rawValue) leaves the range of doubles: rescale the matrix so that its entries are near 1."
        case .outOfMemory(let operation):
            "No memory for the workspace of the \(operation.rawValue): use fewer columns."
        }
    }
}
