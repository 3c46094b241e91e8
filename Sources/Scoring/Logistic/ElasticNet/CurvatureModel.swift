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
            elements.addMultiple(-predicted[column] / predictedCurvature, of: predicted, at: place)
            elements.addMultiple(gradientChange[column] / curvature, of: gradientChange, at: place)
        }
    }

    /// H s.
    private func product(with step: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: order)
        for column in 0..<order where step[column] != 0 {
            result.addMultiple(step[column], of: elements, from: column * order, count: order)
        }
        return result
    }
}

/// Σ xᵢ yᵢ.
private func dot(_ x: [Double], _ y: [Double]) -> Double {
    var sum = 0.0
    for index in x.indices { sum += x[index] * y[index] }
    return sum
}
