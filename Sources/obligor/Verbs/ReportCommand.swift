import ArgumentParser
import Foundation
import Reporting
import Results

/// `obligor report`: a run folder as pages.
struct ReportCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Draw a run folder as pages that open in any browser, offline.",
        discussion: """
            Writes index.html, one file that holds everything it needs and opens by double click; besides, every table \
            as tables/NAME.csv (safe to open in a spreadsheet; all obligors in obligors.csv, history.csv and so on), \
            all pages as report.json, and the page of the model as model-card.md. Pages draw what the run folder holds \
            and say what it does not. The same run folder gives the same bytes, so a report can be drawn again from an \
            archive.

              obligor report runs/demo --out reports/demo
              obligor report runs/2024-q2 --compare runs/2024-q1 --out reports/q2 --language zh-Hans
            """)

    @Argument(help: ArgumentHelp("The run folder.", valueName: "run"))
    var run: String

    @Option(help: ArgumentHelp("The folder to write.", valueName: "folder"))
    var out: String

    @Option(help: ArgumentHelp("An earlier run folder to compare with.", valueName: "run"))
    var compare: String?

    @OptionGroup var pages: ReportOptions

    @Flag(name: .long, help: "Replace a report that is already there.")
    var replace = false

    @OptionGroup var shared: SharedOptions

    func perform(_ invocation: Invocation) throws {
        let progress = shared.progress(invocation)
        progress.begin("reading \(run)")
        let earlier = try compare.map { folder throws(ResultsError) in try RunFolder(file(folder)) }
        try pages.draw(
            RunFolder(file(run)), comparedTo: earlier, to: file(out), replacing: replace, progress)
        progress.end()
        guard !shared.quiet else { return }
        let page = file(out).appending(path: Report.pageName).relativePath
        try invocation.console.write(Data("Report: \(page)\n".utf8))
    }
}
