public import Foundation

/// The chart library Vega as Debian's libjs-vega installs it: modules in files of their own.
///
/// Charts are interpreted, not compiled, so a page needs no right to evaluate text as code.
public struct ChartLibrary: Sendable {
    /// Where Debian installs it.
    public static let debianFolder = URL(filePath: "/usr/share/javascript/vega", directoryHint: .isDirectory)

    /// The modules that the drawings use, each after those it needs: file and the name others know it by.
    private static let modules = [
        ("vega-util", "vega-util"), ("vega-time", "vega-time"), ("vega-format", "vega-format"),
        ("vega-loader", "vega-loader"), ("vega-dataflow", "vega-dataflow"), ("vega-scale", "vega-scale"),
        ("vega-canvas", "vega-canvas"), ("vega-scenegraph", "vega-scenegraph"),
        ("vega-statistics", "vega-statistics"), ("vega-expression", "vega-expression"),
        ("vega-event-selector", "vega-event-selector"), ("vega-selection", "vega-selections"),
        ("vega-functions", "vega-functions"), ("vega-runtime", "vega-runtime"),
        ("vega-parser", "vega-parser"),
        ("vega-view", "vega-view"), ("vega-transforms", "vega-transforms"),
        ("vega-view-transforms", "vega-view-transforms"), ("vega-encode", "vega-encode"),
        ("vega-interpreter", "vega-interpreter"),
    ]

    /// The names of the files that are read.
    static let files = modules.map { "\($0.0).min.js" }

    /// All modules as one script that leaves them in `modules`, by name.
    let script: String

    /// Reads the library.
    ///
    /// - Throws: ``ReportError/chartLibraryMissing(path:)`` if one of its files is not in the folder.
    public init(_ folder: URL = Self.debianFolder) throws(ReportError) {
        var script = try Resource.text("loader.js")
        for (file, name) in Self.modules {
            let url = folder.appending(path: "\(file).min.js")
            guard let data = try? Data(contentsOf: url), let text = String(validating: data, as: UTF8.self)
            else {
                throw .chartLibraryMissing(path: url.relativePath)
            }
            // A closing tag within the text would end the script element.
            let safe = text.replacing("</script", with: "<\\/script")
            let source = safe.split(separator: "\n").filter { !$0.hasPrefix("//# sourceMappingURL") }
            script += "moduleName = \"\(name)\";\n\(source.joined(separator: "\n"))\n"
        }
        self.script = script
    }
}
