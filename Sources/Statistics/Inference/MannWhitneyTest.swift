/// Whether values of one sample tend to exceed those of another: the Mann–Whitney or Wilcoxon rank-sum test.
///
/// U counts the pairs in which the first sample's value is larger, ties half; U ÷ (n m) is the AUC. The normal
/// approximation takes the variance n m ÷ 12 · (N + 1 − Σ (t³ − t) ÷ (N (N − 1))) over ties of t values.
///
/// Source: Mann & Whitney (1947), *Annals of Mathematical Statistics* 18.
public struct MannWhitneyTest: Sendable, Hashable {
    /// U of the first sample.
    public let u: Double
    /// U − n m ÷ 2 in standard deviations.
    public let z: Double
    /// P(|Z| ≥ |z|).
    public let pValue: Double
    /// The same with half a pair taken off the distance, for small samples.
    public let continuityCorrectedPValue: Double

    /// Compares two samples.
    ///
    /// - Throws: ``InferenceError``: an empty sample, NaN, or all values tied.
    /// - Complexity: O(n + m).
    public init(_ first: [Double], _ second: [Double]) throws(InferenceError) {
        let ranked = try rankedSamples(first, second)
        let (n, m) = (ranked.defaults, ranked.nonDefaults)
        let total = n + m
        u = ranked.concordance
        let ties = ranked.groups.reduce(0) { $0 + ($1.total * $1.total * $1.total - $1.total) }
        let variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)))
        guard variance > 0 else { throw .undefined("all values are tied") }
        let distance = u - n * m / 2
        z = distance / variance.squareRoot()
        pValue = 2 * NormalTail.lower(-abs(z))
        continuityCorrectedPValue = min(
            1, 2 * NormalTail.lower(-(abs(distance) - 0.5) / variance.squareRoot()))
    }
}

/// Two samples in one order, the first as the "defaults".
func rankedSamples(_ first: [Double], _ second: [Double]) throws(InferenceError) -> RankedOutcomes {
    for sample in [first, second] {
        guard !sample.isEmpty else { throw .tooFew(what: "values", given: 0, needed: 1) }
        if let position = sample.firstIndex(where: \.isNaN) {
            throw .badValue(position: position, value: .nan)
        }
    }
    let isFirst = Array(repeating: true, count: first.count) + Array(repeating: false, count: second.count)
    do {
        return try RankedOutcomes(risks: first + second, defaulted: isFirst)
    } catch {
        throw .undefined("\(error)")
    }
}
