import ArgumentParser
import Foundation
import Results
import Scoring
import Tables

/// `obligor cross-validate`: how good a recipe's model is on rows it has not seen.
struct CrossValidateCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "cross-validate",
        abstract: "Train and measure a recipe fold by fold, on rows left out.",
        discussion: """
            Everything that learns from data (binning, selection, encoding, coefficients) is done anew in every \
            fold, without the rows that it is then measured on. Without --folds the recipe says how rows are \
            dealt, whole groups where it names a group column.

              obligor cross-validate recipe.yaml --data obligors.csv
              obligor cross-validate recipe.yaml --data obligors.csv --folds folds.csv --json

            Where the recipe has a search, every fold searches anew on its own training rows, so that the figures are \
            those of search and training together. With --journal finished trials are kept in a file: a run that was \
            interrupted goes on where it stopped when it is started again, with the same figures in the end.

            A folds file has one fold number per row in the order of the data, with or without a header; or the \
            columns row (counted from 0) and fold. JSON keys: folds, a list of the figures of 'evaluate', mean, and \
            searches, where there are any: what every fold tried and took.
            """)

    @Argument(help: ArgumentHelp("The recipe: YAML.", valueName: "recipe"))
    var recipe: String

    @Option(help: ArgumentHelp("The data: CSV, plain or gzip, '-' for standard input.", valueName: "file"))
    var data: String

    @Option(help: ArgumentHelp("One fold number per row.", valueName: "file"))
    var folds: String?

    @Option(help: ArgumentHelp("Where finished trials of a search are kept.", valueName: "file"))
    var journal: String?

    @OptionGroup var dialect: DialectOptions
    @OptionGroup var results: ResultOptions
    @OptionGroup var shared: SharedOptions

    func perform(_ invocation: Invocation) throws {
        let progress = shared.progress(invocation)
        let recipe = try Recipe(contentsOf: URL(filePath: self.recipe)).withExpectedDirections()
        if let journal {
            try OutputFile.refuse(journal, replacing: [self.recipe, data] + [folds].compactMap(\.self))
        }
        let source = DataFile(data, dialect.dialect(over: recipe.file))
        let table = try source.read(
            schema: recipe.columns, columns: recipe.neededColumns, workers: shared.workers, progress: progress
        )
        let numbers = try folds.map { try FoldsFile.read(DataFile($0).input, rows: table.rowCount) }
        let count = numbers.map { Set($0).count } ?? recipe.folds.count
        progress.begin("training \(count) models")
        // Rows of a fold are not rows of the file; what is wrong with one comes to light before the folds are cut.
        _ = try source.locatingRows { try TrainingData(table, recipe: recipe) }
        let kept = try journal.flatMap {
            try SearchFile.journal(at: file($0), recipe: recipe, table: table, foldNumbers: numbers)
        }
        let report = try CrossValidation(recipe, workers: shared.workers).run(
            table, foldNumbers: numbers, journal: kept
        ) { done in
            progress.update(done: done, of: count)
        }
        kept?.finish()
        progress.end()
        let record = CrossValidationRecord(folds: report.folds.map { PerformanceRecord($0) })
        if results.json {
            try invocation.console.write(
                JSONText.of(CrossValidationOutput(record: record, searches: report.searches)))
            return
        }
        guard !shared.quiet else { return }
        var summary = Summary(for: invocation.console)
        summary.heading("\(recipe.name) (\(recipe.model.kind.rawValue)), cross-validated on \(data)")
        let names = record.folds.indices.map { "fold \($0 + 1)" }
        summary.performance(Array(zip(names, record.folds)).map { ($0, $1) } + [("mean", record.mean)])
        for (fold, search) in report.searches.enumerated() {
            summary.line("fold \(fold + 1): \(search.rows[search.chosen].name)")
        }
        try summary.print(on: invocation.console)
    }
}

/// What `cross-validate --json` prints: the figures, and beside them the searches.
private struct CrossValidationOutput: Encodable {
    let record: CrossValidationRecord
    let searches: [SearchReport]

    private enum CodingKeys: String, CodingKey { case searches }

    func encode(to encoder: any Encoder) throws {
        try record.encode(to: encoder)
        guard !searches.isEmpty else { return }
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(searches, forKey: .searches)
    }
}
