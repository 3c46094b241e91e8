public import Foundation
public import Results

/// A run folder as pages: made from the folder alone, so it can be drawn again from an archive.
///
/// The same run folder gives the same bytes.
public struct Report: Sendable {
    /// The file to open.
    public static let pageName = "index.html"

    private let context: PageContext
    private let pages: [Page]

    /// Reads a run folder and lays the pages out.
    ///
    /// - Parameters:
    ///   - run: What to report on; pages say what it does not hold.
    ///   - earlier: A run to compare with, such as the review before.
    ///   - language: The language of all words and dates.
    /// - Throws: ``ReportError/folder(_:)`` for a damaged file, ``ReportError/resourceMissing(name:)``.
    public init(
        _ run: RunFolder, comparedTo earlier: RunFolder? = nil, in language: Language
    ) throws(ReportError) {
        let content: RunContent
        var before: RunContent?
        do throws(ResultsError) {
            content = try RunContent(run)
            if let earlier { before = try RunContent(earlier) }
        } catch {
            throw .folder(error)
        }
        let context = PageContext(
            content: content, earlier: before,
            words: try Wording(language, translations: content.translations ?? []),
            figures: Figures(language: language))
        self.context = context
        pages = [
            PortfolioPage(context: context).page(), MigrationPage(context: context).page(),
            CorrectionsPage(context: context).page(), ObligorPage(context: context).page(),
            ModelPage(context: context).page(), DataPage(context: context).page(),
            RunPage(context: context).page(),
        ]
    }

    /// Writes the report: `index.html`, every table as `tables/NAME.csv`, all pages as `report.json`, `model-card.md`.
    ///
    /// What is shown of every obligor is in tables of its own: `obligors.csv`, `history.csv` and so on.
    ///
    /// - Parameters:
    ///   - folder: Where the report goes; it appears when it is whole.
    ///   - replacing: Whether an older report may be replaced; nothing else ever is.
    ///   - library: The chart library that the page brings along.
    /// - Throws: ``ReportError/folder(_:)`` if the file system refuses, or the folder is not one of a report;
    ///   ``ReportError/resourceMissing(name:)``, ``ReportError/templateFault(name:reason:)``.
    public func write(
        to folder: URL, replacing: Bool, charts library: ChartLibrary
    ) throws(ReportError) {
        let html = try HTMLPage(
            pages: pages, title: title, subtitle: subtitle, context: context, library: library
        ).text()
        let document = try self.document()
        do throws(ResultsError) {
            let writer = try FolderWriter(folder, replacing: replacing, recognisedBy: Self.pageName)
            try writer.write(Data(html.utf8), named: Self.pageName)
            for table in pages.flatMap(\.sections).flatMap(\.tables) {
                try writer.write(TableFile.data(table), named: "tables/\(table.id).csv")
            }
            for (name, data) in TableFile.ofObligors(context.content) {
                try writer.write(data, named: "tables/\(name)")
            }
            try writer.write(document, named: "report.json")
            if let model = pages.first(where: { $0.id == "model" }) {
                try writer.write(Data(MarkdownCard.text(model).utf8), named: "model-card.md")
            }
            try writer.finish()
        } catch {
            throw .folder(error)
        }
    }

    private func document() throws(ReportError) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return try encoder.encode(Document(pages: pages)) + Data("\n".utf8)
        } catch {
            throw .templateFault(name: "report.json", reason: "\(error)")
        }
    }

    /// All pages as `report.json` holds them.
    private struct Document: Encodable {
        let formatVersion = 1
        let pages: [Page]
    }

    private var title: String {
        let model = context.content.run.model
        guard let day = context.content.portfolio?.asOf else {
            return context.words["title.model", model ?? context.content.run.command]
        }
        return context.words["title.portfolio", context.figures.day(day)]
    }

    private var subtitle: String {
        context.words[
            "subtitle", context.content.run.model ?? context.content.run.command,
            context.figures.day(context.content.run.finishedAt.formatted(.iso8601))]
    }
}
