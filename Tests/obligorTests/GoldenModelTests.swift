import Foundation
import TestSupport
import Testing

@testable import obligor

/// What a model file holds may only change on purpose.
///
/// Numbers are compared to nine digits: the estimates agree to thirteen or so whatever linear algebra and mathematics
/// library a machine has, their last digits need not. The digest of the file follows from its content and is left out.
@Suite("Model files of the demonstration are kept as text")
struct GoldenModelTests {
    @Test(arguments: DemoRecipe.allCases)
    func content(recipe: DemoRecipe) throws {
        let bench = try Workbench(rows: 3_000, defaultRate: 0.06)
        let file = try bench.folder.write(recipe.text, to: recipe.fileName)
        let run = Run("train", file, "--data", bench.path("past.csv"), "--out", bench.path("run"))
        #expect(run.status == .done, "\(run.error)")
        try Golden.expect(
            Self.shortened(bench.text("run/model.json")),
            in: "Tests/obligorTests/Fixtures/models/\(recipe.name).txt")
    }

    /// Ways of fitting, each by its recipe.
    static let recipes: [(name: String, text: String)] =
        DemoRecipe.allCases.map { ($0.name, $0.text) }
        + [
            "none", "firth", "{elasticNet: {alpha: 0.5, path: {count: 10, folds: 3}}}",
            "none, signs: {equity_ratio: riskFalls, overdue_share: riskFalls}",
        ].map { ($0, Workbench.recipe.replacing("{l2: 1}", with: $0)) }
        + [("classical scorecard", Workbench.scorecardRecipe + "  regression: {attributes: woe}\n")]

    /// OpenBLAS adds in an order of the processor's, and vector kernels come in widths; what a model is made of must
    /// follow neither.
    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: program.path),
            "needs the program beside the tests"),
        arguments: recipes)
    func bitsDoNotDependOnTheProcessor(recipe: (name: String, text: String)) throws {
        let bench = try Workbench(rows: 1_500, defaultRate: 0.1)
        let file = try bench.folder.write(recipe.text, to: "recipe.yaml")
        let flags = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        // Names that OpenBLAS does not know, as on another architecture, leave its own choice.
        let processors = [("Prescott", nil), ("Haswell", "avx2"), ("SkylakeX", nil), ("SkylakeX", "avx2")]
            .filter {
                // What needs AVX-512 stops where there is none.
                $0.0 != "SkylakeX" || flags.contains("avx512f")
            }
        let models = try processors.enumerated().map { place, processor in
            let process = Process()
            process.executableURL = Self.program
            process.arguments = [
                "train", file, "--data", bench.path("past.csv"), "--out", bench.path("\(place)"), "--quiet",
            ]
            var environment = ProcessInfo.processInfo.environment
            environment["OPENBLAS_CORETYPE"] = processor.0
            environment["OBLIGOR_KERNELS"] = processor.1
            process.environment = environment
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            return try bench.text("\(place)/model.json")
        }
        #expect(Set(models).count == 1)
    }

    /// The program beside the tests.
    private static let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appending(path: "obligor")

    /// The text with numbers of nine digits and without digest and engine version.
    static func shortened(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).compactMap { line in
            if line.contains("\"sha256\" :") || line.contains("\"engineVersion\" :") { return nil }
            let isLast = !line.hasSuffix(",")
            let body = isLast ? line[...] : line.dropLast()
            let start = body.lastIndex(of: " ").map(body.index(after:)) ?? body.startIndex
            let word = body[start...]
            guard word.contains(".") || word.contains("e-"), let number = Double(word) else {
                return String(line)
            }
            // A format of digits alone does not depend on the language.
            return body[..<start] + String(format: "%.9g", number) + (isLast ? "" : ",")
        }.joined(separator: "\n")
    }

    @Test func onlyDigitsThatDoNotMatterAreLeftOut() {
        #expect(Self.shortened("  \"value\" : 0.12345678949,\n  1.5") == "  \"value\" : 0.123456789,\n  1.5")
        #expect(
            Self.shortened("  \"name\" : \"0.12345678949\",\n  -3.0000000001e-7")
                == "  \"name\" : \"0.12345678949\",\n  -3e-07")
        #expect(Self.shortened("a\n  \"sha256\" : \"x\"\nb") == "a\nb")
    }
}
