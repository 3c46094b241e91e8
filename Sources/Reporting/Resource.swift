import Foundation

/// Templates, style, script, drawings and words that come with the engine.
///
/// They lie in a folder beside the program. The accessor that the package manager generates is not used: it stops
/// the program where the folder is missing, while here that is an error like any other.
enum Resource {
    /// The folder that the build puts beside the program.
    private static let folderName = "obligor_Reporting.resources/Resources"

    /// The bytes of a resource, by its path under `Resources/`.
    static func data(_ path: String) throws(ReportError) -> Data {
        for root in roots {
            if let data = try? Data(contentsOf: root.appending(path: "\(folderName)/\(path)")) { return data }
        }
        throw .resourceMissing(name: path)
    }

    /// The text of a resource.
    static func text(_ path: String) throws(ReportError) -> String {
        guard let text = String(validating: try data(path), as: UTF8.self) else {
            throw .resourceMissing(name: path)
        }
        return text
    }

    /// Where the program lies: by the name it was started with, and by where that leads.
    private static var roots: [URL] {
        let main = Bundle.main.bundleURL
        guard let program = Bundle.main.executableURL?.resolvingSymlinksInPath() else { return [main] }
        return [program.deletingLastPathComponent(), main]
    }
}
