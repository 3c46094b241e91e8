import LinearAlgebra
import TestSupport

/// Functions of one matrix, by mpmath with 50 digits.
struct MatrixFunctionCase {
    let input: Matrix
    let exponential: Matrix
    let exponentialOfHalf: Matrix
    let derivative: Matrix
    let oneNorm: Double
    let determinantOfExponential: Double
    private let expected: Oracle

    init(_ name: String) throws {
        let file = try Oracle(fixture: "matrix_\(name)", in: .module)
        expected = try file("expected")
        input = Matrix(rows: try file("input").rows)
        exponential = Matrix(rows: try expected("exp").rows)
        exponentialOfHalf = Matrix(rows: try expected("exp_half").rows)
        derivative = Matrix(rows: try expected("frechet_derivative_in_direction_e1_e2").rows)
        oneNorm = try expected("one_norm").number
        determinantOfExponential = try expected("determinant_of_exp").number
    }

    /// Of the exponential as rounded to doubles; only of those in ``withLogarithm``.
    func logarithm() throws -> Matrix { Matrix(rows: try expected("log_of_exp_as_rounded_to_double").rows) }

    /// Of the exponential as rounded to doubles.
    func squareRoot() throws -> Matrix { Matrix(rows: try expected("sqrt_of_exp_as_rounded_to_double").rows) }

    /// The power 1/12 of the exponential as rounded to doubles.
    func twelfth() throws -> Matrix { Matrix(rows: try expected("power_one_twelfth_of_exp").rows) }

    static let all =
        withLogarithm + [
            "generator_20", "generator_30", "large_norm_4", "nilpotent_5", "rotation_4", "stiff_8", "zero_3",
        ]
    static let withLogarithm = [
        "defective_6", "generator_12_irreducible", "generator_8", "generator_8_scaled_20", "near_singular_8",
    ]
}

/// Spectra and solutions of one matrix, by mpmath with 60 digits.
struct SpectrumCase {
    let matrix: Matrix
    let singularValues: [Double]
    let condition: Double
    /// The other figures, by the names in the file.
    let figures: Oracle

    init(_ name: String) throws {
        figures = try Oracle(fixture: "spectra_and_solves", in: .module)("expected")(name)
        matrix = Matrix(rows: try figures("input").rows)
        singularValues = try figures("singular_values").numbers
        condition = try figures("condition_2").number
    }

    /// σ₁, the 2-norm of the matrix.
    var norm: Double { singularValues.first ?? 0 }

    static let all = square + tall
    static let square = symmetric + ["general_6", "vandermonde_6"]
    static let symmetric = ["hilbert_8", "symmetric_7"]
    static let tall = ["tall_9x5", "lauchli_3x2"]
}
