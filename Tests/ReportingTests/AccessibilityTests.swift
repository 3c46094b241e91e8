import Foundation
import Results
import TestSupport
import Testing

@testable import Reporting

/// The checks of axe-core, which `make setup-browser` fetches from a package registry into `.build/axe`.
enum Axe {
    /// Where the script is: `OBLIGOR_AXE`, else where `make setup-browser` puts it.
    static let script: URL = {
        if let path = ProcessInfo.processInfo.environment["OBLIGOR_AXE"] { return URL(filePath: path) }
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return package.appending(path: ".build/axe/axe_core_python/axe.min.js")
    }()

    static let isAvailable = Browser.isAvailable && FileManager.default.fileExists(atPath: script.path)

    /// Looks at every page in turn, with all that is folded away opened, and leaves what it finds in the document.
    ///
    /// The charts' library leaves a `define` behind that would draw axe to itself.
    static func runner(pages: [String]) -> String {
        """
        addEventListener("load", async () => {
          const found = [];
          const wait = (time) => new Promise((done) => setTimeout(done, time));
          for (const page of \(pages)) {
            document.documentElement.dataset.ready = "";
            location.hash = "#" + page;
            dispatchEvent(new HashChangeEvent("hashchange"));
            for (const one of document.querySelectorAll("article:not([hidden]) details")) one.open = true;
            await wait(700);
            const result = await axe.run(document, { resultTypes: ["violations"] });
            for (const one of result.violations) for (const node of one.nodes) found.push(page + " " + one.id + ": " + node.target.join(" "));
            found.push("looked at " + page + " with " + result.passes.length + " checks");
          }
          const note = document.createElement("pre");
          note.id = "found";
          note.textContent = found.join("\\n");
          document.body.replaceChildren(note);
        });
        """
    }
}

@Suite(
    "Pages pass the checks of axe-core", .serialized,
    .enabled(if: Axe.isAvailable, "needs chromium, libjs-vega and axe-core (make setup-browser)"))
struct AccessibilityTests {
    @Test(arguments: [
        (Language.english, false), (.english, true), (.simplifiedChinese, false), (.simplifiedChinese, true),
    ])
    func noViolations(language: Language, isDark: Bool) throws {
        let temporary = try TemporaryFolder()
        let run = try SampleRun(obligors: 120).write(to: temporary.file("run"))
        let out = temporary.file("report")
        try Report(run, in: language).write(to: out, replacing: true, charts: ChartLibrary())
        let source = try String(contentsOf: Axe.script, encoding: .utf8)
        let axe = "if (window.define) define.amd = undefined;\n\(source)"
        let browser = Browser(
            folder: temporary.url, size: isDark ? (390, 844) : (1280, 1000), isDark: isDark)
        let seen = try browser.open(
            out.appending(path: "index.html"), running: [axe, Axe.runner(pages: BrowserTests.pages)])
        let found = try #require(
            seen.document.components(separatedBy: "<pre id=\"found\">").dropFirst().first?
                .components(separatedBy: "</pre>").first, "axe did not finish")
        let lines = found.split(separator: "\n").map(String.init)
        #expect(lines.count { $0.hasPrefix("looked at ") } == BrowserTests.pages.count, "\(lines)")
        let violations = lines.filter { !$0.hasPrefix("looked at ") }
        #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
    }
}
