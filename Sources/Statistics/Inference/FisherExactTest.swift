import Glibc

/// Fisher's exact test of independence in a table of two rows and two columns.
///
/// With all margins fixed the first count is hypergeometric if rows and columns are independent.
///
/// Source: Fisher (1935), *The Design of Experiments*.
public struct FisherExactTest: Sendable, Hashable {
    /// P(count ≥ the one observed): small where the first row has more of the first column.
    public let greater: Double
    /// P(count ≤ the one observed).
    public let less: Double
    /// Probability of all counts that are no more likely than the one observed.
    public let twoSided: Double
    private let firstRow: Int
    private let secondRow: Int
    private let firstColumn: Int

    /// Tests [[a, b], [c, d]].
    ///
    /// - Throws: ``InferenceError/badCount(what:value:expected:)`` for counts below 0 or above 10⁹.
    /// - Complexity: O(the counts that are not impossible to double precision), at most some hundred thousand.
    public init(_ a: Int, _ b: Int, _ c: Int, _ d: Int) throws(InferenceError) {
        for count in [a, b, c, d] where count < 0 || count > 1_000_000_000 {
            throw .badCount(what: "count in the table", value: Double(count), expected: "from 0 to 1e9")
        }
        let (firstRow, secondRow, firstColumn) = (a + b, c + d, a + c)
        (self.firstRow, self.secondRow, self.firstColumn) = (firstRow, secondRow, firstColumn)
        let lowest = max(0, firstColumn - secondRow)
        let highest = min(firstRow, firstColumn)
        let observed = Self.logProbability(a, firstRow, secondRow, firstColumn)
        var (greater, less, twoSided) = (0.0, 0.0, 0.0)
        /// Adds one count; false where it and all beyond it are too unlikely to show.
        func add(_ count: Int) -> Bool {
            let logProbability = Self.logProbability(count, firstRow, secondRow, firstColumn)
            let probability = exp(logProbability)
            if count >= a { greater += probability }
            if count <= a { less += probability }
            // Counts as likely as the observed one differ from it by rounding.
            if logProbability <= observed + 1e-7 { twoSided += probability }
            return logProbability > -745
        }
        // Probabilities fall from the mode outwards.
        let centre = Double(firstRow + 1) * Double(firstColumn + 1) / Double(firstRow + secondRow + 2)
        let mode = min(highest, max(lowest, Int(centre)))
        for count in mode...highest where !add(count) { break }
        for count in (lowest..<mode).reversed() where !add(count) { break }
        self.greater = min(1, greater)
        self.less = min(1, less)
        self.twoSided = min(1, twoSided)
    }

    /// The probability of rejecting independence with these margins if the odds ratio is ψ.
    ///
    /// The first count a then has a probability proportional to ψᵃ times its hypergeometric one (Fisher's noncentral
    /// hypergeometric law).
    ///
    /// - Parameters:
    ///   - oddsRatio: ψ > 0; above 1 the first row has more of the first column.
    ///   - significance: Tables with a smaller p-value are rejected.
    ///   - isTwoSided: Whether by ``twoSided``, else by ``greater``.
    /// - Complexity: O(m log m) for m possible tables.
    public func power(oddsRatio: Double, significance: Double, isTwoSided: Bool) -> Double {
        precondition(oddsRatio > 0 && oddsRatio.isFinite, "an odds ratio of \(oddsRatio)")
        let counts = Array(max(0, firstColumn - secondRow)...min(firstRow, firstColumn))
        let logs = counts.map { Self.logProbability($0, firstRow, secondRow, firstColumn) }
        let tilted = zip(counts, logs).map { $1 + Double($0) * log(oddsRatio) }
        let largest = tilted.max() ?? 0
        // Tables in the order in which they are rejected, so that a running sum is their p-value.
        let order = isTwoSided ? counts.indices.sorted { logs[$0] < logs[$1] } : counts.indices.reversed()
        var (pValue, rejected, place) = (0.0, 0.0, 0)
        while place < order.count {
            // Tables of one probability, but for rounding, are rejected together or not at all.
            var end = place + 1
            while isTwoSided, end < order.count, logs[order[end]] <= logs[order[place]] + 1e-7 { end += 1 }
            for table in order[place..<end] { pValue += exp(logs[table]) }
            guard pValue < significance else { break }
            for table in order[place..<end] { rejected += exp(tilted[table] - largest) }
            place = end
        }
        return rejected / tilted.reduce(0) { $0 + exp($1 - largest) }
    }

    /// ln of the hypergeometric probability, as a quotient of three binomial ones, which keeps its digits for large
    /// counts.
    private static func logProbability(_ count: Int, _ first: Int, _ second: Int, _ drawn: Int) -> Double {
        let p = Double(drawn) / Double(max(1, first + second))
        return BinomialDistribution.logProbability(count, of: first, p)
            + BinomialDistribution.logProbability(drawn - count, of: second, p)
            - BinomialDistribution.logProbability(drawn, of: first + second, p)
    }
}
