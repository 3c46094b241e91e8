import Glibc

/// The chart that finds a Poisson process running faster than it should: a CUSUM of log-likelihood ratios.
///
/// W ← max(0, W − (ρ − 1) dΛ + ln ρ dN) with the ratio ρ > 1 that the chart looks for; in control N is a Poisson
/// process of rate one in Λ.
///
/// Source: Lucas (1985), "Counted data CUSUM's", *Technometrics* 27, in continuous time.
public struct FasterCountChart: Sendable, Equatable {
    /// ρ, the ratio of intensities looked for, above 1.
    public let ratio: Double

    /// A chart for a ratio of intensities above 1.
    public init(ratio: Double) {
        precondition(ratio > 1 && ratio.isFinite, "a ratio of \(ratio)")
        self.ratio = ratio
    }

    /// What one observed count adds.
    public var rise: Double { log(ratio) }
    /// What one unit of expected count takes off.
    public var drop: Double { ratio - 1 }

    private static let cellsPerJump = 64

    /// The mean expected count until the statistic first reaches a height, from 0, in control.
    ///
    /// In jumps, x = w ÷ ln ρ, κ = (ρ − 1) ÷ ln ρ and H = h ÷ ln ρ (rounded up to 1/64), the mean E from x solves
    /// κE′(x) = 1 − E(x) + E(x + 1), with E = 0 from H on, and E(0) = 1 + E(1). It is integrated from H down for a
    /// value of 0 and for a unit value there, and the combination that meets the condition at 0 is the answer.
    public func runLength(to height: Double) -> Double {
        let cells = Self.cellsPerJump
        let count = Int((height / rise * Double(cells)).rounded(.up))
        guard count > cells else { return 1 }
        let decay = exp(rise / (drop * Double(cells)))
        var forced = [Double](repeating: 0, count: count + 1)
        var free = forced
        free[count] = 1
        for place in stride(from: count - 1, through: 0, by: -1) {
            // What a jump leads to, over the cell; nothing from H on.
            func after(_ values: [Double]) -> Double {
                guard place + 1 + cells <= count else { return 0 }
                let upper = values[place + 1 + cells]
                return (values[place + cells] + upper) / 2
            }
            let forcing = 1 + after(forced)
            forced[place] = forcing + (forced[place + 1] - forcing) * decay
            let freeing = after(free)
            free[place] = freeing + (free[place + 1] - freeing) * decay
        }
        let weight = (1 + forced[cells] - forced[0]) / (free[0] - free[cells])
        return forced[0] + weight * free[0]
    }
}
