import Boosting
import Foundation
import Parallelism
import Statistics
import Tables
import TestSupport
import Testing

@testable import Scoring

@Suite("A damaged model file gives a model or a typed error, never a trap")
struct ModelHostileTests {
    /// Model files of all kinds, with every kind of calibration map.
    private static let sound: [[UInt8]] = {
        var recipes = [
            // A ridge, because a rare level separates in a fold.
            SmallCredit.recipe(.logistic(LogisticRecipe(penalty: .l2(1)))),
            SmallCredit.recipe(.scorecard(ScorecardRecipe())),
            SmallTrees.recipe { options in
                options.rounds = 4
                options.stopping = .none
                options.monotone = ["delay": .rising]
            },
            SmallTrees.additiveRecipe { $0.monotone = ["delay": .rising] },
        ]
        recipes[0].calibration = CalibrationRecipe(method: .isotonic)
        recipes[1].calibration = CalibrationRecipe(
            method: .platt, centralTendency: .init(target: .rate(0.1)))
        recipes[2].calibration = CalibrationRecipe(
            method: .beta, cycle: .init(direction: .toPointInTime, factor: -1),
            margins: [.init(category: .a, amount: .relative(0.1), reason: "gaps")], floor: 0.001)
        return recipes.compactMap { recipe in
            guard let table = try? SmallCredit.table(rows: 300),
                let model = try? ModelTrainer(recipe, workers: .single).train(table).model,
                let data = try? ModelArtifact.data(of: model)
            else { return nil }
            return Array(data)
        }
    }()

    private static let splices = [
        "{", "}", "[", "]", ",", ":", "\"", "null", "true", "1e999", "-0", "\\u0000", "\\ud800", "\n",
        "99999999999999999999", "NaN", "\u{FEFF}", "\"formatVersion\" : 3,", "\"model\" : {},", "é",
    ]

    /// What stands in for a value.
    private static let others = [
        "0", "-1", "1", "2", "3", "1e308", "-1e308", "5e-324", "-0.0", "0.5", "9007199254740993",
        "18446744073709551615", "-9223372036854775808", "null", "true", "false", "\"\"", "\"x\"", "[]", "{}",
        "[[]]", "income", "delay", "home", "numeric", "categorical", "logistic", "scorecard",
        "boosted-trees", "additive-trees", "\"l0:1\"", "\"n0:0.5:L:0 l-1:1 l1:0\"",
        "\"c2:0,1:R:0 l-1:1 l1e300:1\"",
    ]

    @Test("all kinds are there to be damaged")
    func kinds() { #expect(Self.sound.count == ModelKind.allCases.count) }

    @Test("injuries", arguments: HostileInput.modelFiles.seeds)
    func injuries(seed: Int) {
        var mutator = Mutator(SeededGenerator(seed: UInt64(seed)), splices: Self.splices)
        for round in 0..<HostileInput.modelFiles.perSeed {
            let damaged = mutator.damaged(Self.sound[round % Self.sound.count])
            do throws(ArtifactError) {
                _ = try ModelArtifact.model(from: Data(damaged))
            } catch {
                #expect(!error.description.isEmpty && !error.description.contains("\n"), "\(error)")
            }
        }
    }

    /// A leaf takes five characters at least and a split nine, and sets no more than their allowance: what is read, and
    /// with it the time to check it, is bounded by the length of the file, whatever the numbers in it.
    private static func expectNoMoreThanWritten(_ model: ScoringModel, bytes: Int) {
        guard let trees = model.boostedTrees?.forest.trees else { return }
        var (characters, words) = (0, 0)
        for tree in trees {
            characters += 5 * tree.leaves.count + 9 * tree.splits.count
            for case .oneOf(let set) in tree.splits.map(\.condition) { words += set.words.count }
        }
        #expect(characters <= bytes && words <= CategorySetAllowance.words)
    }

    /// Values that are wrong although the digest is right, as a careless program could write them.
    @Test("wrong values under a right digest", arguments: HostileInput.resealedModelFiles.seeds)
    func resealed(seed: Int) throws {
        let table = try SmallCredit.table(rows: 20, seed: 11)
        var mutator = Mutator(SeededGenerator(seed: UInt64(1_000 + seed)), splices: [])
        var read = 0
        for round in 0..<HostileInput.resealedModelFiles.perSeed {
            let text = String(decoding: Self.sound[round % Self.sound.count], as: UTF8.self)
            let changed = Data(mutator.exchanged(text, for: Self.others).utf8)
            guard let document = try? JSONDecoder().decode(ModelDocument.self, from: changed),
                let digest = try? document.model.digest(),
                let resealed = try? JSONEncoder().encode(
                    ModelDocument(
                        format: document.format, formatVersion: document.formatVersion, model: document.model,
                        sha256: digest))
            else { continue }
            do throws(ArtifactError) {
                let model = try ModelArtifact.model(from: resealed)
                read += 1
                Self.expectNoMoreThanWritten(model, bytes: resealed.count)
                do throws(ScoringError) {
                    let scored = try model.score(table)
                    #expect(scored.logOdds.count == table.rowCount && scored.logOdds.allSatisfy { !$0.isNaN })
                    for row in 0..<table.rowCount { _ = scored.reasons?.names(ofRow: row) }
                } catch {
                    #expect(!error.description.isEmpty)
                }
                _ = model.scorecard.map { [$0.csv, $0.markdown] }
                _ = try ModelArtifact.data(of: model)
            } catch {
                #expect(!error.description.isEmpty && !error.description.contains("\n"), "\(error)")
            }
        }
        // Names and figures that nothing depends on may be anything.
        #expect((1..<HostileInput.resealedModelFiles.perSeed / 2).contains(read), "\(read) were read")
    }

    @Test("every shorter file is refused")
    func truncation() {
        for sound in Self.sound {
            // A line break is all that may be missing.
            for length in stride(from: 0, to: sound.count - 2, by: 97) {
                #expect(throws: ArtifactError.self) {
                    try ModelArtifact.model(from: Data(sound.prefix(length)))
                }
            }
        }
    }

    @Test(
        "a run of the tests damages at least ten thousand inputs, two thousand recipes and models among them")
    func amount() {
        #expect(HostileInput.total >= 10_000)
        #expect(HostileInput.recipes.count >= 2_000)
        #expect(HostileInput.modelFiles.count >= 2_000 && HostileInput.resealedModelFiles.count >= 2_000)
    }
}
