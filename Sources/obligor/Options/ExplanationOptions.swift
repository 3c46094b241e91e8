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

/// What `explain` says beyond contributions: grouped reasons, or why ratings moved between two dates.
struct ExplanationOptions: ParsableArguments {
    /// What the help adds.
    static let discussion = """


        With --reasons N the file has up to N rows per obligor instead: the groups of columns that raise its risk \
        most, with their log-odds and points, in an analyst's words where the columns are those of 'obligor features'.

        With --from and --to the data is a panel with a column as_of, and the file says why the rating of every \
        obligor moved between the two dates: data by column, model, calibration, thresholds, rules, expert and \
        default, as Shapley values that add up to the move (attribution.csv of a run folder). What the later date was \
        rated by is given as to 'obligor grade'; --previous-… say what was different at the earlier one. Obligors in \
        default have no row in what 'obligor features' writes: --defaults names the file of its option of that name, \
        so that moves to and from default are explained too. Who has a row on one date alone and is not in default on \
        the other is named.

          obligor explain runs/ledger --data panel.csv --reasons 3 --out reasons.csv
          obligor explain runs/ledger --data panel.csv --from 2023-12-31 --to 2024-12-31 --rules \
        models/policies/bureau_rules.yaml --out attribution.csv
        """

    @Option(help: ArgumentHelp("Write up to this many grouped reasons for each obligor.", valueName: "n"))
    var reasons: Int?

    @Option(help: ArgumentHelp("The earlier of two dates to compare.", valueName: "day"))
    var from: String?

    @Option(help: ArgumentHelp("The later of two dates to compare.", valueName: "day"))
    var to: String?

    @Option(help: ArgumentHelp("The master scale (YAML). (default: the model's)", valueName: "file"))
    var masterScale: String?

    @Option(
        help: ArgumentHelp("The adaptation to industry and region, as 'grade' wrote it.", valueName: "file"))
    var adaptation: String?

    @Option(help: ArgumentHelp("The rules (YAML).", valueName: "file"))
    var rules: String?

    @Option(help: ArgumentHelp("The experts' decisions (YAML).", valueName: "file"))
    var overrides: String?

    @Option(
        help: ArgumentHelp(
            "Times in default, as 'features --defaults' writes them, for moves to and from D.",
            valueName: "file"
        ))
    var defaults: String?

    @Option(help: ArgumentHelp("The column that says who is in default on its date.", valueName: "column"))
    var inDefault: String?

    @Option(help: ArgumentHelp("The column of industries.", valueName: "column"))
    var industry = "industry"

    @Option(help: ArgumentHelp("The column of regions.", valueName: "column"))
    var region = "region"

    @Option(help: ArgumentHelp("The model of the earlier date. (default: the same)", valueName: "model"))
    var previousModel: String?

    @Option(help: ArgumentHelp("The scale of the earlier date. (default: the same)", valueName: "file"))
    var previousMasterScale: String?

    @Option(help: ArgumentHelp("The adaptation of the earlier date. (default: the same)", valueName: "file"))
    var previousAdaptation: String?

    @Option(help: ArgumentHelp("The rules of the earlier date. (default: the same)", valueName: "file"))
    var previousRules: String?

    @Option(
        help: ArgumentHelp(
            "The experts' decisions of the earlier date. (default: the same)", valueName: "file"))
    var previousOverrides: String?

    func validate() throws {
        guard reasons == nil || (from == nil && to == nil) else {
            throw ValidationError("Give --reasons, or --from and --to.")
        }
        guard (from == nil) == (to == nil) else {
            throw ValidationError("'--from' and '--to' belong together.")
        }
        if let reasons, !(1...ReasonOptions.maximumCount).contains(reasons) {
            throw ValidationError("'--reasons \(reasons)': give 1 to \(ReasonOptions.maximumCount).")
        }
        guard from != nil || (files.isEmpty && inDefault == nil) else {
            throw ValidationError(
                "Scale, adaptation, rules, overrides and defaults belong to '--from' and '--to'.")
        }
    }

    /// The files that are named.
    var files: [String] {
        [
            masterScale, adaptation, rules, overrides, defaults, previousModel, previousMasterScale,
            previousAdaptation,
            previousRules, previousOverrides,
        ].compactMap(\.self)
    }

    /// The two dates.
    func days() throws -> (from: CalendarDay, to: CalendarDay)? {
        guard let from, let to else { return nil }
        guard let first = CalendarDay(iso8601: from), let last = CalendarDay(iso8601: to), first < last else {
            throw CommandFailure.usage("'--from \(from) --to \(to)': give two days, the earlier first.")
        }
        return (first, last)
    }

    /// Who is in default on a day, by the file of defaults and the column of the panel.
    func obligorsInDefault(
        on day: CalendarDay, panel: Table, ids: Column, workers: Workers
    ) throws -> Set<String> {
        var found: Set<String> = []
        if let defaults {
            found = try DefaultSpells.obligors(inDefaultOn: day, of: defaults, workers: workers)
        }
        guard let inDefault else { return found }
        let flags = try GradingFacts.flags(panel.column(named: inDefault))
        guard case .day(let days) = try panel.column(named: ChangeExplanation.dayColumn).values else {
            return found
        }
        for row in days.indices where days[row] == day && flags[row] == true {
            if let id = ids.text(at: row) { found.insert(id) }
        }
        return found
    }

