import Glibc
import LinearAlgebra

/// The likelihood of a generator given states seen at times, and what it expects to have happened in between.
///
///     ℓ(Λ) = Σ Nₛᵣ ln pₛᵣ(T) + Σ Mₛ ln Σₘ pₛₘ(T) λₘD
///     E[Rᵢ]  = Gᵢᵢ            years spent in state i
///     E[Kᵢⱼ] = λᵢⱼ Gᵢⱼ        moves from i to j
///     ∂ℓ/∂λᵢⱼ = E[Kᵢⱼ] ÷ λᵢⱼ − E[Rᵢ]
///
/// with W = N ÷ P(T) element by element and G = ∫₀ᵀ P(T − u)ᵀ W P(u)ᵀ du, one Fréchet derivative of the exponential of
/// TΛᵀ for each time between. A dated default adds Mₛ λₘD ÷ Σ pₛₘ λₘD to Wₛₘ for all m, and a last move m → D.
///
/// Source: Bladt & Sørensen (2005), "Statistical inference for discretely observed Markov jump processes", *JRSS B* 67;
/// Kalbfleisch & Lawless (1985) for dated absorption.
struct GeneratorLikelihood {
    /// ℓ.
    var logLikelihood = 0.0
    /// E[R].
    var exposure: [Double]
    /// E[K]; the diagonal is 0.
    var moves: Matrix

    init(_ generator: GeneratorMatrix, _ observations: PanelObservations) throws(MigrationError) {
        let order = generator.scale.count
        exposure = [Double](repeating: 0, count: order)
        moves = Matrix(rows: order, columns: order)
        let transposed = generator.rates.transposed
        for group in observations.groups {
            let probabilities = try generator.transitions(over: group.years)
            let weights = try weights(of: group, probabilities, generator)
            let years = group.years
            let integral = try MigrationError.algebra { () throws(LinearAlgebraError) in
                try (years * transposed).exponential(withDerivativeIn: years * weights).derivative
            }
            for row in 0..<order {
                exposure[row] += max(0, integral[row, row])
                for column in 0..<order where column != row {
                    moves[row, column] += generator[row, column] * max(0, integral[row, column])
                }
            }
        }
    }

    /// W, adding the likelihood and the last moves of dated defaults on the way.
    private mutating func weights(
        of group: PanelObservations.Group, _ probabilities: TransitionMatrix, _ generator: GeneratorMatrix
    ) throws(MigrationError) -> Matrix {
        let order = generator.scale.count
        var weights = Matrix(rows: order, columns: order)
        for from in 0..<order {
            for to in 0..<order where group.counts[from, to] > 0 {
                let probability = probabilities[from, to]
                guard probability > 0 else { throw .impossible(from: from, to: to) }
                weights[from, to] = group.counts[from, to] / probability
                logLikelihood += group.counts[from, to] * log(probability)
            }
            guard let last = generator.scale.defaultState, group.datedDefaults[from] > 0 else { continue }
            let density = (0..<last).reduce(0.0) { $0 + probabilities[from, $1] * generator[$1, last] }
            guard density > 0 else { throw .impossible(from: from, to: last) }
            logLikelihood += group.datedDefaults[from] * log(density)
            for middle in 0..<last {
                let share = group.datedDefaults[from] * generator[middle, last] / density
                weights[from, middle] += share
                moves[middle, last] += share * probabilities[from, middle]
            }
        }
        return weights
    }
}
