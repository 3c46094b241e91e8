import LinearAlgebra

/// Finds the columns of a Gram matrix that are combinations of *earlier* ones.
///
/// A Cholesky factorisation in the order of the columns, which passes over a column whose part that the earlier ones do
/// not explain is a negligible share of its squared length. Of dependent columns the later ones are so the ones to go,
/// as a reader of the list expects; diagonal pivoting would choose by length.
struct DependencySweep {
    /// The dependent columns, each with its coefficients on all columns (zero for itself and those after it).
    let dependencies: [(column: Int, coefficients: [Double])]

    /// Sweeps over a positive semidefinite matrix.
    ///
    /// - Parameter tolerance: The share of its squared length that makes a column independent. The default, 3e-6 of
    ///   its length, is far above the rounding of a Gram matrix.
    init(_ gram: Matrix, tolerance: Double = 1e-11) {
        precondition(gram.rows == gram.columns, "a Gram matrix of \(gram.rows)×\(gram.columns)")
        let order = gram.rows
        let elements = gram.elements
        // L by rows; the row of a dependent column keeps its coordinates, its column is left out of later rows.
        var lower = [Double](repeating: 0, count: order * order)
        var isDependent = [Bool](repeating: false, count: order)
        for row in 0..<order {
            for column in 0..<row where !isDependent[column] {
                var sum = elements[column * order + row]
                for inner in 0..<column { sum -= lower[row * order + inner] * lower[column * order + inner] }
                lower[row * order + column] = sum / lower[column * order + column]
            }
            let length = elements[row * order + row]
            var rest = length
            for inner in 0..<row { rest -= lower[row * order + inner] * lower[row * order + inner] }
            isDependent[row] = !(rest > tolerance * length && rest.isFinite)
            if !isDependent[row] { lower[row * order + row] = rest.squareRoot() }
        }
        dependencies = isDependent.indices.filter { isDependent[$0] }.map { column in
            // Lᵀ·a = the coordinates of the column, over the independent columns before it.
            var coefficients = Array(lower[column * order..<column * order + column])
            coefficients += [Double](repeating: 0, count: order - column)
            for row in stride(from: column - 1, through: 0, by: -1) where !isDependent[row] {
                coefficients[row] /= lower[row * order + row]
                for earlier in 0..<row {
                    coefficients[earlier] -= lower[row * order + earlier] * coefficients[row]
                }
            }
            return (column, coefficients)
        }
    }
}