    /// What both dates were rated by.
    func bases(_ source: ModelSource) throws -> (earlier: RatingBasis, later: RatingBasis) {
        let later = RatingBasis(
            model: source.model, scale: try source.masterScale(masterScale),
            adaptation: try adaptation.map { try AdaptationFile.read(file($0)) },
            rules: try rules.map { try RuleSet(yaml: YAMLReader().read(file($0))) } ?? RuleSet.none,
            experts: try overrides.map { try ExpertOverrides(yaml: YAMLReader().read(file($0))) }
                ?? ExpertOverrides.none)
        let previous = try previousModel.map(ModelSource.init)
        let scale: MasterScale =
            if let previousMasterScale {
                try MasterScaleFile.read(file(previousMasterScale))
            } else {
                try previous?.masterScale(masterScale) ?? later.scale
            }
        let earlier = RatingBasis(
            model: previous?.model ?? later.model, scale: scale,
            adaptation: try previousAdaptation.map { try AdaptationFile.read(file($0)) } ?? later.adaptation,
            rules: try previousRules.map { try RuleSet(yaml: YAMLReader().read(file($0))) } ?? later.rules,
            experts: try previousOverrides.map { try ExpertOverrides(yaml: YAMLReader().read(file($0))) }
                ?? later.experts)
        return (earlier, later)
    }
}

extension ExplainCommand {
    /// Writes grouped reasons, part by part.
    func writeReasons(_ count: Int, _ source: ModelSource, _ invocation: Invocation) throws {
        let progress = shared.progress(invocation)
        let input = ScoringInput(source.model, id: scored.id)
        let groups = ReasonGroups(model: source.model, count: count)
        let stream = try input.stream(
            DataFile(scored.data, dialect.dialect(over: source.model.file)), workers: shared.workers,
            progress: progress)
        let output = try OutputFile(scored.out, columns: ReasonRecord.columns, on: invocation.console)
        progress.begin("explaining \(scored.data)")
        var (obligors, reasons) = (0, 0)
        try stream.forEach { block in
            let ids = Column(name: "id", values: try input.ids(of: block.table, from: block.firstRow))
            let records = try groups.records(of: block.table, ids: ids)
            var rows = RowWriter()
            for record in records {
                record.write(to: &rows)
                rows.endRow()
            }
            return (Array(rows.data), records.count, block.table.rowCount)
        } handOn: { part in
            try output.write(part.0)
            reasons += part.1
            obligors += part.2
            progress.update(rows: obligors)
        }
        try output.finish()
        progress.end()
        try say(
            [
                "\(Figures.count(reasons)) reasons for \(Figures.count(obligors)) obligors, written to \(scored.out)"
            ],
            on: invocation.console)
    }

    /// Writes why ratings moved.
    func writeChanges(
        from: CalendarDay, to: CalendarDay, _ source: ModelSource, _ invocation: Invocation
    ) throws {
        let progress = shared.progress(invocation)
        let (earlier, later) = try shown.bases(source)
        guard let name = scored.id ?? source.model.roles.id else {
            throw CommandFailure.usage("which column names the obligors? Give --id COLUMN")
        }
        var schema = later.model.schema
        if schema[name] == nil {
            schema = schema.overridden(by: try Schema([ColumnSchema(name: name, type: .text)]))
        }
        let panel = try DataFile(scored.data, dialect.dialect(over: source.model.file)).read(
            schema: schema, columns: nil, workers: shared.workers, progress: progress)
        progress.begin("explaining \(scored.data)")
        let explanation = ChangeExplanation(
            earlier: earlier, later: later, industry: shown.industry, region: shown.region,
            workers: shared.workers)
        let ids = try panel.column(named: name)
        let found = try explanation.moves(
            in: panel, ids: ids, from: from, to: to,
            inDefault: (
                try shown.obligorsInDefault(on: from, panel: panel, ids: ids, workers: shared.workers),
                try shown.obligorsInDefault(on: to, panel: panel, ids: ids, workers: shared.workers)
            ))
        let moves = found.all
        let output = try OutputFile(scored.out, columns: AttributionRecord.columns, on: invocation.console)
        for move in moves {
            var rows = RowWriter()
            for record in move.records {
                record.write(to: &rows)
                rows.endRow()
            }
            try output.write(Array(rows.data))
        }
        try output.finish()
        progress.end()
        let worse = moves.count { $0.change.to.grade > $0.change.from.grade }
        let better = moves.count { $0.change.to.grade < $0.change.from.grade }
        let fallen = moves.count { $0.change.to.grade == .d && $0.change.from.grade != .d }
        let back = moves.count { $0.change.from.grade == .d && $0.change.to.grade != .d }
        var lines = [
            "\(Figures.count(moves.count)) obligors between \(from) and \(to): \(Figures.count(better)) better, "
                + "\(Figures.count(worse)) worse, written to \(scored.out)"
        ]
        if fallen + back > 0 {
            lines.append("Into default \(Figures.count(fallen)), out of it \(Figures.count(back))")
        }
        for (ids, day) in [(found.onlyEarlier, to), (found.onlyLater, from)] where !ids.isEmpty {
            lines.append(Self.leftOut(ids, on: day))
        }
        try say(lines, on: invocation.console)
    }

    /// Obligors that a line names.
    private static let named = 20

    private static func leftOut(_ ids: [String], on day: CalendarDay) -> String {
        let more = ids.count > named ? " and \(Figures.count(ids.count - named)) more" : ""
        return
            "Left out, without a row on \(day) and not known to be in default then, \(Figures.count(ids.count)): "
            + ids.sorted().prefix(named).joined(separator: ", ") + more
    }

    private func say(_ lines: [String], on console: any Console) throws {
        guard scored.out != "-", !shared.quiet else { return }
        var summary = Summary(for: console)
        lines.forEach { summary.line($0) }
        try summary.print(on: console)
    }
}
