import Dispatch
import Glibc
import Synchronization

/// A fixed number of threads that share out numbered pieces of work and join.
///
/// Work is cut into pieces whose boundaries depend on the data alone, never on the number of threads, and
/// results come back in the order of the pieces. Whatever is combined in that order is bit-identical for
/// any number of threads.
public struct Workers: Sendable {
    /// How many pieces may run at the same time, at least 1.
    public let threads: Int
    /// Threads that wait for work, if any do.
    private let crew: Crew?

    /// Workers on one thread: the caller's own.
    public static let single = Workers(threads: 1)

    /// Workers on as many threads as the machine has active processors.
    public static var allProcessors: Workers {
        Workers(threads: max(1, DispatchQueue.activeProcessors))
    }

    /// Workers on a given number of threads.
    ///
    /// - Parameter threads: How many pieces may run at once; at least 1.
    public init(threads: Int) {
        precondition(threads >= 1, "\(threads) threads")
        self.threads = threads
        crew = nil
    }

    private init(crew: Crew, threads: Int) {
        self.threads = threads
        self.crew = crew
    }

    /// The same workers with their threads kept at hand as long as the value or a copy of it lives, so that sharing
    /// out work costs a few microseconds.
    ///
    /// For thousands of short rounds close together; a call from within another one's work runs on its own thread.
    public func atHand() -> Workers {
        threads == 1 ? self : Workers(crew: Crew(helpers: threads - 1), threads: threads)
    }

    /// Runs `body` once for every piece 0 ..< `pieces`, in no particular order, and waits for all.
    ///
    /// A thread that is done takes the next piece nobody has taken, so uneven pieces balance out. Worth it
    /// from about 200 µs of work; below that, call with one thread.
    public func forEach(_ pieces: Int, _ body: @Sendable (_ piece: Int) -> Void) {
        forEach(pieces) { piece, _ in body(piece) }
    }

    /// The same with the number of the thread that runs a piece, 0 ..< ``threads``, for what every thread has its own
    /// copy of.
    public func forEach(_ pieces: Int, _ body: @Sendable (_ piece: Int, _ thread: Int) -> Void) {
        let count = min(threads, pieces)
        guard count > 1 else {
            for piece in 0..<max(0, pieces) { body(piece, 0) }
            return
        }
        if let crew {
            crew.run(pieces, body)
            return
        }
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: count) { thread in
            while true {
                let piece = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard piece < pieces else { return }
                body(piece, thread)
            }
        }
    }

    /// The value of `body` for every piece 0 ..< `pieces`, in the order of the pieces.
    public func map<Value: Sendable>(
        _ pieces: Int, _ body: @Sendable (_ piece: Int) -> Value
    ) -> [Value] {
        guard min(threads, pieces) > 1 else { return (0..<max(0, pieces)).map(body) }
        let slots = Slots<Value>(count: pieces)
        forEach(pieces) { piece in slots.fill(piece, with: body(piece)) }
        return slots.values()
    }

    /// The value of `body` for every piece, in order; if any piece throws, the error of the first that did.
    public func tryMap<Value: Sendable, Failure: Error>(
        _ pieces: Int, _ body: @Sendable (_ piece: Int) throws(Failure) -> Value
    ) throws(Failure) -> [Value] {
        let results = map(pieces) { piece -> Result<Value, Failure> in
            do throws(Failure) { return .success(try body(piece)) } catch { return .failure(error) }
        }
        var values: [Value] = []
        values.reserveCapacity(pieces)
        for result in results { values.append(try result.get()) }
        return values
    }

    /// Folds fixed blocks of `count` rows: `body` sees each block, `combine` joins the results in block order.
    ///
    /// - Parameters:
    ///   - count: Number of rows.
    ///   - blockSize: Rows in a block (the last may be shorter); part of the result's definition, since sums of
    ///     floating-point numbers depend on where they are cut.
    ///   - initial: The value to start from, and the result for no rows.
    public func reduce<Value: Sendable>(
        _ count: Int, blockSize: Int, into initial: Value,
        _ body: @Sendable (_ rows: Range<Int>) -> Value,
        combine: (inout Value, Value) -> Void
    ) -> Value {
        precondition(blockSize >= 1, "blocks of \(blockSize) rows")
        let blocks = (count + blockSize - 1) / blockSize
        let parts = map(blocks) { block in
            body(block * blockSize..<min(count, (block + 1) * blockSize))
        }
        var total = initial
        for part in parts { combine(&total, part) }
        return total
    }
}

extension Workers: Hashable {
    /// Workers are equal if they have as many threads.
    public static func == (one: Workers, other: Workers) -> Bool { one.threads == other.threads }

    /// Hashes the number of threads.
    public func hash(into hasher: inout Hasher) { hasher.combine(threads) }
}

extension DispatchQueue {
    /// Processors that may run this process now.
    fileprivate static var activeProcessors: Int {
        let count = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        return Int(count)
    }
}
