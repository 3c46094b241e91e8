import Foundation
import LinearAlgebra
import Testing

/// Reference figures under Fixtures/; each file names the tool that made it.
enum Fixture {
    static func load<Case: Decodable>(_ name: String, as type: Case.Type = Case.self) throws -> Case {
        let file = try #require(
            Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures"),
            "no fixture \(name)")
        return try JSONDecoder().decode(type, from: Data(contentsOf: file))
    }
}

/// Functions of one matrix, by mpmath with 50 digits.
struct MatrixFunctionCase: Decodable {
    let input: [[Double]]
    let expected: Expected

    struct Expected: Decodable {
        let exp: [[Double]]
        let expHalf: [[Double]]
        let oneNorm: Double
        let determinantOfExp: Double
        let frechetDerivative: [[Double]]
        let log: [[Double]]?
        let sqrt: [[Double]]?
        let power: [[Double]]?

        enum CodingKeys: String, CodingKey {
            case exp
            case expHalf = "exp_half"
            case oneNorm = "one_norm"
            case determinantOfExp = "determinant_of_exp"
            case frechetDerivative = "frechet_derivative_in_direction_e1_e2"
            case log = "log_of_exp_as_rounded_to_double"
            case sqrt = "sqrt_of_exp_as_rounded_to_double"
            case power = "power_one_twelfth_of_exp"
        }
    }

    static let all =
        withLogarithm + [
            "generator_20", "generator_30", "large_norm_4", "nilpotent_5", "rotation_4", "stiff_8", "zero_3",
        ]
    static let withLogarithm = [
        "defective_6", "generator_12_irreducible", "generator_8", "generator_8_scaled_20", "near_singular_8",
    ]

    static func load(_ name: String) throws -> MatrixFunctionCase { try Fixture.load("matrix_\(name)") }
}

/// Spectra and solutions, by mpmath with 60 digits.
struct SpectraFile: Decodable {
    let expected: [String: Case]

    struct Case: Decodable {
        let input: [[Double]]
        let singularValues: [Double]
        let rank: Int
        let condition: Double
        let eigenvaluesReal: [Double]?
        let eigenvaluesImaginary: [Double]?
        let determinant: Double?
        let logAbsoluteDeterminant: Double?
        let solution: [Double]?
        let leastSquares: [Double]?
        let residualNorm: Double?
        let diagonalOfR: [Double]?

        var matrix: Matrix { Matrix(rows: input) }

        enum CodingKeys: String, CodingKey {
            case input, determinant
            case singularValues = "singular_values"
            case rank = "rank_at_1e-12"
            case condition = "condition_2"
            case eigenvaluesReal = "eigenvalues_real"
            case eigenvaluesImaginary = "eigenvalues_imag"
            case logAbsoluteDeterminant = "log_abs_determinant"
            case solution = "solution_of_A_x_equal_ones"
            case leastSquares = "least_squares_for_b_1_2_3"
            case residualNorm = "residual_norm"
            case diagonalOfR = "abs_diagonal_of_R"
        }
    }

    static let names = ["tall_9x5", "hilbert_8", "symmetric_7", "general_6", "lauchli_3x2", "vandermonde_6"]

    static func load(_ name: String) throws -> Case {
        let file: SpectraFile = try Fixture.load("spectra_and_solves")
        return try #require(file.expected[name])
    }
}
