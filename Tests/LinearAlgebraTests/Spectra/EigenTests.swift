import LinearAlgebra
import TestSupport
import Testing

@Suite("General eigenvalues")
struct EigenTests {
    @Test("agree with mpmath", arguments: SpectrumCase.square)
    func oracle(name: String) throws {
        let oracle = try SpectrumCase(name)
        let parts = try Eigen(oracle.matrix)
        let order = parts.values.indices.sorted {
            let (a, b) = (parts.values[$0], parts.values[$1])
            // Members of a pair have the same real part to the last bit.
            return a.real != b.real ? a.real < b.real : a.imaginary < b.imaginary
        }
        let real = try oracle.figures("eigenvalues_real").numbers
        let imaginary = try oracle.figures("eigenvalues_imag").numbers
        for (position, index) in order.enumerated() {
            let allowed = 1e-13 * oracle.norm * parts.conditions[index]
            expectClose(parts.values[index].real, real[position], absolute: allowed)
            expectClose(parts.values[index].imaginary, imaginary[position], absolute: allowed)
        }
    }

    @Test("satisfy A·v = λ·v with vectors of length 1", arguments: [1, 2, 5, 24])
    func satisfyDefinition(order: Int) throws {
        var generator = TestGenerator(seed: order)
        let matrix = generator.matrix(order, order)
        let parts = try Eigen(matrix)
        for (index, value) in parts.values.enumerated() {
            let vector = parts.vector(index)
            let (real, imaginary) = (vector.map(\.real), vector.map(\.imaginary))
            let imageReal = try matrix.times(real)
            let imageImaginary = try matrix.times(imaginary)
            for row in 0..<order {
                expectClose(
                    imageReal[row], value.real * real[row] - value.imaginary * imaginary[row],
                    absolute: 1e-12)
                expectClose(
                    imageImaginary[row], value.real * imaginary[row] + value.imaginary * real[row],
                    absolute: 1e-12)
            }
            expectClose(vector.map { $0.magnitude * $0.magnitude }.reduce(0, +), 1, absolute: 1e-13)
        }
        expectClose(parts.values.map(\.real).reduce(0, +), matrix.trace, absolute: 1e-12)
    }

    @Test("of a transition matrix hold 1, the largest")
    func transitionMatrix() throws {
        let matrix = Matrix(rows: [[0.9, 0.08, 0.02], [0.1, 0.8, 0.1], [0, 0, 1]])
        let largest = try Eigen(matrix).values.map(\.magnitude).max()
        expectClose(try #require(largest), 1, absolute: 1e-14)
    }

    @Test("of a rotation are a pair, the upper one first")
    func rotation() throws {
        let values = try Eigen(Matrix(rows: [[0, -2], [2, 0]])).values
        expectClose(values.map(\.real), [0, 0], absolute: 1e-15)
        expectClose(values.map(\.imaginary), [2, -2], relative: 1e-15)
    }

    @Test("of a defective matrix have no bounded condition")
    func defective() throws {
        let parts = try Eigen(Matrix(rows: [[0.5, 1], [0, 0.5]]))
        #expect(parts.values == [Complex(0.5), Complex(0.5)])
        #expect(parts.conditions.allSatisfy { $0 > 1e12 })
    }

    @Test("of nothing are none")
    func empty() throws {
        #expect(try Eigen(Matrix(rows: 0, columns: 0)).values.isEmpty)
    }

    @Test("refuse NaN and infinities instead of hanging", arguments: [Double.nan, .infinity])
    func refusesNonFinite(value: Double) {
        var matrix = Matrix.identity(30)
        matrix[17, 4] = value
        #expect(throws: LinearAlgebraError.self) { try Eigen(matrix) }
    }
}
