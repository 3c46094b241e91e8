import Dispatch
import Synchronization

extension Workers {
    /// Does two things, the second one beside the first where there is a second thread.
    ///
    /// Both are done to the end, whatever becomes of the other.
    ///
    /// - Parameters:
    ///   - here: Done on the caller's thread.
    ///   - beside: Done on another thread, or behind the first where there is only one.
    /// - Throws: What `here` throws, else what `beside` throws.
    public func both<One, Other: Sendable>(
        _ here: () throws -> One, beside: @Sendable () throws -> Other
    ) throws -> (One, Other) {
        guard threads > 1 else {
            let one = Result { try here() }
            let other = Result { try beside() }
            return (try one.get(), try other.get())
        }
        return try withoutActuallyEscaping(beside) { beside in
            let outcome = Outcome<Other>()
            let group = DispatchGroup()
            DispatchQueue.global().async(group: group) { outcome.take(Result { try beside() }) }
            let one = Result { try here() }
            group.wait()
            return (try one.get(), try outcome.value())
        }
    }
}

/// What came of the work of another thread.
private final class Outcome<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)

    func take(_ outcome: Result<Value, any Error>) { result.withLock { $0 = outcome } }

    func value() throws -> Value {
        guard let outcome = result.withLock({ $0 }) else { preconditionFailure("the work left nothing") }
        return try outcome.get()
    }
}
