import Testing

@testable import Boosting

@Suite("A tree")
struct TreeTests {
    /// If x₀ ≤ 1 then (if x₁ in {0, 2} then leaf 0 else leaf 1) else leaf 2.
    static let tree = Tree(
        splits: [
            Tree.Split(
                feature: 0, condition: .atMost(1), missingGoesLeft: false, left: .split(1), right: .leaf(2)),
            Tree.Split(
                feature: 1, condition: .oneOf(CategorySet([0, 2])), missingGoesLeft: true, left: .leaf(0),
                right: .leaf(1)),
        ],
        leaves: [Tree.Leaf(value: 1, cover: 1), Tree.Leaf(value: 2, cover: 1), Tree.Leaf(value: 3, cover: 1)])

    @Test("values on the threshold go left", arguments: [(1.0, 0), (1.0.nextUp, 2), (-Double.infinity, 0)])
    func threshold(value: Double, leaf: Int) {
        #expect(Self.tree.leaf(of: [value, 2]) == leaf)
    }

    @Test("missing takes its own direction")
    func missing() {
        #expect(Self.tree.leaf(of: [.nan, 0]) == 2)
        #expect(Self.tree.leaf(of: [0, .nan]) == 0)
    }

    @Test("an unseen category goes right", arguments: [1.0, 3, 64, 1e9, -1, .infinity])
    func unseenCategory(code: Double) {
        #expect(Self.tree.leaf(of: [0, code]) == 1)
    }

    @Test("zero can count as missing")
    func zeroAsMissing() {
        var tree = Self.tree
        tree.splits[0].condition = .atMostZeroMissing(1)
        #expect(tree.leaf(of: [0, 0]) == 2)
        #expect(tree.leaf(of: [-1, 0]) == 0)
    }

    @Test("refuses what is no tree")
    func malformed() throws {
        _ = try Self.tree.validated(featureCount: 2)
        let breakages: [(inout Tree) -> Void] = [
            { $0.splits[0].left = .split(0) },
            { $0.splits[0].left = .split(7) },
            { $0.splits[0].left = .leaf(-1) },
            { $0.splits[1].left = .leaf(1) },
            { $0.splits[1].feature = 2 },
            { $0.splits[0].condition = .atMost(.nan) },
            { $0.leaves[0].value = .infinity },
            { $0.leaves[0].cover = .nan },
            { $0.leaves.removeLast() },
        ]
        for breakage in breakages {
            var tree = Self.tree
            breakage(&tree)
            #expect(throws: BoostingError.self) { try tree.validated(featureCount: 2) }
        }
    }

    @Test("a set of categories gives its codes back", arguments: [[], [0], [63, 64], [5, 130, 65_535]])
    func categorySets(codes: [Int]) {
        let set = CategorySet(codes)
        #expect(set.codes == codes)
        #expect(codes.allSatisfy(set.contains))
        #expect(!set.contains(1))
        #expect(!set.contains(-1))
    }
}
