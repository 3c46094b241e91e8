import LinearAlgebra
import Statistics
import TestSupport
import Testing
import Vocabulary

@testable import Simulation

@Suite("The true law of migration is a law, and its PDs are what they say")
struct CreditGeneratorTests {
    @Test(arguments: [-96, -20, 0, 1, 33, 96])
    func matricesAreThoseOfTheGenerator(step: Int) throws {
        let generator = CreditGenerator.tilted(step: step)
        let count = CreditGenerator.grades
        for row in generator {
            #expect(abs(row.reduce(0, +)) < 1e-12)
        }
        let expected = try Matrix(rows: generator.map { $0.map { $0 / 4 } }).exponential()
        let matrix = CreditGenerator.quarterMatrix(step: step)
        for from in 0..<count {
            for to in 0..<count {
                expectClose(matrix[from * count + to], expected[from, to], absolute: 1e-14, relative: 1e-11)
            }
        }
    }

    @Test func tiltsMakeTheWorseLikelier() {
        var last = [Double](repeating: 0, count: CreditGenerator.grades - 1)
        for step in [-96, -32, 0, 32, 96] {
            let pds = CreditGenerator.defaultProbabilities(steps: [step, step, step, step])
            // Four products of rows that sum to 1 up to rounding.
            expectClose(pds[CreditGenerator.defaulted], 1, absolute: 1e-14)
            // Ordered by grade, and each higher than under the tilt before.
            for grade in last.indices {
                #expect(pds[grade] > last[grade])
                #expect(pds[grade] < pds[grade + 1])
            }
            last = Array(pds.dropLast())
        }
    }

    @Test func stepsAreHeldToTheirRange() {
        #expect(CreditGenerator.step(of: 0.5) == 16)
        #expect(CreditGenerator.step(of: 99) == 96)
        #expect(CreditGenerator.step(of: -99) == -96)
    }

    @Test func expectedPDIsTheMeanOverTheEconomysPaths() throws {
        let economy = EconomyState(EconomyOptions())
        let contagion: [Double] = [0.6, 0.45, 0.3, 0.15]
        let quarter = 3
        let expected = economy.expectedPD(sector: 0.2, quarter: quarter, contagion: contagion[...])
        var random = economy.root.stream("paths of the test")
        var sums = [Double](repeating: 0, count: CreditGenerator.grades)
        var squares = sums
        let paths = 1_500
        for _ in 0..<paths {
            var factor = economy.macro[quarter]
            let steps = contagion.map { now in
                factor = 0.8 * factor + 0.6 * random.normal()
                return CreditGenerator.step(of: 0.2 - economy.macroLoading * factor + now)
            }
            for (grade, pd) in CreditGenerator.defaultProbabilities(steps: steps).enumerated() {
                sums[grade] += pd
                squares[grade] += pd * pd
            }
        }
        for grade in 0..<CreditGenerator.defaulted {
            let mean = sums[grade] / Double(paths)
            let variance = squares[grade] / Double(paths) - mean * mean
            // Four standard errors, and what three points leave out of the expectation.
            let tolerance = 4 * (variance / Double(paths)).squareRoot() + 0.005 * mean
            expectClose(expected[grade], mean, absolute: tolerance)
        }
    }
}
