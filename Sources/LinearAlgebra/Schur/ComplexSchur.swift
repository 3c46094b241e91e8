import Glibc

/// The complex Schur form of a real square matrix, A = V·T·Vᴴ with V unitary and T upper triangular; the diagonal
/// of T holds the eigenvalues.
struct ComplexSchur: Sendable {
    let triangular: UpperTriangle
    let vectors: ComplexMatrix

    init(_ matrix: Matrix) throws(LinearAlgebraError) {
        let form = try matrix.realSchurForm()
        var triangular = ComplexMatrix(form.triangular)
        var vectors = ComplexMatrix(form.vectors)
        for row in stride(from: triangular.order - 1, to: 0, by: -1)
        where triangular[row, row - 1].real != 0 {
            Self.splitPair(endingAt: row, of: &triangular, with: &vectors)
        }
        self.triangular = UpperTriangle(of: triangular)
        self.vectors = vectors
    }

    /// V·F·Vᴴ, for a function F of T that is real on real matrices.
    func composed(_ function: UpperTriangle) -> Matrix {
        ComplexMatrix.realProduct(vectors, function.full)
    }

    /// Rotates rows and columns k − 1 and k so that the element below the diagonal vanishes.
    ///
    /// The block, with equal diagonal elements a and off-diagonal b, c of different signs, has the eigenvalues
    /// a ± i√|bc|; the first column of the rotation is the eigenvector of one.
    private static func splitPair(
        endingAt k: Int, of triangular: inout ComplexMatrix, with vectors: inout ComplexMatrix
    ) {
        let below = triangular[k, k - 1].real
        let above = triangular[k - 1, k].real
        // (A − λI)·(x, y) = 0 with y = c and x = ±i√|bc|, scaled to length 1; dgees gives both the same diagonal.
        let root = Complex(0, abs(above).squareRoot() * abs(below).squareRoot())
        let length = hypot(root.imaginary, below)
        let cosine = Complex(0, root.imaginary / length)
        let sine = below / length
        // The unitary [x, −y; y, x̄] from the right and its conjugate transpose from the left.
        for row in 0..<triangular.order {
            rotate(&triangular, row: row, column: k, cosine: cosine, sine: sine)
            rotate(&vectors, row: row, column: k, cosine: cosine, sine: sine)
        }
        for column in 0..<triangular.order {
            let (upper, lower) = (triangular[k - 1, column], triangular[k, column])
            triangular[k - 1, column] = cosine.conjugate * upper + sine * lower
            triangular[k, column] = cosine * lower - sine * upper
        }
        triangular[k, k - 1] = Complex(0)
    }

    private static func rotate(
        _ matrix: inout ComplexMatrix, row: Int, column: Int, cosine: Complex, sine: Double
    ) {
        let (left, right) = (matrix[row, column - 1], matrix[row, column])
        matrix[row, column - 1] = cosine * left + sine * right
        matrix[row, column] = cosine.conjugate * right - sine * left
    }
}
