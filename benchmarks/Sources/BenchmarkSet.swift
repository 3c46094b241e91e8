import Foundation
import LinearAlgebra
import Parallelism
import Statistics
import Tables
import Vocabulary

/// The files of one data set; benchmarks/README.md describes them.
struct BenchmarkSet {
    let folder: URL
    let rows: Int
    let columns: Int

    init(root: URL, rows: Int, columns: Int) {
        folder = root.appending(path: "credit_\(rows)x\(columns)", directoryHint: .isDirectory)
        self.rows = rows
        self.columns = columns
    }

    init(_ job: Job) {
        self.init(root: job.data, rows: job.rows, columns: job.columns)
    }

    private func file(_ name: String) -> URL { folder.appending(path: name) }

    private func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name).path) }
}

// MARK: Reading

extension BenchmarkSet {
    /// Names of the columns.
    func names() throws -> [String] {
        try JSONDecoder().decode(Description.self, from: Data(contentsOf: file("meta.json"))).names
    }

    /// Outcomes by row.
    func defaulted() throws -> [Bool] { try FlatFile.read(file("y.u8"), as: UInt8.self).map { $0 != 0 } }

    /// Single-precision values, column by column; NaN is missing.
    func numbers() throws -> [[Float]] {
        let all = try FlatFile.read(file("X_col.f32"), as: Float.self)
        return (0..<columns).map { Array(all[$0 * rows..<($0 + 1) * rows]) }
    }

    /// Single-precision values, row by row; NaN is missing.
    func rowMajorNumbers() throws -> [Float] { try FlatFile.read(file("X_row.f32"), as: Float.self) }

    /// The imputed, standardised columns as a matrix, and the outcomes.
    func standardised() throws -> (features: Matrix, defaulted: [Bool]) {
        let rowMajor = try FlatFile.read(file("Z_row.f64"), as: Double.self)
        var columnMajor = [Double](repeating: 0, count: rows * columns)
        for row in 0..<rows {
            for column in 0..<columns { columnMajor[column * rows + row] = rowMajor[row * columns + column] }
        }
        return (Matrix(rows: rows, columns: columns, columnMajor: columnMajor), try defaulted())
    }

    /// Thresholds and points.
    func card() throws -> BenchmarkCard {
        try JSONDecoder().decode(BenchmarkCard.self, from: Data(contentsOf: file("scorecard.json")))
    }

    /// Bin codes, column by column.
    func codes() throws -> [[UInt8]] {
        let all = try FlatFile.read(file("codes_col.u8"), as: UInt8.self)
        return (0..<columns).map { Array(all[$0 * rows..<($0 + 1) * rows]) }
    }

    private struct Description: Codable {
        var rows: Int
        var cols: Int
        var names: [String]
    }
}

// MARK: Writing

extension BenchmarkSet {
    private static let seed: UInt64 = 20_261_123

    /// Values and outcomes: correlated heavy-tailed numbers in groups of ten that share a factor, four of the ten
    /// missing for about a tenth of the rows.
    func writeNumbers() throws {
        if has("X_col.f32"), has("y.u8"), has("meta.json") { return }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let generator = SeededGenerator(seed: Self.seed)
        let groups = (columns + 9) / 10
        let blockRows = 10_000
        let blocks = (rows + blockRows - 1) / blockRows
        let parts = Workers.allProcessors.map(blocks) { block -> (values: [[Float]], outcomes: [UInt8]) in
            var draws = generator.stream(block)
            let count = min(blockRows, rows - block * blockRows)
            var values = [[Float]](repeating: [], count: columns)
            var outcomes: [UInt8] = []
            for _ in 0..<count {
                var logOdds = -4.2
                for group in 0..<groups {
                    let factor = draws.normal()
                    for place in 0..<10 where group * 10 + place < columns {
                        let normal = 0.6 * factor + 0.8 * draws.normal()
                        logOdds += (place < 3 ? 0.25 : 0.08) * normal / Double(groups).squareRoot()
                        let value =
                            switch place {
                            case 0..<3: exp(2 + 1.2 * normal)
                            case 8: (exp(0.9 * normal)).rounded(.down)
                            case 9: (4 / (1 + exp(-normal))).rounded(.down)
                            default: normal
                            }
                        let isMissing = [1, 4, 6, 7].contains(place) && draws.uniform() < 0.1
                        values[group * 10 + place].append(isMissing ? .nan : Float(value))
                    }
                }
                outcomes.append(draws.uniform() < 1 / (1 + exp(-logOdds)) ? 1 : 0)
            }
            return (values, outcomes)
        }
        try FlatFile.write(
            (0..<columns).flatMap { column in parts.flatMap { $0.values[column] } }, to: file("X_col.f32"))
        try FlatFile.write(parts.flatMap(\.outcomes), to: file("y.u8"))
        let byColumn = try numbers()
        var byRow = [Float](repeating: 0, count: rows * columns)
        for row in 0..<rows {
            for column in 0..<columns { byRow[row * columns + column] = byColumn[column][row] }
        }
        try FlatFile.write(byRow, to: file("X_row.f32"))
        let names = (0..<columns).map { "x\($0 < 10 ? "0" : "")\($0)" }
        let description = Description(rows: rows, cols: columns, names: names)
        try JSONEncoder().encode(description).write(to: file("meta.json"), options: .atomic)
    }

