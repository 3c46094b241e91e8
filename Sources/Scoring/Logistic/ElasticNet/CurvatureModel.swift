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
    /// H, symmetric.
    private(set) var matrix: Matrix

    /// A model from the exact hessian.
    init(exact matrix: Matrix) { self.matrix = matrix }

    /// Learns from one step and the change of the gradient along it.
    mutating func learn(step: [Double], gradientChange: [Double]) {
        let predicted = product(with: step)
        let predictedCurvature = dot(step, predicted)
        let curvature = dot(step, gradientChange)
        // A convex function has a positive curvature; what comes out otherwise, or much smaller or larger than
        // expected, is rounding or a jump the next exact hessian will deal with.
        guard predictedCurvature > 0, curvature > 1e-3 * predictedCurvature,
            curvature < 1e3 * predictedCurvature
        else { return }
        let order = matrix.rows
        for column in 0..<order {
            let old = predicted[column] / predictedCurvature
            let new = gradientChange[column] / curvature
            for row in 0..<order {
                matrix[row, column] += gradientChange[row] * new - predicted[row] * old
            }
        }
    }

    /// H s.
    func product(with step: [Double]) -> [Double] {
        let order = matrix.rows
        let elements = matrix.elements
        let columns = elements.span
        var result = [Double](repeating: 0, count: order)
        for column in 0..<order where step[column] != 0 {
            for row in 0..<order { result[row] += step[column] * columns[column * order + row] }
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
