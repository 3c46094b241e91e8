import Glibc
import Parallelism
import Synchronization
import Testing

@Suite("Workers whose threads stay at hand")
struct CrewTests {
    @Test("run every piece once in every round, on numbered threads", arguments: [1, 2, 3, 7])
    func everyPieceOnce(threads: Int) {
        let workers = Workers(threads: threads).atHand()
        for round in 0..<2000 {
            let pieces = round % 11
            let counts = (0..<pieces).map { _ in Counter() }
            let strangers = Counter()
            workers.forEach(pieces) { piece, thread in
                counts[piece].add()
                if !(0..<threads).contains(thread) { strangers.add() }
            }
            #expect(counts.allSatisfy { $0.value == 1 })
            #expect(strangers.value == 0)
        }
    }

    @Test("start again after a pause in which they slept")
    func sleep() {
        let workers = Workers(threads: 3).atHand()
        for pause in [0, 100, 5000, 20_000] as [UInt32] {
            usleep(pause)
            #expect(workers.map(50) { $0 * $0 } == (0..<50).map { $0 * $0 })
        }
    }

    @Test("do work within work on the caller's thread")
    func nested() {
        let workers = Workers(threads: 3).atHand()
        let sums = workers.map(20) { outer in workers.map(10) { outer * $0 }.reduce(0, +) }
        #expect(sums == (0..<20).map { $0 * 45 })
    }

    @Test("serve callers on several threads, one of whom they help")
    func severalCallers() {
        let workers = Workers(threads: 2).atHand()
        let sums = Workers(threads: 4).map(8) { caller in
            (0..<200).reduce(0) { sum, round in sum + workers.map(5) { caller + round + $0 }.reduce(0, +) }
        }
        #expect(sums == (0..<8).map { caller in (0..<200).reduce(0) { $0 + 5 * (caller + $1) + 10 } })
    }

    @Test("come and go without being waited for")
    func manyCrews() {
        for _ in 0..<200 {
            #expect(Workers(threads: 4).atHand().map(6) { $0 } == Array(0..<6))
        }
    }

    @Test("leave reductions what they are")
    func sameSums() {
        let values = (0..<10_000).map { 1 / Double($0 + 1) }
        func sum(_ workers: Workers) -> Double {
            workers.reduce(values.count, blockSize: 64, into: 0.0) { rows in
                rows.reduce(0) { $0 + values[$1] }
            } combine: {
                $0 += $1
            }
        }
        let expected = sum(.single)
        for threads in [2, 3, 7] { #expect(sum(Workers(threads: threads).atHand()) == expected) }
    }

    /// A number that several threads add to.
    private final class Counter: Sendable {
        private let count = Atomic(0)
        var value: Int { count.load(ordering: .sequentiallyConsistent) }
        func add() { count.wrappingAdd(1, ordering: .relaxed) }
    }
}
