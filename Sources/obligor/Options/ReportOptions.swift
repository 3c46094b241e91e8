import ArgumentParser
import Foundation
import Reporting
import Results

/// How pages are drawn.
struct ReportOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The language: en or zh-Hans.", valueName: "language"),
        transform: Self.language(named:))
    var language: Language = .english

    @Option(
        help: ArgumentHelp(
            "The folder of the chart library Vega. (default: where the Debian package libjs-vega puts it)",
            valueName: "folder"))
    var charts: String?

    /// Draws a run folder.
    ///
    /// - Parameter replacing: Whether a report that is already there may be replaced.
    func draw(
        _ run: RunFolder, comparedTo earlier: RunFolder?, to folder: URL, replacing: Bool,
        _ progress: Progress
    ) throws {
        let library =
            try charts.map { folder throws(ReportError) in try ChartLibrary(file(folder)) } ?? ChartLibrary()
        let report = try Report(run, comparedTo: earlier, in: language)
        progress.begin("writing \(folder.relativePath)")
        try report.write(to: folder, replacing: replacing, charts: library)
        progress.end()
    }

    private static func language(named name: String) throws -> Language {
        guard let language = Language(rawValue: name) else {
            let known = Language.allCases.map(\.rawValue).joined(separator: " or ")
            throw ValidationError("'\(name)': give \(known).")
        }
        return language
    }
}
