import Glibc

/// Inverts a tail probability by Newton's method on its logarithm, over the logarithm of a positive variable.
///
/// The tails of the gamma distribution in x and of the beta distribution in the odds x ÷ (1 − x) are log-concave
/// functions of the variable's logarithm (Lariviere & Porteus 2001, increasing generalised failure rates). A tangent
/// then lies above the curve, so from the second step on the iterates approach the root from the side of the tail
/// and cannot run away.
enum TailSolver {
    /// One evaluation: the tail and |d tail ÷ d ln variable|.
    struct Tail {
        let probability: Double
        let slope: Double
    }

    /// The variable where the tail equals a probability.
    ///
    /// - Parameters:
    ///   - probability: The tail to reach, in (0, 1).
    ///   - isLower: Whether the tail grows with the variable.
    ///   - start: First guess, > 0.
    ///   - anchor: A variable where the tail is not zero, > 0.
    static func variable(
        where probability: Double, isLower: Bool, start: Double, anchor: Double,
        _ evaluate: (Double) -> Tail
    ) -> Double {
        let goal = log(probability)
        var positive = anchor
        var variable = start
        var lastStep = Double.infinity
        // Quadratic convergence needs about 5 steps, halving from beyond the smallest double about 10 more.
        for _ in 0..<200 {
            let tail = evaluate(variable)
            guard tail.probability > 0, tail.slope > 0 else {
                let middle = variable.squareRoot() * positive.squareRoot()
                if middle == variable { return variable }
                variable = middle
                continue
            }
            positive = variable
            let quotient = tail.probability / probability
            // Near the root the logarithm of the quotient keeps digits that the difference of logarithms loses.
            let excess = quotient.isNormal ? log(quotient) : log(tail.probability) - goal
            let step = (isLower ? -1 : 1) * excess * (tail.probability / tail.slope)
            let next = variable * exp(max(-700, min(700, step)))
            // At rounding level the steps stop shrinking.
            if abs(step) <= 0x1p-52 || abs(step) < 1e-8 && abs(step) >= abs(lastStep) { return next }
            if next == 0 || next == .infinity { return next }
            variable = next
            lastStep = step
        }
        return variable
    }
}
