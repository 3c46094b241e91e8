import Foundation

/// The evidence that a bin gives, relative to the totals of its table.
///
/// With g, b the non-defaults and defaults of the bin and G, B those of the table:
/// WOE = ln((g ÷ G) ÷ (b ÷ B)), IV = (g ÷ G − b ÷ B) · WOE. If g or b is 0, c is added to both first; a bin
/// without observations has WOE and IV 0.
///
/// Source: Good (1950), *Probability and the Weighing of Evidence*; Siddiqi (2006), *Credit Risk Scorecards*, ch. 6.
struct WeightOfEvidence: Sendable {
    /// G and B, both > 0.
    let nonDefaults: Double
    let defaults: Double
    /// c > 0.
    let zeroCellAddition: Double

    /// ln(share of non-defaults ÷ share of defaults).
    func woe(nonDefaults g: Double, defaults b: Double) -> Double {
        guard g + b > 0 else { return 0 }
        let addition = g == 0 || b == 0 ? zeroCellAddition : 0
        return ratio(g + addition, b + addition)
    }

    /// The bin's part of the information value, never negative.
    func iv(nonDefaults g: Double, defaults b: Double) -> Double {
        guard g + b > 0 else { return 0 }
        let addition = g == 0 || b == 0 ? zeroCellAddition : 0
        let shares = (g + addition) / nonDefaults - (b + addition) / defaults
        return shares * ratio(g + addition, b + addition)
    }

    private func ratio(_ g: Double, _ b: Double) -> Double {
        let woe = log((g / nonDefaults) / (b / defaults))
        // A subnormal share can make the quotient 0 or infinite, where the difference of logarithms still exists.
        return woe.isFinite ? woe : log(g) - log(nonDefaults) - (log(b) - log(defaults))
    }
}
