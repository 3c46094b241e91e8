import Glibc
public import LinearAlgebra

/// The generator of greatest likelihood given states seen at discrete times.
///
/// λᵢⱼ ← E[Kᵢⱼ] ÷ E[Rᵢ], repeated: the likelihood never falls. Rates that start at 0 stay there, so that a start may
/// forbid moves.
///
/// Source: Bladt & Sørensen (2005); Inamura (2006), "Estimating continuous time transition matrices from discretely
/// observed data"; standard errors by the information of Oakes (1999), *JRSS B* 61.
public struct GeneratorEM: Sendable {
    /// The generator.
    public let generator: GeneratorMatrix
    /// ℓ at the start and after every iteration.
    public let logLikelihoods: [Double]
    /// What it was estimated from.
    public let observations: PanelObservations

    /// Estimates a generator.
    ///
    /// - Parameters:
    ///   - observations: Pairs of states.
    ///   - start: Where to start; `nil` for rate 1 of every move from a state that was seen.
    ///   - tolerance: Stops when no rate changes by more, per year.
    ///   - maximumIterations: Gives up after so many.
    /// - Throws: ``MigrationError/impossible(from:to:)``, ``MigrationError/notConverged(iterations:largestChange:)``,
    ///   ``MigrationError/algebra(_:)``.
    public init(
        _ observations: PanelObservations, start: GeneratorMatrix? = nil, tolerance: Double = 1e-12,
        maximumIterations: Int = 20_000
    ) throws(MigrationError) {
        var current = start ?? Self.uniformStart(observations)
        var path: [Double] = []
        var change = Double.infinity
        while path.count <= maximumIterations {
            let step = try GeneratorLikelihood(current, observations)
            path.append(step.logLikelihood)
            if change <= tolerance {
                generator = current
                logLikelihoods = path
                self.observations = observations
                return
            }
            let next = Self.maximised(step, current)
            change = zip(current.rates.elements, next.rates.elements).reduce(0) { max($0, abs($1.0 - $1.1)) }
            current = next
        }
        throw .notConverged(iterations: maximumIterations, largestChange: change)
    }

    private static func maximised(_ step: GeneratorLikelihood, _ current: GeneratorMatrix) -> GeneratorMatrix
    {
        var rates = current.rates
        for row in 0..<rates.rows where step.exposure[row] > 0 {
            for column in 0..<rates.columns where column != row {
                rates[row, column] = step.moves[row, column] / step.exposure[row]
            }
        }
        return GeneratorMatrix(offDiagonal: rates, scale: current.scale)
    }

    private static func uniformStart(_ observations: PanelObservations) -> GeneratorMatrix {
        let order = observations.scale.count
        var rates = Matrix(rows: order, columns: order)
        for row in 0..<order where row != observations.scale.defaultState {
            let seen = observations.groups.contains { group in
                group.datedDefaults[row] > 0 || group.counts.row(row).contains { $0 > 0 }
            }
            for column in 0..<order where seen && column != row { rates[row, column] = 1 }
        }
        return GeneratorMatrix(offDiagonal: rates, scale: observations.scale)
    }

    /// ℓ of the generator.
    public var logLikelihood: Double { logLikelihoods[logLikelihoods.count - 1] }

    /// Akaike's criterion, 2k − 2ℓ, with k the rates that lie inside.
    ///
    /// - Parameter edge: Rates up to this, per year, count as 0, which EM only creeps towards.
    public func aic(edge: Double = 1e-6) -> Double {
        2 * Double(freeRates(above: edge).count) - 2 * logLikelihood
    }

    /// Standard errors of the rates from the observed information.
    ///
    /// The information is −∂²ℓ/∂λ∂λ′, differences of the exact gradient of ``GeneratorLikelihood`` over the rates that
    /// lie inside. Rates at the edge are fixed there: they have no normal interval.
    ///
    /// - Parameter edge: Rates up to this, per year, count as 0.
    /// - Returns: Shape (K, K); NaN for rates at the edge and on the diagonal, and everywhere if the information is not
    ///   positive definite.
    /// - Throws: ``MigrationError/algebra(_:)``.
    public func standardErrors(edge: Double = 1e-6) throws(MigrationError) -> Matrix {
        let free = freeRates(above: edge)
        var information = Matrix(rows: free.count, columns: free.count)
        for (position, rate) in free.enumerated() {
            // The gradient is accurate to about 10⁻¹³ of its size, so that a step of 10⁻⁴ costs 10⁻⁸ either way.
            let size = generator[rate.row, rate.column]
            let step = 1e-4 * size
            let above = try gradient(moved: rate, by: step, free)
            let below = try gradient(moved: rate, by: -step, free)
            for (other, (up, down)) in zip(above, below).enumerated() {
                information[other, position] = (down - up) / (2 * step)
            }
        }
        let symmetric = 0.5 * (information + information.transposed)
        var errors = Matrix(rows: generator.scale.count, columns: generator.scale.count, repeating: .nan)
        guard !free.isEmpty, let variances = try? Cholesky(symmetric).inverseDiagonal() else { return errors }
        for (rate, variance) in zip(free, variances) { errors[rate.row, rate.column] = variance.squareRoot() }
        return errors
    }

    private typealias Rate = (row: Int, column: Int)

    private func freeRates(above edge: Double) -> [Rate] {
        let order = generator.scale.count
        return (0..<order).flatMap { row in
            (0..<order).filter { $0 != row && generator[row, $0] > edge }.map { (row, $0) }
        }
    }

    private func gradient(
        moved rate: Rate, by step: Double, _ free: [Rate]
    ) throws(MigrationError) -> [Double] {
        var rates = generator.rates
        rates[rate.row, rate.column] += step
        let near = GeneratorMatrix(offDiagonal: rates, scale: generator.scale)
        let expected = try GeneratorLikelihood(near, observations)
        return free.map {
            expected.moves[$0.row, $0.column] / near[$0.row, $0.column] - expected.exposure[$0.row]
        }
    }
}
