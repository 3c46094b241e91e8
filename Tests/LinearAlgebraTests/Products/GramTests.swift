import LinearAlgebra
import Parallelism
import TestSupport
import Testing

@Suite("Gram matrices")
struct GramTests {
    @Test("agree with the definition", arguments: [0, 1, 5, 2048, 2049, 5000])
    func agreesWithDefinition(rows: Int) throws {
        var generator = TestGenerator(seed: rows)
        let matrix = generator.matrix(rows, 4)
        // The reference adds up one by one, which costs it an ulp of the sum at every row at worst.
        let allowed = 1e-14 * Double(rows)
        #expect(distance(try matrix.gram(), plainProduct(matrix.transposed, matrix)) <= allowed)
        let weights = generator.vector(rows, in: 0...3)
        var weighted = matrix
        for column in 0..<4 {
            for row in 0..<rows { weighted[row, column] *= weights[row] }
        }
        #expect(
            distance(try matrix.gram(weights: weights), plainProduct(matrix.transposed, weighted))
                <= allowed)
    }

    @Test("are the same to the last bit for any number of threads", arguments: [100, 10_000, 50_001])
    func doesNotDependOnThreads(rows: Int) throws {
        var generator = TestGenerator(seed: rows)
        let matrix = generator.matrix(rows, 7)
        let weights = generator.vector(rows, in: 0...1)
        let single = try matrix.gram()
        let singleWeighted = try matrix.gram(weights: weights)
        for threads in [2, 7] {
            #expect(try matrix.gram(workers: Workers(threads: threads)) == single)
            #expect(
                try matrix.gram(weights: weights, workers: Workers(threads: threads)) == singleWeighted)
        }
    }

    @Test("count a row of weight 2 twice and one of weight 0 not at all")
    func weightsRepeatRows() throws {
        let rows = [[1.0, 2], [3, 5], [-1, 4]]
        let weighted = try Matrix(rows: rows).gram(weights: [2, 1, 0])
        let repeated = try Matrix(rows: [rows[0], rows[0], rows[1]]).gram()
        #expect(distance(weighted, repeated) <= 1e-14)
    }

    @Test("are exactly symmetric")
    func isSymmetric() throws {
        var generator = TestGenerator(seed: 3)
        let gram = try generator.matrix(700, 13).gram()
        #expect(gram == gram.transposed)
    }

    @Test("accumulate α·AᵀA + β·C")
    func accumulates() throws {
        var generator = TestGenerator(seed: 4)
        let matrix = generator.matrix(9, 3)
        var sum = Matrix.identity(3)
        try sum.addGram(of: matrix, scaledBy: 0.5, keeping: 4)
        let expected = 0.5 * plainProduct(matrix.transposed, matrix) + 4 * Matrix.identity(3)
        #expect(distance(sum, expected) <= 1e-14)
    }

    @Test("refuse weights that are negative, infinite or NaN", arguments: [-1, .infinity, .nan])
    func refusesBadWeights(weight: Double) {
        do throws(LinearAlgebraError) {
            _ = try Matrix(rows: 3, columns: 2, repeating: 1).gram(weights: [1, weight, 1])
            Issue.record("accepted \(weight)")
        } catch {
            guard case .badWeight(row: 1, _) = error else {
                Issue.record("threw \(error)")
                return
            }
        }
    }
}
