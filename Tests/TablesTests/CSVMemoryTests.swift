import Foundation
import Statistics
import TestSupport
import Testing

@testable import Tables

/// What reading may take beside the table itself, as ``CSVReader`` promises.
@Suite("Peak memory stays within the stated bound", .serialized)
struct CSVMemoryTests {
    /// A kind of file: a stretch of records that is repeated.
    struct Shape: Sendable, CustomTestStringConvertible {
        let name: String
        let header: String
        /// Makes one stretch of records.
        let stretch: @Sendable (inout SeededGenerator) -> String
        let repeats: Int
        var isPacked = false
        /// The types of the first columns.
        let types: [String]

        var testDescription: String { name }
    }

    private static func stretch(
        rows: Int, _ record: @Sendable @escaping (_ row: Int, inout SeededGenerator) -> String
    ) -> @Sendable (inout SeededGenerator) -> String {
        { dice in (0..<rows).map { record($0, &dice) + "\n" }.joined() }
    }

    private static let numbers = stretch(rows: 2_000) { row, dice in
        (0..<6).map { _ in "\(dice.below(1_000_000)).\(dice.below(100))5" }.joined(separator: ",")
    }

    private static let texts = stretch(rows: 3_000) { row, dice in
        "C\(1_000_000 + row * 7),\(dice.below(1 << 30)) Road,town \(row)"
    }

    static let shapes: [Shape] = [
        Shape(
            name: "numbers", header: "a,b,c,d,e,f", stretch: numbers, repeats: 400,
            types: Array(repeating: "double", count: 6)),
        Shape(
            name: "short texts", header: "customer,street,town", stretch: texts, repeats: 200,
            types: ["text", "text", "text"]),
        Shape(
            name: "long texts", header: "note",
            stretch: stretch(rows: 2_000) { row, dice in
                "\(row) " + String(repeating: "a long note ", count: 1 + dice.below(12))
            }, repeats: 100, types: ["text"]),
        Shape(
            name: "categories, days and flags", header: "industry,region,since,insured",
            stretch: stretch(rows: 3_000) { row, dice in
                "sector \(dice.below(12)),region \(dice.below(300)),20\(10 + dice.below(15))-0\(1 + dice.below(9))-1\(dice.below(10)),\(dice.oneIn(3))"
            }, repeats: 600, types: ["category", "category", "day", "flag"]),
        Shape(
            name: "quoted, with line breaks", header: "size,remark",
            stretch: stretch(rows: 3_000) { row, dice in
                "\"size \"\"\(dice.below(9))\"\"\",\"a \"\"\(row)\"\"\nb\n\n\""
            }, repeats: 400, types: ["category", "text"]),
        Shape(
            name: "packed numbers", header: "a,b,c,d,e,f", stretch: numbers, repeats: 400, isPacked: true,
            types: Array(repeating: "double", count: 6)),
        Shape(
            name: "packed short texts", header: "customer,street,town", stretch: texts, repeats: 200,
            isPacked: true,
            types: ["text", "text", "text"]),
        Shape(
            name: "many small columns", header: (0..<20_000).map { "x\($0)" }.joined(separator: ","),
            stretch: stretch(rows: 1) { _, dice in
                (0..<20_000).map { _ in "\(dice.below(10)).5" }.joined(separator: ",")
            }, repeats: 100, types: ["double", "double"]),
        // Where the reader looks to estimate the number of records, there is but one of them.
        Shape(
            name: "samples that mislead", header: "id,note",
            stretch: { dice in
                let records = (0..<30_000).map { "\(1_000_000 + $0),\(dice.below(10))\n" }
                return "0,\(String(repeating: "x", count: 1 << 15))\n" + records.joined()
            }, repeats: 64, types: ["integer", "category"]),
    ]

    private func write(_ shape: Shape, to folder: TemporaryFolder) throws -> String {
        var dice = SeededGenerator(seed: 1)
        let head = try part(shape.header + "\n", of: shape, named: "head", in: folder)
        let stretch = try part(shape.stretch(&dice), of: shape, named: "stretch", in: folder)
        let path = folder.path(shape.isPacked ? "table.csv.gz" : "table.csv")
        try Data().write(to: URL(filePath: path))
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.write(contentsOf: head)
        for _ in 0..<shape.repeats { try file.write(contentsOf: stretch) }
        try file.close()
        return path
    }

    /// A text as it goes into the file: packed files are of many members.
    private func part(
        _ text: String, of shape: Shape, named name: String, in folder: TemporaryFolder
    ) throws
        -> Data
    {
        guard shape.isPacked else { return Data(text.utf8) }
        var packed: [UInt8] = []
        try GzipPacker().pack(Array(text.utf8), isLast: true) { (bytes) throws(TableError) in packed += bytes
        }
        return Data(packed)
    }

    @Test(
        .enabled(if: ReadingProcess.isBuilt, Comment(rawValue: ReadingProcess.absence)), arguments: shapes)
    func peak(of shape: Shape) throws {
        let threads = 2
        let folder = try TemporaryFolder()
        let path = try write(shape, to: folder)
        let report = try ReadingProcess.report(on: path, threads: threads)
        #expect(Array(report.types.prefix(shape.types.count)) == shape.types)
        let taken = report.residentPeak - report.residentBefore
        let columns = report.types.count
        let buffer = CSVReader.memoryBeside(columns: columns, threads: threads)
        #expect(
            taken <= report.typedBytes * 3 / 2 + buffer,
            "\(taken >> 20) MB for columns of \(report.typedBytes >> 20) MB and a buffer of \(buffer >> 20) MB"
        )
    }
}
