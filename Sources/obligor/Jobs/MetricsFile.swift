import Foundation
import Results

/// Figures of a job in the text format that Prometheus reads from files.
///
/// Source: Prometheus documentation, *Exposition formats*, text-based format 0.0.4.
struct MetricsFile {
    private var lines: [String] = []

    /// A figure, with a value for each set of labels.
    mutating func gauge(_ name: String, _ help: String, _ values: [([(String, String)], Double)]) {
        guard !values.isEmpty else { return }
        lines.append("# HELP \(name) \(help)")
        lines.append("# TYPE \(name) gauge")
        for (labels, value) in values {
            let list = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
            let number = value.rounded() == value && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
            lines.append(name + (list.isEmpty ? "" : "{\(list)}") + " " + number)
        }
    }

    /// A figure with one value.
    mutating func gauge(_ name: String, _ help: String, _ value: Double) {
        gauge(name, help, [([], value)])
    }

    /// The text.
    var text: String { lines.map { $0 + "\n" }.joined() }

    /// Writes the file, which appears as a whole.
    func write(to path: String) throws {
        do { try Data(text.utf8).write(to: URL(filePath: path), options: .atomic) } catch {
            throw ResultsError.notWritten(path: path, reason: error.localizedDescription)
        }
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
