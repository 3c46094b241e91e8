import Statistics

/// What all obligors live in: the days, the economy's path, and the law of migration under it.
struct EconomyState: Sendable {
    let calendar: EconomyCalendar
    /// The generator that all streams are taken from.
    let root: SeededGenerator
    /// The macro factor by quarter, four quarters beyond the records.
    let macro: [Double]
    let macroLoading: Double
    let sectorStrength: Double
    let contagion: Double
    /// Intensities per year by step of the tilt, from the lowest.
    private let tables: [[[Double]]]

    init(_ options: EconomyOptions) {
        calendar = EconomyCalendar(firstYear: options.firstYear, years: options.years)
        root = SeededGenerator(seed: options.seed).stream("economy")
        macro = HazardEffects.macroPath(
            quarters: calendar.quarters + EconomyCalendar.quartersAhead, seed: options.seed)
        macroLoading = options.macroLoading
        sectorStrength = options.sectorStrength
        contagion = options.contagion
        tables = (-Self.lastStep...Self.lastStep).map(CreditGenerator.tilted(step:))
    }

    private static let lastStep = Int(CreditGenerator.largestTilt * CreditGenerator.stepsPerUnit)

    /// The tilt of an industry and a region.
    func sectorTilt(_ industry: Obligor.Industry, _ region: Obligor.Region) -> Double {
        sectorStrength * (HazardEffects.tilt(of: industry) + HazardEffects.tilt(of: region))
    }

    /// The step of the tilt of an obligor in a quarter: −loading · macro factor + industry + region + contagion.
    func step(for member: ObligorTraits, _ quarter: Int, contagion: Double) -> Int {
        CreditGenerator.step(
            of: sectorTilt(member.industry, member.region) - macroLoading * macro[quarter] + contagion)
    }

    /// Intensities per year under a step of the tilt.
    func intensities(step: Int) -> [[Double]] { tables[step + Self.lastStep] }

    /// The true probability of default within the four quarters after `quarter`, by grade.
    ///
    /// The expectation over the economy's path from its factor now, each innovation by three points of Gauss and
    /// Hermite; the contagion by then is known, that of defaults to come is not counted.
    ///
    /// - Parameter contagion: Tilt by quarter from defaults until the end of `quarter`.
    func expectedPD(
        sector: Double, quarter: Int, contagion: ArraySlice<Double>
    ) -> [Double] {
        expectation(sector, macro[quarter], contagion)
    }

    private func expectation(_ sector: Double, _ factor: Double, _ contagion: ArraySlice<Double>) -> [Double]
    {
        guard let now = contagion.first else { return CreditGenerator.atDefault }
        let persistence = HazardEffects.macroPersistence
        let spread = (1 - persistence * persistence).squareRoot()
        var sum = [Double](repeating: 0, count: CreditGenerator.grades)
        for (innovation, weight) in HazardEffects.innovations {
            let next = persistence * factor + spread * innovation
            let later = expectation(sector, next, contagion.dropFirst())
            let step = CreditGenerator.step(of: sector - macroLoading * next + now)
            let values = CreditGenerator.expected(later, after: step)
            for place in sum.indices { sum[place] += weight * values[place] }
        }
        return sum
    }
}
