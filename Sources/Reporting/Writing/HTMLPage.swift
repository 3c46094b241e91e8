import Crypto
import Foundation
import Mustache
import Results

/// Fills the page template in.
///
/// Every text is escaped by the template (``EscapedMarkup``); what is not are the engine's own style and scripts, and
/// data in ``ScriptData`` form. The page's security policy names the digests of its scripts, so nothing else can run.
struct HTMLPage {
    let pages: [Page]
    let title: String
    let subtitle: String
    let context: PageContext
    let library: ChartLibrary

    /// The page as text.
    func text() throws(ReportError) -> String {
        let name = "page.mustache"
        let source = try Resource.text(name)
        let view = try self.view()
        MustacheContentTypes.register(EscapedMarkup(), named: EscapedMarkup.name)
        do {
            return try MustacheTemplate(string: source).render(view)
        } catch {
            throw .templateFault(name: name, reason: "\(error)")
        }
    }

    private func view() throws(ReportError) -> View {
        let script = try Self.script()
        let drawings = try self.drawings()
        var charts: [String: Chart] = [:]
        for chart in pages.flatMap(\.sections).flatMap(\.charts) { charts[chart.id] = chart }
        let columns = context.content.portfolio.map {
            PortfolioColumns($0, path: context.content.path, words: context.words)
        }
        let digests = [library.script, script].map { text in
            "'sha256-\(Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString())'"
        }
        do {
            return View(
                language: context.words.language.rawValue, title: title, subtitle: subtitle,
                footer: context.words["footer", context.content.run.engineVersion],
                words: [
                    "skip": context.words["skip"], "pages": context.words["pages"],
                    "theme": context.words["theme"], "noscript": context.words["noscript"],
                    "fault": context.words["fault"],
                ],
                scriptSources: digests.joined(separator: " "), style: try Resource.text("style.css"),
                pages: pages.map { PageView($0, context.words, context.figures) },
                chartData: try ScriptData.text(charts), drawings: drawings,
                scriptWords: try ScriptData.text(context.words.ofScript),
                portfolio: try ScriptData.text(columns),
                obligors: try ScriptData.text(ObligorDetails(context.content, words: context.words)),
                library: library.script,
                script: script)
        } catch let error as ReportError {
            throw error
        } catch {
            throw .templateFault(name: "page.mustache", reason: "\(error)")
        }
    }

    /// Parts of the page's own script, in the order in which they need one another.
    private static let scriptParts = [
        "words", "charts", "theme", "data", "heatmap", "list", "explorer", "obligor", "pages",
    ]

    /// The page's own script, in a scope of its own.
    private static func script() throws(ReportError) -> String {
        var parts = ["\"use strict\";\n(() => {\n"]
        for name in scriptParts { parts.append(try Resource.text("script/\(name).js")) }
        return parts.joined() + "})();\n"
    }

    /// All drawings by name, as JSON.
    private func drawings() throws(ReportError) -> String {
        var parts: [String] = []
        for drawing in Chart.Drawing.allCases {
            parts.append("\"\(drawing.rawValue)\":\(try Resource.text("charts/\(drawing.rawValue).json"))")
        }
        return "{\(parts.joined(separator: ","))}"
    }
}

/// What the template asks for, by name.
private struct View {
    let language: String
    let title: String
    let subtitle: String
    let footer: String
    let words: [String: String]
    let scriptSources: String
    let style: String
    let pages: [PageView]
    let chartData: String
    let drawings: String
    let scriptWords: String
    let portfolio: String
    let obligors: String
    let library: String
    let script: String
}

private struct PageView {
    let id: String
    let title: String
    let lead: String
    let sections: [SectionView]

    init(_ page: Page, _ words: Wording, _ figures: Figures) {
        id = page.id
        title = page.title
        lead = page.lead
        sections = page.sections.map { SectionView($0, words, figures) }
    }
}

// A name that is missing on an inner level is looked up on the outer ones, so what may be absent has a flag.

private struct SectionView {
    let id: String
    let title: String
    let hasNote: Bool
    let note: String
    let isAbsent: Bool
    let absence: String
    let hasFacts: Bool
    let facts: [FactView]
    let hasCharts: Bool
    let charts: [Chart]
    let hasApplication: Bool
    let application: String
    let tables: [TableView]

