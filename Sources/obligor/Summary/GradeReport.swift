import Foundation
import Grading
import Results
import Vocabulary

/// What `grade` says of its work, as JSON and as a summary.
struct GradeReport: Encodable {
    let asOf: String
    let grades: [GradeLine]
    let rules: [RuleLine]
    let experts: Int
    /// Obligors that get no new credit, and those that are asked for documents.
    let blocked: Int
    let documents: Int
    /// By security that the policy asks for, without those it asks none of.
    let securities: [SecurityLine]
    let totals: Totals?
    let whatIf: Totals?
    let scale: ScaleFit?
    let adaptation: AdaptationLine?

    /// One grade before and after rules and experts.
    struct GradeLine: Encodable {
        let grade: String
        let raw: Int
        let final: Int
        let meanPD: Double?
        let limit: Double?
        let exposure: Double?
        let expectedLoss: Double?
    }

    /// How often a rule acted.
    struct RuleLine: Encodable {
        let rule: String
        let effect: String
        let obligors: Int
        let moved: Int
    }

    /// Of whom a security is asked.
    struct SecurityLine: Encodable {
        let security: String
        let obligors: Int
        let limit: Double
        let exposure: Double
    }

    /// Totals of a policy.
    struct Totals: Encodable {
        let policy: String?
        let limit: Double
        let exposure: Double
        let available: Double
        let overLimit: Int
        let excess: Double
        let expectedLoss: Double
        let meanTermsDays: Double?
    }

    /// A fitted scale.
    struct ScaleFit: Encodable {
        let grades: [Grade]
        let concentration: Double
        let lostInformation: Double
        let shortfalls: [String]

        /// One grade of it.
        struct Grade: Encodable {
            let grade: String
            let obligors: Int
            let defaults: Int
            let meanPD: Double
            let pValueAgainstWorse: Double?
        }
    }

    /// An adaptation.
    struct AdaptationLine: Encodable {
        let spreads: CellAdaptation.Spreads
        let predictors: [CellAdaptation.PredictorEffect]
        let cells: [Cell]

        /// One cell of it.
        struct Cell: Encodable {
            let industry: String
            let region: String
            let obligors: Int
            let defaults: Int
            let shift: Double
            let lower: Double
            let upper: Double
            let effectiveObligors: Double
            /// By grade, AAA to C, the PD before adaptation at which it ends in this cell.
            let upperBounds: [Double]
        }
    }

