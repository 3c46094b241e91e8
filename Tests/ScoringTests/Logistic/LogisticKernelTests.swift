import Foundation
import LinearAlgebra
import Parallelism
import TestSupport
import Testing

@testable import Scoring

@Suite("Logistic kernels")
struct LogisticKernelTests {
    /// Row counts around the lanes and the blocks of 256.
    @Test(arguments: [0, 1, 7, 8, 9, 255, 256, 257, 700], [0, 1, 2, 3, 5, 6, 8, 13])
    func vectorKernelsGiveTheBitsOfTheSwiftTwin(rows: Int, columns: Int) {
        for kernel in LogisticKernel.available where kernel != .portable {
            let objective = Self.objective(
                rows: rows, columns: columns, kernel: kernel, offset: rows % 2 == 1)
            let coefficients = Self.coefficients(columns)
            let range = 0..<rows
            let expected = LogisticPassReference.pass(objective, range, at: coefficients)
            for order in [LogisticObjective.Order.loss, .gradient, .hessian] {
                let result = objective.vectorPass(range, at: coefficients, order: order)
                let count = order.resultCount(coefficients: columns + 1)
                #expect(
                    result.prefix(count).map(\.bitPattern) == expected.prefix(count).map(\.bitPattern),
                    "\(kernel), \(order)")
            }
            #expect(
                objective.logOdds(at: coefficients).map(\.bitPattern)
                    == range.map {
                        LogisticPassReference.logOdds(objective, $0, at: coefficients).bitPattern
                    })
        }
    }

    @Test(arguments: LogisticKernel.available)
    func everyKernelAgreesWithPlainSums(kernel: LogisticKernel) {
        let objective = Self.objective(rows: 2500, columns: 11, kernel: kernel, offset: true)
        let coefficients = Self.coefficients(11)
        let plain = plainDerivatives(objective, at: coefficients)
        let derivatives = objective.derivatives(at: coefficients)
        let (loss, gradient) = objective.lossAndGradient(at: coefficients)
        let scale = plain.hessian.elements.map(abs).max() ?? 1
        let steepness = plain.gradient.map(abs).max() ?? 1
        expectClose(derivatives.loss, plain.loss, relative: 1e-13)
        expectClose(loss, derivatives.loss, relative: 1e-13)
        expectClose(objective.loss(at: coefficients), derivatives.loss, relative: 1e-13)
        expectClose(derivatives.gradient, plain.gradient, absolute: 1e-13 * steepness)
        expectClose(gradient, derivatives.gradient, absolute: 1e-13 * steepness)
        expectClose(derivatives.hessian.elements, plain.hessian.elements, absolute: 1e-13 * scale)
    }

    @Test(arguments: LogisticKernel.available)
    func bitsDoNotDependOnTheNumberOfThreads(kernel: LogisticKernel) {
        let coefficients = Self.coefficients(3)
        let results = [1, 2, 7].map { threads in
            let objective = Self.objective(
                rows: kernel == .plain ? 20_000 : 50_000, columns: 3, kernel: kernel, threads: threads)
            let derivatives = objective.derivatives(at: coefficients)
            return [derivatives.loss] + derivatives.gradient + derivatives.hessian.elements
                + objective.logOdds(at: coefficients).suffix(5)
        }
        #expect(results[0] == results[1])
        #expect(results[0] == results[2])
    }

    @Test func exponentialAndLogarithmAreWithinTwoUnitsInTheLastPlace() {
        for step in 0...20_000 {
            let x = Double(step) * 0.0354
            let e = LogisticPassReference.expOfMinus(x)
            expectClose(e, exp(-x), relative: 3e-16, "exp(-\(x))")
            expectClose(
                LogisticPassReference.logOnePlus(e), log1p(e), relative: 4.5e-16, "log1p(\(e))")
        }
        #expect(LogisticPassReference.expOfMinus(1e300) > 0)
        #expect(LogisticPassReference.expOfMinus(.nan).isNaN)
    }

    @Test(arguments: LogisticKernel.available)
    func saturatedRowsKeepFiniteExactLosses(kernel: LogisticKernel) {
        let logOdds: [Double] = [800, -800, 800, -800, 1e9, -1e9, 40, -40]
        let outcomes: [Double] = [1, 0, 0, 1, 1, 0, 1, 0]
        let objective = LogisticObjective(
            features: Matrix(columns: [logOdds]), outcomes: outcomes,
            weights: Array(repeating: 1, count: 8), offset: [], workers: .single, kernel: kernel)
        let derivatives = objective.derivatives(at: [0, 1])
        expectClose(derivatives.loss, 1600 + 2 * exp(-40.0), relative: 1e-15)
        // Only the two rows on the wrong side pull.
        expectClose(derivatives.gradient, [0, 1600], absolute: 1e-14, relative: 1e-14)
        #expect(derivatives.hessian[0, 0] > 0)
    }

    @Test(arguments: LogisticKernel.available)
    func aMissingValueMakesEverySumNaN(kernel: LogisticKernel) {
        let objective = LogisticObjective(
            features: Matrix(columns: [[1, .nan, 3]]), outcomes: [0, 1, 0], weights: [1, 1, 1], offset: [],
            workers: .single, kernel: kernel)
        let derivatives = objective.derivatives(at: [0, 1])
        #expect(derivatives.loss.isNaN && derivatives.gradient[1].isNaN && derivatives.hessian[1, 1].isNaN)
    }

    private static func coefficients(_ columns: Int) -> [Double] {
        (0...columns).map { 0.7 * sin(Double($0) + 0.5) }
    }

    /// Columns of different sizes, fractional weights with zeros, and some rows far from zero log-odds.
    private static func objective(
        rows: Int, columns: Int, kernel: LogisticKernel, offset: Bool = false, threads: Int = 1
    ) -> LogisticObjective {
        let values = (0..<columns).map { column -> [Double] in
            let size = pow(10, Double(column % 4) - 2)
            return (0..<rows).map { row -> Double in
                let wave = sin(Double(row * (column + 3)) * 0.731)
                return (wave + Double(column)) * size
            }
        }
        let outcomes = (0..<rows).map { row -> Double in sin(Double(row) * 1.3) > 0.2 ? 1 : 0 }
        let weights = (0..<rows).map { row -> Double in Double(row % 5) * 0.3 }
        let offsets = (0..<rows).map { row -> Double in row % 50 == 0 ? 60 : 0.01 * Double(row % 7) }
        let scaling = ColumnScaling(
            scale: (0..<columns).map { 0.3 + 0.1 * Double($0) },
            shift: (0..<columns).map { 0.05 * Double($0) - 0.2 })
        return LogisticObjective(
            features: Matrix(columns: values, rows: rows), outcomes: outcomes, weights: weights,
            offset: offset ? offsets : [], workers: Workers(threads: threads), scaling: scaling,
            kernel: kernel)
    }

    private func plainDerivatives(
        _ objective: LogisticObjective, at b: [Double]
    ) -> LogisticObjective.Derivatives {
        let count = b.count
        var plain = LogisticObjective.Derivatives(
            loss: 0, gradient: Array(repeating: 0, count: count), hessian: Matrix(rows: count, columns: count)
        )
        for row in 0..<objective.features.rows {
            var x = [1.0]
            for column in 0..<count - 1 {
                let value = objective.features[row, column]
                x.append(value * objective.scaling.scale[column] + objective.scaling.shift[column])
            }
            var logOdds = objective.offset[row]
            for index in 0..<count { logOdds += b[index] * x[index] }
            let p = 1 / (1 + exp(-logOdds))
            let y = objective.outcomes[row]
            let w = objective.weights[row]
            // p (1 - p) without the cancellation where p is close to 1.
            let curvature = w * exp(-abs(logOdds)) / pow(1 + exp(-abs(logOdds)), 2)
            plain.loss += w * (max(logOdds, 0) + log1p(exp(-abs(logOdds))) - y * logOdds)
            for i in 0..<count {
                plain.gradient[i] += w * (p - y) * x[i]
                for j in 0..<count { plain.hessian[i, j] += curvature * x[i] * x[j] }
            }
        }
        return plain
    }
}
