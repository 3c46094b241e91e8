public import Foundation
import Synchronization
public import Testing

/// Text that is kept under version control and compared as a whole.
///
/// `UPDATE_GOLDEN=1` in the environment rewrites the files instead, so that the difference can be read and
/// committed.
public enum Golden {
    /// The top folder of the checkout.
    public static let checkout = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Pages of several parts are rewritten by one test at a time.
    private static let rewriting = Mutex(())

    /// Records a failure unless a part of a page below the checkout, between `<!-- NAME -->` and `<!-- /NAME -->`,
    /// holds exactly this text.
    public static func expect(
        _ text: String, part name: String, of path: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try rewriting.withLock { _ in
            let file = checkout.appending(path: path)
            let page = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            let (start, end) = ("<!-- \(name) -->\n", "<!-- /\(name) -->\n")
            let before: Substring
            let after: Substring
            if let opening = page.range(of: start), let closing = page.range(of: end),
                opening.upperBound <= closing.lowerBound
            {
                before = page[..<opening.lowerBound]
                after = page[closing.upperBound...]
            } else {
                before = page[...]
                after = ""
            }
            try expect(
                "\(before)\(start)\(text)\(end)\(after)", in: path, sourceLocation: sourceLocation)
        }
    }

    /// Records a failure unless a file below the checkout holds exactly this text.
    public static func expect(
        _ text: String, in path: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let file = checkout.appending(path: path)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
            return
        }
        let kept = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        if kept == text { return }
        let line = zip(
            kept.split(separator: "\n", omittingEmptySubsequences: false),
            text.split(separator: "\n", omittingEmptySubsequences: false)
        )
        .enumerated().first { $0.element.0 != $0.element.1 }
        let difference = line.map { "line \($0.offset + 1) is '\($0.element.0)', now '\($0.element.1)'" }
        Issue.record(
            "\(path) differs (\(difference ?? "in length")): UPDATE_GOLDEN=1 rewrites it",
            sourceLocation: sourceLocation)
    }
}
