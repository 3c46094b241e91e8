import Dispatch
import Foundation
import Synchronization

/// One line on a terminal that says what a command is doing, for work that takes longer than a second.
///
/// Silent when standard error is not a terminal. The line is drawn four times a second by a timer, so reporting
/// costs the work a lock and nothing else.
final class Progress: Sendable {
    private struct Stage {
        var name: String
        var began: ContinuousClock.Instant
        /// What follows the name: how much of the whole is done, such as "45 %", and how much that is, such as
        /// "1,200,000 rows".
        var share = ""
        var amount = ""
        var isDrawn = false
    }

    private let console: any Console
    private let stage = Mutex<Stage?>(nil)
    private let isShown: Bool
    private let timer = Mutex<(any DispatchSourceTimer)?>(nil)

    /// How long a stage may take before it is shown.
    private let patience: Duration

    /// Progress on a console; silent if told to be or if nobody watches.
    init(on console: any Console, isQuiet: Bool, patience: Duration = .seconds(1)) {
        self.console = console
        self.patience = patience
        isShown = console.errorIsTerminal && !isQuiet
        guard isShown else { return }
        timer.withLock { slot in
            let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "progress"))
            timer.schedule(deadline: .now() + .milliseconds(250), repeating: .milliseconds(250))
            timer.setEventHandler { [weak self] in self?.draw() }
            timer.activate()
            slot = timer
        }
    }

    deinit {
        timer.withLock { $0?.cancel() }
        erase()
    }

    /// Starts a stage, such as "reading hmeq.csv".
    func begin(_ name: String) {
        guard isShown else { return }
        erase()
        stage.withLock { $0 = Stage(name: name, began: .now) }
    }

    /// Says how much of the stage is done.
    func update(done: Int, of total: Int) {
        guard isShown, total > 0 else { return }
        stage.withLock { $0?.share = "  \(min(100, Int(100 * Double(done) / Double(total)))) %" }
    }

    /// Says how many rows are done.
    func update(rows: Int) {
        guard isShown else { return }
        stage.withLock { $0?.amount = "  \(Figures.count(rows)) rows" }
    }

    /// Ends the last stage.
    func end() {
        erase()
        stage.withLock { $0 = nil }
    }

    private func draw() {
        // Writing under the lock keeps a line from appearing after it was erased.
        stage.withLock { stage in
            guard let current = stage else { return }
            let elapsed = current.began.duration(to: .now)
            guard elapsed > patience else { return }
            stage?.isDrawn = true
            console.writeError(
                "\r\u{1B}[K\(current.name)\(current.share)\(current.amount)  "
                    + "\(elapsed.components.seconds) s")
        }
    }

    private func erase() {
        stage.withLock { stage in
            guard stage?.isDrawn == true else { return }
            stage?.isDrawn = false
            console.writeError("\r\u{1B}[K")
        }
    }
}
