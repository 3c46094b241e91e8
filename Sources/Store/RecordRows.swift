import Ledger
import Tables
import Vocabulary

/// A block of records as SQLite takes them: numbers by column, and all texts in one array of bytes.
struct RecordRows: Sendable {
    /// The values of a column.
    enum Values: Sendable {
        /// NaN is missing.
        case doubles([Double])
        /// ``Column/missingInteger`` is missing.
        case integers([Int64])
        /// Where each text begins in the bytes and how long it is; a length of −1 is missing.
        case texts(starts: [Int32], lengths: [Int32])
    }

    let count: Int
    /// The columns that the block has, in the order of the kind's fields.
    let names: [String]
    let columns: [Values]
    let bytes: [UInt8]

    /// Rows as they were read.
    init(count: Int, names: [String], columns: [Values], bytes: [UInt8]) {
        (self.count, self.names, self.columns, self.bytes) = (count, names, columns, bytes)
    }

    /// The records of a block.
    init(_ table: Table, of kind: RecordKind) {
        self.init(kind.fields.compactMap { table[$0.name] }, count: table.rowCount)
    }

    /// Rows of columns.
    init(_ columns: [Column], count: Int) {
        var bytes: [UInt8] = []
        self.count = count
        names = columns.map(\.name)
        self.columns = columns.map { Self.values($0.values, &bytes) }
        self.bytes = bytes
    }

    private static func values(_ values: Column.Values, _ bytes: inout [UInt8]) -> Values {
        switch values {
        case .double(let numbers): return .doubles(numbers)
        case .float(let numbers): return .doubles(numbers.map(Double.init))
        case .integer(let numbers): return .integers(numbers)
        case .flag(let flags):
            return .integers(flags.map { $0 == Column.missingFlag ? Column.missingInteger : Int64($0) })
        case .day(let days):
            return .integers(
                days.map { $0 == Column.missingDay ? Column.missingInteger : Int64($0.daysSince1970) })
        case .category(let codes, let levels):
            // Every level once; rows point to it.
            var places: [(start: Int32, length: Int32)] = []
            for level in levels {
                let start = Int32(bytes.count)
                bytes.append(contentsOf: level.utf8)
                places.append((start, Int32(bytes.count) - start))
            }
            return .texts(
                starts: codes.map { $0 == Column.missingCode ? 0 : places[Int($0)].start },
                lengths: codes.map { $0 == Column.missingCode ? -1 : places[Int($0)].length })
        case .text(let texts):
            var starts: [Int32] = []
            var lengths: [Int32] = []
            starts.reserveCapacity(texts.count)
            lengths.reserveCapacity(texts.count)
            for text in texts {
                let start = Int32(bytes.count)
                starts.append(start)
                if let text {
                    bytes.append(contentsOf: text.utf8)
                    lengths.append(Int32(bytes.count) - start)
                } else {
                    lengths.append(-1)
                }
            }
            return .texts(starts: starts, lengths: lengths)
        }
    }
}
