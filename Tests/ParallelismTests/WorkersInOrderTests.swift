import Glibc
import Parallelism
import Synchronization
import Testing

@Suite("Values made on several threads are handed on in order")
struct WorkersInOrderTests {
    private struct Stop: Error {}

    /// Hands out numbers below a limit, each once.
    private final class Source: Sendable {
        let taken = Atomic(0)
        let limit: Int

        init(_ limit: Int) { self.limit = limit }

        func next() -> Int? {
            let number = taken.wrappingAdd(1, ordering: .relaxed).oldValue
            return number < limit ? number : nil
        }
    }

    /// Takes longer for some values than for others, so that they are not ready in order.
    private func squared(_ number: Int) -> Int {
        if number % 7 == 3 { usleep(2_000) }
        return number * number
    }

    @Test("whatever the number of threads and of values", arguments: [1, 2, 7], [0, 1, 5, 200])
    func orderIsKept(threads: Int, count: Int) {
        let source = Source(count)
        var seen: [Int] = []
        let caller = pthread_self()
        Workers(threads: threads).inOrder(ahead: 4) {
            source.next().map { ($0, squared($0)) }
        } handOn: { value in
            #expect(pthread_equal(pthread_self(), caller) != 0)
            seen.append(value)
        }
        #expect(seen == (0..<count).map { $0 * $0 })
    }

    @Test("with no more values under way than allowed", arguments: [1, 2, 5])
    func roomIsLimited(ahead: Int) {
        let source = Source(100)
        let handedOn = Atomic(0)
        let most = Atomic(0)
        Workers(threads: 4).inOrder(ahead: ahead) { () -> (number: Int, value: Int)? in
            guard let number = source.next() else { return nil }
            most.max(number + 1 - handedOn.load(ordering: .acquiring), ordering: .relaxed)
            return (number, squared(number))
        } handOn: { _ in
            handedOn.add(1, ordering: .releasing)
        }
        #expect(handedOn.load(ordering: .relaxed) == 100)
        // The count is behind by at most the value that is being handed on.
        #expect(most.load(ordering: .relaxed) <= ahead + 1)
    }

    @Test("until one cannot be", arguments: [1, 2, 7])
    func errorsEndIt(threads: Int) {
        let source = Source(.max)
        var seen = 0
        #expect(throws: Stop.self) {
            try Workers(threads: threads).inOrder(ahead: 3) {
                source.next().map { ($0, squared($0)) }
            } handOn: { _ in
                seen += 1
                if seen == 20 { throw Stop() }
            }
        }
        #expect(seen == 20)
        // Nobody goes on making values.
        let taken = source.taken.load(ordering: .relaxed)
        usleep(5_000)
        #expect(source.taken.load(ordering: .relaxed) == taken)
    }
}