    init(
        day: CalendarDay, graded: GradedPortfolio, pds: [Double], fit: MasterScaleFit?,
        adaptation: CellAdaptation?, scale bounds: MasterScale, whatIf: PortfolioTotals?
    ) {
        asOf = "\(day)"
        let currency = graded.policy?.currency ?? .euro
        func major(_ units: Int64) -> Double { Amount(minorUnits: units, currency: currency).majorUnits }
        func totals(_ sums: PortfolioTotals.Sums, _ name: String?) -> Totals {
            Totals(
                policy: name, limit: major(sums.limit), exposure: major(sums.exposure),
                available: major(sums.available), overLimit: sums.overLimit, excess: major(sums.excess),
                expectedLoss: major(sums.expectedLoss), meanTermsDays: sums.meanTermsDays)
        }
        let granted = graded.totals
        var (raw, final) = ([Int](repeating: 0, count: 10), [Int](repeating: 0, count: 10))
        var sums = [Double](repeating: 0, count: 10)
        for row in 0..<graded.count {
            raw[graded.rawGrade(row).rank] += 1
            final[graded.finalGrade(row).rank] += 1
            sums[graded.finalGrade(row).rank] += pds[row]
        }
        grades = Vocabulary.Grade.allCases.map { grade in
            let count = final[grade.rank]
            let part = granted?.grades[grade.rank]
            return GradeLine(
                grade: grade.rawValue, raw: raw[grade.rank], final: count,
                meanPD: count > 0 ? sums[grade.rank] / Double(count) : nil,
                limit: part.map { major($0.limit) },
                exposure: part.map { major($0.exposure) }, expectedLoss: part.map { major($0.expectedLoss) })
        }
        var (acted, moved) = ([UInt16: Int](), [UInt16: Int]())
        for hit in graded.hits() {
            acted[hit.rule, default: 0] += 1
            if hit.from != hit.to { moved[hit.rule, default: 0] += 1 }
        }
        rules = graded.rules.rules.enumerated().map { place, rule in
            RuleLine(
                rule: rule.name, effect: rule.effect.kind.rawValue, obligors: acted[UInt16(place)] ?? 0,
                moved: moved[UInt16(place)] ?? 0)
        }
        experts = graded.expertHits.count
        blocked = graded.rows(under: .block).count
        documents = graded.rows(under: .documents).count
        securities =
            graded.policy.map { policy in
                CreditPolicy.Security.allCases.filter { $0 != .none }.compactMap { security in
                    let rows = graded.rows.filter { policy[$0.finalGrade].security == security }
                    guard !rows.isEmpty else { return nil }
                    return SecurityLine(
                        security: security.rawValue, obligors: rows.count,
                        limit: rows.reduce(0) { $0 + major($1.limit) },
                        exposure: rows.reduce(0) { $0 + major($1.exposure) })
                }
            } ?? []
        self.totals = granted.map { totals($0.total, graded.policy?.name) }
        self.whatIf = whatIf.map { totals($0.total, nil) }
        scale = fit.map { fit in
            ScaleFit(
                grades: fit.grades.map {
                    ScaleFit.Grade(
                        grade: $0.grade.rawValue, obligors: $0.obligors, defaults: $0.defaults,
                        meanPD: $0.meanPD, pValueAgainstWorse: $0.pValueAgainstWorse)
                }, concentration: fit.concentration, lostInformation: fit.lostInformation,
                shortfalls: fit.shortfalls.map(\.description))
        }
        self.adaptation = adaptation.map { adaptation in
            AdaptationLine(
                spreads: adaptation.spreads, predictors: adaptation.predictors,
                cells: adaptation.cells.map {
                    AdaptationLine.Cell(
                        industry: $0.industry, region: $0.region, obligors: $0.obligors,
                        defaults: $0.defaults,
                        shift: $0.shift, lower: $0.lower, upper: $0.upper,
                        effectiveObligors: $0.effectiveObligors,
                        upperBounds: adaptation.bounds(of: bounds, industry: $0.industry, region: $0.region))
                })
        }
    }
}

extension GradeReport {
    /// Prints the summary.
    func print(_ run: RunFolder, out: String, on console: any Console) throws {
        var summary = Summary(for: console)
        let count = grades.reduce(0) { $0 + $1.final }
        summary.heading("\(Figures.count(count)) obligors graded as of \(asOf)")
        var grid = TextGrid(
            [.left("grade"), .right("raw"), .right("final"), .right("mean PD")]
                + (totals == nil ? [] : [.right("limit"), .right("exposure"), .right("expected loss")]))
        for line in grades {
            var row = [
                line.grade, Figures.count(line.raw), Figures.count(line.final), Figures.percent(line.meanPD),
            ]
            if totals != nil { row += [line.limit, line.exposure, line.expectedLoss].map(Self.amount) }
            grid.rows.append(row)
        }
        summary.table(grid)
        scaleLines(&summary)
        adaptationLines(&summary)
        let acting = rules.filter { $0.obligors > 0 }
        if !acting.isEmpty {
            summary.heading("Rules that acted")
            var grid = TextGrid([.left("rule"), .left("effect"), .right("obligors"), .right("grades moved")])
            for rule in acting {
                grid.rows.append(
                    [rule.rule, rule.effect, Figures.count(rule.obligors), Figures.count(rule.moved)])
            }
            summary.table(grid)
        }
        if experts > 0 { summary.line("Experts' decisions in force: \(Figures.count(experts))") }
        if blocked + documents > 0 {
            summary.line(
                "Blocked for new credit: \(Figures.count(blocked)); asked for documents: \(Figures.count(documents))"
            )
        }
        securityLines(&summary)
        totalLines(&summary)
        summary.line("")
        summary.line(
            "Written to \(out): \((run.record.outputs.map(\.path) + [RunRecord.fileName]).joined(separator: ", "))"
        )
        try summary.print(on: console)
    }

