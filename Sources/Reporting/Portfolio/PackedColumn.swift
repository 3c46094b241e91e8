import Foundation

/// A column of figures or words as a page's script reads it: packed, so that a page holds hundreds of thousands of
/// rows.
struct PackedColumn: Encodable, Equatable {
    /// How the bytes are read: little-endian whole numbers or floating-point numbers of some bytes.
    enum Kind: String, Encodable {
        case u1, u2, u4, f4, f8
    }

    let kind: Kind
    /// Base64.
    let bytes: String
    /// What whole numbers stand for, where they stand for words; `nil` within is a missing one.
    var levels: [String?]?

    /// Figures; NaN where missing.
    ///
    /// Counts below 65,536 are whole numbers; else single precision where that prints the same: it holds a value below
    /// 2^20 to a sixteenth of a unit or better.
    init(_ values: [Double]) {
        let counts = values.compactMap { UInt16(exactly: $0) }
        let largest = values.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
        if counts.count == values.count {
            (kind, bytes) = Self.packed(counts.map(Int.init), below: Int(largest) + 1)
        } else if largest < 0x1p20 {
            kind = .f4
            bytes = Self.base64(values.map { Float($0).bitPattern })
        } else {
            kind = .f8
            bytes = Self.base64(values.map(\.bitPattern))
        }
    }

    /// Whole numbers below a bound.
    init(_ codes: [Int], below bound: Int) {
        (kind, bytes) = Self.packed(codes, below: bound)
    }

    private static func packed(_ codes: [Int], below bound: Int) -> (Kind, String) {
        switch bound {
        case ...256: (.u1, Data(codes.map { UInt8(truncatingIfNeeded: $0) }).base64EncodedString())
        case ...65_536: (.u2, base64(codes.map { UInt16(truncatingIfNeeded: $0) }))
        default: (.u4, base64(codes.map { UInt32(truncatingIfNeeded: $0) }))
        }
    }

    /// Words, each once, in the order in which they first come.
    init(_ words: [String?]) {
        var places: [String: Int] = [:]
        var levels: [String?] = []
        var missing: Int?
        let codes = words.map { word -> Int in
            guard let word else {
                if let missing { return missing }
                missing = levels.count
                levels.append(nil)
                return levels.count - 1
            }
            if let place = places[word] { return place }
            places[word] = levels.count
            levels.append(word)
            return levels.count - 1
        }
        self.init(codes, below: levels.count)
        self.levels = levels
    }

    private static func base64<Value: FixedWidthInteger>(_ values: [Value]) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(values.count * MemoryLayout<Value>.size)
        for value in values {
            var rest = value
            for _ in 0..<MemoryLayout<Value>.size {
                bytes.append(UInt8(truncatingIfNeeded: rest))
                rest = Value(truncatingIfNeeded: rest >> 8)
            }
        }
        return Data(bytes).base64EncodedString()
    }
}

/// Records about obligors, packed: those of one obligor stand together, in the order of the file.
struct PackedRows: Encodable, Equatable {
    /// Where the rows of each obligor begin, and after the last where they end.
    let starts: PackedColumn
    var columns: [String: PackedColumn] = [:]

    /// Packs the columns of records one by one.
    struct Packer<Record> {
        private let records: [Record]
        /// Records in the order of the obligors.
        private let order: [Int]
        private let starts: [Int]

        /// - Parameters:
        ///   - places: The obligors' places; records of others are left out.
        ///   - count: How many obligors there are.
        init(_ records: [Record]?, places: [String: Int], count: Int, id: (Record) -> String) {
            self.records = records ?? []
            var starts = [Int](repeating: 0, count: count + 1)
            var last: (id: String, place: Int?) = ("", nil)
            // Records of one obligor mostly follow one another.
            let found = self.records.map { record -> Int? in
                let id = id(record)
                if id != last.id { last = (id, places[id]) }
                return last.place
            }
            for place in found { if let place { starts[place + 1] += 1 } }
            for place in 0..<count { starts[place + 1] += starts[place] }
            var next = starts
            var order = [Int](repeating: 0, count: starts[count])
            for (row, place) in found.enumerated() {
                guard let place else { continue }
                order[next[place]] = row
                next[place] += 1
            }
            self.order = order
            self.starts = starts
        }

        func numbers(_ value: (Record) -> Double?) -> PackedColumn {
            PackedColumn(once(order.map { value(records[$0]) ?? .nan }) { $0.bitPattern == $1.bitPattern })
        }

        func words(_ value: (Record) -> String?) -> PackedColumn {
            PackedColumn(once(order.map { value(records[$0]) }, ==))
        }

        /// The values, or one of them where all are the same.
        private func once<Value>(_ values: [Value], _ same: (Value, Value) -> Bool) -> [Value] {
            guard let first = values.first, values.allSatisfy({ same($0, first) }) else { return values }
            return [first]
        }

        func rows(_ columns: [String: PackedColumn]) -> PackedRows {
            PackedRows(starts: PackedColumn(starts, below: order.count + 1), columns: columns)
        }
    }
}
