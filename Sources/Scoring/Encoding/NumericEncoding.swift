/// How one numeric column becomes features.
///
///     feature = (min(max(x, lower), upper) − centre) ÷ scale,   x = fill where missing or special
///
/// followed by one feature per state that has an indicator: 1 where x is missing, 1 where x is that special code.
public struct NumericEncoding: Sendable, Equatable, Codable {
    /// Name of the column.
    public let column: String
    /// Stands for missing and special values: the training median.
    public let fill: Double
    /// Smaller numbers count as this one; `nil` for no bound.
    public let lower: Double?
    /// Larger numbers count as this one; `nil` for no bound.
    public let upper: Double?
    /// What is subtracted.
    public let centre: Double
    /// What is divided by, > 0.
    public let scale: Double
    /// Whether missing numbers have a feature of their own.
    public let missingIndicator: Bool
    /// Special codes.
    public let specials: [Special]
    /// Whether missing numbers are an error where features are made.
    public let refusesMissing: Bool

    /// A special code.
    public struct Special: Sendable, Equatable, Codable {
        /// The number in the data.
        public let value: Double
        /// Whether it has a feature of its own.
        public let indicator: Bool
    }

    /// Names of the features, in order.
    var featureNames: [String] {
        [column] + (missingIndicator ? ["\(column) is missing"] : [])
            + specials.filter(\.indicator).map { "\(column) is \(plain($0.value))" }
    }

    /// Checks that the numbers can be meant.
    func validate() throws(EncodingError) {
        let bounds = [lower ?? 0, upper ?? 0, fill, centre, scale] + specials.map(\.value)
        guard bounds.allSatisfy(\.isFinite), scale > 0 else {
            throw .contradiction(column: column, reason: "a number is not finite, or the scale not positive")
        }
        if let lower, let upper, lower > upper {
            throw .contradiction(column: column, reason: "the lower bound is above the upper one")
        }
        guard Set(specials.map(\.value)).count == specials.count else {
            throw .contradiction(column: column, reason: "a special code is listed twice")
        }
    }

    /// The main feature of a number that is neither missing nor special.
    func standardised(_ value: Double) -> Double {
        (min(max(value, lower ?? -.infinity), upper ?? .infinity) - centre) / scale
    }

    /// Appends this column's features, one after the other.
    func appendFeatures(of values: [Double], to elements: inout [Double]) throws(EncodingError) {
        if refusesMissing {
            if let first = values.firstIndex(where: \.isNaN) {
                throw .missingValues(column: column, rows: values.count(where: \.isNaN), firstRow: first)
            }
        }
        let filled = standardised(fill)
        let codes = specials.map(\.value)
        elements.append(
            contentsOf: values.lazy.map { $0.isNaN || codes.contains($0) ? filled : standardised($0) })
        if missingIndicator { elements.append(contentsOf: values.lazy.map { $0.isNaN ? 1 : 0 }) }
        for special in specials where special.indicator {
            elements.append(contentsOf: values.lazy.map { $0 == special.value ? 1 : 0 })
        }
    }

    /// The column's term of an additive scorer.
    ///
    /// - Parameter coefficients: Log-odds per unit of each feature, in the order of ``featureNames``.
    func term(coefficients: ArraySlice<Double>) -> AdditiveScorer.Term {
        var rest = coefficients
        let slope = rest.removeFirst()
        let filled = slope * standardised(fill)
        let missing = filled + (missingIndicator ? rest.removeFirst() : 0)
        let specials = specials.map { special in
            AdditiveScorer.SpecialValue(
                value: special.value, contribution: filled + (special.indicator ? rest.removeFirst() : 0))
        }
        return .init(
            column: column,
            shape: .line(
                .init(
                    slope: slope / scale, centre: centre, lower: lower, upper: upper, missing: missing,
                    specials: specials)))
    }
}

/// A number without a trailing ".0".
func plain(_ value: Double) -> String {
    guard let whole = Int64(exactly: value) else { return "\(value)" }
    return "\(whole)"
}
