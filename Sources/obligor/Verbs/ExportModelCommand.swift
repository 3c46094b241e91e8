import ArgumentParser
import Boosting
import Foundation
import Scoring

/// `obligor export-model`: boosted trees in the format of another tool.
struct ExportModelCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "export-model",
        abstract: "Export boosted trees to LightGBM, XGBoost or ONNX.",
        discussion: """
            Writes the trees of a model so that the other tool gives the same log-odds of default. Inputs are the \
            model's columns in their order; a category is the position of its level in the model's list, counted \
            from 0, and a level that is not listed is missing. With --json the columns and levels are printed.

              obligor export-model runs/hmeq --format lightgbm --out hmeq.txt
              obligor export-model runs/hmeq --format onnx --out hmeq.onnx --json
            """)

    /// A format of another tool.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case lightgbm, xgboost, onnx
    }

    @Argument(help: ArgumentHelp("A model file or a run folder.", valueName: "model"))
    var model: String

    @Option(help: ArgumentHelp("lightgbm (text), xgboost (JSON) or onnx.", valueName: "format"))
    var format: Format

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
    var out: String

    @OptionGroup var results: ResultOptions
    @OptionGroup var shared: SharedOptions

    func perform(_ invocation: Invocation) throws {
        let source = try ModelSource(model)
        try OutputFile.refuse(out, replacing: [source.file.path])
        guard let trees = source.model.boostedTrees else {
            throw CommandFailure.usage(
                "\(model): a model of kind \(source.model.kind.rawValue) has no trees to export")
        }
        let content: Data
        do throws(InterchangeError) {
            content =
                switch format {
                case .lightgbm: Data(try trees.forest.lightGBMText().utf8)
                case .xgboost: Data(try trees.forest.xgboostJSON().utf8)
                case .onnx: Data(try trees.forest.onnx())
                }
        } catch { throw CommandFailure(status: .failed, description: "\(model): \(error)") }
        do { try content.write(to: URL(filePath: out), options: .atomic) } catch {
            throw CommandFailure(
                status: .failed, description: "\(out): cannot be written: \(error.localizedDescription)")
        }
        let columns = trees.inputs.map { ExportReport.Column(name: $0.column, levels: $0.levels) }
        if results.json {
            try invocation.console.write(JSONText.of(ExportReport(format: format.rawValue, columns: columns)))
            return
        }
        guard !shared.quiet else { return }
        var summary = Summary(for: invocation.console)
        summary.line(
            "\(Figures.count(trees.forest.trees.count)) trees on \(Figures.count(columns.count)) columns written to \(out)"
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