    init(_ section: Section, _ words: Wording, _ figures: Figures) {
        id = section.id
        title = section.title
        hasNote = section.note != nil
        note = section.note ?? ""
        isAbsent = section.absence != nil
        absence = section.absence ?? ""
        hasFacts = !section.facts.isEmpty
        facts = section.facts.map(FactView.init)
        hasCharts = !section.charts.isEmpty
        charts = section.charts
        hasApplication = section.application != nil
        application = section.application?.rawValue ?? ""
        tables = section.tables.map { TableView($0, words, figures) }
    }
}

private struct FactView {
    let name: String
    let value: String
    let hasRemark: Bool
    let remark: String

    init(_ fact: Fact) {
        name = fact.name
        value = fact.value
        hasRemark = fact.note != nil
        remark = fact.note ?? ""
    }
}

private struct TableView {
    struct Row {
        let cells: [CellView]
    }

    /// More rows than these are in the table's file alone: nobody scrolls further, and pages stay light.
    static let rowLimit = 250
    /// More rows than these scroll in a window of their own, so that what follows is near.
    static let windowRows = 30
    /// More rows of a long table than these stay off paper, as the style sheet has it.
    private static let paperRows = 40

    let caption: String
    let folded: Bool
    let isLong: Bool
    let isCutOnPaper: Bool
    let onPaper: String
    let columns: [DataTable.Column]
    let rows: [Row]
    let isCut: Bool
    let remainder: String

    init(_ table: DataTable, _ words: Wording, _ figures: Figures) {
        caption = table.caption
        folded = table.isAlternative
        isLong = table.rows.count > Self.windowRows
        isCutOnPaper = table.rows.count > Self.paperRows
        onPaper = words["table.onPaper", figures.count(Self.paperRows)]
        columns = table.columns
        isCut = table.rows.count > Self.rowLimit
        remainder =
            words[
                "table.remainder", figures.count(Self.rowLimit), figures.count(table.rows.count),
                "tables/\(table.id).csv"]
        rows = table.rows.prefix(Self.rowLimit).map { row in
            Row(
                cells: zip(table.columns, row).enumerated().map { position, pair in
                    CellView(pair.1, isHeading: position == 0, isNumeric: pair.0.isNumeric)
                })
        }
    }
}

/// There are many cells, so the template gets at them without reflection.
private struct CellView: MustacheParent {
    let element: String
    let scope: Bool
    let isStyled: Bool
    let classes: String
    let isGrade: Bool
    let isLink: Bool
    let address: String
    let text: String

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")
    private static let hexadecimal = Set("0123456789abcdef".utf8)

    init(_ cell: DataTable.Cell, isHeading: Bool, isNumeric: Bool) {
        element = isHeading ? "th" : "td"
        scope = isHeading
        isGrade = cell.mark == "grade"
        let address = cell.obligor?.addingPercentEncoding(withAllowedCharacters: Self.unreserved)
        isLink = address != nil
        self.address = "#obligor/\(address ?? "")"
        // What is short is not broken into lines, what is long is not squeezed into a column of single words.
        let isShort = !isNumeric && !isHeading && cell.text.unicodeScalars.count <= 16
        let isLong = !isNumeric && cell.text.utf8.count > 60
        let isDigest =
            cell.text.utf8.count == 64 && cell.text.utf8.allSatisfy { Self.hexadecimal.contains($0) }
        let styles = [
            isNumeric ? "n" : isShort ? "s" : isDigest ? "d" : isLong ? "t" : nil,
            isGrade ? nil : cell.mark.map { "mark-\($0)" },
        ].compactMap(\.self)
        isStyled = !styles.isEmpty
        classes = styles.joined(separator: " ")
        text = cell.text
    }

    func child(named name: String) -> Any? {
        switch name {
        case "element": element
        case "scope": scope
        case "isStyled": isStyled
        case "classes": classes
        case "isGrade": isGrade
        case "isLink": isLink
        case "address": address
        case "text": text
        default: nil
        }
    }
}
