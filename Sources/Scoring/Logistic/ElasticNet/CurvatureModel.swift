import LinearAlgebra

/// An estimate of the hessian of a smooth function that learns from how the gradient changes.
///
/// It starts from an exact hessian; after a step s that changed the gradient by y, the update of Broyden, Fletcher,
/// Goldfarb and Shanno
///
///     H ← H − (Hs)(Hs)ᵀ ÷ sᵀHs + y yᵀ ÷ sᵀy
///
/// makes it exact along s and keeps it positive definite. Along a path of penalties the steps all point much the
/// same way, so one Gram matrix of the data serves the whole path.
///
/// Source: Nocedal & Wright (2006), *Numerical Optimization*, 2nd ed., §6.1.
struct CurvatureModel: Sendable {
    /// Number of coefficients.
    let order: Int
    /// H, symmetric, column after column.
    private(set) var elements: [Double]

    /// A model from the exact hessian, times `factor`.
    init(exact hessian: Matrix, times factor: Double) {
        order = hessian.rows
        elements = hessian.elements.map { $0 * factor }
    }

    /// Learns from one step and the change of the gradient along it.
    mutating func learn(step: [Double], gradientChange: [Double]) {
        let predicted = product(with: step)
        let predictedCurvature = dot(step, predicted)
        let curvature = dot(step, gradientChange)
        // A convex function has a positive curvature; what comes out otherwise, or much smaller or larger than
        // expected, is rounding or a jump that the next exact hessian will deal with.
        guard predictedCurvature > 0, curvature > 1e-3 * predictedCurvature,
            curvature < 1e3 * predictedCurvature
        else { return }
        for column in 0..<order {
            let place = column * order
            elements.add(-predicted[column] / predictedCurvature, times: predicted, to: place)
            elements.add(gradientChange[column] / curvature, times: gradientChange, to: place)
        }
    }

    /// H s.
    private func product(with step: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: order)
        for column in 0..<order where step[column] != 0 {
            result.add(step[column], times: elements, from: column * order, count: order)
        }
        return result
    }
}

extension [Double] {
    /// Adds factor · values[from ..< from + count], by default all of them, to the elements from `to` on.
    mutating func add(
        _ factor: Double, times values: [Double], from: Int = 0, count: Int? = nil, to: Int = 0
    ) {
        let count = count ?? values.count
        let source = values.span.extracting(from..<from + count)
        var sums = mutableSpan
        for index in source.indices { sums[to + index] += factor * source[index] }
    }
}

/// Σ xᵢ yᵢ.
private func dot(_ x: [Double], _ y: [Double]) -> Double {
    var sum = 0.0
    for index in x.indices { sum += x[index] * y[index] }
    return sum
}
