import LinearAlgebra
import TestSupport
import Testing

@Suite("Products of matrices and vectors")
struct ProductTests {
    static let shapes = [
        (1, 1, 1), (2, 3, 4), (5, 1, 7), (1, 9, 1), (17, 33, 5), (0, 3, 2), (3, 0, 2), (2, 3, 0),
    ]

    @Test("agree with the definition, whichever factors are transposed", arguments: shapes)
    func agreesWithDefinition(m: Int, k: Int, n: Int) throws {
        var generator = TestGenerator(seed: 100 * m + 10 * k + n)
        let left = generator.matrix(m, k)
        let right = generator.matrix(k, n)
        let expected = plainProduct(left, right)
        #expect(distance(try left.times(right), expected) <= 1e-14)
        #expect(distance(try left.transposed.times(right, transposing: .left), expected) <= 1e-14)
        #expect(distance(try left.times(right.transposed, transposing: .right), expected) <= 1e-14)
        #expect(
            distance(try left.transposed.times(right.transposed, transposing: .both), expected) <= 1e-14)
        #expect(distance(try left.times(right, scaledBy: -3), -3 * expected) <= 1e-13)
    }

    @Test("accumulate α·A·B + β·C")
    func accumulates() throws {
        var generator = TestGenerator(seed: 1)
        let left = generator.matrix(4, 6)
        let right = generator.matrix(6, 3)
        let start = generator.matrix(4, 3)
        var sum = start
        try sum.addProduct(left, right, scaledBy: 2, keeping: -0.5)
        #expect(distance(sum, 2 * plainProduct(left, right) + -0.5 * start) <= 1e-14)
    }

    @Test("scale what is there even if there is nothing to add")
    func scalesWithoutSummands() throws {
        var sum = Matrix(rows: 2, columns: 2, repeating: 3)
        try sum.addProduct(Matrix(rows: 2, columns: 0), Matrix(rows: 0, columns: 2), keeping: 2)
        #expect(sum == Matrix(rows: 2, columns: 2, repeating: 6))
        var vector = [1.0, 2]
        try Matrix(rows: 2, columns: 0).addProduct(with: [], transposing: false, to: &vector, keeping: 2)
        #expect(vector == [2, 4])
        try Matrix(rows: 2, columns: 0).addProduct(with: [], transposing: false, to: &vector, keeping: 0)
        #expect(vector == [0, 0])
    }

    @Test("overwrite NaN when nothing is kept")
    func overwritesNaN() throws {
        var sum = Matrix(rows: 1, columns: 1, repeating: .nan)
        try sum.addProduct(Matrix.identity(1), Matrix.identity(1), keeping: 0)
        #expect(sum == .identity(1))
    }

    @Test("let NaN and infinities through")
    func propagatesNaN() throws {
        let spoiled = Matrix(rows: [[.nan, 0], [0, .infinity]])
        let product = try spoiled.times(Matrix(rows: 2, columns: 1, repeating: 1))
        #expect(product[0, 0].isNaN)
        #expect(product[1, 0].isNaN || product[1, 0] == .infinity)
    }

    @Test("with vectors agree with those with matrices", arguments: [(1, 1), (7, 3), (3, 8), (300, 51)])
    func vectorsAgree(m: Int, n: Int) throws {
        var generator = TestGenerator(seed: 10 * m + n)
        let matrix = generator.matrix(m, n)
        let right = generator.vector(n)
        let left = generator.vector(m)
        let product = plainProduct(matrix, Matrix(column: right)).elements
        expectClose(try matrix.times(right), product, absolute: 1e-13)
        expectClose(try matrix.times(right, scaledBy: 2), product.map { 2 * $0 }, absolute: 1e-13)
        let transposedProduct = plainProduct(matrix.transposed, Matrix(column: left)).elements
        expectClose(try matrix.transposedTimes(left), transposedProduct, absolute: 1e-13)
        var sum = right
        try matrix.addProduct(with: left, transposing: true, scaledBy: -1, to: &sum, keeping: 3)
        expectClose(sum, zip(right, transposedProduct).map { 3 * $0 - $1 }, absolute: 1e-13)
    }

    @Test("refuse dimensions beyond 32 bits")
    func refusesHugeDimensions() {
        let error = LinearAlgebraError.tooLarge(dimension: tooTall.rows)
        #expect(throws: error) { try tooTall.times(tooTall, transposing: .left) }
        #expect(throws: error) { try tooTall.times(Matrix(rows: 0, columns: 5)) }
        #expect(throws: error) { try tooTall.gram() }
        #expect(throws: error) { try tooTall.times([]) }
        #expect(error.description.contains("2147483648"))
    }
}
