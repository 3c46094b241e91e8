import Synchronization

/// Counts from 1, across threads.
final class Counter: Sendable {
    private let value = Atomic(0)

    /// The next number.
    func next() -> Int { value.wrappingAdd(1, ordering: .relaxed).newValue }
}
