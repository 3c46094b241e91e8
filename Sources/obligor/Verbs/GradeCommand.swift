import ArgumentParser
import Foundation
import Grading
import Parallelism
import Results
import Review
import Scoring
import StrictYAML
import Tables
import Vocabulary

/// `obligor grade`: from PDs to final grades, limits and terms, with every step on the way.
struct GradeCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "grade",
        abstract: "Grade obligors: scale, adaptation, rules, experts, limit and terms.",
        discussion: """
            Grades what 'obligor score' wrote, or with --model observations such as those of 'obligor features', and \
            writes a run folder: ratings.csv with the final grades, rating-path.csv with every step from the raw grade \
            to the final one, portfolio.csv with limit, what is left of it, terms, security, conditions and review \
            date, and the scale. Of data with a column as_of, the rows of --as-of are graded, or those of the last date.

              obligor grade --model runs/ledger --data panel.csv --rules models/policies/bureau_rules.yaml \
            --policy models/policies/trade_credit.yaml --out runs/grades
              obligor grade --data ratings.csv --as-of 2024-06-30 --fit-scale --outcome defaulted --out runs/grades

            The scale is the one given, else the model's, else the standard one; --fit-scale finds one on the rows \
            whose outcome is known. --fit-adaptation estimates how much riskier each industry and region is than the \
            scale says, shrunk to it; --adaptation applies what an earlier run found (adaptation.json). \
            models/policies explains the forms of rules, overrides and policies.
            """)

    @Option(help: ArgumentHelp("The data: CSV, plain or gzip, '-' for standard input.", valueName: "file"))
    var data: String

    @Option(help: ArgumentHelp("Score the data by this model file or run folder.", valueName: "model"))
    var model: String?

    @Option(help: ArgumentHelp("The run folder to write.", valueName: "folder"))
    var out: String

    @Option(
        help: ArgumentHelp(
            "The column that names the obligor. (default: the model's, else id or obligor)",
            valueName: "column"))
    var id: String?

    @Option(
        help: ArgumentHelp("The date of the rating. (default: the last as_of of the data)", valueName: "day"))
    var asOf: String?

    @Option(help: ArgumentHelp("The master scale (YAML).", valueName: "file"))
    var masterScale: String?

    @Flag(help: "Fit the scale to the rows with a known outcome.")
    var fitScale = false

    @Option(
        help: ArgumentHelp(
            "What a fitted scale must keep to (YAML): minimum_obligors, minimum_defaults, maximum_p_value, "
                + "maximum_concentration.",
            valueName: "file"))
    var scaleDemands: String?

    @Option(
        help: ArgumentHelp("The column of outcomes, for fitting. (default: the model's)", valueName: "column")
    )
    var outcome: String?

    @Option(help: ArgumentHelp("An adaptation that an earlier run found.", valueName: "file"))
    var adaptation: String?

    @Flag(help: "Estimate the adaptation on the rows with a known outcome.")
    var fitAdaptation = false

    @Option(help: ArgumentHelp("The column of industries.", valueName: "column"))
    var industry = "industry"

    @Option(help: ArgumentHelp("The column of regions.", valueName: "column"))
    var region = "region"

    @Option(
        help: ArgumentHelp(
            "Figures whose mean by industry or region may explain shifts, such as "
                + "terms_given_12m:industry,region_dbt_12m:region.",
            valueName: "list"))
    var predictors: String?

    @Option(help: ArgumentHelp("The rules (YAML).", valueName: "file"))
    var rules: String?

    @Option(help: ArgumentHelp("The experts' decisions (YAML).", valueName: "file"))
    var overrides: String?

    @Option(help: ArgumentHelp("The credit policy (YAML).", valueName: "file"))
    var policy: String?

    @Option(help: ArgumentHelp("Another credit policy, to compare totals with.", valueName: "file"))
    var whatIf: String?

    @Option(help: ArgumentHelp("The column that says who is in default now.", valueName: "column"))
    var inDefault: String?

    @Option(help: ArgumentHelp("The run folder of the review before, for movements.", valueName: "folder"))
    var previous: String?

    @OptionGroup var dialect: DialectOptions
    @OptionGroup var folder: RunFolderOptions
    @OptionGroup var results: ResultOptions
    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard !fitScale || masterScale == nil else {
            throw ValidationError("Give --master-scale or --fit-scale, not both.")
        }
        guard fitScale || scaleDemands == nil else {
            throw ValidationError("--scale-demands belongs to --fit-scale.")
        }
        guard !fitAdaptation || adaptation == nil else {
            throw ValidationError("Give --adaptation or --fit-adaptation, not both.")
        }
        guard predictors == nil || fitAdaptation else {
            throw ValidationError("--predictors belongs to --fit-adaptation.")
        }
        guard whatIf == nil || policy != nil else {
            throw ValidationError("--what-if compares with --policy.")
        }
    }

    func perform(_ invocation: Invocation) throws {
        let progress = shared.progress(invocation)
        let named = [masterScale, scaleDemands, adaptation, rules, overrides, policy, whatIf].compactMap(
            \.self)
        try OutputFile.refuse(out, replacing: [data] + [model, previous].compactMap(\.self) + named)
        let source = try model.map(ModelSource.init)
        let asOf = try self.asOf.map { try CalendarDay(option: "--as-of", $0) }
        let earlier = try previous.map { try RunFolder(file($0)).portfolio() } ?? nil
        let rules = try self.rules.map { try RuleSet(yaml: YAMLReader().read(file($0))) } ?? RuleSet.none
        let experts =
            try overrides.map { try ExpertOverrides(yaml: YAMLReader().read(file($0))) }
            ?? ExpertOverrides.none
        let policy = try self.policy.map { try CreditPolicy(yaml: YAMLReader().read(file($0))) }
        let other = try whatIf.map { try CreditPolicy(yaml: YAMLReader().read(file($0))) }
        if let policy, let other, policy.currency != other.currency {
            throw CommandFailure.usage(
                "--what-if is in \(other.currency.code), --policy in \(policy.currency.code): compare policies of one "
                    + "currency"
            )
        }
        let writer = try RunFolderWriter(file(out), replacing: folder.replace)
        let facts = try GradingFacts(
            DataFile(data, dialect.dialect(over: source?.model.file)), model: source?.model, id: id,
            workers: shared.workers, progress: progress)
        progress.begin("grading")
        let adaptation = try adaptation(facts, source?.model)
        let logOdds = try adapted(facts, adaptation)
        let fit = try fitScale ? fittedScale(facts, logOdds, source?.model) : nil
        let scale = try fit?.scale ?? source?.masterScale(masterScale) ?? namedScale()
        let (rows, day) = try facts.rows(asOf: asOf)
        let flags = try inDefault.map { try facts.outcomes($0, model: nil) }
        let rated = facts.rated(rows, on: day, logOdds: logOdds, defaulted: flags)
        let graded = try rated.graded(
            by: Grader(scale: scale, rules: rules, experts: experts, policy: policy), workers: shared.workers)
        let alternative = try other.flatMap {
            try rated.graded(
                by: Grader(scale: scale, rules: rules, experts: experts, policy: $0), workers: shared.workers
            ).totals
        }
        progress.begin("writing \(out)")
        var contents = RunContents(writer)
        try contents.add(rated.ratings(graded), role: "ratings")
        try contents.add(rated.path(graded), role: "rating path")
        try contents.addTranslations(of: rules)
        try contents.add(
            portfolio(rated, graded, earlier: earlier).encoded(), role: "portfolio", named: Portfolio.fileName
        )
        try contents.add(Data(scale.yaml.utf8), role: "master scale", named: MasterScaleFile.name)
        if let adaptation {
            try contents.add(AdaptationFile.data(adaptation), role: "adaptation", named: AdaptationFile.name)
        }
        let inputs =
            try [DataFile(data).record()].compactMap(\.self)
            + named.map { try FileRecord(role: "option", of: file($0)) }
        let run = try writer.finish(
            RunRecord(
                command: "grade", arguments: invocation.arguments, engineVersion: EngineVersion.current,
                startedAt: invocation.startedAt, finishedAt: Date(), seed: nil,
                threads: shared.workers.threads,
                rows: rows.count, model: source?.model.name, inputs: inputs, outputs: contents.records))
        progress.end()
        let report = GradeReport(
            day: day, graded: graded, pds: rated.pds, fit: fit, adaptation: adaptation, scale: scale,
            whatIf: alternative)
        if results.json {
            try invocation.console.write(JSONText.of(report))
        } else if !shared.quiet {
            try report.print(run, out: out, on: invocation.console)
        }
    }
}

