import Parallelism
import Synchronization
import Testing

@Suite("Two things are done beside each other, both to the end")
struct WorkersBothTests {
    private struct Failure: Error, Equatable { let name: String }

    @Test(arguments: [1, 2, 5])
    func bothComeBack(threads: Int) throws {
        var here = 0
        let done = Atomic(0)
        let (one, other) = try Workers(threads: threads).both {
            here += 1
            return "one"
        } beside: {
            done.wrappingAdd(1, ordering: .relaxed)
            return 2
        }
        #expect(one == "one" && other == 2 && here == 1 && done.load(ordering: .relaxed) == 1)
    }

    @Test(arguments: [1, 2])
    func failures(threads: Int) {
        let workers = Workers(threads: threads)
        let done = Atomic(0)
        #expect(throws: Failure(name: "here")) {
            try workers.both {
                throw Failure(name: "here")
            } beside: {
                done.wrappingAdd(1, ordering: .relaxed)
            }
        }
        #expect(done.load(ordering: .relaxed) == 1)
        #expect(throws: Failure(name: "beside")) {
            try workers.both {
                1
            } beside: {
                throw Failure(name: "beside")
            }
        }
        #expect(throws: Failure(name: "here")) {
            try workers.both {
                throw Failure(name: "here")
            } beside: {
                throw Failure(name: "beside")
            }
        }
    }
}
