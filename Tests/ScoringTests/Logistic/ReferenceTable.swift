import Foundation
import LinearAlgebra
import TestSupport
import Testing

/// A public data set as text columns, and the design matrices that reference fits are defined on.
struct ReferenceTable {
    let names: [String]
    let columns: [[String]]
    var rows: Int { columns.first?.count ?? 0 }

    /// Reads a table of the shared reference data.
    init(_ path: String) throws { try self.init(file: SharedData.file("data/\(path)")) }

    /// Reads a table, plain or gzip.
    init(file: URL) throws {
        let data =
            file.pathExtension == "gz" ? try ReferenceTable.unpacked(file) : try Data(contentsOf: file)
        let text = try #require(String(data: data, encoding: .utf8))
        let lines = text.split(whereSeparator: \.isNewline).map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: CharacterSet(charactersIn: "\"")) }
        }
        let header = try #require(lines.first)
        names = header
        // The only quoted commas are in company names, which no fit uses.
        let body = lines.dropFirst().map { line in
            line.count == header.count ? line : Array(line.prefix(1) + line.suffix(header.count - 1))
        }
        columns = header.indices.map { column in body.map { $0[column] } }
    }

    private init(names: [String], columns: [[String]]) {
        self.names = names
        self.columns = columns
    }

    /// Only the rows that have a value in every column.
    var complete: ReferenceTable {
        let keep = (0..<rows).filter { row in
            columns.allSatisfy { !$0[row].isEmpty && $0[row] != "NA" }
        }
        return ReferenceTable(names: names, columns: columns.map { column in keep.map { column[$0] } })
    }

    /// A column as text.
    func text(_ name: String) throws -> [String] {
        columns[try #require(names.firstIndex(of: name), "no column \(name)")]
    }

    /// A column as numbers.
    func numbers(_ name: String) throws -> [Double] {
        try text(name).map { try #require(Double($0), "\($0) in \(name)") }
    }

    /// The columns of a reference fit: a name is either a column, or a column followed by the level whose
    /// indicator it is.
    func design(_ coefficients: [String]) throws -> [[Double]] {
        try coefficients.map { name in
            if names.contains(name) { return try numbers(name) }
            let column = try #require(
                names.filter { name.hasPrefix($0) }.max { $0.count < $1.count }, "no column for \(name)")
            let level = name.dropFirst(column.count)
            return try text(column).map { $0 == level ? 1 : 0 }
        }
    }

    private static func unpacked(_ file: URL) throws -> Data {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/gzip")
        process.arguments = ["-dc", file.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return data
    }
}

extension Matrix {
    /// A matrix from its columns.
    init(columns: [[Double]], rows: Int? = nil) {
        self.init(
            rows: rows ?? columns.first?.count ?? 0, columns: columns.count,
            columnMajor: columns.flatMap { $0 })
    }
}

/// The figures of a reference fit, reached by a path of keys.
struct ReferenceResult {
    private let root: Oracle

    /// A result among the shared oracles.
    init(shared name: String) throws { root = try Oracle(shared: "logistic/\(name).json") }

    /// A result among the fixtures.
    init(fixture name: String) throws { root = try Oracle(fixture: "logistic/\(name)", in: .module) }

    private func value(_ path: [String]) throws -> Oracle { try path.reduce(root) { try $0($1) } }

    func number(_ path: String...) throws -> Double { try value(path).number }

    func number(_ path: [String]) throws -> Double { try value(path).number }

    func numbers(_ path: String...) throws -> [Double] { try value(path).numbers }

    func numbers(_ path: [String]) throws -> [Double] { try value(path).numbers }

    func table(_ path: String...) throws -> [[Double]] { try value(path).rows }

    func strings(_ path: String...) throws -> [String] { try value(path).texts }

    func string(_ path: String...) throws -> String { try value(path).text }

    func named(_ path: String...) throws -> [String: Double] { try named(path) }

    func named(_ path: [String]) throws -> [String: Double] {
        try value(path).members.mapValues { try $0.number }
    }

    func has(_ path: String...) -> Bool { (try? value(path)) != nil }
}
