/// The shape of a term in the forms in which values of either precision, or levels, are looked up.
enum ContributionLookup: Sendable {
    case steps(doubles: ContributionKernel.Slots<Double>, floats: ContributionKernel.Slots<Float>)
    case line(AdditiveScorer.Line)
    case levels([String: Double], AdditiveScorer.Levels)

    init(_ shape: AdditiveScorer.Shape) {
        switch shape {
        case .steps(let steps): self = .steps(doubles: .init(steps), floats: .init(rounding: steps))
        case .line(let line): self = .line(line)
        case .levels(let levels):
            let known = Dictionary(levels.entries.map { ($0.level, $0.contribution) }) { first, _ in first }
            self = .levels(known, levels)
        }
    }
}

extension ContributionKernel.Slots where Value == Double {
    init(_ steps: AdditiveScorer.Steps) {
        edges = steps.thresholds
        specials = steps.allSpecials.map(\.value)
        contributions = steps.contributions + [steps.missing] + steps.allSpecials.map(\.contribution)
    }
}

extension ContributionKernel.Slots where Value == Float {
    /// The steps as single-precision values see them, exactly.
    ///
    /// With ⌈t⌉ the smallest float ≥ t, a float v has v ≥ t just when v ≥ ⌈t⌉. A special value that no float
    /// equals cannot occur.
    init(rounding steps: AdditiveScorer.Steps) {
        edges = steps.thresholds.map { threshold in
            let nearest = Float(threshold)
            return Double(nearest) < threshold ? nearest.nextUp : nearest
        }
        let possible = steps.allSpecials.filter { Double(Float($0.value)) == $0.value }
        specials = possible.map { Float($0.value) }
        contributions = steps.contributions + [steps.missing] + possible.map(\.contribution)
    }
}
