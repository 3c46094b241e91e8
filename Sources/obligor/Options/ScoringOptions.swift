import ArgumentParser

/// A model, the obligors that it is applied to, and where what it says of each is written.
struct ScoringOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("A model file or a run folder.", valueName: "model"))
    var model: String

    @Option(help: ArgumentHelp("The data: CSV, plain or gzip, '-' for standard input.", valueName: "file"))
    var data: String

    @Option(help: ArgumentHelp("The file to write: CSV, '-' for standard output.", valueName: "file"))
    var out: String

    @Option(
        help: ArgumentHelp(
            "The column that names the obligor, '' to number the rows. (default: the recipe's id, if it has one)",
            valueName: "column"))
    var id: String?
}
