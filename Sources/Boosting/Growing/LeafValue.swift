/// The value of a leaf and what it is worth, from the sums of its rows' gradients and hessians.
enum LeafValue {
    /// The value that minimises G·w + ½ (H + λ₂) w² + λ₁ |w|: −T(G) ÷ (H + λ₂), T the soft threshold at λ₁.
    @inline(__always)
    static func best(_ sum: SIMD2<Double>, l1: Double, l2: Double) -> Double {
        let curvature = sum.y + l2
        return curvature > 0 ? -softThreshold(sum.x, l1) / curvature : 0
    }

    /// Twice the reduction of the objective by a given value.
    @inline(__always)
    static func worth(_ sum: SIMD2<Double>, at value: Double, l1: Double, l2: Double) -> Double {
        -(2 * sum.x * value + (sum.y + l2) * value * value + 2 * l1 * abs(value))
    }

    @inline(__always)
    private static func softThreshold(_ gradient: Double, _ l1: Double) -> Double {
        if l1 == 0 { return gradient }
        return gradient > l1 ? gradient - l1 : gradient < -l1 ? gradient + l1 : 0
    }
}

/// Where the values of a leaf and of all its descendants must lie so that monotone constraints hold.
struct ValueBounds: Sendable, Hashable {
    var lower = -Double.infinity
    var upper = Double.infinity

    /// The nearest value inside.
    @inline(__always)
    func clamped(_ value: Double) -> Double { min(max(value, lower), upper) }

    /// The bounds of the children of a split by a constrained feature: both are held apart by the middle of their
    /// values, so that nothing below can cross it.
    func split(direction: Int8, left: Double, right: Double) -> (left: ValueBounds, right: ValueBounds) {
        guard direction != 0 else { return (self, self) }
        let middle = (left + right) / 2
        let below = ValueBounds(lower: lower, upper: min(upper, middle))
        let above = ValueBounds(lower: max(lower, middle), upper: upper)
        return direction > 0 ? (below, above) : (above, below)
    }
}
