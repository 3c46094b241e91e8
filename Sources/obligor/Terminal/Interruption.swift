import Dispatch
import Foundation
import Ledger
import Results
import Synchronization

/// What happens when the program is told to stop: whatever is half-written goes, and the exit status says why.
enum Interruption {
    /// Watches for SIGINT (Control-C), SIGTERM and SIGHUP as long as the result is kept.
    static func watch() -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM, SIGHUP].map { number in
            // Without this the signal would end the process before the source hears of it.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(
                signal: number, queue: DispatchQueue(label: "interruption"))
            source.setEventHandler {
                StagedPaths.removeAll()
                UnfinishedLedgers.removeAll()
                removePartialFiles()
                ProcessConsole().note("obligor: interrupted")
                // The shell's way of saying "ended by a signal"; at once, since other threads are still at work.
                _exit(128 + number)
            }
            source.activate()
            return source
        }
    }

    /// Says that a table is being written to a path, so that its unfinished file goes if the program is stopped.
    static func expectPartialFile(of path: String) {
        outputs.withLock { _ = $0.insert(path) }
    }

    private static let outputs = Mutex<Set<String>>([])

    /// Removes what this process has begun to write beside its outputs, under the names that `CSVWriter` gives.
    private static func removePartialFiles() {
        for path in outputs.withLock({ $0 }) {
            let output = URL(filePath: path).resolvingSymlinksInPath()
            let folder = output.deletingLastPathComponent()
            let start = "\(output.lastPathComponent).partial-\(getpid())-"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            for name in names where name.hasPrefix(start) {
                try? FileManager.default.removeItem(at: folder.appending(path: name))
            }
        }
    }
}
