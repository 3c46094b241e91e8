import Glibc

/// In-control run lengths of a chart by the height of its statistic, for looking up.
///
/// Between the heights of the table the logarithm of the run length is a straight line; beyond the last it goes on with
/// the last slope.
struct RunLengthTable: Sendable {
    private let step: Double
    private let logarithms: [Double]

    /// Tabulates run lengths that rise with the height, from one step to `heights` steps.
    init(step: Double, heights: Int, _ runLength: (Double) -> Double) {
        self.step = step
        logarithms = (1...heights).map { log(max(1e-9, runLength(Double($0) * step))) }
    }

    /// The run length to a height.
    func runLength(to height: Double) -> Double {
        let position = height / step - 1
        guard position > 0 else { return exp(logarithms[0]) * max(0, height / step) }
        let lower = min(logarithms.count - 2, Int(position))
        let slope = logarithms[lower + 1] - logarithms[lower]
        // Beyond any float that a count could mean.
        return exp(min(700, logarithms[lower] + (position - Double(lower)) * slope))
    }

    /// The height to which the run length is as long as asked for.
    func height(for runLength: Double) -> Double {
        let target = log(max(1e-9, runLength))
        if target <= logarithms[0] { return step * exp(target - logarithms[0]) }
        // The first entry that is not below; the last interval goes on.
        let upper = min(logarithms.count - 1, logarithms.partitioningIndex { $0 >= target })
        let slope = logarithms[upper] - logarithms[upper - 1]
        return step * (Double(upper) + (target - logarithms[upper - 1]) / slope)
    }
}

extension [Double] {
    /// The first index whose element has a property that all later ones have too.
    fileprivate func partitioningIndex(where belongs: (Double) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
