import Glibc

extension SeededGenerator {
    /// A number from [0, 1), a multiple of 2⁻⁵³; takes 64 bits.
    @inlinable public mutating func uniform() -> Double {
        Double(next() &>> 11) * 0x1p-53
    }

    /// A number from (0, 1), never an end: (k + ½) · 2⁻⁵² for a uniform k; takes 64 bits.
    @inlinable public mutating func openUniform() -> Double {
        (Double(next() &>> 12) + 0.5) * 0x1p-52
    }

    /// A number from [lower, upper).
    public mutating func uniform(from lower: Double, to upper: Double) -> Double {
        let width = upper - lower
        precondition(width >= 0 && width.isFinite, "no uniform numbers from \(lower) to \(upper)")
        // Rounding can reach the upper end, which does not belong to the interval.
        let value = lower + width * uniform()
        return value < upper ? value : max(lower, upper.nextDown)
    }

    /// An integer from 0 ..< bound, each equally likely.
    ///
    /// Takes 64 bits, and more with probability below bound · 2⁻⁶⁴.
    ///
    /// Source: Lemire (2019), "Fast random integer generation in an interval", *ACM TOMACS* 29(1).
    public mutating func integer(below bound: Int) -> Int {
        precondition(bound > 0, "no integer from 0 ..< \(bound)")
        let range = UInt64(bound)
        var product = next().multipliedFullWidth(by: range)
        if product.low < range {
            let threshold = (0 &- range) % range
            while product.low < threshold { product = next().multipliedFullWidth(by: range) }
        }
        return Int(product.high)
    }

    /// `true` with a given probability in [0, 1]; takes 64 bits.
    public mutating func bernoulli(_ probability: Double) -> Bool {
        precondition(probability >= 0 && probability <= 1, "a probability of \(probability)")
        return uniform() < probability
    }

    /// A normal number, by inversion: one uniform number gives one normal number.
    ///
    /// Lies within 8.2 standard deviations of the mean, the quantiles of 2⁻⁵³ and its complement.
    public mutating func normal(mean: Double = 0, standardDeviation: Double = 1) -> Double {
        precondition(standardDeviation >= 0, "a standard deviation of \(standardDeviation)")
        return mean + standardDeviation * NormalQuantile.value(lowerTail: openUniform())
    }

    /// An exponential number with a given mean, by inversion; takes 64 bits.
    public mutating func exponential(mean: Double = 1) -> Double {
        precondition(mean >= 0, "an exponential mean of \(mean)")
        return -mean * log(openUniform())
    }

    /// A gamma number with density x^(shape − 1) e^(−x ÷ scale) up to a constant; mean shape · scale.
    ///
    /// Very small shapes can give 0, where the number is below the smallest double.
    public mutating func gamma(shape: Double, scale: Double = 1) -> Double {
        precondition(scale > 0, "a gamma scale of \(scale)")
        return scale * exp(logGamma(shape: shape))
    }

    /// A beta number with density x^(a − 1) (1 − x)^(b − 1) up to a constant, as X ÷ (X + Y) of gamma numbers.
    public mutating func beta(_ a: Double, _ b: Double) -> Double {
        // In logarithms, because both gamma numbers can underflow when a and b are small.
        let first = logGamma(shape: a)
        let second = logGamma(shape: b)
        return 1 / (1 + exp(second - first))
    }

    /// A number of Student's t distribution: normal ÷ √(χ² ÷ degrees of freedom); heavy-tailed.
    public mutating func studentT(degreesOfFreedom: Double) -> Double {
        let normal = normal()
        return normal / (gamma(shape: degreesOfFreedom / 2, scale: 2) / degreesOfFreedom).squareRoot()
    }

    /// The logarithm of a gamma number of scale 1.
    ///
    /// Shapes below 1 take a number of shape + 1 times a power of a uniform number.
    ///
    /// Source: Marsaglia & Tsang (2000), "A simple method for generating gamma variables", *ACM TOMS* 26(3).
    private mutating func logGamma(shape: Double) -> Double {
        precondition(shape > 0 && shape.isFinite, "a gamma shape of \(shape)")
        guard shape >= 1 else { return logGamma(shape: shape + 1) + log(openUniform()) / shape }
        let d = shape - 1 / 3.0
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal()
            let root = 1 + c * x
            guard root > 0 else { continue }
            let v = root * root * root
            // v − 1 − log v suffers no loss that matters: the test needs its sign against log u only.
            if log(openUniform()) < x * x / 2 + d * (1 - v + log(v)) { return log(d * v) }
        }
    }
}
