import Glibc

extension Matrix {
    /// ‖A‖₁ = maxⱼ Σᵢ |aᵢⱼ|, the largest sum of a column; 0 for an empty matrix, NaN if an element is.
    public var oneNorm: Double {
        let values = storage.span
        var largest = 0.0
        for column in 0..<columns {
            var sum = 0.0
            for row in 0..<rows { sum += abs(values[column &* rows &+ row]) }
            if sum.isNaN { return sum }
            largest = max(largest, sum)
        }
        return largest
    }

    /// ‖A‖_F = √(Σ aᵢⱼ²), scaled so that it neither overflows nor underflows on the way.
    public var frobeniusNorm: Double {
        let largest = largestMagnitude
        guard largest > 0, largest.isFinite else { return largest }
        let values = storage.span
        var sum = 0.0
        for index in values.indices {
            let share = values[index] / largest
            sum += share * share
        }
        return largest * sum.squareRoot()
    }

    /// max |aᵢⱼ|; 0 for an empty matrix, NaN if an element is.
    public var largestMagnitude: Double {
        let values = storage.span
        var largest = 0.0
        for index in values.indices {
            let magnitude = abs(values[index])
            if magnitude.isNaN { return magnitude }
            largest = max(largest, magnitude)
        }
        return largest
    }

    /// Σ aᵢᵢ of a square matrix.
    public var trace: Double { diagonal.reduce(0, +) }

    /// The elements aᵢᵢ.
    public var diagonal: [Double] { (0..<min(rows, columns)).map { storage[$0 * rows + $0] } }
}
