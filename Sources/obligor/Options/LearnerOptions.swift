import ArgumentParser

/// How many obligors predictions are learned from.
struct LearnerOptions: ParsableArguments {
    // A number below zero is a value, and is told what it should be.
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Obligors of a ledger that predictions are learned from at most, drawn by name; 0 for all. \
            (default: \(MigrationStudy.Options.standardLearnerLimit))
            """,
            valueName: "n"))
    var learners: Int?

    func validate() throws {
        guard let learners, learners != 0, learners < 100 else { return }
        throw ValidationError("'--learners \(learners)': give 0 for all, or at least 100.")
    }

    /// The most obligors; `nil` for all.
    var limit: Int? {
        let stated = learners ?? MigrationStudy.Options.standardLearnerLimit
        return stated == 0 ? nil : stated
    }
}
