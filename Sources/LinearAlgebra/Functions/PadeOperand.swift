import Glibc

/// What a Padé approximant is taken of: a matrix, or a matrix with its derivative in a direction.
protocol PadeOperand {
    /// self·right
    func multiplied(by right: Self) throws(LinearAlgebraError) -> Self
    /// Adds α·other.
    mutating func add(_ other: Self, scaledBy factor: Double)
    /// Adds a multiple of the identity.
    mutating func addToDiagonal(_ value: Double)
    /// Multiplies by a number.
    mutating func scale(by factor: Double)
    /// self·2ᵏ, also where 2ᵏ itself is no double.
    func scaled(byPowerOfTwo exponent: Int) -> Self
    /// self⁻¹·right
    func leftQuotient(of right: Self) throws(LinearAlgebraError) -> Self
}

extension Matrix: PadeOperand {
    func multiplied(by right: Matrix) throws(LinearAlgebraError) -> Matrix { try times(right) }

    func scaled(byPowerOfTwo exponent: Int) -> Matrix {
        if exponent == 0 { return self }
        // 2^±1000 is a normal number, so the product is as exact as scalbn, and faster.
        if abs(exponent) <= 1000 { return scalbn(1, exponent) * self }
        return Matrix(rows: rows, columns: columns, columnMajor: storage.map { scalbn($0, exponent) })
    }

    func leftQuotient(of right: Matrix) throws(LinearAlgebraError) -> Matrix {
        guard isFinite, right.isFinite else { throw .overflow(.exponential) }
        return try LU(self).solve(right)
    }
}

/// A matrix and its derivative in a direction, X + εX′ with ε² = 0; rules of differentiation are its arithmetic.
struct MatrixWithDerivative: PadeOperand {
    var value: Matrix
    var derivative: Matrix

    func multiplied(by right: Self) throws(LinearAlgebraError) -> Self {
        var slope = try value.times(right.derivative)
        try slope.addProduct(derivative, right.value)
        return Self(value: try value.times(right.value), derivative: slope)
    }

    mutating func add(_ other: Self, scaledBy factor: Double) {
        value.add(other.value, scaledBy: factor)
        derivative.add(other.derivative, scaledBy: factor)
    }

    mutating func addToDiagonal(_ value: Double) { self.value.addToDiagonal(value) }

    mutating func scale(by factor: Double) {
        value.scale(by: factor)
        derivative.scale(by: factor)
    }

    func scaled(byPowerOfTwo exponent: Int) -> Self {
        Self(
            value: value.scaled(byPowerOfTwo: exponent), derivative: derivative.scaled(byPowerOfTwo: exponent)
        )
    }

    /// With R = X⁻¹Y from X·R = Y: X·R′ = Y′ − X′·R.
    func leftQuotient(of right: Self) throws(LinearAlgebraError) -> Self {
        guard value.isFinite, right.value.isFinite else { throw .overflow(.exponential) }
        let factors = try LU(value)
        let quotient = try factors.solve(right.value)
        var slope = right.derivative
        try slope.addProduct(derivative, quotient, scaledBy: -1)
        guard slope.isFinite else { throw .overflow(.exponential) }
        return Self(value: quotient, derivative: try factors.solve(slope))
    }
}
