import Foundation
import Testing

/// Headless Chromium as a reader's eye: opens a page from its file and gives what became of it.
struct Browser {
    /// Where Debian installs it.
    static let program = "/usr/bin/chromium"
    /// Whether it is there, and the chart library with it.
    static let isAvailable =
        FileManager.default.isExecutableFile(atPath: program)
        && FileManager.default.fileExists(atPath: "/usr/share/javascript/vega/vega-view.min.js")

    /// A page after its script ran.
    struct Page {
        /// The document as it stands.
        let document: String
        /// What the page complained about.
        let complaints: [String]

        /// How often a text occurs in the document.
        func count(_ text: String) -> Int { document.components(separatedBy: text).count - 1 }
    }

    let folder: URL
    var size = (width: 1280, height: 900)
    var isDark = false

    /// Opens a copy of a page in which more scripts run after its own, whose security policy would not let them.
    func open(_ file: URL, at address: String = "", running scripts: [String]) throws -> Page {
        try open(copy(of: file, running: scripts), at: address)
    }

    private func copy(of file: URL, running scripts: [String]) throws -> URL {
        let html = try String(contentsOf: file, encoding: .utf8)
        let policy = try #require(html.firstRange(of: /<meta http-equiv="Content-Security-Policy"[^>]*>/))
        let end = try #require(html.range(of: "</body>", options: .backwards))
        let more = scripts.map { "<script>\($0.replacing("</script", with: "<\\/script"))</script>" }
        let copy = folder.appending(path: "\(UUID().uuidString).html")
        let parts = [
            html[..<policy.lowerBound], html[policy.upperBound..<end.lowerBound],
            more.joined(separator: "\n")[...],
            html[end.lowerBound...],
        ]
        try Data(parts.joined().utf8).write(to: copy)
        return copy
    }

    /// Opens a page and waits until its script is done.
    func open(_ file: URL, at address: String = "") throws -> Page {
        try open(file, at: address, ["--dump-dom", "--virtual-time-budget=20000"])
    }

    private func open(_ file: URL, at address: String, _ options: [String]) throws -> Page {
        let (output, errors) = try run(options + [link(file, address)])
        return Page(
            document: output,
            complaints: errors.split(separator: "\n").filter { $0.contains(":CONSOLE") }.map(String.init))
    }

    /// Opens a page with more scripts as ``open(_:at:running:)`` does, on a real clock: what runs until the page is
    /// loaded.
    func openInRealTime(_ file: URL, running scripts: [String]) throws -> Page {
        try open(copy(of: file, running: scripts), at: "", ["--dump-dom", "--timeout=60000"])
    }

    /// Takes a picture of a page.
    func picture(of file: URL, at address: String = "", as name: URL) throws {
        _ = try run([
            "--screenshot=\(name.path)", "--hide-scrollbars", "--virtual-time-budget=20000",
            link(file, address),
        ])
    }

    private func link(_ file: URL, _ address: String) -> String { "file://\(file.path)\(address)" }

    private func run(_ arguments: [String]) throws -> (output: String, errors: String) {
        let name = UUID().uuidString
        let output = folder.appending(path: "\(name).out")
        let errors = folder.appending(path: "\(name).err")
        try Data().write(to: output)
        try Data().write(to: errors)
        let process = Process()
        process.executableURL = URL(filePath: Self.program)
        process.arguments =
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--no-first-run",
                "--enable-logging=stderr", "--user-data-dir=\(folder.appending(path: name).path)",
                "--window-size=\(size.width),\(size.height)",
                "--blink-settings=preferredColorScheme=\(isDark ? 0 : 1)",
            ] + arguments
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        process.waitUntilExit()
        return (
            String(decoding: try Data(contentsOf: output), as: UTF8.self),
            String(decoding: try Data(contentsOf: errors), as: UTF8.self)
        )
    }
}
