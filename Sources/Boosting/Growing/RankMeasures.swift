/// Measures of the order that raw scores put outcomes in.
///
/// Boosting stands on kernels and threads alone, so it has its own few lines of what `Statistics` has with errors and
/// tests.
enum RankMeasures {
    /// A stretch of rows of one score, by rising score: weight of outcome 0 and of outcome 1.
    private static func ties(scores: [Double], outcomes: [Double], weights: [Double]) -> [SIMD2<Double>] {
        let order = scores.indices.sorted { scores[$0] != scores[$1] ? scores[$0] < scores[$1] : $0 < $1 }
        var ties: [SIMD2<Double>] = []
        var last: Double?
        for row in order {
            if scores[row] != last { ties.append(.zero) }
            last = scores[row]
            ties[ties.count - 1][outcomes[row] == 1 ? 1 : 0] += weights[row]
        }
        return ties
    }

    /// Weighted area under the ROC curve; ties count half.
    static func auc(scores: [Double], outcomes: [Double], weights: [Double]) -> Double {
        var below = SIMD2<Double>.zero
        var area = 0.0
        for tie in ties(scores: scores, outcomes: outcomes, weights: weights) {
            area += tie.y * (below.x + tie.x / 2)
            below += tie
        }
        return area / (below.x * below.y)
    }

    /// Largest distance between the cumulative distributions of the scores of either outcome.
    static func ks(scores: [Double], outcomes: [Double], weights: [Double]) -> Double {
        let ties = ties(scores: scores, outcomes: outcomes, weights: weights)
        let total = ties.reduce(.zero, +)
        var below = SIMD2<Double>.zero
        return ties.reduce(0) { largest, tie in
            below += tie
            let shares = below / total
            return max(largest, abs(shares.x - shares.y))
        }
    }
}
