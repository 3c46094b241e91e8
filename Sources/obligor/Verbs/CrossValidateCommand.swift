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

            A folds file has one fold number per row in the order of the data, with or without a header; or the \
            columns row (counted from 0) and fold. JSON keys: folds, a list of the figures of 'evaluate', and mean.
            """)

    @Argument(help: ArgumentHelp("The recipe: YAML.", valueName: "recipe"))
    var recipe: String

    @Option(help: ArgumentHelp("The data: CSV, plain or gzip, '-' for standard input.", valueName: "file"))
    var data: String

    @Option(help: ArgumentHelp("One fold number per row.", valueName: "file"))
    var folds: String?

    @OptionGroup var dialect: DialectOptions
    @OptionGroup var results: ResultOptions
    @OptionGroup var shared: SharedOptions

    func perform(_ invocation: Invocation) throws {
        let progress = shared.progress(invocation)
        let recipe = try Recipe(contentsOf: URL(filePath: self.recipe))
        let source = DataFile(data, dialect.dialect(over: recipe.file))
        let table = try source.read(
            schema: recipe.columns, columns: recipe.neededColumns, workers: shared.workers, progress: progress
        )
        let numbers = try folds.map { try FoldsFile.read(DataFile($0).input, rows: table.rowCount) }
        let count = numbers.map { Set($0).count } ?? recipe.folds.count
        progress.begin("training \(count) models")
        // Rows of a fold are not rows of the file; what is wrong with one comes to light before the folds are cut.
        _ = try source.locatingRows { try TrainingData(table, recipe: recipe) }
        let report = try CrossValidation(recipe, workers: shared.workers).run(table, foldNumbers: numbers) {
            done in
            progress.update(done: done, of: count)
        }
        progress.end()
        let record = CrossValidationRecord(folds: report.folds.map { PerformanceRecord($0) })
        if results.json {
            try invocation.console.write(JSONText.of(record))
            return
        }
        guard !shared.quiet else { return }
        var summary = Summary(for: invocation.console)
        summary.heading("\(recipe.name) (\(recipe.model.kind.rawValue)), cross-validated on \(data)")
        let names = record.folds.indices.map { "fold \($0 + 1)" }
        summary.performance(Array(zip(names, record.folds)).map { ($0, $1) } + [("mean", record.mean)])
        try summary.print(on: invocation.console)
    }
}
