import Parallelism
import Synchronization
import Testing

@Suite("Workers")
struct WorkersTests {
    static let threads = [1, 2, 7]

    @Test("take every piece exactly once", arguments: threads)
    func everyPieceOnce(threads: Int) {
        for pieces in [0, 1, 2, 6, 7, 8, 1000] {
            let taken = Mutex([Int](repeating: 0, count: pieces))
            Workers(threads: threads).forEach(pieces) { piece in taken.withLock { $0[piece] += 1 } }
            #expect(taken.withLock { $0 } == [Int](repeating: 1, count: pieces))
        }
    }

    @Test("return values in the order of the pieces, however uneven those are", arguments: threads)
    func mapKeepsOrder(threads: Int) {
        let values = Workers(threads: threads).map(200) { piece in
            // Early pieces take longest, so that late ones overtake them.
            var sum = 0
            for step in 0..<(piece < 4 ? 200_000 : 10) { sum &+= step }
            return "\(piece) \(sum > 0)"
        }
        #expect(values == (0..<200).map { "\($0) true" })
    }

    @Test("of no pieces return nothing and call nobody", arguments: threads)
    func nothingToDo(threads: Int) throws {
        let workers = Workers(threads: threads)
        for pieces in [0, -3] {
            workers.forEach(pieces) { _ in Issue.record("called") }
            #expect(workers.map(pieces) { $0 }.isEmpty)
        }
        #expect(try workers.tryMap(0) { piece throws(Refusal) in throw Refusal(piece: piece) }.isEmpty)
        #expect(
            workers.reduce(0, blockSize: 10, into: 7) { _ in
                1
            } combine: {
                $0 += $1
            } == 7)
    }

    @Test("cut blocks by the data alone, the last one shorter", arguments: threads)
    func blocks(threads: Int) {
        let workers = Workers(threads: threads)
        let blocks = workers.reduce(25, blockSize: 10, into: [Range<Int>]()) {
            [$0]
        } combine: {
            $0 += $1
        }
        #expect(blocks == [0..<10, 10..<20, 20..<25])
        #expect(
            workers.reduce(20, blockSize: 10, into: 0) {
                $0.count
            } combine: {
                $0 = $0 * 100 + $1
            } == 1010)
        #expect(
            workers.reduce(3, blockSize: 10, into: 0) {
                $0.count
            } combine: {
                $0 += $1
            } == 3)
    }

    @Test("give bit-identical sums for any number of threads", arguments: 0..<3)
    func sumsAreBitIdentical(seed: Int) {
        // Terms of very different size, whose sum depends on every bracket.
        var state = UInt64(seed + 1)
        let terms = (0..<10_007).map { index -> Double in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (Double(state >> 11) * 0x1p-53 - 0.5) * (index % 3 == 0 ? 1e12 : 1e-6)
        }
        func sum(threads: Int, blockSize: Int) -> Double {
            Workers(threads: threads).reduce(terms.count, blockSize: blockSize, into: 0.0) { rows in
                terms[rows].reduce(0, +)
            } combine: {
                $0 += $1
            }
        }
        let single = sum(threads: 1, blockSize: 64)
        for threads in [2, 7] { #expect(sum(threads: threads, blockSize: 64) == single) }
        // The block size is part of the result: were the sum insensitive to brackets, the test would show nothing.
        #expect(sum(threads: 1, blockSize: 97) != single)
    }

    @Test("throw the error of the first piece that failed, not of the first in time", arguments: threads)
    func firstErrorByIndex(threads: Int) {
        for _ in 0..<20 {
            #expect(throws: Refusal(piece: 3)) {
                try Workers(threads: threads).tryMap(50) { piece throws(Refusal) -> Int in
                    if piece == 3 {
                        var sum = 0
                        for step in 0..<20_000 { sum &+= step }
                        throw Refusal(piece: sum > 0 ? piece : -1)
                    }
                    if piece > 3, piece.isMultiple(of: 2) { throw Refusal(piece: piece) }
                    return piece
                }
            }
        }
    }

    @Test("return all values if nobody fails", arguments: threads)
    func successfulTryMap(threads: Int) throws {
        let squares = try Workers(threads: threads).tryMap(100) { piece throws(Refusal) in piece * piece }
        #expect(squares == (0..<100).map { $0 * $0 })
    }

    @Test("may be used inside a piece of work", arguments: threads)
    func nesting(threads: Int) {
        let workers = Workers(threads: threads)
        let sums = workers.map(9) { outer in workers.map(5) { outer * 10 + $0 }.reduce(0, +) }
        #expect(sums == (0..<9).map { 50 * $0 + 10 })
    }

    @Test("release the values they carried")
    func releasesValues() {
        final class Token: Sendable {}
        weak var token: Token?
        do {
            let tokens = Workers(threads: 2).map(4) { _ in Token() }
            token = tokens.first
            withExtendedLifetime(tokens) { #expect(token != nil) }
        }
        #expect(token == nil)
    }

    @Test("count at least one thread")
    func threadCounts() {
        #expect(Workers.single.threads == 1)
        #expect(Workers.allProcessors.threads >= 1)
    }

    struct Refusal: Error, Equatable {
        let piece: Int
    }
}