extension GradeCommand {
    /// The portfolio with whom the review before had and this one has not.
    private func portfolio(
        _ rated: RatedDay, _ graded: GradedPortfolio, earlier: Portfolio?
    ) -> Portfolio {
        let tags = [industry, region].filter { rated.facts[$0] != nil }
        let texts = tags.map { rated.facts[$0] }
        let overdue = rated.facts["overdue_amount"]?.doubles
        let exposure = rated.facts["exposure"]?.doubles
        let delay = rated.facts["dbt_12m"]?.doubles
        func known(_ values: [Double]?, _ row: Int) -> Double? {
            values.map { $0[row] }.flatMap { $0.isNaN ? nil : $0 }
        }
        let figures = rated.ids.indices.map { row in
            ObligorFigures(
                exposure: graded.policy == nil ? known(exposure, row) ?? 0 : nil,
                overdue: known(overdue, row) ?? 0, daysBeyondTerms: known(delay, row),
                tags: texts.map { $0?.text(at: row) ?? "" })
        }
        var before: [String: EarlierRating] = [:]
        for last in earlier?.obligors ?? [] {
            guard let grade = last.grade.flatMap(Grade.init(rawValue:)) else { continue }
            before[last.id] = EarlierRating(grade: grade, pd: last.pd)
        }
        let currency = graded.policy?.currency ?? .euro
        let present = Set(rated.ids)
        let gone = (earlier?.obligors ?? []).filter { !present.contains($0.id) && $0.grade != nil }
        return Portfolio(
            tags: tags,
            obligors: rated.portfolio(graded, figures: figures, before: before, currency: currency)
                + gone.map { $0.withdrawn(asOf: rated.day, currency: currency.code, tags: tags.count) })
    }

