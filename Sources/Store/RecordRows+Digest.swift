import Foundation
import Ledger
import Review
import Tables

// Columns are hashed as they lie in memory: there are millions of values, and a call for each would be felt.

extension RecordRows {
    /// The SHA-256 of the rows as a table of some columns keeps them: equal for rows that are inserted and for the same
    /// rows when they are read.
    ///
    /// - Parameter names: The columns of the table in their order; those that the rows do not have are empty.
    func digest(in names: [String]) -> String {
        var digest = ContentDigest()
        digest.add(Int64(count))
        for name in names {
            digest.add(name)
            if let place = self.names.firstIndex(of: name) { add(columns[place], to: &digest) }
            // A column without any value is the same as none.
            digest.add(nil as String?)
        }
        return digest.hexadecimal
    }

    private func add(_ values: Values, to digest: inout ContentDigest) {
        switch values {
        case .doubles(let numbers):
            guard !numbers.allSatisfy(\.isNaN) else { return }
            // One way to be missing, and one zero: that of a column of amounts loses its sign.
            let canonical = numbers.map { $0.isNaN ? Double.nan.bitPattern : ($0 + 0).bitPattern }
            digest.add(RecordBytes.bytes(of: canonical[...]))
        case .integers(let numbers):
            guard !numbers.allSatisfy({ $0 == Column.missingInteger }) else { return }
            digest.add(RecordBytes.bytes(of: numbers[...]))
        case .texts(let starts, let lengths):
            guard !lengths.allSatisfy({ $0 < 0 }) else { return }
            digest.add(RecordBytes.bytes(of: lengths[...]))
            digest.add(texts(starts, lengths))
        }
    }

    /// All texts one after the other.
    private func texts(_ starts: [Int32], _ lengths: [Int32]) -> Data {
        let total = lengths.reduce(0) { $0 + Int(max($1, 0)) }
        var gathered = [UInt8]()
        gathered.reserveCapacity(total)
        // Texts that lie one after the other already are taken at once.
        var stretch = 0..<0
        for (start, length) in zip(starts, lengths) where length > 0 {
            let start = Int(start)
            if start != stretch.upperBound {
                gathered.append(contentsOf: bytes[stretch])
                stretch = start..<start
            }
            stretch = stretch.lowerBound..<start + Int(length)
        }
        gathered.append(contentsOf: bytes[stretch])
        return Data(gathered)
    }
}
