import Foundation

/// The source files of this package, read as text.
enum SourceTree {
    /// The folder that holds Package.swift.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Every Swift file below a folder of the package, as (path from the root, text).
    static func swiftFiles(below folder: String) throws -> [(path: String, text: String)] {
        let base = root.appending(path: folder, directoryHint: .isDirectory)
        guard let walk = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil) else {
            return []
        }
        var files: [(path: String, text: String)] = []
        for case let file as URL in walk where file.pathExtension == "swift" {
            let path = file.standardizedFileURL.path.dropFirst(root.standardizedFileURL.path.count)
            files.append((path.drop { $0 == "/" }.description, try String(contentsOf: file, encoding: .utf8)))
        }
        return files.sorted { $0.path < $1.path }
    }

    /// The modules a source text imports, whatever the access level or kind of the import.
    static func imports(in text: String) -> Set<String> {
        let pattern =
            /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:public |package |internal |fileprivate |private )?import\s+(?:struct |class |enum |func |protocol |typealias |var )?(\w+)/
            .anchorsMatchLineEndings()
        return Set(text.matches(of: pattern).map { String($0.output.1) })
    }

    /// What a manifest declares a target to depend on; `nil` if it declares no such target.
    static func dependencies(of target: String, in manifest: String) -> Set<String>? {
        // Packages have names that are none of modules.
        let manifest = manifest.replacing(#/,\s*package: "[^"]*"/#, with: "")
        let room = try? Regex(#"room\(\s*"\#(target)"\s*(?:,\s*\[([^\]]*)\])?\s*\)"#)
        let program = try? Regex(#"name: "\#(target)",\s*dependencies: \[([^\]]*)\]"#)
        guard
            let found = [room, program].compactMap({ $0 }).lazy.compactMap({ manifest.firstMatch(of: $0) })
                .first
        else { return nil }
        let list = found.output[1].substring ?? ""
        return Set(list.matches(of: #/"(\w+)"/#).map { String($0.output.1) })
    }
}
