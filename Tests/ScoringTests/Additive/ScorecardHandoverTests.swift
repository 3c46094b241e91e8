import Foundation
import Parallelism
import Statistics
import StrictYAML
import Tables
import TestSupport
import Testing

@testable import Boosting
@testable import Scoring

@Suite("The cuts of a scorecard recipe")
struct ScorecardHandoverTests {
    /// Values, the bounds that training finds between them, and the bounds as cuts of a recipe.
    private func cuts(of values: [Double], bins: Int) -> [(bound: Double, cut: Double)] {
        let bounds = Array(
            BinBoundaries.upperBounds(of: values.sorted(), maximumBins: bins, minimumRows: 1).dropLast())
        return bounds.indices.map { (bounds[$0], ScoringModel.cut(at: $0, of: bounds)) }
    }

    /// Whether a value is in the bin below a bound: up to it, but below the cut of a scorecard.
    private func isBelow(_ value: Double, _ pair: (bound: Double, cut: Double)) -> (tree: Bool, card: Bool) {
        (value <= pair.bound, value < pair.cut)
    }

    @Test(
        "of decimals are decimals with one more digit at most, and no value changes sides", arguments: 0..<60)
    func decimals(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let digits = 1 + seed % 5
        let unit = [0.001, 0.01, 0.1, 1, 100][seed / 5 % 5]
        let most = Int(pow(10, Double(digits)))
        let values = (0..<300).map { _ in
            // Read as a file is: the double nearest to the decimal.
            Double("\(random.integer(below: 2 * most) - most)e\(Int(log10(unit).rounded()))") ?? 0
        }
        let pairs = cuts(of: values, bins: 3 + seed)
        #expect(!pairs.isEmpty)
        for pair in pairs {
            let sides = values.map { isBelow($0, pair) }
            #expect(sides.allSatisfy { $0.tree == $0.card }, "\(pair)")
            let written = "\(pair.cut)".split(separator: "e")[0].filter(\.isNumber)
                .drop { $0 == "0" }.reversed().drop { $0 == "0" }
            #expect(written.count <= digits + 1, "\(pair.cut)")
        }
        #expect(zip(pairs, pairs.dropFirst()).allSatisfy { $0.cut < $1.cut })
    }

    @Test(
        "of any doubles rise, and only a value that is the cut in single precision changes sides",
        arguments: 0..<60)
    func doubles(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        // From spread out to so close that single precision tells few of them apart.
        let spread = pow(10, -Double(seed % 10))
        let values = (0..<400).map { _ in
            1e4 * (random.uniform() < 0.5 ? -1 : 1) * (1 + spread * random.uniform())
        }
        let pairs = cuts(of: values, bins: 2 + 4 * seed)
        for pair in pairs {
            for value in values where isBelow(value, pair).tree != isBelow(value, pair).card {
                #expect(Float(value) == Float(pair.cut), "\(value) at \(pair)")
            }
        }
        #expect(zip(pairs, pairs.dropFirst()).allSatisfy { $0.cut < $1.cut })
    }

    @Test("are what a person would write")
    func examples() {
        #expect(ScoringModel.cut(at: 0, of: [0.30000002682209015]) == 0.3)
        #expect(ScoringModel.cut(at: 1, of: [-1, 12.500000476837158, 20]) == 12.5)
        #expect(ScoringModel.cut(at: 0, of: [2.5, 3.5]) == 2.5)
        // A cut between whole numbers that single precision does not tell apart stays between them.
        #expect(ScoringModel.cut(at: 0, of: [16_777_217.5]) == 16_777_217.5)
        // Two bounds that are one number in single precision stay two.
        let close = [0.1, 0.1.nextUp]
        #expect(close.indices.map { ScoringModel.cut(at: $0, of: close) } == close)
    }

    @Test("put the training rows where the functions have them")
    func trained() throws {
        let table = try SmallCredit.table()
        let model = try ModelTrainer(SmallTrees.additiveRecipe { _ in }, workers: .single).train(table).model
        let text = try #require(model.scorecardRecipe())
        let shapes = try #require(model.additiveTrees).shapes
        let recipe = try Recipe(text)
        guard case .scorecard(let card) = recipe.model else {
            Issue.record("no recipe of a scorecard")
            return
        }
        var seen = 0
        for (place, feature) in shapes.features.enumerated() {
            guard case .number(let bounds) = shapes.functions[place].axis,
                case .cuts(let cuts)? = card.variables[feature.name]?.prebinning
            else { continue }
            let values = try #require(table[feature.name]).numbers()
            for cut in cuts {
                seen += 1
                #expect("\(cut)".count <= 10, "\(cut)")
                let below = values.map { $0 < cut }
                #expect(
                    bounds.contains { bound in values.map { $0 <= bound } == below },
                    "\(feature.name): \(cut)")
            }
        }
        #expect(seen > 5)
    }
}
