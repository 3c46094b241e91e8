import Tables
import Vocabulary

extension EconomySimulator {
    /// Writes what is true of all obligors alike: the economy's path, the law of migration, effects and biases.
    func writeConstants(truth folder: String) throws(TableError) {
        try CSVWriter.write(macroTable(), to: Self.path(of: .macro, in: folder))
        try CSVWriter.write(generatorTable(), to: Self.path(of: .generator, in: folder))
        try CSVWriter.write(matrixTable(), to: Self.path(of: .matrices, in: folder))
        try CSVWriter.write(effectTable(), to: Self.path(of: .effects, in: folder))
        try CSVWriter.write(biasTable(), to: Self.path(of: .biases, in: folder))
        try CSVWriter.write(parameterTable(), to: Self.path(of: .parameters, in: folder))
    }

    private static func path(of file: TruthFile, in folder: String) -> String { "\(folder)/\(file.name).csv" }

    private func macroTable() throws(TableError) -> Table {
        try Table(columns: [
            Column(name: "quarter_end", values: .day(economy.macro.indices.map(calendar.quarterEnd))),
            Column(name: "factor", values: .double(economy.macro.map { Self.rounded($0, 1e9) })),
        ])
    }

    private func generatorTable() throws(TableError) -> Table {
        let pairs = Self.pairs(of: Grade.allCases)
        return try Table(columns: [
            Column(name: "from", values: .text(pairs.map(\.from.rawValue))),
            Column(name: "to", values: .text(pairs.map(\.to.rawValue))),
            Column(
                name: "per_year",
                values: .double(
                    pairs.map { Self.rounded(CreditGenerator.perYear[$0.from.rank][$0.to.rank], 1e12) })),
        ])
    }

    /// The matrix of every quarter for an obligor without sector tilt and contagion.
    private func matrixTable() throws(TableError) -> Table {
        let pairs = Self.pairs(of: Grade.allCases)
        let quarters = 0..<calendar.quarters
        return try Table(columns: [
            Column(
                name: "quarter_end",
                values: .day(quarters.flatMap { quarter in pairs.map { _ in calendar.quarterEnd(quarter) } })),
            Column(name: "from", values: .text(quarters.flatMap { _ in pairs.map(\.from.rawValue) })),
            Column(name: "to", values: .text(quarters.flatMap { _ in pairs.map(\.to.rawValue) })),
            Column(
                name: "probability",
                values: .double(
                    quarters.flatMap { quarter in
                        let step = CreditGenerator.step(of: -economy.macroLoading * economy.macro[quarter])
                        let matrix = CreditGenerator.quarterMatrix(step: step)
                        return pairs.map {
                            Self.rounded(matrix[$0.from.rank * CreditGenerator.grades + $0.to.rank], 1e12)
                        }
                    })),
        ])
    }

    private func effectTable() throws(TableError) -> Table {
        let industries = Obligor.Industry.allCases.map {
            ("industry", $0.name, options.sectorStrength * HazardEffects.tilt(of: $0))
        }
        let regions = Obligor.Region.allCases.map {
            ("region", $0.name, options.sectorStrength * HazardEffects.tilt(of: $0))
        }
        return try Self.table(industries + regions, value: "tilt")
    }

    private func biasTable() throws(TableError) -> Table {
        let analysts = biases.byAnalyst.enumerated().map { ("analyst", AnalystBiases.name($0), $1) }
        let industries = Obligor.Industry.allCases.map {
            ("industry", $0.name, biases.byIndustry[$0.rawValue])
        }
        let regions = Obligor.Region.allCases.map { ("region", $0.name, biases.byRegion[$0.rawValue]) }
        return try Self.table(analysts + industries + regions, value: "notches")
    }

    private func parameterTable() throws(TableError) -> Table {
        let parameters: [(String, Double)] = [
            ("obligors", Double(options.obligors)), ("years", Double(options.years)),
            ("first_year", Double(options.firstYear)), ("invoices_per_year", options.invoicesPerYear),
            ("macro_loading", options.macroLoading), ("sector_strength", options.sectorStrength),
            ("contagion", options.contagion), ("macro_persistence", HazardEffects.macroPersistence),
            ("sister_share", Community.sisterShare), ("lateness_spread", ObligorTraits.latenessSpread),
            ("model_error_each_way", RatingProcess.modelErrorEachWay),
            ("analyst_noise", RatingProcess.analystNoise),
            ("longest_default_lag", Double(EventProcess.longestDefaultLag)), ("cure_share", Cure.share),
            ("overpaying", Behaviour.overpaying),
        ]
        return try Table(columns: [
            Column(name: "parameter", values: .text(parameters.map(\.0))),
            Column(name: "value", values: .double(parameters.map(\.1))),
        ])
    }

    private static func table(
        _ rows: [(kind: String, name: String, value: Double)], value: String
    ) throws(TableError) -> Table {
        try Table(columns: [
            Column(name: "kind", values: .text(rows.map(\.kind))),
            Column(name: "name", values: .text(rows.map(\.name))),
            Column(name: value, values: .double(rows.map(\.value))),
        ])
    }

    /// Without the last digits, in which C libraries may differ.
    private static func rounded(_ value: Double, _ scale: Double) -> Double {
        (value * scale).rounded() / scale
    }

    private static func pairs(of grades: [Grade]) -> [(from: Grade, to: Grade)] {
        grades.flatMap { from in grades.map { (from, $0) } }
    }
}
