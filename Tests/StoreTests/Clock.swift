import Foundation
import Synchronization

/// A clock that moves on by a millisecond whenever it is read.
final class Clock: Sendable {
    private let time = Mutex(1_700_000_000.0)

    func next() -> Date {
        time.withLock {
            $0 += 0.001
            return Date(timeIntervalSince1970: $0)
        }
    }

    func move(by seconds: Double) { time.withLock { $0 += seconds } }
}
