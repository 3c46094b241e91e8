/// Whether two samples have different means, without assuming equal variances: Welch's t test.
///
/// Source: Welch (1947), *Biometrika* 34.
public struct WelchTest: Sendable, Hashable {
    /// (x̄ − ȳ) ÷ √(s²ₓ/n + s²ᵧ/m).
    public let t: Double
    /// Welch and Satterthwaite's degrees of freedom.
    public let degreesOfFreedom: Double
    /// P(|T| ≥ |t|).
    public let pValue: Double

    /// Compares two samples.
    ///
    /// - Throws: ``InferenceError``: a sample of fewer than two values, a value that is not finite, or no variance in
    ///   either sample.
    public init(_ first: [Double], _ second: [Double]) throws(InferenceError) {
        let x = try Moments(first)
        let y = try Moments(second)
        let variance = x.variance / x.count + y.variance / y.count
        guard variance > 0 else { throw .undefined("neither sample varies") }
        t = (x.mean - y.mean) / variance.squareRoot()
        // Shares first: the squares of small variances would underflow.
        let (ofX, ofY) = (x.variance / x.count / variance, y.variance / y.count / variance)
        degreesOfFreedom = 1 / (ofX * ofX / (x.count - 1) + ofY * ofY / (y.count - 1))
        guard let distribution = try? StudentTDistribution(degreesOfFreedom: degreesOfFreedom), t.isFinite
        else {
            throw .undefined("the values are too large to take their variance")
        }
        pValue = 2 * distribution.survival(abs(t))
    }

    private struct Moments {
        let count: Double
        let mean: Double
        let variance: Double

        init(_ values: [Double]) throws(InferenceError) {
            guard values.count >= 2 else { throw .tooFew(what: "values", given: values.count, needed: 2) }
            if let position = values.firstIndex(where: { !$0.isFinite }) {
                throw .badValue(position: position, value: values[position])
            }
            let count = Double(values.count)
            let mean = values.reduce(0) { $0 + $1 / count }
            self.count = count
            self.mean = mean
            variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        }
    }
}
