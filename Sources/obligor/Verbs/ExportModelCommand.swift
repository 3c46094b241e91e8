import ArgumentParser
import Boosting
import Foundation
import Scoring

/// `obligor export-model`: trees in the format of another tool, or a glass box as a scorecard recipe.
struct ExportModelCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "export-model",
        abstract: "Export trees to LightGBM, XGBoost or ONNX, or additive trees to a scorecard recipe.",
        discussion: """
            Writes the trees of a model so that the other tool gives the same log-odds of default. Inputs are the \
            model's columns in their order; a category is the position of its level in the model's list, counted \
            from 0, and a level that is not listed is missing. Files for LightGBM and XGBoost have the names of the \
            levels, for data frames and for 'obligor import-model'. With --json columns and levels are printed.

            Additive trees are exported as the trees that end in their cells. With --format scorecard they become a \
            scorecard recipe: columns are cut where their functions bend, levels grouped as they group them, proved \
            directions kept as trends; functions of pairs are left out. 'obligor train' makes the scorecard of it.

              obligor export-model runs/hmeq --format lightgbm --out hmeq.txt
              obligor export-model runs/box --format scorecard --out card.yaml
              obligor export-model runs/hmeq --format onnx --out hmeq.onnx --json
            """)

    /// A format of another tool.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case lightgbm, xgboost, onnx, scorecard
    }

    @Argument(help: ArgumentHelp("A model file or a run folder.", valueName: "model"))
    var model: String

    @Option(
        help: ArgumentHelp(
            "lightgbm (text), xgboost (JSON), onnx or scorecard (recipe).", valueName: "format"))
    var format: Format

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
    var out: String

    @OptionGroup var results: ResultOptions
    @OptionGroup var shared: SharedOptions

    func perform(_ invocation: Invocation) throws {
        let source = try ModelSource(model)
        try OutputFile.refuse(out, replacing: [source.file.path])
        guard let inputs = source.model.treeInputs, let forest = source.model.forest else {
            throw CommandFailure.usage(
                "\(model): a model of kind \(source.model.kind.rawValue) has no trees to export")
        }
        let content: Data
        do {
            switch format {
            case .lightgbm: content = Data(try forest.lightGBMText().utf8)
            case .xgboost: content = Data(try forest.xgboostJSON().utf8)
            case .onnx: content = Data(try forest.onnx())
            case .scorecard:
                guard let recipe = source.model.scorecardRecipe() else {
                    throw CommandFailure.usage(
                        "\(model): only additive trees become a scorecard, not \(source.model.kind.rawValue)")
                }
                content = Data(recipe.utf8)
            }
        } catch let error as InterchangeError {
            throw CommandFailure(status: .failed, description: "\(model): \(error)")
        }
        do { try content.write(to: URL(filePath: out), options: .atomic) } catch {
            throw CommandFailure(
                status: .failed, description: "\(out): cannot be written: \(error.localizedDescription)")
        }
        let columns = inputs.map { ExportReport.Column(name: $0.column, levels: $0.levels) }
        if results.json {
            try invocation.console.write(JSONText.of(ExportReport(format: format.rawValue, columns: columns)))
            return
        }
        guard !shared.quiet else { return }
        var summary = Summary(for: invocation.console)
        summary.line(
            format == .scorecard
                ? "Functions of \(Figures.count(columns.count)) columns written to \(out), a scorecard recipe"
                : "\(Figures.count(forest.trees.count)) trees on \(Figures.count(columns.count)) columns written to "
                    + "\(out)"
        )
        if source.model.calibration != nil {
            summary.remark(
                "the other tool gives the trees' own log-odds; the calibration of the model is not in the file"
            )
        }
        try summary.print(on: invocation.console)
    }
}

/// What `export-model --json` prints: how rows are handed to the other tool.
private struct ExportReport: Encodable {
    let format: String
    let columns: [Column]

    struct Column: Encodable {
        let name: String
        /// Levels in the order of their codes; absent for numbers.
        let levels: [String]?
    }
}
