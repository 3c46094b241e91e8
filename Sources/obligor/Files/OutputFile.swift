import Foundation
import Tables

/// Where rows go: a file that appears when it is complete, packed if its name ends in `.gz`, or standard output for
/// `-`.
struct OutputFile {
    /// Turns tables into bytes; may be used on any thread.
    let formatter = CSVFormatter()

    private enum Target {
        case file(CSVWriter)
        case console(any Console)
    }

    private let target: Target

    /// Starts the output with its header; an older file of that name is replaced at the end.
    init(_ path: String, columns: [String], on console: any Console) throws {
        if path == "-" {
            target = .console(console)
            try console.write(Data(formatter.header(columns)))
        } else {
            Interruption.expectPartialFile(of: path)
            let writer = try CSVWriter(to: .file(path))
            try writer.writeHeader(columns)
            target = .file(writer)
        }
    }

    /// Appends rows that ``formatter`` has made.
    func write(_ rows: [UInt8]) throws {
        switch target {
        case .file(let writer): try writer.write(formatted: rows)
        case .console(let console): try console.write(Data(rows))
        }
    }

    /// Gives the file its name.
    func finish() throws {
        if case .file(let writer) = target { try writer.finish() }
    }
}

extension OutputFile {
    /// Refuses an output that would take the place of what it is made from.
    ///
    /// - Parameters:
    ///   - path: The output as it was given, a file or a folder.
    ///   - option: The option that gives it.
    ///   - inputs: The files that are read, `-` for standard input.
    static func refuse(_ path: String, of option: String = "--out", replacing inputs: [String]) throws {
        guard path != "-" else { return }
        let output = place(path)
        for input in inputs where input != "-" {
            let read = place(input)
            guard read == output || read.hasPrefix(output + "/") else { continue }
            throw CommandFailure.usage(
                "'\(option) \(path)' would take the place of \(input), which is read: give another name")
        }
    }

    private static func place(_ path: String) -> String {
        URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path
    }
}
