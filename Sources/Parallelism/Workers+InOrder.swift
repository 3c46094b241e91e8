import Dispatch
import Synchronization

extension Workers {
    /// Makes numbered values on all threads and hands them on in the order of their numbers, on the caller's thread,
    /// while further ones are being made.
    ///
    /// The caller's thread makes values too whenever there is none to hand on.
    ///
    /// - Parameters:
    ///   - ahead: The most values that are being made or wait to be handed on, at least 1.
    ///   - make: The next value and its number, or `nil` if there are no more; called from several threads at once.
    ///     The numbers count from 0 on without a gap, in the order in which calls take them.
    ///   - handOn: Called on the caller's thread with every value in order.
    /// - Throws: What `handOn` throws; no more values are handed on then, and none are being made.
    public func inOrder<Value: Sendable>(
        ahead: Int, make: @Sendable () -> (number: Int, value: Value)?, handOn: (Value) throws -> Void
    ) rethrows {
        guard threads > 1 else {
            while let (_, value) = make() { try handOn(value) }
            return
        }
        try withoutActuallyEscaping(make) { make in
            let belt = Belt(ahead: ahead, make: make)
            let helpers = DispatchGroup()
            for _ in 1..<threads {
                DispatchQueue.global().async(group: helpers) { belt.help() }
            }
            defer {
                belt.stop()
                helpers.wait()
            }
            try belt.run(handOn)
        }
    }
}

/// Values on their way from the threads that make them to the one that hands them on.
private final class Belt<Value: Sendable>: Sendable {
    private struct State {
        /// Values that have been made and not handed on.
        var ready: [Int: Value] = [:]
        /// How many threads are making a value.
        var makers = 0
        /// Whether there is nothing more to make.
        var isOver = false
    }

    private let make: @Sendable () -> (number: Int, value: Value)?
    private let state = Mutex(State())
    /// Room for values.
    private let room: DispatchSemaphore
    /// Signalled whenever the state or a thread's part in it has changed.
    private let change = DispatchSemaphore(value: 0)

    init(ahead: Int, make: @escaping @Sendable () -> (number: Int, value: Value)?) {
        precondition(ahead >= 1, "\(ahead) values ahead")
        self.make = make
        // Counted up from 0, since a semaphore must not end below its first value.
        room = DispatchSemaphore(value: 0)
        for _ in 0..<ahead { room.signal() }
    }

    /// Makes values until there are no more.
    func help() {
        while true {
            room.wait()
            guard makeOne() else {
                // Whoever waits is to find the end too.
                room.signal()
                change.signal()
                return
            }
        }
    }

    /// Hands values on, and makes some in between.
    func run(_ handOn: (Value) throws -> Void) rethrows {
        var next = 0
        while true {
            if let value = state.withLock({ $0.ready.removeValue(forKey: next) }) {
                next += 1
                try handOn(value)
                room.signal()
            } else if room.wait(timeout: .now()) == .success {
                if !makeOne() {
                    room.signal()
                    guard isWaitWorthwhile(for: next) else { return }
                    change.wait()
                }
            } else {
                // All the room is taken, so that somebody is making the next value.
                change.wait()
            }
        }
    }

    /// Makes nothing more.
    func stop() {
        state.withLock { $0.isOver = true }
        room.signal()
    }

    /// Makes one value, for which there must be room; false if there are no more.
    private func makeOne() -> Bool {
        let mayMake = state.withLock { state in
            if !state.isOver { state.makers += 1 }
            return !state.isOver
        }
        guard mayMake else { return false }
        let made = make()
        state.withLock { state in
            state.makers -= 1
            if let made { state.ready[made.number] = made.value } else { state.isOver = true }
        }
        change.signal()
        return made != nil
    }

    /// Whether the next value is there or may still come.
    private func isWaitWorthwhile(for next: Int) -> Bool {
        state.withLock { $0.makers > 0 || $0.ready[next] != nil }
    }
}
