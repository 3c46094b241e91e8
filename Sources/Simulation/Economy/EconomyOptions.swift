/// What a simulated trade-credit economy is to be like.
public struct EconomyOptions: Sendable, Equatable {
    /// The seed of all draws.
    public var seed: UInt64 = 1
    /// Obligors that are customers at any time.
    public var obligors = 1_500
    /// Whole years of records.
    public var years = 4
    /// The calendar year whose first day is the first of the records.
    public var firstYear = 2021
    /// Invoices per obligor and year of being a customer, on average.
    public var invoicesPerYear = 64.0
    /// What one standard deviation of a worse economy adds to the logarithm of every downgrade intensity.
    public var macroLoading = 0.35
    /// How strong the industry and region effects are; 1 is as in ``HazardEffects``, 0 is none.
    public var sectorStrength = 1.0
    /// What the default of a counterparty with the whole of the trade adds to the logarithm of the intensities.
    public var contagion = 3.0

    /// The defaults.
    public init() {}

    /// The options, checked.
    func validated() throws(SimulationError) -> EconomyOptions {
        try Self.require((1...10_000_000).contains(obligors), "obligors", obligors, "1 to 10000000")
        try Self.require((1...50).contains(years), "years", years, "1 to 50")
        try Self.require((1950...2900).contains(firstYear), "first year", firstYear, "1950 to 2900")
        try Self.require(
            invoicesPerYear >= 1 && invoicesPerYear <= 2_000, "invoices per year", invoicesPerYear,
            "1 to 2000")
        try Self.require(
            macroLoading >= 0 && macroLoading <= 2, "macro loading", macroLoading, "0 to 2")
        try Self.require(
            sectorStrength >= 0 && sectorStrength <= 3, "sector strength", sectorStrength, "0 to 3")
        try Self.require(contagion >= 0 && contagion <= 10, "contagion", contagion, "0 to 10")
        return self
    }

    private static func require(
        _ holds: Bool, _ name: String, _ value: some CustomStringConvertible, _ range: String
    ) throws(SimulationError) {
        guard holds else {
            throw .badOption(name: name, value: value.description, expected: "a number from \(range)")
        }
    }
}
