import Boosting
import Parallelism
import Statistics
import TestSupport
import Testing

@testable import Scoring

@Suite("Trees as text")
struct TreeTextTests {
    private static let features = [
        Forest.Feature(name: "x", kind: .number), .init(name: "c", kind: .category(levels: 6)),
    ]

    private func tree(_ text: String) -> Tree? {
        var reader = TreeText(features: Self.features)
        return reader.tree(text)
    }

    @Test("every kind of question is written and read")
    func kinds() throws {
        let text = "n0:0.1:L:2.5 c1:0,5:R:0.25 l-1.5:3 z0:inf:R:0.0 l0.1:1 l5e-324:2 l2:4"
        let tree = try #require(self.tree(text))
        #expect(tree.splits.map(\.cover) == [10, 6, 3])
        #expect(tree.splits[1].condition == .oneOf(CategorySet([0, 5])))
        #expect(tree.splits[0].right == .leaf(3) && tree.splits[1].right == .split(2))
        #expect(throws: Never.self) { try tree.validated(featureCount: 2) }
        let written = TreeText.text(of: tree)
        #expect(self.tree(written) == tree)
        #expect(written.hasPrefix("n0:0.1:L:2.5 c1:0,5:R:0.25 l-1.5:3.0 "))
        #expect(self.tree("l0.5:7")?.leaves == [.init(value: 0.5, cover: 7)])
    }

    @Test(
        "what is no tree is refused",
        arguments: [
            "", " ", "l1", "l1:2 l1:2", "n0:1:L:0 l1:1", "n0:1:L:0 l1:1 l1:1 l1:1", "lnan:1", "l1:nan",
            "n0:nan:L:0 l1:1 l1:1", "n2:1:L:0 l1:1 l1:1", "n-1:1:L:0 l1:1 l1:1", "n0:1:M:0 l1:1 l1:1",
            "n0:1:L:inf l1:1 l1:1", "c1:6:L:0 l1:1 l1:1", "c0:0:L:0 l1:1 l1:1", "x0:1:L:0 l1:1 l1:1",
            "n0:1:L:0  l1:1 l1:1", "n99999999999999999999:1:L:0 l1:1 l1:1", "c1:-1:L:0 l1:1 l1:1",
        ])
    func refusals(text: String) {
        #expect(tree(text) == nil)
    }

    @Test("category sets that would fill the memory are refused")
    func memory() {
        var reader = TreeText(features: [.init(name: "c", kind: .category(levels: 65_536))])
        let tree = "c0:65535:L:0 l1:1 l1:1"
        let possible = CategorySetAllowance.words / 1_024
        var read = 0
        while read <= possible, reader.tree(tree) != nil { read += 1 }
        #expect(read == possible)
    }

    @Test("a tree of a hundred thousand leaves in a row is read without recursion")
    func chain() throws {
        let depth = 100_000
        let text = (0..<depth).map { "n0:\($0):L:0 l0:1 " }.joined() + "l1:1"
        let tree = try #require(self.tree(text))
        #expect(tree.leaves.count == depth + 1)
    }

    /// A proof takes the square of the leaves, which a file names with a few characters each.
    @Test("directions of trees too large for a proof are refused before it is tried")
    func proofsEnd() throws {
        let leaves = BoostedTreesModel.provableLeaves
        let chain = (1..<leaves).map { "n0:\($0):L:0 l0:1 " }.joined()
        let largest = try #require(self.tree(chain + "l1:1"))
        let larger = try #require(self.tree(chain + "n0:\(leaves):L:0 l0:1 l1:1"))
        #expect(largest.leaves.count == leaves)
        func refusal(_ trees: [Tree], direction: Int8) -> BoostingError? {
            do throws(BoostingError) {
                _ = try BoostedTreesModel(
                    inputs: [TreeInput(column: "x", levels: nil, missingCodes: [])],
                    forest: Forest(
                        features: [Self.features[0]], objective: .binary, baseScores: [0], trees: trees),
                    directions: [direction])
                return nil
            } catch { return error }
        }
        let most = BoostedTreesModel.provablePairs / (leaves * leaves)
        for trees in [[larger], [Tree](repeating: largest, count: most + 1)] {
            guard case .notProvable = refusal(trees, direction: 1) else {
                Issue.record("\(trees.count) trees of \(trees[0].leaves.count) leaves")
                continue
            }
        }
        #expect(refusal([larger], direction: 0) == nil)
    }

    @Test("a damaged text is a tree that scores, or none", arguments: HostileInput.treeTexts.seeds)
    func injuries(seed: Int) throws {
        let sound = Array("n0:0.1:L:2.5 c1:0,5:R:0.25 l-1.5:3 z0:inf:R:0.0 l0.1:1 l5e-324:2 l2:4".utf8)
        var mutator = Mutator(
            SeededGenerator(seed: UInt64(4_000 + seed)),
            splices: ["l1:1", "n0:1:R:0", " ", ":", ",", "-", "e308", "inf", "nan", "c1:", "L", "9"])
        let inputs = [
            TreeInput(column: "x", levels: nil, missingCodes: []),
            TreeInput(column: "c", levels: ["a", "b", "c", "d", "e", "f"], missingCodes: []),
        ]
        for _ in 0..<HostileInput.treeTexts.perSeed {
            let text = String(decoding: mutator.damaged(sound), as: UTF8.self)
            guard let tree = tree(text) else { continue }
            #expect(self.tree(TreeText.text(of: tree)) == tree, "\(text)")
            do throws(BoostingError) {
                let model = try BoostedTreesModel(
                    inputs: inputs,
                    forest: Forest(
                        features: Self.features, objective: .binary, baseScores: [0], trees: [tree]),
                    directions: [1, 0])
                let scores = model.predictor.rawScores(columns: [
                    .doubles([.nan, -1, 0, 1, .infinity]), .categories([0, 1, 5, .max, 2], levels: 6),
                ])
                #expect(scores.allSatisfy { $0.isFinite }, "\(text)")
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }
}