    /// Median-imputed, standardised doubles, row by row.
    func writeStandardised() throws {
        try writeNumbers()
        if has("Z_row.f64") { return }
        var byRow = [Double](repeating: 0, count: rows * columns)
        for (column, values) in try numbers().enumerated() {
            let present = values.filter { !$0.isNaN }.sorted()
            let median = present.isEmpty ? 0 : Double(present[present.count / 2])
            let filled = values.map { $0.isNaN ? median : Double($0) }
            let mean = filled.reduce(0, +) / Double(rows)
            let spread = (filled.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rows)).squareRoot()
            for row in 0..<rows { byRow[row * columns + column] = (filled[row] - mean) / max(spread, 1e-300) }
        }
        try FlatFile.write(byRow, to: file("Z_row.f64"))
    }

    /// `id,y,` and the columns, missing as empty fields.
    func writeCSV() throws {
        try writeNumbers()
        if has("data.csv") { return }
        let values = try numbers()
        let table = try Table(
            columns: [
                Column(name: "id", values: .integer((0..<rows).map(Int64.init))),
                Column(name: "y", values: .integer(try defaulted().map { $0 ? 1 : 0 })),
            ] + zip(try names(), values).map { Column(name: $0, values: .float($1)) })
        try CSVWriter.write(table, to: file("data.csv").path)
    }

    /// The same with quoted text in every tenth column and with CRLF line ends; numbers of 16 or 17 digits; a narrow
    /// file of all types.
    func writeCSVVariants() throws {
        try writeCSV()
        try writeDigits()
        try writeNarrow()
        if !has("quoted.csv") {
            try rewrite(to: "quoted.csv") { position, field in
                // Every tenth column holds small whole numbers: they become words with a comma and quotes in them.
                position >= 2 && (position - 2) % 10 == 9
                    ? Array("\"level \(field), \"\"tier\"\"\"".utf8) : nil
            }
        }
        if !has("crlf.csv") { try rewrite(to: "crlf.csv", lineEnd: [13, 10]) { _, _ in nil } }
    }

    /// The first columns of the standardised doubles, which take all the digits that a double has.
    private func writeDigits() throws {
        if has("digits.csv") { return }
        try writeStandardised()
        let byRow = try FlatFile.read(file("Z_row.f64"), as: Double.self)
        let table = try Table(
            columns: try names().prefix(20).enumerated().map { index, name in
                Column(name: name, values: .double((0..<rows).map { byRow[$0 * columns + index] }))
            })
        try CSVWriter.write(table, to: file("digits.csv").path)
    }

    /// Few columns of every type: numbers, an amount, two categories, a day, a flag and a short text.
    private func writeNarrow() throws {
        if has("narrow.csv") { return }
        var draws = SeededGenerator(seed: Self.seed).stream("narrow")
        let industries = ["retail", "wholesale", "construction", "transport", "food, drink", "services"]
        let regions = (0..<40).map { "region \($0 * 7 + 3)" }
        let isMissing = (0..<rows).map { _ in draws.uniform() < 0.05 }
        func values<Value>(_ make: (_ row: Int) -> Value) -> [Value] { (0..<rows).map(make) }
        let customers: [String?] = values { row in "C\(10_000_000 + row * 7)" }
        let industryCodes = values { row -> UInt32 in
            isMissing[row] ? Column.missingCode : UInt32(Int(draws.uniform() * Double(industries.count)))
        }
        let regionCodes = values { _ in UInt32(Int(draws.uniform() * Double(regions.count))) }
        let days = values { _ in CalendarDay(daysSince1970: Int32(14_610 + 5_000 * draws.uniform())) }
        let limits = values { _ in 500 * Int64(400 * draws.uniform()) }
        let overdue = values { row -> Double in
            let cents: Double = (100 * exp(4 + draws.normal())).rounded()
            return isMissing[row] ? .nan : cents / 100
        }
        let insured = values { _ -> UInt8 in draws.uniform() < 0.3 ? 1 : 0 }
        let orders = values { _ in Int64(60 * draws.uniform()) }
        let table = try Table(columns: [
            Column(name: "customer", values: .text(customers)),
            Column(name: "industry", values: .category(codes: industryCodes, levels: industries)),
            Column(name: "region", values: .category(codes: regionCodes, levels: regions)),
            Column(name: "since", values: .day(days)),
            Column(name: "limit", values: .integer(limits)),
            Column(name: "overdue", values: .double(overdue)),
            Column(name: "insured", values: .flag(insured)),
            Column(name: "orders", values: .integer(orders)),
        ])
        try CSVWriter.write(table, to: file("narrow.csv").path)
    }

    /// Copies data.csv line by line, with other fields where `replace` gives one.
    private func rewrite(
        to name: String, lineEnd: [UInt8] = [10], _ replace: (_ position: Int, _ field: String) -> [UInt8]?
    ) throws {
        let source = try Data(contentsOf: file("data.csv"), options: .alwaysMapped)
        let partial = file(name + ".partial")
        _ = FileManager.default.createFile(atPath: partial.path, contents: nil)
        let handle = try FileHandle(forWritingTo: partial)
        var buffer: [UInt8] = []
        var (fieldStart, position, isHeader) = (0, 0, true)
        for (place, byte) in source.enumerated() where byte == 44 || byte == 10 {
            let field = source[fieldStart..<place]
            let other = isHeader ? nil : replace(position, String(decoding: field.prefix(12), as: UTF8.self))
            if let other { buffer += other } else { buffer += field }
            if byte == 44 {
                buffer.append(44)
                position += 1
            } else {
                buffer += lineEnd
                (position, isHeader) = (0, false)
            }
            fieldStart = place + 1
            if buffer.count > 1 << 22 {
                try handle.write(contentsOf: buffer)
                buffer.removeAll(keepingCapacity: true)
            }
        }
        try handle.write(contentsOf: buffer)
        try handle.close()
        try FileManager.default.moveItem(at: partial, to: file(name))
    }

    /// Eight thresholds a column at the deciles of its head, seeded points, and the bin codes of all rows.
    func writeScorecard() throws {
        try writeNumbers()
        if has("scorecard.json"), has("codes_col.u8") { return }
        var draws = SeededGenerator(seed: Self.seed).stream("points")
        var card = BenchmarkCard(columns: try names(), thresholds: [], points: [])
        var codes: [UInt8] = []
        for values in try numbers() {
            let head = values.prefix(100_000).filter { !$0.isNaN }.sorted()
            let cuts = Set((1...8).map { head[head.count * $0 / 9] }).sorted()
            card.thresholds.append(cuts.map(Double.init))
            card.points.append((0..<cuts.count + 2).map { _ in (30 + 12 * draws.normal()).rounded() })
            codes += values.map { value in
                value.isNaN ? UInt8(cuts.count + 1) : UInt8(cuts.count { $0 <= value })
            }
        }
        try FlatFile.write(codes, to: file("codes_col.u8"))
        try card.write(to: file("scorecard.json"))
    }
}
