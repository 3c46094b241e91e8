import Dispatch
import Glibc
import Synchronization

/// Threads that stay at hand between rounds of work, for rounds of tens of microseconds that follow each other closely.
///
/// Waking a sleeping thread takes longer than such a round. A helper that is done looks for the next round for about a
/// tenth of a millisecond, giving its processor to whoever wants it between looks, and only then sleeps. A round never
/// waits for a helper that has not begun: whoever is there takes the pieces, so that beside another busy process a
/// round loses no more than the processor it lost.
final class Crew: Sendable {
    private let team = Team()
    /// Helpers beside the caller's own thread.
    private let helpers: Int

    init(helpers: Int) {
        self.helpers = helpers
        for number in 1...max(1, helpers) where helpers > 0 {
            startThread { [team] in team.help(as: number) }
        }
    }

    deinit { team.dismiss() }

    /// Runs `body` once for every piece, with the number of the thread that runs it, 0 being the caller's.
    ///
    /// A round within a round runs on the caller's thread alone.
    func run(_ pieces: Int, _ body: @Sendable (_ piece: Int, _ thread: Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            let round = Round(pieces: pieces, body: body)
            guard team.begin(round) else {
                for piece in 0..<pieces { body(piece, 0) }
                return
            }
            round.work(as: 0)
            team.close()
            round.finish()
        }
    }
}

/// What a crew's threads share.
private final class Team: Sendable {
    private struct State {
        /// The round that may be entered.
        var round: Round?
        /// Whether somebody's round is running.
        var isBusy = false
        /// Helpers asleep.
        var sleepers = 0
        var isOver = false
    }

    private let state = Mutex(State())
    /// Grows with every round, so that helpers can look without the lock.
    private let news = Atomic(0)
    private let alarm = DispatchSemaphore(value: 0)

    /// Offers a round to the helpers; false if another one is running.
    func begin(_ round: Round) -> Bool {
        let sleepers = state.withLock { state -> Int? in
            if state.isBusy { return nil }
            state.isBusy = true
            state.round = round
            return announce(&state)
        }
        guard let sleepers else { return false }
        for _ in 0..<sleepers { alarm.signal() }
        return true
    }

    /// Lets nobody enter the round any more.
    func close() {
        state.withLock { state in
            state.round = nil
            state.isBusy = false
        }
    }

    /// Sends the helpers home.
    func dismiss() {
        let sleepers = state.withLock { state in
            state.isOver = true
            return announce(&state)
        }
        for _ in 0..<sleepers { alarm.signal() }
    }

    /// Tells of a change; returns how many helpers must be woken.
    private func announce(_ state: inout State) -> Int {
        defer { state.sleepers = 0 }
        news.wrappingAdd(1, ordering: .sequentiallyConsistent)
        return state.sleepers
    }

    /// Helps in one round after the other.
    func help(as thread: Int) {
        var seen = 0
        while true {
            seen = change(since: seen)
            let (round, isOver) = state.withLock { state in
                state.round?.enter()
                return (state.round, state.isOver)
            }
            if isOver { return }
            round?.work(as: thread)
            round?.leave()
        }
    }

    /// Waits for news, first awake, then asleep.
    private func change(since seen: Int) -> Int {
        for _ in 0..<Patience.looks {
            let now = news.load(ordering: .sequentiallyConsistent)
            if now != seen { return now }
            sched_yield()
        }
        while true {
            let now = state.withLock { state in
                let now = news.load(ordering: .sequentiallyConsistent)
                if now == seen { state.sleepers += 1 }
                return now
            }
            if now != seen { return now }
            alarm.wait()
        }
    }
}

/// How long a thread looks before it sleeps.
private enum Patience {
    /// A look with a yield takes a third of a microsecond or more.
    static let looks = 300
}

/// One call of a crew: the pieces nobody has taken, and who is at work on them.
@safe
private final class Round: @unchecked Sendable {
    // Sendable holds because the body is only read until everybody has left, and then dropped by the caller.

    private let pieces: Int
    private var body: ((_ piece: Int, _ thread: Int) -> Void)?
    private let next = Atomic(0)
    private let inside = Atomic(0)
    private let isAwaited = Atomic(false)
    private let end = DispatchSemaphore(value: 0)

    init(pieces: Int, body: @escaping (_ piece: Int, _ thread: Int) -> Void) {
        self.pieces = pieces
        self.body = body
    }

    func work(as thread: Int) {
        guard let body else { return }
        while true {
            let piece = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard piece < pieces else { return }
            body(piece, thread)
        }
    }

    func enter() { inside.wrappingAdd(1, ordering: .sequentiallyConsistent) }

    func leave() {
        let left = inside.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue
        if left == 0, isAwaited.exchange(false, ordering: .sequentiallyConsistent) { end.signal() }
    }

    /// Waits until all have left; nobody may enter any more.
    func finish() {
        var looks = 0
        while inside.load(ordering: .sequentiallyConsistent) > 0, looks < Patience.looks {
            looks += 1
            sched_yield()
        }
        if inside.load(ordering: .sequentiallyConsistent) > 0 {
            isAwaited.store(true, ordering: .sequentiallyConsistent)
            // Whoever takes the flag back speaks for the last one who left.
            let hasEnded =
                inside.load(ordering: .sequentiallyConsistent) == 0
                && isAwaited.exchange(false, ordering: .sequentiallyConsistent)
            if !hasEnded { end.wait() }
        }
        body = nil
    }
}

/// Starts a thread that nobody waits for; where the system has none left, nothing happens.
private func startThread(_ body: @escaping @Sendable () -> Void) {
    final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    let box = unsafe Unmanaged.passRetained(Box(body))
    var thread = pthread_t()
    // SAFETY: the box is retained here and released by the thread, or here if there is none.
    let status = unsafe pthread_create(
        &thread, nil,
        { box in
            guard let box = unsafe box else { return nil }
            unsafe Unmanaged<Box>.fromOpaque(box).takeRetainedValue().body()
            return nil
        }, box.toOpaque())
    if status == 0 { pthread_detach(thread) } else { unsafe box.release() }
}
