import Statistics

/// By how many notches analysts grade too harshly (positive) or too kindly, on average.
///
/// The bias of a grading is the sum of that of the analyst, of the industry and of the region.
struct AnalystBiases: Sendable {
    /// Analysts that there are.
    static let analysts = 12

    let byAnalyst: [Double]
    let byIndustry: [Double]
    let byRegion: [Double]

    init(root: SeededGenerator) {
        var random = root.stream("analysts")
        func biases(_ count: Int, spread: Double) -> [Double] {
            (0..<count).map { _ in (random.normal(standardDeviation: spread) * 100).rounded() / 100 }
        }
        byAnalyst = biases(Self.analysts, spread: 0.6)
        byIndustry = biases(Obligor.Industry.allCases.count, spread: 0.4)
        byRegion = biases(Obligor.Region.allCases.count, spread: 0.3)
    }

    /// The bias with which an obligor is graded.
    func bias(for member: ObligorTraits) -> Double {
        byAnalyst[member.analyst] + byIndustry[member.industry.rawValue] + byRegion[member.region.rawValue]
    }

    /// What an analyst is called.
    static func name(_ analyst: Int) -> String {
        analyst < 9 ? "analyst-0\(analyst + 1)" : "analyst-\(analyst + 1)"
    }
}
