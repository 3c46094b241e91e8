import ArgumentParser

/// How many obligors predictions are learned from.
struct LearnerOptions: ParsableArguments {
    // A number below zero is a value, and is told what it should be.
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Obligors of a ledger that predictions are learned from at most, drawn by name; 0 for all.",
            valueName: "n"))
    var learners = MigrationStudy.Options.standardLearnerLimit

    func validate() throws {
        guard learners == 0 || learners >= 100 else {
            throw ValidationError("'--learners \(learners)': give 0 for all, or at least 100.")
        }
    }

    /// The most obligors; `nil` for all.
    var limit: Int? { learners == 0 ? nil : learners }
}
