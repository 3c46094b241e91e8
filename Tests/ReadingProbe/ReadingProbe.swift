import CKernels
import Foundation
import Parallelism
import Tables

/// Reads one CSV file in a process of its own and says what that took; the tests of `Tables` run it.
///
///     ReadingProbe FILE THREADS [COPY]
///
/// Prints one JSON object. With COPY, writes the table there as CSV.
@main
struct ReadingProbe {
    /// What is printed.
    struct Report: Encodable {
        let rows: Int
        let types: [String]
        /// Bytes that the columns of the table need.
        let typedBytes: Int
        /// Resident bytes before reading, and the most while reading.
        let residentBefore: Int
        let residentPeak: Int
        /// The instructions that the families of kernels use: of tables, of models, of forests.
        let instructions: [UInt32]
    }

    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 3, let threads = Int(arguments[2]), threads >= 1 else {
            FileHandle.standardError.write(Data("ReadingProbe FILE THREADS [COPY]\n".utf8))
            exit(2)
        }
        var options = CSVOptions()
        options.workers = Workers(threads: threads)
        // The high-water mark starts anew where the system lets it; else what was before counts too.
        try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
        let before = try residentBytes("VmRSS:")
        let table = try CSVReader(options).read(arguments[1])
        let peak = try residentBytes("VmHWM:")
        let report = Report(
            rows: table.rowCount, types: table.columns.map(\.type.rawValue),
            typedBytes: table.columns.reduce(0) { $0 + bytes(of: $1.values) },
            residentBefore: before, residentPeak: peak,
            instructions: [
                obligor_csv_instructions().rawValue, obligor_widest_instructions().rawValue,
                obligor_forest_instructions().rawValue,
            ])
        if arguments.count > 3 { try CSVWriter.write(table, to: arguments[3]) }
        print(String(decoding: try JSONEncoder().encode(report), as: UTF8.self))
    }

    /// A figure of the process's own status, in bytes.
    private static func residentBytes(_ key: String) throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix(key) }
        let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
        guard let kilobytes else { throw CocoaError(.fileReadCorruptFile) }
        return kilobytes * 1024
    }

    /// What the values of a column take up, the contents of texts beyond 15 bytes included.
    private static func bytes(of values: Column.Values) -> Int {
        switch values {
        case .double(let values): values.count * 8
        case .float(let values): values.count * 4
        case .integer(let values): values.count * 8
        case .category(let codes, _): codes.count * 4
        case .day(let values): values.count * 4
        case .flag(let values): values.count
        case .text(let texts):
            // A header of 32 bytes, the text and a byte behind it, in units of 16 with 8 of the allocator.
            texts.reduce(0) { sum, text in
                let length = text?.utf8.count ?? 0
                return sum + 16 + (length <= 15 ? 0 : (32 + length + 1 + 8 + 15) / 16 * 16)
            }
        }
    }
}
