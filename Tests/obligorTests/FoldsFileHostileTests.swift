import Statistics
import Tables
import TestSupport
import Testing

@testable import obligor

@Suite("Damaged folds files give folds or a typed error")
struct FoldsFileHostileTests {
    private static let sound = [
        "0\n1\n2\n0\n1\n2\n", "fold\n3\n4\n3\n4\n3\n4\n",
        "row,fold\n0,1\n1,2\n2,1\n3,2\n4,1\n5,2\n",
    ]

    @Test(arguments: HostileInput.foldsFiles.seeds)
    func injuries(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed)).stream("folds")
        var mutator = Mutator(
            random.stream("injuries"),
            splices: [
                "\"", ",", ";", "\n", "row", "fold", "-1", "1e3", "9223372036854775807", "NA", "\u{FEFF}",
            ])
        for _ in 0..<HostileInput.foldsFiles.perSeed {
            let text = Self.sound[random.integer(below: Self.sound.count)]
            let bytes = mutator.damaged(Array(text.utf8))
            do {
                let folds = try FoldsFile.read(.bytes(bytes, name: "folds.csv"), rows: 6)
                // As many as the file says; whether they fit the data is asked of Folds.
                #expect(folds.count <= bytes.count)
            } catch {
                let status = CommandStatus(of: error)
                #expect(status == .badData || status == .failed, "\(error)")
                #expect("\(error)".contains("folds.csv"), "\(error)")
            }
        }
    }
}
