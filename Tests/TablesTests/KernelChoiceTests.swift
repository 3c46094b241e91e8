import Foundation
import Statistics
import TestSupport
import Testing

@testable import Tables

@Suite("Every family of kernels obeys OBLIGOR_KERNELS")
struct KernelChoiceTests {
    /// A file with a column of every type, quoted fields and missing values among them.
    private func write(to folder: TemporaryFolder) throws -> String {
        var dice = SeededGenerator(seed: 7)
        let records = (0..<6_000).map { row in
            let number = dice.oneIn(9) ? "" : "\(dice.normal())"
            let name = dice.oneIn(5) ? "\"a \"\"\(row)\"\",\n\"" : "customer \(row)"
            return [
                "\(row)", number, "\(dice.below(1000)).\(dice.below(100))", "sector \(dice.below(9))",
                "20\(10 + dice.below(15))-0\(1 + dice.below(9))-1\(dice.below(10))", "\(dice.oneIn(3))", name,
            ].joined(separator: ",")
        }
        return try folder.write(
            "id,full,short,sector,since,insured,name\n" + records.joined(separator: "\n"), to: "table.csv")
    }

    @Test(.enabled(if: ReadingProcess.isBuilt, Comment(rawValue: ReadingProcess.absence)))
    func choicesReadTheSame() throws {
        let folder = try TemporaryFolder()
        let path = try write(to: folder)
        var copies: Set<Data> = []
        for (kernels, most) in [(nil, 2), ("avx2", 1), ("plain", 0)] as [(String?, UInt32)] {
            let copy = folder.path("\(kernels ?? "all").csv")
            let report = try ReadingProcess.report(on: path, threads: 2, kernels: kernels, copy: copy)
            #expect(report.rows == 6_000)
            #expect(report.instructions.count == 3 && report.instructions.allSatisfy { $0 <= most })
            copies.insert(try Data(contentsOf: URL(filePath: copy)))
        }
        #expect(copies.count == 1)
    }
}
