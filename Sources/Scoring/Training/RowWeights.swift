/// What the weights of training rows come to together.
enum RowWeights {
    /// The mean weight of a row; 1 where rows have none.
    ///
    /// Defaults that are weighed against sums of weights grow with it, so that the scale of weights does not matter.
    static func mean(_ weights: [Double]?) -> Double {
        weights.map { $0.reduce(0, +) / Double(max(1, $0.count)) } ?? 1
    }
}