    private func namedScale() throws -> MasterScale {
        try masterScale.map { try MasterScaleFile.read(file($0)) } ?? .standard
    }

    /// Rows whose outcome is known, with it.
    private func known(
        _ facts: GradingFacts, _ model: ScoringModel?
    ) throws -> (rows: [Int], defaulted: [Bool]) {
        let outcomes = try facts.outcomes(outcome, model: model)
        let rows = outcomes.indices.filter { outcomes[$0] != nil }
        return (rows, rows.map { outcomes[$0] ?? false })
    }

    private func fittedScale(
        _ facts: GradingFacts, _ logOdds: [Double], _ model: ScoringModel?
    ) throws -> MasterScaleFit {
        let options = try scaleDemands.map { try MasterScaleOptions(yaml: YAMLReader().read(file($0))) }
        let (rows, defaulted) = try known(facts, model)
        return try MasterScale.fitted(
            pds: rows.map { ProbabilityOfDefault.value(ofLogOdds: logOdds[$0]) }, defaulted: defaulted,
            options ?? MasterScaleOptions())
    }

    private func adaptation(_ facts: GradingFacts, _ model: ScoringModel?) throws -> CellAdaptation? {
        if let adaptation { return try AdaptationFile.read(file(adaptation)) }
        guard fitAdaptation else { return nil }
        let (rows, defaulted) = try known(facts, model)
        let industries = try facts.texts(industry)
        let regions = try facts.texts(region)
        let predictors = try wantedPredictors().map { name, level in
            let column = try facts.table.column(named: name)
            guard let values = column.doubles else {
                throw CommandFailure.usage("'--predictors \(name)': the column holds no numbers")
            }
            return AdaptationData.Predictor(name: name, level: level, values: rows.map { values[$0] })
        }
        if let row = rows.first(where: { !facts.logOdds[$0].isFinite }) {
            throw CommandFailure.badData(
                "\(data): row \(row + 1) has a PD of 0 or 1, which no shift moves: give one in between")
        }
        return try CellAdaptation.fitted(
            to: AdaptationData(
                logOdds: rows.map { facts.logOdds[$0] }, defaulted: defaulted,
                industries: rows.map { industries[$0] }, regions: rows.map { regions[$0] },
                predictors: predictors))
    }

    private func wantedPredictors() throws -> [(name: String, level: CellAdaptation.Level)] {
        try (predictors ?? "").split(separator: ",").map { item in
            let parts = item.split(separator: ":").map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2, let level = CellAdaptation.Level(rawValue: parts[1]) else {
                throw CommandFailure.usage("'--predictors \(item)': give COLUMN:industry or COLUMN:region")
            }
            return (parts[0], level)
        }
    }

    private func adapted(_ facts: GradingFacts, _ adaptation: CellAdaptation?) throws -> [Double] {
        guard let adaptation else { return facts.logOdds }
        let industries = try facts.texts(industry)
        let regions = try facts.texts(region)
        return facts.logOdds.indices.map {
            facts.logOdds[$0] + adaptation.shift(industry: industries[$0], region: regions[$0])
        }
    }
}

/// The file of an adaptation.
enum AdaptationFile {
    /// Its name in a run folder.
    static let name = "adaptation.json"

    /// Reads an adaptation.
    static func read(_ file: URL) throws -> CellAdaptation {
        let data: Data
        do { data = try Data(contentsOf: file) } catch {
            throw ResultsError.notRead(path: file.relativePath, reason: "no such file, or no permission")
        }
        do { return try JSONDecoder().decode(CellAdaptation.self, from: data) } catch {
            throw CommandFailure.badData(
                "\(file.relativePath): no adaptation that this engine can read (\(error))")
        }
    }

    /// The bytes of an adaptation.
    static func data(_ adaptation: CellAdaptation) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return try encoder.encode(adaptation)
    }
}