    private static func amount(_ value: Double?) -> String {
        value.map { Figures.count(Int($0.rounded())) } ?? "–"
    }

    private func scaleLines(_ summary: inout Summary) {
        guard let scale else { return }
        summary.heading("The fitted scale on the rows with known outcomes")
        var grid = TextGrid([
            .left("grade"), .right("obligors"), .right("defaults"), .right("mean PD"),
            .right("p against worse"),
        ])
        for grade in scale.grades {
            grid.rows.append([
                grade.grade, Figures.count(grade.obligors), Figures.count(grade.defaults),
                Figures.percent(grade.meanPD), Figures.fixed(grade.pValueAgainstWorse, decimals: 3),
            ])
        }
        summary.table(grid)
        summary.line("Concentration (HI) \(Figures.fixed(scale.concentration, decimals: 3))")
        for shortfall in scale.shortfalls { summary.remark(shortfall) }
    }

    private func adaptationLines(_ summary: inout Summary) {
        guard let adaptation else { return }
        summary.heading(
            "Adaptation: shift of log-odds by cell, and the PD at which BBB ends in it, riskiest first")
        var grid = TextGrid([
            .left("industry"), .left("region"), .right("obligors"), .right("effective"), .right("defaults"),
            .right("shift"), .right("from"), .right("to"), .right("BBB ends"),
        ])
        let sorted = adaptation.cells.sorted { $0.shift > $1.shift }
        let shown = sorted.count > 12 ? Array(sorted.prefix(6) + sorted.suffix(6)) : sorted
        for cell in shown {
            grid.rows.append(
                [
                    cell.industry, cell.region, Figures.count(cell.obligors),
                    Figures.fixed(cell.effectiveObligors, decimals: 0), Figures.count(cell.defaults),
                ] + [cell.shift, cell.lower, cell.upper].map { Figures.fixed($0, decimals: 2) }
                    + [Figures.percent(cell.upperBounds[Vocabulary.Grade.bbb.rank])])
        }
        summary.table(grid)
        if shown.count < sorted.count {
            summary.aside("\(sorted.count - shown.count) cells in between are not shown")
        }
        let spreads = adaptation.spreads
        summary.line(
            "Spread of industries \(Figures.fixed(spreads.industry, decimals: 2)), regions "
                + "\(Figures.fixed(spreads.region, decimals: 2)), cells "
                + "\(Figures.fixed(spreads.interaction, decimals: 2))"
        )
    }

    private func securityLines(_ summary: inout Summary) {
        guard !securities.isEmpty else { return }
        summary.heading("Securities that the policy asks for")
        var grid = TextGrid([.left("security"), .right("obligors"), .right("limit"), .right("exposure")])
        for line in securities {
            grid.rows.append([
                line.security, Figures.count(line.obligors), Self.amount(line.limit),
                Self.amount(line.exposure),
            ])
        }
        summary.table(grid)
    }

    private func totalLines(_ summary: inout Summary) {
        guard let totals else { return }
        summary.heading("Totals")
        var grid = TextGrid([
            .left("policy"), .right("limit"), .right("exposure"), .right("available"), .right("over limit"),
            .right("excess"), .right("expected loss"), .right("mean terms"),
        ])
        for (name, sums) in [(totals.policy ?? "", totals)] + (whatIf.map { [("what if", $0)] } ?? []) {
            grid.rows.append([
                name, Self.amount(sums.limit), Self.amount(sums.exposure), Self.amount(sums.available),
                Figures.count(sums.overLimit), Self.amount(sums.excess), Self.amount(sums.expectedLoss),
                Figures.fixed(sums.meanTermsDays, decimals: 1),
            ])
        }
        summary.table(grid)
    }
}
