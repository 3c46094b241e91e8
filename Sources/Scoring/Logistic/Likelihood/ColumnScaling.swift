import LinearAlgebra

/// An affine change of every column, zⱼ = scaleⱼ · xⱼ + shiftⱼ, applied while the data is read.
///
/// Solvers work on columns of mean 0 and standard deviation 1, whatever their units, without a copy of the data.
/// Each z is rounded once, so the change is exactly affine: a mean of 1e9 with a spread of 1 costs no digits.
struct ColumnScaling: Sendable, Equatable {
    /// Factors, length p, all > 0.
    let scale: [Double]
    /// Summands, length p.
    let shift: [Double]

    /// No change.
    static func identity(columns: Int) -> ColumnScaling {
        ColumnScaling(
            scale: Array(repeating: 1, count: columns), shift: Array(repeating: 0, count: columns))
    }
}

extension ColumnScaling {
    /// Coefficients for the columns as they are given from those for the scaled ones; intercept first.
    ///
    /// b₀ + Σ bⱼ zⱼ = (b₀ + Σ bⱼ shiftⱼ) + Σ bⱼ scaleⱼ xⱼ.
    func unscaled(_ coefficients: [Double]) -> [Double] {
        var result = coefficients
        for column in scale.indices {
            result[0] += coefficients[column + 1] * shift[column]
            result[column + 1] *= scale[column]
        }
        return result
    }

    /// Coefficients for the scaled columns from those for the columns as they are given.
    func scaled(_ coefficients: [Double]) -> [Double] {
        var result = coefficients
        for column in scale.indices {
            result[column + 1] /= scale[column]
            result[0] -= result[column + 1] * shift[column]
        }
        return result
    }

    /// The covariance T V Tᵀ of the unscaled coefficients from that of the scaled ones.
    func unscaled(covariance: Matrix) -> Matrix {
        let order = scale.count + 1
        let scaled = covariance.elements
        var result = covariance
        // Row 0 of T is (1, shift), the rest is diag(scale).
        var firstColumn = [Double](repeating: 0, count: order)
        for row in 0..<order {
            var sum = scaled[row]
            for column in scale.indices { sum += scaled[(column + 1) * order + row] * shift[column] }
            firstColumn[row] = sum
        }
        var corner = firstColumn[0]
        for column in scale.indices { corner += shift[column] * firstColumn[column + 1] }
        result[0, 0] = corner
        for row in 1..<order {
            let cross = scale[row - 1] * firstColumn[row]
            result[row, 0] = cross
            result[0, row] = cross
            for column in 1..<order {
                result[row, column] = scale[row - 1] * scaled[column * order + row] * scale[column - 1]
            }
        }
        return result
    }
}
