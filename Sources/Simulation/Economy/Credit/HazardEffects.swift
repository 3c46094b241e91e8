import Statistics

/// What tilts the hazards of an obligor besides its grade: the economy, its industry and its region.
enum HazardEffects {
    /// Correlation of the macro factor with that of the quarter before.
    static let macroPersistence = 0.8

    /// The tilt of an industry.
    static func tilt(of industry: Obligor.Industry) -> Double {
        [0, 0.30, -0.05, 0.15, 0.20, 0.35, -0.20, -0.10][industry.rawValue]
    }

    /// The tilt of a region.
    static func tilt(of region: Obligor.Region) -> Double {
        [-0.05, 0, 0.20, -0.10, 0.10][region.rawValue]
    }

    /// The macro factor by quarter: stationary first-order autoregression with variance 1, good times positive.
    static func macroPath(quarters: Int, seed: UInt64) -> [Double] {
        var random = SeededGenerator(seed: seed).stream("economy").stream("macro")
        let innovation = (1 - macroPersistence * macroPersistence).squareRoot()
        var path = [random.normal()]
        while path.count < quarters {
            path.append(macroPersistence * (path.last ?? 0) + innovation * random.normal())
        }
        return path
    }

    /// Three points and weights whose sums match the first five moments of a standard normal (Gauss–Hermite).
    static let innovations: [(value: Double, weight: Double)] = [
        (-3.0.squareRoot(), 1 / 6.0), (0, 2 / 3.0), (3.0.squareRoot(), 1 / 6.0),
    ]
}
