import ArgumentParser
import Foundation
import Grading
import Ledger
import Results
import Review
import StrictYAML
import Vocabulary

/// What obligors are rated by: a model, and what acts on its grades.
struct BasisOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A model file or a run folder. (default: the champion of a store, else that of --previous)",
            valueName: "model"))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "The master scale (YAML) to grade by. (default: the run's, else the standard one)",
            valueName: "file"))
    var masterScale: String?

    @Option(
        help: ArgumentHelp("The adaptation to industry and region, as 'grade' wrote it.", valueName: "file"))
    var adaptation: String?

    @Option(help: ArgumentHelp("The rules (YAML).", valueName: "file"))
    var rules: String?

    @Option(help: ArgumentHelp("The experts' decisions (YAML).", valueName: "file"))
    var overrides: String?

    @Option(help: ArgumentHelp("The credit policy (YAML).", valueName: "file"))
    var policy: String?

    @Option(help: ArgumentHelp("What follows from events (YAML).", valueName: "file"))
    var eventPolicy: String?

    @Option(
        help: ArgumentHelp(
            "When the model deserves a look, and when action (YAML). (default: the standard thresholds)",
            valueName: "file"))
    var monitoring: String?

    /// Nothing named.
    static func none() throws -> BasisOptions { try parse([]) }

    /// The files that are read.
    var files: [String] {
        [model, masterScale, adaptation, rules, overrides, policy, eventPolicy, monitoring].compactMap(\.self)
    }
}

/// What ratings are made by, with the files that it came from: those named, else those that the review before kept.
struct BasisFiles {
    /// The basis.
    var basis: RatingBasis
    /// When the model deserves a look.
    let monitoring: MonitoringPolicy
    /// The model.
    let source: ModelSource
    /// The files, by the name that a run folder keeps them under; the model is not among them.
    let files: [(name: String, url: URL)]

    /// Notches by which experts may move a grade where no file says it.
    private static let expertNotches = 2

    /// Names of the files in a run folder.
    private enum Kept {
        static let rules = "rules.yaml"
        static let overrides = "overrides.yaml"
        static let policy = "policy.yaml"
        static let events = "events.yaml"
        static let monitoring = "monitoring.yaml"
    }

    /// Reads the files that options name, and where they name none those of a run.
    ///
    /// - Parameter run: The folder of the review before.
    init(_ options: BasisOptions, beside run: String?) throws {
        guard let model = options.model ?? run else {
            throw CommandFailure.usage("which model? Give --model, or --previous with a review that has one")
        }
        source = try ModelSource(model)
        var files: [(name: String, url: URL)] = []
        func named(_ option: String?, _ name: String) -> URL? {
            let kept = run.map { file($0).appending(path: name) }
            let found =
                option.map { file($0) }
                ?? kept.flatMap { url in
                    FileManager.default.fileExists(atPath: url.path) ? url : nil
                }
            if let found { files.append((name, found)) }
            return found
        }
        let reader = YAMLReader()
        let adaptation = try named(options.adaptation, AdaptationFile.name).map(AdaptationFile.read)
        let rules = try named(options.rules, Kept.rules).map { try RuleSet(yaml: reader.read($0)) }
        let experts = try named(options.overrides, Kept.overrides).map {
            try ExpertOverrides(yaml: reader.read($0))
        }
        let policy = try named(options.policy, Kept.policy).map { try CreditPolicy(yaml: reader.read($0)) }
        let events = try named(options.eventPolicy, Kept.events).map {
            try EventPolicy(yaml: reader.read($0))
        }
        monitoring =
            try named(options.monitoring, Kept.monitoring).map { try MonitoringPolicy(yaml: reader.read($0)) }
            ?? .standard
        self.files = files
        basis = RatingBasis(
            model: source.model, scale: try source.masterScale(options.masterScale), adaptation: adaptation,
            rules: rules ?? .none,
            experts: experts ?? ExpertOverrides(entries: [], maximumNotches: Self.expertNotches),
            policy: policy, events: events)
    }
}
