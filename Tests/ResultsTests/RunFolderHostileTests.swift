import Foundation
import Results
import Statistics
import TestSupport
import Testing

@Suite("A damaged run folder gives a typed error or records, never a trap")
struct RunFolderHostileTests {
    private static let splices = [
        "{", "}", "[", "]", ",", ":", "\"", "null", "true", "1e999", "-0", "\\u0000", "\\ud800",
        "\"formatVersion\": 2,",
        "\n", "\r", ";", "99999999999999999999", "NaN", "\u{FEFF}", "2026-13-45T99:99:99Z", "é",
    ]

    /// A run folder with every file.
    private func whole(in folder: TemporaryFolder) throws -> URL {
        let writer = try RunFolderWriter(folder.file("run"), replacing: false)
        try writer.write(ValidationRecord.sample)
        try writer.write(
            TrainingRecord(
                model: "m", variables: [.init(name: "v", isUsed: true, informationValue: 0.3, reason: nil)],
                decisions: [.init(variable: "v", verdict: "admitted", rule: "aic", value: 1, limit: nil)],
                rounding: nil, remarks: ["look twice"]))
        let header = RatingRecord.columns.joined(separator: ",")
        let ratings =
            "\(header)\n1,612.5,-3.5,0.0293,BBB,DELINQ;DEROG\n\"a \"\"b\"\", c\",500,0.25,0.562,CCC,\n"
        try writer.write(Data(ratings.utf8), named: RatingRecord.fileName)
        return try writer.finish(.sample).url
    }

    @Test(arguments: HostileInput.runFolderFiles.seeds)
    func mutations(seed: Int) throws {
        let folder = try TemporaryFolder()
        let run = try whole(in: folder)
        var mutator = Mutator(SeededGenerator(seed: UInt64(seed)), splices: Self.splices)
        let names = ["run.json", "validation.json", "training.json", "ratings.csv"]
        for name in names {
            let file = run.appending(path: name)
            let sound = try Data(contentsOf: file)
            for _ in 0..<HostileInput.runFolderFiles.perSeed / names.count {
                try Data(mutator.damaged(Array(sound))).write(to: file)
                do throws(ResultsError) {
                    let opened = try RunFolder(run)
                    _ = try opened.validation()
                    _ = try opened.training()
                    _ = try opened.ratings()
                } catch {
                    #expect(error.description.contains(name) && !error.description.contains("\n"), "\(error)")
                }
            }
            try sound.write(to: file)
        }
    }
}
