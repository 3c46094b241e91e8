import LinearAlgebra

/// How strongly slopes and departures are to be held back, by the likelihood of the data with all coefficients
/// integrated out.
///
/// On the quadratic model of the loss at a point, H and b = Hx − g, the coefficients have the mean (H + S)⁻¹ b and the
/// covariance V = (H + S)⁻¹; the restricted marginal likelihood is largest where for each group of coefficients with
/// the penalty ½ λ xᵀPx
///
///     λ = (rank P − λ tr(V P)) ÷ xᵀPx,
///
/// the degrees of freedom that the data give the group over its sum of squares. Iterated in this form, strengths stay
/// positive and the likelihood rises. A group that the data do not ask for goes to the largest strength, where it has
/// less than a thousandth of its coefficients.
///
/// Sources: Breslow & Clayton (1993), *Journal of the American Statistical Association* 88, 9–25 (penalised
/// quasi-likelihood); Fellner (1986), *Technometrics* 28, 51–60; Wood & Fasiolo (2017), *Biometrics* 73, 1071–1081.
struct MarginalLikelihood {
    /// Change of a group's degrees of freedom at which strengths count as settled: far below what a prediction shows.
    static let tolerance = 1e-3

    let hessian: Matrix
    let gradient: [Double]
    let point: [Double]
    let characteristics: [Range<Int>]
    let ridge: Double

    /// Strengths with the degrees of freedom of the slopes around their mean and of every characteristic's departures.
    struct Choice {
        var strengths: ShrinkageStrengths
        var degrees: [Double]
    }

    /// Iterates from given strengths until they settle, fifty times at most; the caller comes back with a better model.
    func strengths(from start: ShrinkageStrengths) -> Choice {
        var choice = Choice(strengths: start, degrees: [])
        let side = right
        for _ in 0..<50 {
            guard let next = update(choice.strengths, side) else { return choice }
            let change = zip(next.degrees, choice.degrees).map { abs($0 - $1) }.max() ?? .infinity
            choice = next
            if change < 0.1 * Self.tolerance { break }
        }
        return choice
    }

    /// b = Hx − g.
    private var right: [Double] {
        var side = gradient.map { -$0 }
        for column in point.indices where point[column] != 0 {
            for row in side.indices { side[row] += hessian[row, column] * point[column] }
        }
        return side
    }

    private func update(_ strengths: ShrinkageStrengths, _ side: [Double]) -> Choice? {
        let slopes = characteristics.count
        var matrix = hessian
        let shared = strengths.slopes / Double(max(1, slopes))
        for place in 0..<slopes {
            matrix[1 + place, 1 + place] += ridge + strengths.slopes
            for other in 0..<slopes { matrix[1 + place, 1 + other] -= shared }
            for attribute in characteristics[place] {
                matrix[1 + slopes + attribute, 1 + slopes + attribute] += strengths.departures[place]
            }
        }
        // OpenBLAS is fast here; that its last digits follow the processor does not matter to three digits of a
        // strength.
        guard let factor = try? Cholesky(matrix), let covariance = try? factor.inverse(),
            let mean = try? factor.solve(side)
        else { return nil }
        var next = Choice(strengths: strengths, degrees: [])
        if slopes > 1 {
            let centre = mean[1...slopes].reduce(0, +) / Double(slopes)
            var (trace, squares) = (0.0, 0.0)
            for place in 1...slopes {
                squares += (mean[place] - centre) * (mean[place] - centre)
                trace += covariance[place, place]
                for other in 1...slopes { trace -= covariance[place, other] / Double(slopes) }
            }
            let degrees = max(0, Double(slopes - 1) - strengths.slopes * trace)
            next.degrees.append(degrees)
            let information = (1...slopes).reduce(0) { max($0, hessian[$1, $1]) }
            next.strengths.slopes = Self.strength(degrees, squares, information)
        }
        for (place, range) in characteristics.enumerated() {
            var (trace, squares, information) = (0.0, 0.0, 0.0)
            for attribute in range {
                let index = 1 + slopes + attribute
                trace += covariance[index, index]
                squares += mean[index] * mean[index]
                information = max(information, hessian[index, index])
            }
            let degrees = max(0, Double(range.count) - strengths.departures[place] * trace)
            next.degrees.append(degrees)
            next.strengths.departures[place] = Self.strength(degrees, squares, information)
        }
        return next
    }

    /// λ from degrees of freedom and squares, between a ten-millionth of the information and ten thousand times it.
    private static func strength(_ degrees: Double, _ squares: Double, _ information: Double) -> Double {
        let bounds = 1e-7 * information...max(1e4 * information, .leastNormalMagnitude)
        guard squares > 0 else { return bounds.upperBound }
        return min(max(degrees / squares, bounds.lowerBound), bounds.upperBound)
    }
}
