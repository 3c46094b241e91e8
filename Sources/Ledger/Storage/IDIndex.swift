import Parallelism

/// Finds the number of an id among many: by bisection where ids are in order, as books that are exported in the order
/// of their ids have them, else by hash tables with open addressing over packed texts.
///
/// The hash says in which of a few tables an id belongs. Each is filled by one thread in the order of the numbers, so
/// that the index is the same for any number of threads.
struct IDIndex: Sendable {
    /// The ids by number.
    let ids: PackedTexts
    /// Numbers plus one, below the upper half of the hash, at a place given by the hash or behind it, table by table.
    ///
    /// 0 where there is none. Empty where ids are in order.
    ///
    /// With a part of the hash beside the number, hardly any id but the one that is looked for is ever compared.
    private let places: [UInt64]
    /// The size of one table less one; sizes are powers of two.
    private let mask: Int
    /// The bits of the hash, from the top, that say which table it is.
    private let tableBits: Int
    /// Numbers of ids that an earlier number has as well, in order.
    let repeated: [Int32]

    /// An index of ids; the first of equal ones is the one that is found.
    init(_ ids: PackedTexts, workers: Workers = .single) {
        self.ids = ids
        guard !Self.areAscending(ids, workers) else {
            (places, mask, tableBits, repeated) = ([], 0, 0, [])
            return
        }
        let bits = ids.count < 1 << 16 ? 0 : 3
        tableBits = bits
        let hashes = workers.fill(ids.count, blockSize: 1 << 16, repeating: UInt64(0)) { numbers, block in
            let bytes = ids.bytes.span
            for (offset, number) in numbers.enumerated() {
                block[offset] = Self.hash(bytes.extracting(ids.range(number)))
            }
        }
        let members = workers.map(1 << bits) { table in
            hashes.indices.filter { Self.table(hashes[$0], bits) == table }.map { Int32($0) }
        }
        var size = 64
        // At most three quarters full.
        while members.contains(where: { 3 * size < 4 * $0.count }) { size *= 2 }
        let tableMask = size - 1
        mask = tableMask
        let tables = workers.map(1 << bits) { table in
            Self.table(of: members[table], hashes, ids, mask: tableMask)
        }
        places = tables.count == 1 ? tables[0].places : tables.flatMap(\.places)
        repeated = tables.flatMap(\.repeated).sorted()
    }

    /// The table of the ids with some numbers, in order, and the numbers of those that are repeated.
    private static func table(
        of numbers: [Int32], _ hashes: [UInt64], _ ids: PackedTexts, mask: Int
    ) -> (places: [UInt64], repeated: [Int32]) {
        var places = [UInt64](repeating: 0, count: mask + 1)
        var repeated: [Int32] = []
        let bytes = ids.bytes.span
        for index in numbers {
            let id = bytes.extracting(ids.range(Int(index)))
            let hash = hashes[Int(index)]
            var place = Int(truncatingIfNeeded: hash) & mask
            var isRepeated = false
            while places[place] != 0 {
                if upper(places[place]) == upper(hash),
                    agree(bytes.extracting(ids.range(number(places[place]))), id)
                {
                    isRepeated = true
                    break
                }
                place = (place + 1) & mask
            }
            if isRepeated {
                repeated.append(index)
            } else {
                places[place] = upper(hash) << 32 | UInt64(index + 1)
            }
        }
        return (places, repeated)
    }

    /// The number of an id, or `nil`.
    func number(of id: String) -> Int32? {
        places.isEmpty ? bisected(id.utf8.span, near: 0) : number(of: id.utf8.span)
    }

    /// The number of an id, or `nil`.
    ///
    /// - Parameter last: A number near which it is likely to be, such as the one that was found before: books refer to
    ///   records in nearly the order in which those were written, and a neighbour is in the cache.
    func number(of id: String, near last: Int32) -> Int32? {
        let text = id.utf8.span
        let bytes = ids.bytes.span
        // One on, the same, two on, one back, three on and so forth; ids in order are soon found anyway.
        for step in 0..<(places.isEmpty ? 2 : Self.nearby) {
            let candidate = Int(last) + (step % 2 == 0 ? 1 + step / 2 : -(step / 2))
            guard candidate >= 0, candidate < ids.count else { continue }
            if Self.agree(bytes.extracting(ids.range(candidate)), text) { return Int32(candidate) }
        }
        return places.isEmpty ? bisected(text, near: last) : number(of: text)
    }

