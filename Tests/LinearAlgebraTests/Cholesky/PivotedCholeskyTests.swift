import LinearAlgebra
import TestSupport
import Testing

@Suite("Pivoted Cholesky factors")
struct PivotedCholeskyTests {
    @Test("find planted dependencies and what they are made of", arguments: 0..<8)
    func findsPlantedDependencies(seed: Int) throws {
        var generator = TestGenerator(seed: seed)
        var features = generator.matrix(60, 6)
        // Column 3 = 2·x₀ − ½·x₅ and column 4 = 1000·x₁.
        for row in 0..<60 {
            features[row, 3] = 2 * features[row, 0] - 0.5 * features[row, 5]
            features[row, 4] = 1000 * features[row, 1]
        }
        let found = try PivotedCholesky(features.gram())
        #expect(found.rank == 4)
        #expect(Set(found.independentColumns + found.dependentColumns) == Set(0..<6))
        #expect(found.independentColumns.contains(2))
        // Whichever of the columns is named, the combination it reports is it.
        for dependency in found.dependencies {
            var rebuilt = [Double](repeating: 0, count: 60)
            for term in dependency.terms {
                for row in 0..<60 { rebuilt[row] += term.coefficient * features[row, term.column] }
            }
            let scale = features.column(dependency.column).map(abs).max() ?? 0
            expectClose(rebuilt, features.column(dependency.column), absolute: 1e-9 * scale)
            let involved = Set(dependency.terms.map(\.column) + [dependency.column])
            #expect(involved == [0, 3, 5] || involved == [1, 4])
        }
    }

    @Test("see a full set of dummies beside an intercept, whatever the units", arguments: [1, 1e-8, 1e8])
    func findsDummyTrap(unit: Double) throws {
        let rows = (0..<30).map { row -> [Double] in
            var dummies = [0.0, 0, 0]
            dummies[row % 3] = unit
            return [1, Double(row * row)] + dummies
        }
        let found = try PivotedCholesky(Matrix(rows: rows).gram())
        #expect(found.rank == 4)
        let dependency = try #require(found.dependencies.first)
        #expect(Set(dependency.terms.map(\.column) + [dependency.column]) == [0, 2, 3, 4])
    }

    @Test("of independent columns name none, even if they are nearly dependent")
    func independentColumns() throws {
        var generator = TestGenerator(seed: 5)
        var features = generator.matrix(50, 5)
        #expect(try PivotedCholesky(features.gram()).dependencies.isEmpty)
        for row in 0..<50 { features[row, 4] = features[row, 0] + 1e-4 * features[row, 4] }
        let found = try PivotedCholesky(features.gram())
        #expect(found.rank == 5)
        #expect(Set(found.independentColumns) == Set(0..<5))
        #expect(try PivotedCholesky(features.gram(), tolerance: 1e-6).rank == 4)
    }

    @Test("name columns of zeros, made of nothing")
    func zeroColumns() throws {
        let found = try PivotedCholesky(.diagonal([1, 0, 4, 0]))
        #expect(found.rank == 2)
        #expect(found.dependentColumns == [1, 3])
        #expect(found.dependencies.allSatisfy { $0.terms.isEmpty })
        let nothing = try PivotedCholesky(Matrix(rows: 3, columns: 3))
        #expect(nothing.rank == 0)
        #expect(nothing.dependentColumns == [0, 1, 2])
    }

    @Test("find one direction in many copies of a column")
    func copies() throws {
        let copies = Matrix(rows: (0..<20).map { row in (1...9).map { Double($0 * (row + 1)) } })
        let found = try PivotedCholesky(copies.gram())
        #expect(found.rank == 1)
        let chosen = try #require(found.independentColumns.first)
        #expect(found.dependencies.count == 8)
        for dependency in found.dependencies {
            let term = try #require(dependency.terms.first)
            #expect(dependency.terms.count == 1 && term.column == chosen)
            expectClose(term.coefficient, Double(dependency.column + 1) / Double(chosen + 1), relative: 1e-12)
        }
    }

    @Test("work beyond one block of LAPACK")
    func manyColumns() throws {
        var generator = TestGenerator(seed: 6)
        let basis = generator.matrix(300, 90)
        let features = try basis.times(generator.matrix(90, 150))
        let found = try PivotedCholesky(features.gram())
        #expect(found.rank == 90)
        #expect(Set(found.independentColumns + found.dependentColumns) == Set(0..<150))
    }

    @Test("of order 0 are empty, of order 1 trivial")
    func degenerate() throws {
        let empty = try PivotedCholesky(Matrix(rows: 0, columns: 0))
        #expect(empty.rank == 0 && empty.dependencies.isEmpty)
        #expect(try PivotedCholesky(Matrix(rows: [[3]])).rank == 1)
    }

    @Test(
        "refuse a matrix with a negative direction",
        arguments: [
            Matrix(rows: [[1, 2], [2, 1]]), Matrix(rows: [[0, 1], [1, 0]]),
            Matrix(rows: [[1, 0], [0, -1]]),
            Matrix(rows: [[1, 1, 1], [1, 1, -1], [1, -1, 1]]), Matrix(rows: [[1, 0.5], [0.5, 0]]),
            Matrix(rows: [[1, 1, 1], [1, 1, 0.9], [1, 0.9, 1]]),
        ])
    func refusesIndefinite(matrix: Matrix) {
        do throws(LinearAlgebraError) {
            let accepted = try PivotedCholesky(matrix)
            Issue.record("accepted with rank \(accepted.rank)")
        } catch {
            guard case .notPositiveSemidefinite(_, let pivot) = error else {
                Issue.record("threw \(error)")
                return
            }
            #expect(pivot < 0)
        }
    }

    @Test("refuse NaN and infinities", arguments: [Double.nan, .infinity])
    func refusesNonFinite(value: Double) {
        var matrix = Matrix.identity(3)
        matrix[2, 2] = value
        #expect(throws: LinearAlgebraError.self) { try PivotedCholesky(matrix) }
    }
}
