import ArgumentParser
import Boosting
import Foundation
import Results
import Scoring
import StrictYAML
import Tables

/// `obligor import-model`: a model of another tool as one of ours.
struct ImportModelCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "import-model",
        abstract: "Import a boosted model of LightGBM or XGBoost.",
        discussion: """
            Reads a LightGBM text file or an XGBoost JSON file of a binary objective and writes a model file that \
            scores, explains and is evaluated like any other, with the same predictions. The recipe, of kind \
            boosted-trees, says what the file does not: the target, the id, the scaling, and directions of risk \
            (monotone), which are proved of the trees; if one does not hold, nothing is written. Levels of categories \
            come from the file, if it is of 'obligor export-model' or of training on a data frame; else the recipe \
            lists them in the order of their codes (columns: NAME: {type: category, levels: [...]}).

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
            throw CommandFailure.badData(
                "\(file): cannot be read: \(URL(filePath: file).reasonNotRead(error))")
        }
        guard content.count <= Self.byteLimit else {
            throw CommandFailure.badData("\(file): more than \(Self.byteLimit) bytes: is it a model?")
        }
        let forest = try trees(in: content)
        let model = try model(of: forest, recipe, content)
        try StagedFile.write(ModelArtifact.data(of: model), to: URL(filePath: out))
        guard !shared.quiet else { return }
        var summary = Summary(for: invocation.console)
        summary.heading("\(model.name) (\(model.kind.rawValue)), imported")
        summary.line(
            "\(Figures.count(forest.trees.count)) trees on \(Figures.count(model.schema.names.count)) columns, written "
                + "to \(out)"
        )
        summary.parts(of: model)
        try summary.print(on: invocation.console)
    }

    /// The trees: a JSON document begins with a brace, LightGBM's text with the word "tree".
    private func trees(in content: Data) throws -> Forest {
        let isJSON = content.first { !$0.isBlank } == UInt8(ascii: "{")
        guard isJSON || content.starts(with: Data("tree".utf8)) else {
            throw CommandFailure.badData("\(file): neither a LightGBM text file nor an XGBoost JSON file")
        }
        do throws(InterchangeError) {
            return isJSON ? try Forest(xgboostJSON: Array(content)) : try Forest(lightGBM: Array(content))
        } catch { throw CommandFailure.badData("\(file): \(error)") }
    }

    /// The scoring model; what lies with the trees names their file.
    private func model(of forest: Forest, _ recipe: Recipe, _ content: Data) throws -> ScoringModel {
        do throws(TrainingError) {
            return try ScoringModel(importing: forest, recipe: recipe, content: content)
        } catch {
            switch error {
            case .notImportable, .scoring: throw CommandFailure.badData("\(file): \(error)")
            default: throw error
            }
        }
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
