import Glibc

/// A square matrix with those of its even powers that have been asked for.
struct EvenPowers<Operand: PadeOperand> {
    /// The matrix itself.
    let first: Operand
    private var known: [Int: Operand] = [:]

    init(_ first: Operand) { self.first = first }

    /// The power of an even exponent ≥ 2, at most one product after those that are known.
    mutating func power(_ exponent: Int) throws(LinearAlgebraError) -> Operand {
        if let power = known[exponent] { return power }
        let power: Operand
        switch exponent {
        case 2: power = try first.multiplied(by: first)
        case 4: power = try self.power(2).multiplied(by: self.power(2))
        default: power = try self.power(4).multiplied(by: self.power(exponent - 4))
        }
        known[exponent] = power
        return power
    }

    /// The matrix divided by 2ʰ, with the powers that are known here; h may be negative.
    func halved(_ halvings: Int) -> EvenPowers {
        guard halvings != 0 else { return self }
        var result = EvenPowers(first.scaled(byPowerOfTwo: -halvings))
        for (exponent, power) in known {
            result.known[exponent] = power.scaled(byPowerOfTwo: -exponent * halvings)
        }
        return result
    }
}

extension EvenPowers where Operand == Matrix {
    /// Up to this order a product costs no more than an estimate of its norm, and is exact.
    private static var largestExactOrder: Int { 50 }

    /// ‖Aᵏ‖₁^(1/k) for k = 4, 6, 8 or 10; for k > 6 and a large matrix estimated from below.
    mutating func root(_ exponent: Int) throws(LinearAlgebraError) -> Double {
        let norm: Double
        if exponent <= 6 || first.rows <= Self.largestExactOrder {
            norm = try power(exponent).oneNorm
        } else {
            norm = try Matrix.estimatedOneNorm(ofProduct: [power(4), power(exponent - 4)])
        }
        return pow(norm, 1 / Double(exponent))
    }
}
