/// What a simulated credit table is to be like.
public struct CreditTableOptions: Sendable, Equatable {
    /// The seed of all draws.
    public var seed: UInt64 = 1
    /// Mean probability of default of the population, a fraction; a table's own rate differs by chance.
    public var defaultRate = 0.04
    /// How the characteristics enter the log-odds.
    public var shape = Shape.bent
    /// Years of observation, each with its own state of the economy.
    public var years = 1
    /// Change of the log-odds when the economy worsens by one standard deviation; 0 leaves the economy out.
    public var macroSensitivity = 0.0

    /// How the characteristics enter the log-odds.
    public enum Shape: String, Sendable, CaseIterable {
        /// Linear in the numbers and the levels, for tests that recover coefficients.
        case linear
        /// With thresholds, a valley and an interaction besides, as in life.
        case bent
    }

    /// The defaults.
    public init() {}

    /// The options, checked.
    func validated() throws(SimulationError) -> CreditTableOptions {
        guard defaultRate > 0, defaultRate < 1 else {
            throw .badOption(
                name: "default rate", value: "\(defaultRate)", expected: "a fraction between 0 and 1")
        }
        guard (1...100).contains(years) else {
            throw .badOption(name: "years", value: "\(years)", expected: "a number from 1 to 100")
        }
        guard macroSensitivity >= 0, macroSensitivity <= 10 else {
            throw .badOption(
                name: "macro sensitivity", value: "\(macroSensitivity)", expected: "a number from 0 to 10")
        }
        return self
    }
}

/// Why nothing was simulated.
public enum SimulationError: Error, Sendable, Equatable {
    /// An option that makes no sense.
    case badOption(name: String, value: String, expected: String)
}

extension SimulationError: CustomStringConvertible {
    /// One line: the fact and the remedy.
    public var description: String {
        switch self {
        case .badOption(let name, let value, let expected): "\(name) \(value): give \(expected)"
        }
    }
}
