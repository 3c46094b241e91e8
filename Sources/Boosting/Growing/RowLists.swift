import Parallelism

/// The rows of every leaf, as consecutive stretches of one list.
final class RowLists: Sendable {
    /// Row numbers, leaf after leaf, in each leaf in rising order.
    let rows: AlignedBuffer<UInt32>
    private let left: AlignedBuffer<UInt32>
    private let right: AlignedBuffer<UInt32>
    private let bins: BinStore
    private let instructions: Instructions

    /// Rows that a thread deals before it takes others.
    private static let rowsPerPiece = 4096

    init(bins: BinStore, instructions: Instructions) {
        self.bins = bins
        self.instructions = instructions
        rows = AlignedBuffer(count: bins.rowCount)
        left = AlignedBuffer(count: bins.rowCount)
        right = AlignedBuffer(count: bins.rowCount)
    }

    /// Lists all rows as one leaf.
    func reset(_ workers: Workers) {
        workers.forEach(blockCount) { block in
            let range = block * Self.blockRows..<min(self.rows.count, (block + 1) * Self.blockRows)
            self.rows.withMutableSpan(range) { rows in
                for place in rows.indices {
                    rows[place] = UInt32(truncatingIfNeeded: range.lowerBound + place)
                }
            }
        }
    }

    /// Lists some rows, rising, as one leaf at the start.
    func reset(to chosen: [UInt32]) {
        rows.withMutableSpan(0..<chosen.count) { rows in
            for position in rows.indices { rows[position] = chosen[position] }
        }
    }

    /// Rows of the data that are worked on leaf by leaf while what belongs to them lies in the cache.
    static let blockRows = 16_384

    /// How many blocks of ``blockRows`` the data have.
    var blockCount: Int { (bins.rowCount + Self.blockRows - 1) / Self.blockRows }

    /// The places of those of a leaf's rows that lie in a block of the data.
    func stretch(of leaf: Range<Int>, inBlock block: Int) -> Range<Int> {
        rows.withSpan(leaf) { rows in
            // A leaf's rows rise, since they start rising and every deal keeps their order.
            let first = rows.lowerBound(of: UInt32(clamping: block * Self.blockRows))
            let next = rows.lowerBound(of: UInt32(clamping: (block + 1) * Self.blockRows))
            return leaf.lowerBound + first..<leaf.lowerBound + next
        }
    }

    /// Parts a leaf's stretch: the rows that go left first, either side in its old order.
    ///
    /// - Returns: How many rows went left.
    func part(_ range: Range<Int>, feature: Int, goesLeft: [UInt8], workers: Workers) -> Int {
        let pieces = workers.threads == 1 ? 1 : max(1, range.count / Self.rowsPerPiece)
        if pieces == 1 {
            // The left side stays where it is.
            let leftCount = bins.partition(
                feature: feature, goesLeft: goesLeft, rows: rows, range: range, left: rows, right: right,
                instructions: instructions)
            let rightCount = range.count - leftCount
            copy(
                right, range.lowerBound..<range.lowerBound + rightCount, to: range.lowerBound + leftCount)
            return leftCount
        }
        let wentLeft = workers.map(pieces) { number in
            self.bins.partition(
                feature: feature, goesLeft: goesLeft, rows: self.rows, range: range.piece(number, of: pieces),
                left: self.left,
                right: self.right, instructions: self.instructions)
        }
        let leftCount = wentLeft.reduce(0, +)
        var places: [(left: Int, right: Int)] = []
        var next = (left: range.lowerBound, right: range.lowerBound + leftCount)
        for number in 0..<pieces {
            places.append(next)
            next.left += wentLeft[number]
            next.right += range.piece(number, of: pieces).count - wentLeft[number]
        }
        let starts = places
        workers.forEach(pieces) { number in
            let source = range.piece(number, of: pieces)
            let count = wentLeft[number]
            self.copy(self.left, source.lowerBound..<source.lowerBound + count, to: starts[number].left)
            self.copy(
                self.right, source.lowerBound..<source.upperBound - count, to: starts[number].right)
        }
        return leftCount
    }

    private func copy(_ source: AlignedBuffer<UInt32>, _ range: Range<Int>, to place: Int) {
        source.withSpan(range) { source in
            rows.withMutableSpan(place..<place + range.count) { target in
                for position in source.indices { target[position] = source[position] }
            }
        }
    }
}
