/// A penalty and a box, one coefficient at a time.
///
///     h(u) = Σⱼ [ aⱼ |uⱼ| + ½ bⱼ uⱼ² ],   lowerⱼ ≤ uⱼ ≤ upperⱼ
///
/// Index 0 is the intercept, with a₀ = b₀ = 0 and no bounds.
struct SeparablePenalty: Sendable {
    /// a ≥ 0.
    var absolute: [Double]
    /// b ≥ 0.
    var square: [Double]
    /// Lower bounds; equal to the upper one for a coefficient that is held.
    var lower: [Double]
    /// Upper bounds.
    var upper: [Double]

    /// Number of coefficients with the intercept.
    var count: Int { absolute.count }

    /// Whether nothing but bounds, if any, keeps a coefficient from moving.
    func isFree(_ index: Int) -> Bool {
        absolute[index] == 0 && square[index] == 0 && lower[index] < upper[index]
    }

    /// h at feasible coefficients.
    func value(at u: [Double]) -> Double {
        var sum = 0.0
        for index in u.indices {
            sum += absolute[index] * abs(u[index]) + 0.5 * square[index] * u[index] * u[index]
        }
        return sum
    }

    /// By how much f + h, with ∂f/∂uⱼ = `slope`, falls per unit when uⱼ moves the better way; 0 at an optimum.
    ///
    /// With q = slope + b u the derivative to the right is q + a (q − a for u < 0) and that to the left is q − a
    /// (q + a for u > 0). An optimum has the first ≥ 0 unless u is at its upper bound, the second ≤ 0 unless it is
    /// at its lower one: the Karush-Kuhn-Tucker conditions.
    func violation(of index: Int, slope: Double, at u: Double) -> Double {
        let smooth = slope + square[index] * u
        var violation = 0.0
        if u < upper[index] {
            violation = max(violation, -(smooth + (u < 0 ? -absolute[index] : absolute[index])))
        }
        if u > lower[index] {
            violation = max(violation, smooth + (u > 0 ? absolute[index] : -absolute[index]))
        }
        return violation
    }

    /// The largest violation over all coefficients.
    func violation(gradient: [Double], at u: [Double]) -> Double {
        u.indices.reduce(0) { max($0, violation(of: $1, slope: gradient[$1], at: u[$1])) }
    }

    /// The same for some of the coefficients only, given by index.
    func restricted(to indices: [Int]) -> SeparablePenalty {
        SeparablePenalty(
            absolute: indices.map { absolute[$0] }, square: indices.map { square[$0] },
            lower: indices.map { lower[$0] }, upper: indices.map { upper[$0] })
    }

    /// The same with every coefficient that is penalised held where it is.
    func holdingPenalised(at u: [Double]) -> SeparablePenalty {
        var held = self
        for index in u.indices where absolute[index] > 0 || square[index] > 0 {
            held.lower[index] = u[index]
            held.upper[index] = u[index]
        }
        return held
    }
}
