import Foundation
import Results

/// What ran on what: command, versions, seed, times, and digests of all files.
struct RunPage {
    let context: PageContext
    private var words: Wording { context.words }
    private var figures: Figures { context.figures }

    func page() -> Page {
        let run = context.content.run
        let details: [(String, String?)] = [
            (words["fact.command"], run.arguments.joined(separator: " ")),
            (words["fact.engine"], run.engineVersion),
            (words["fact.started"], instant(run.startedAt)),
            (words["fact.finished"], instant(run.finishedAt)),
            (words["fact.took"], took),
            (words["fact.seed"], run.seed.map(String.init) ?? words["none"]),
            (words["fact.threads"], figures.count(run.threads)),
            (words["fact.rows"], figures.count(run.rows)), (words["fact.model"], run.model),
            (words["fact.recipe"], recipe ?? words["none"]),
            (words["fact.digest"], run.digest ?? words["none"]),
        ]
        return Page(
            id: "run", title: words["run.title"], lead: words["run.lead"],
            sections: [
                Section(
                    id: "command", title: words["run.command"],
                    tables: [
                        DataTable(
                            id: "run", caption: words["run.command"],
                            columns: [.text(words["column.item"]), .text(words["column.value"])],
                            rows: details.compactMap { name, value in
                                value.map { [context.cell(name), context.cell($0)] }
                            })
                    ]),
                Section(
                    id: "files", title: words["run.files"], note: words["run.files.note"],
                    tables: [
                        files(run.inputs, id: "inputs", caption: words["run.inputs"]),
                        files(run.outputs, id: "outputs", caption: words["run.outputs"]),
                    ]),
            ])
    }

    private func files(_ files: [FileRecord], id: String, caption: String) -> DataTable {
        DataTable(
            id: id, caption: caption,
            columns: [
                .text(words["column.role"]), .text(words["column.file"]), .number(words["column.bytes"]),
                .text("SHA-256"),
            ],
            rows: files.map { file in
                [
                    context.cell(words.known("role", file.role)), context.cell(file.path),
                    context.count(file.bytes),
                    context.cell(file.sha256),
                ]
            })
    }

    /// The digest of the recipe that was read, else of the one that the model came from.
    private var recipe: String? {
        context.content.run.inputs.first { $0.role == "recipe" }?.sha256
            ?? context.content.card?.versions.recipeDigest
    }

    private var took: String {
        let run = context.content.run
        return words["seconds", figures.number(run.finishedAt.timeIntervalSince(run.startedAt), decimals: 0)]
    }

    /// An instant in UTC, to the second.
    private func instant(_ date: Date) -> String { date.formatted(.iso8601) }
}