    private func number(of id: Span<UInt8>) -> Int32? {
        let bytes = ids.bytes.span
        let hash = Self.hash(id)
        let first = Self.table(hash, tableBits) * (mask + 1)
        var place = Int(truncatingIfNeeded: hash) & mask
        while places[first + place] != 0 {
            let number = Self.number(places[first + place])
            if Self.upper(places[first + place]) == Self.upper(hash),
                Self.agree(bytes.extracting(ids.range(number)), id)
            {
                return Int32(number)
            }
            place = (place + 1) & mask
        }
        return nil
    }
}

// Ids in order.
extension IDIndex {
    /// Whether every id comes behind the one before it, byte by byte; then none is there twice.
    private static func areAscending(_ ids: PackedTexts, _ workers: Workers) -> Bool {
        let pieces = (ids.count + (1 << 16) - 1) >> 16
        return workers.map(pieces) { piece in
            let bytes = ids.bytes.span
            for index in max(1, piece << 16)..<min(ids.count, (piece + 1) << 16)
            where !isBefore(bytes.extracting(ids.range(index - 1)), bytes.extracting(ids.range(index))) {
                return false
            }
            return true
        }.allSatisfy(\.self)
    }

    private static func isBefore(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        let count = min(left.count, right.count)
        var index = 0
        while index < count {
            if left[index] != right[index] { return left[index] < right[index] }
            index += 1
        }
        return left.count < right.count
    }

    /// The number of an id, looked for in steps that double from a number on, then by halves.
    private func bisected(_ id: Span<UInt8>, near last: Int32) -> Int32? {
        guard ids.count > 0 else { return nil }
        let bytes = ids.bytes.span
        func isBeyond(_ number: Int) -> Bool {
            Self.isBefore(id, bytes.extracting(ids.range(number)))
        }
        // The id is at `low` or behind it, and before `high`.
        var low = min(max(Int(last), 0), ids.count - 1)
        var high = low
        var step = 1
        if isBeyond(low) {
            while low > 0, isBeyond(low) {
                high = low
                low = max(0, low - step)
                step *= 2
            }
        } else {
            high = low + 1
            while high < ids.count, !isBeyond(high) {
                low = high
                high = min(ids.count, high + step)
                step *= 2
            }
        }
        while high - low > 1 {
            let middle = (low + high) / 2
            if isBeyond(middle) { high = middle } else { low = middle }
        }
        return Self.agree(bytes.extracting(ids.range(low)), id) ? Int32(low) : nil
    }
}

extension IDIndex {
    /// How many neighbours are looked at before the table.
    private static let nearby = 8

    /// Which table a hash belongs to.
    private static func table(_ hash: UInt64, _ bits: Int) -> Int {
        bits == 0 ? 0 : Int(hash >> UInt64(64 - bits))
    }

    private static func upper(_ place: UInt64) -> UInt64 { place >> 32 }
    private static func number(_ place: UInt64) -> Int { Int(place & 0xFFFF_FFFF) - 1 }

    /// Eight bytes at a time, multiplied and folded; where an id is kept decides nothing but speed.
    private static func hash(_ text: Span<UInt8>) -> UInt64 {
        var hash = UInt64(truncatingIfNeeded: text.count)
        var index = 0
        while index < text.count {
            var word: UInt64 = 0
            let end = min(index + 8, text.count)
            while index < end {
                word = word << 8 | UInt64(text[index])
                index += 1
            }
            let product = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
            hash = product.high ^ product.low
        }
        let last = (hash ^ (hash >> 29)).multipliedFullWidth(by: 0xBF58_476D_1CE4_E5B9)
        return last.high ^ last.low
    }

    /// Whether texts are equal, compared from the end, where ids differ.
    private static func agree(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        var index = left.count - 1
        while index >= 0 {
            if left[index] != right[index] { return false }
            index -= 1
        }
        return true
    }
}
