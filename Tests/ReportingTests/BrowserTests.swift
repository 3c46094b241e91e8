import Foundation
import Results
import TestSupport
import Testing

@testable import Reporting

@Suite(
    "Pages work in a browser", .serialized,
    .enabled(if: Browser.isAvailable, "needs the Debian packages chromium and libjs-vega"))
struct BrowserTests {
    static let pages = [
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

    /// What a reader does, by a script that leaves what it saw in the document.
    private func seen(_ file: URL, by folder: URL, _ deeds: String) throws -> String {
        let runner = """
            addEventListener("load", async () => {
              const wait = (time) => new Promise((done) => setTimeout(done, time));
              const go = async (page) => { location.hash = "#" + page; dispatchEvent(new HashChangeEvent("hashchange")); await wait(500); };
              const said = [];
              \(deeds)
              const note = document.createElement("pre");
              note.id = "said";
              note.textContent = said.join("\\n");
              document.body.replaceChildren(note);
            });
            """
        let page = try Browser(folder: folder).open(file, running: [runner])
        #expect(page.complaints.isEmpty, "\(page.complaints)")
        return try #require(
            page.document.components(separatedBy: "<pre id=\"said\">").dropFirst().first?
                .components(separatedBy: "</pre>").first)
    }

    @Test func controlsDoWhatTheySay() throws {
        let temporary = try TemporaryFolder()
        let file = try report(SampleRun(obligors: 500), in: temporary)
        let said = try seen(
            file, by: temporary.url,
            """
            const host = document.querySelector("[data-application=explorer]");
            const passing = () => Number(host.dataset.passing);
            said.push("dimensions " + host.querySelectorAll(".filters details").length);
            const part = host.querySelector(".filters details");
            part.open = true;
            await wait(100);
            const box = part.querySelector("input");
            const offered = Number(box.parentElement.querySelector("output").textContent.replaceAll(",", ""));
            box.click();
            said.push("filter " + (passing() === offered && passing() < 500));
            host.querySelector(".heat button").click();
            said.push("cell " + (passing() > 0 && passing() <= offered));
            host.querySelector("button").click();
            said.push("cleared " + passing());
            const sort = [...host.querySelectorAll("thead th.n button")][0];
            sort.click();
            const pds = [...host.querySelectorAll("tbody tr")].map((row) => parseFloat(row.cells[3]?.textContent)).filter((one) => one === one);
            said.push("sorted " + (host.querySelector("[aria-sort=descending] button") === document.activeElement && pds.length > 10));
            const rows = host.querySelectorAll(".scroll tbody a").length;
            [...host.querySelectorAll(".scroll > button")].at(-1).click();
            said.push("more " + (host.querySelectorAll(".scroll tbody a").length - rows));
            host.querySelector(".scroll tbody a").click();
            await wait(500);
            said.push("obligor " + document.getElementById("obligor-name").textContent);
            document.getElementById("theme").click();
            const theme = document.documentElement.dataset.theme;
            await wait(300);
            said.push("theme " + theme);
            """)
        let lines = said.split(separator: "\n").map(String.init)
        let dimensions = lines.first?.split(separator: " ").last.flatMap { Int($0) } ?? 0
        #expect(dimensions >= 20, "\(dimensions)")
        for line in ["filter true", "cell true", "cleared 500", "sorted true", "more 200", "theme dark"] {
            #expect(lines.contains(line), "\(line): \(lines)")
        }
        #expect(lines.contains { $0.hasPrefix("obligor Company ") }, "\(lines)")
    }

    /// Whatever can be pressed is an element that browsers let a keyboard reach, and all charts have their tables.
    @Test func everythingIsReachedByKeyboardAndSaidInTables() throws {
        let temporary = try TemporaryFolder()
        let file = try report(SampleRun(obligors: 60), in: temporary)
        let said = try seen(
            file, by: temporary.url,
            """
            for (const page of \(Self.pages)) {
              await go(page);
              const article = document.querySelector("article:not([hidden])");
              for (const one of article.querySelectorAll("[onclick], [tabindex]")) {
                if (one.tabIndex !== 0 || !one.getAttribute("aria-label")) said.push(page + " unreachable " + one.outerHTML.slice(0, 80));
              }
              for (const one of article.querySelectorAll(".scroll")) if (one.tabIndex !== 0) said.push(page + " scroll");
              for (const one of article.querySelectorAll("figure")) {
                if (!one.closest("section").querySelector("table")) said.push(page + " chart without table: " + one.textContent.slice(0, 60));
              }
              for (const one of article.querySelectorAll("input, select")) {
                if (!one.labels?.length && !one.getAttribute("aria-label")) said.push(page + " unlabelled " + one.outerHTML);
              }
              const skip = document.querySelector("a.skip");
              skip.click();
              if (document.activeElement.id !== "main" || article.hidden) said.push(page + " skip link");
              said.push("seen " + page);
            }
            """)
        let lines = said.split(separator: "\n").map(String.init)
        #expect(lines == Self.pages.map { "seen \($0)" }, "\(lines)")
    }

    @Test func theObligorsPageHoldsAllThatIsKnownOfIt() throws {
        let temporary = try TemporaryFolder()
        let file = try report(SampleRun(obligors: 60), in: temporary, language: .simplifiedChinese)
        let page = try Browser(folder: temporary.url).open(file, at: "#obligor/OB100000")
        for words in [
            "晚付 23 天，恶化（此前 9 天）", "7 of 9 were downgraded within a year", "unpaid judgment on record", "付款延迟",
            "未清项账龄",
        ] {
            #expect(page.document.contains(words), "\(words)")
        }
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
