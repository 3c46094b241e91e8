import Foundation
import Testing

@testable import obligor

@Suite("Progress is one line on a terminal, and silent elsewhere")
struct ProgressTests {
    /// Waits until something is printed; the timer's pace is not what is tested.
    private func wait(for text: String, on console: RecordingConsole) async -> Bool {
        for _ in 0..<1_000 {
            if console.error.contains(text) { return true }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    @Test func aLongStageIsShownAndErased() async {
        let console = RecordingConsole(isTerminal: true)
        let progress = Progress(on: console, isQuiet: false, patience: .zero)
        progress.begin("reading past.csv")
        progress.update(done: 1, of: 4)
        #expect(await wait(for: "reading past.csv  25 %", on: console))
        progress.end()
        #expect(console.error.hasSuffix("\r\u{1B}[K"))
        #expect(!console.error.contains("\n"))
    }

    @Test func rowsStandBesideTheShare() async {
        let console = RecordingConsole(isTerminal: true)
        let progress = Progress(on: console, isQuiet: false, patience: .zero)
        progress.begin("scoring new.csv")
        progress.update(rows: 1_200_000)
        #expect(await wait(for: "scoring new.csv  1,200,000 rows", on: console))
        progress.update(done: 9, of: 20)
        #expect(await wait(for: "scoring new.csv  45 %  1,200,000 rows", on: console))
        progress.end()
    }

    @Test func aShortStageIsNeverShown() async {
        let console = RecordingConsole(isTerminal: true)
        do {
            let progress = Progress(on: console, isQuiet: false, patience: .seconds(3_600))
            progress.begin("reading")
            progress.end()
        }
        #expect(console.error.isEmpty)
    }

    @Test func nobodyWatchesAPipe() {
        for (isTerminal, isQuiet) in [(false, false), (true, true)] {
            let console = RecordingConsole(isTerminal: isTerminal)
            do {
                let progress = Progress(on: console, isQuiet: isQuiet, patience: .zero)
                progress.begin("reading")
                progress.update(done: 1, of: 2)
            }
            #expect(console.error.isEmpty)
        }
    }
}
