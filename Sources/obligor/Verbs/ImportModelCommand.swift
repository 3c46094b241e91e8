import ArgumentParser
import Boosting
import Foundation
import Scoring
import Tables

/// `obligor import-model`: a model of another tool as one of ours.
struct ImportModelCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "import-model",
        abstract: "Import a boosted model of LightGBM or XGBoost.",
        discussion: """
            Reads a LightGBM text file or an XGBoost JSON file of a binary objective and writes a model file that \
            scores, explains and is evaluated like any other, with the same predictions. The recipe, of kind \
            boosted-trees, says what the file does not: the target, the id, the levels of categories in the order of \
            their codes (columns: NAME: {type: category, levels: [...]}), the scaling, and directions of risk \
            (monotone), which are proved of the trees; if one does not hold, nothing is written.

              obligor import-model lightgbm.txt --recipe german.yaml --out german.json
              obligor import-model xgboost.json --recipe german.yaml --out german.json
            """)

    /// The most bytes that are read.
    private static let byteLimit = 1 << 30

    @Argument(help: ArgumentHelp("The model of the other tool.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("The recipe: YAML.", valueName: "recipe"))
    var recipe: String

    @Option(help: ArgumentHelp("The model file to write.", valueName: "file"))
    var out: String

    @OptionGroup var shared: SharedOptions

    func perform(_ invocation: Invocation) throws {
        try OutputFile.refuse(out, replacing: [file, recipe])
        let recipe = try Recipe(contentsOf: URL(filePath: recipe))
        let content: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(filePath: file))
            defer { try? handle.close() }
            content = try handle.read(upToCount: Self.byteLimit + 1) ?? Data()
        } catch {
            throw CommandFailure.badData("\(file): cannot be read: \(error.localizedDescription)")
        }
        guard content.count <= Self.byteLimit else {
            throw CommandFailure.badData("\(file): more than \(Self.byteLimit) bytes: is it a model?")
        }
        let forest: Forest
        do throws(InterchangeError) {
            // A JSON document begins with a brace, LightGBM's text with the word "tree".
            let isJSON = content.first { !$0.isBlank } == UInt8(ascii: "{")
            forest = isJSON ? try Forest(xgboostJSON: Array(content)) : try Forest(lightGBM: Array(content))
        } catch { throw CommandFailure.badData("\(file): \(error)") }
        let model = try model(of: forest, recipe, content)
        try ModelArtifact.write(model, to: URL(filePath: out))
        guard !shared.quiet else { return }
        var summary = Summary(for: invocation.console)
        summary.heading("\(model.name) (\(model.kind.rawValue)), imported")
        summary.line(
            "\(Figures.count(forest.trees.count)) trees on \(Figures.count(model.schema.names.count)) columns, written to \(out)"
        )
        summary.parts(of: model)
        try summary.print(on: invocation.console)
    }

    /// The scoring model; a direction that does not hold lies with the file, and another run will not put it right.
    private func model(of forest: Forest, _ recipe: Recipe, _ content: Data) throws -> ScoringModel {
        do { return try ScoringModel(importing: forest, recipe: recipe, content: content) } catch {
            guard CommandStatus(of: error) == .failed else { throw error }
            throw CommandFailure.badData("\(file): \(error)")
        }
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
