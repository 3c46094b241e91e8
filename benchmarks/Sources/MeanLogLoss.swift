import Glibc
import LinearAlgebra

/// Mean of log(1 + e^η) − y·η with η = β₀ + Xβ, by a plain loop that shares nothing with the solvers.
func meanLogLoss(_ features: Matrix, _ defaulted: [Bool], _ coefficients: [Double]) -> Double {
    var logOdds = [Double](repeating: coefficients[0], count: features.rows)
    let elements = features.elements.span
    for column in 0..<features.columns where coefficients[column + 1] != 0 {
        for row in 0..<features.rows {
            logOdds[row] += coefficients[column + 1] * elements[column * features.rows + row]
        }
    }
    var sum = 0.0
    for row in logOdds.indices {
        sum += max(logOdds[row], 0) + log1p(exp(-abs(logOdds[row]))) - (defaulted[row] ? logOdds[row] : 0)
    }
    return sum / Double(features.rows)
}
