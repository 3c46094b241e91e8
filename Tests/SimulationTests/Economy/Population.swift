import Testing

@testable import Simulation

/// Some communities of an economy, and what was drawn of their members.
struct Population {
    let simulator: EconomySimulator
    let communities: [Community]

    init(_ count: Int, _ change: (inout EconomyOptions) -> Void = { _ in }) throws {
        var options = EconomyOptions()
        options.obligors = count * Community.size
        options.invoicesPerYear = 8
        change(&options)
        let simulator = try EconomySimulator(options)
        self.simulator = simulator
        communities = (0..<count).map { Community(number: $0, economy: simulator.economy) }
    }

    var economy: EconomyState { simulator.economy }

    /// Every member with its history.
    var members: [(traits: ObligorTraits, history: CreditHistory)] {
        communities.flatMap { zip($0.members, $0.histories).map { ($0, $1) } }
    }

    /// Every member's records.
    var chapters: [ObligorChapter] { communities.flatMap { simulator.chapters(of: $0) } }

    /// An economy in which nothing but the grade moves the hazards.
    static func plain(_ options: inout EconomyOptions) {
        options.macroLoading = 0
        options.sectorStrength = 0
        options.contagion = 0
    }
}
