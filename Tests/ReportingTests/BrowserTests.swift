import Foundation
import Results
import TestSupport
import Testing

@testable import Reporting

@Suite(
    "Pages work in a browser", .serialized,
    .enabled(if: Browser.isAvailable, "needs the Debian packages chromium and libjs-vega"))
struct BrowserTests {
    private static let pages = [
        "portfolio", "migration", "corrections", "obligor/OB100000", "model", "data", "run",
    ]

    private func report(
        _ sample: SampleRun, in temporary: TemporaryFolder, language: Language = .english
    ) throws -> URL {
        let run = try sample.write(to: temporary.file("run"))
        let out = temporary.file("report")
        try Report(run, in: language).write(to: out, replacing: true, charts: ChartLibrary())
        return out.appending(path: "index.html")
    }

    /// Pictures are kept for a person to look at where `OBLIGOR_PICTURES` names a folder.
    private func keep(_ browser: Browser, _ file: URL, _ address: String, as name: String) throws {
        guard let folder = ProcessInfo.processInfo.environment["OBLIGOR_PICTURES"] else { return }
        try browser.picture(
            of: file, at: address,
            as: URL(filePath: folder).appending(path: name.replacing("/", with: "-") + ".png"))
    }

    @Test(arguments: Language.allCases) func everyPageIsDrawnWithoutComplaint(language: Language) throws {
        let temporary = try TemporaryFolder()
        let file = try report(SampleRun(obligors: 300), in: temporary, language: language)
        let isEnglish = language == .english
        let browser = Browser(
            folder: temporary.url, size: isEnglish ? (1280, 1400) : (390, 844), isDark: !isEnglish)
        for page in Self.pages {
            let seen = try browser.open(file, at: "#\(page)")
            #expect(seen.complaints.isEmpty, "\(page): \(seen.complaints)")
            #expect(seen.document.contains("data-ready=\"\(page.prefix { $0 != "/" })\""))
            #expect(seen.document.contains("data-theme=\"\(isEnglish ? "light" : "dark")\""))
            let articles = seen.document.components(separatedBy: "<article ").dropFirst()
                .map { $0.components(separatedBy: "</article>")[0] }
            let shown = articles.filter { !$0.prefix { $0 != ">" }.contains("hidden") }
            #expect(shown.count == 1)
            let article = try #require(shown.first)
            let charts = article.components(separatedBy: "class=\"drawing\"").count - 1
            #expect(charts > 0 || page == "run")
            #expect(article.components(separatedBy: "data-drawn=\"yes\"").count - 1 == charts, "\(page)")
            try keep(browser, file, "#\(page)", as: "\(language.rawValue)-\(page)")
        }
    }

    @Test func filtersLeaveWhoPassesThem() throws {
        let temporary = try TemporaryFolder()
        let run = try SampleRun(obligors: 500).write(to: temporary.file("run"))
        let file = try report(SampleRun(obligors: 500), in: temporary)
        let portfolio = try #require(try run.portfolio())
        let place = try #require(portfolio.tags.firstIndex(of: "industry"))
        let expected = portfolio.obligors.count {
            $0.tags[place] == "Steel" && ["B", "BB"].contains($0.grade)
        }
        #expect(expected > 0)
        let seen = try Browser(folder: temporary.url).open(
            file, at: "#portfolio?tag%3Aindustry=Steel&grade=B&grade=BB")
        #expect(seen.document.contains("data-passing=\"\(expected)\""))
        let unfiltered = try Browser(folder: temporary.url).open(file)
        #expect(unfiltered.document.contains("data-passing=\"500\""))
    }

    @Test func hostileTextRunsNowhere() throws {
        let temporary = try TemporaryFolder()
        let file = try report(SampleRun(obligors: 200, hostile: ReportTests.payloads), in: temporary)
        for page in Self.pages {
            let seen = try Browser(folder: temporary.url).open(file, at: "#\(page)")
            #expect(seen.complaints.isEmpty, "\(page): \(seen.complaints)")
            #expect(seen.document.contains("data-ready"))
            #expect(!seen.document.contains("<img"))
        }
    }
}
