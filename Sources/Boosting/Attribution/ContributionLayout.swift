import CKernels

/// A forest's leaves as the contribution kernel reads them: see forest_contributions.h for the method.
struct ContributionLayout {
    var trees: [obligor_contribution_tree] = []
    var leaves: [obligor_contribution_leaf] = []
    var elements: [obligor_contribution_element] = []
    var tests: [UInt32] = []
    var values: [Float] = []
    var features: [UInt32] = []
    var complements: [Float] = []
    let splitTests: [UInt32]
    let featuresPerOutput: Int
    private(set) var mostSplits = 1
    private(set) var mostFeatures = 1
    /// Base score plus the mean of every tree, by output.
    private(set) var expectedScores: [Double]

    /// Rules of 1, 2, 3 … points.
    private static let rules = (1...Int(OBLIGOR_CONTRIBUTION_POINTS)).map(GaussLegendre.rule)

    /// - Throws: ``BoostingError/cannotExplain(reason:)`` for trees without covers, or with paths that ask about
    ///   more than 128 features.
    init(_ forest: Forest, _ layout: ForestLayout) throws(BoostingError) {
        splitTests = layout.splitTests
        featuresPerOutput = forest.features.count
        expectedScores = forest.baseScores
        for rule in Self.rules { complements += rule.map { Float(1 / (1 - $0.point)) } }
        var firstSplit = 0
        for number in layout.treeOrder {
            let tree = forest.trees[number]
            let paths = try LeafPaths(tree)
            expectedScores[number % forest.outputCount] += paths.expectedValue
            try add(tree, paths, firstSplit: firstSplit)
            firstSplit += tree.splits.count
        }
    }

    private mutating func add(
        _ tree: Tree, _ paths: LeafPaths, firstSplit: Int
    ) throws(BoostingError) {
        let firstFeature = features.count
        let firstLeaf = leaves.count
        var places: [Int: Int] = [:]
        for (leaf, path) in zip(tree.leaves, paths.elements) where !path.isEmpty {
            let points = (path.count + 1) / 2
            guard points <= Self.rules.count else {
                throw .cannotExplain(
                    reason: "a path asks about \(path.count) features, more than 128; grow shallower trees")
            }
            leaves.append(
                obligor_contribution_leaf(
                    first_value: UInt32(values.count), first_element: UInt32(elements.count),
                    first_test: UInt32(tests.count), elements: UInt16(path.count), points: UInt16(points)))
            add(leaf.value, path, Self.rules[points - 1])
            for element in path {
                let place = places[element.feature] ?? places.count
                if places.updateValue(place, forKey: element.feature) == nil {
                    features.append(UInt32(element.feature))
                }
                elements.append(
                    obligor_contribution_element(feature: UInt32(place), tests: UInt32(element.tests.count)))
                tests += element.tests.map { UInt32($0) }
            }
        }
        guard values.count <= Int(UInt32.max) else {
            throw .cannotExplain(reason: "the forest has too many leaves; grow fewer")
        }
        mostSplits = max(mostSplits, tree.splits.count)
        mostFeatures = max(mostFeatures, places.count)
        trees.append(
            obligor_contribution_tree(
                first_split: UInt32(firstSplit), split_count: UInt32(tree.splits.count),
                first_leaf: UInt32(firstLeaf), leaf_count: UInt32(leaves.count - firstLeaf),
                first_feature: UInt32(firstFeature), feature_count: UInt32(places.count)))
    }

    /// Adds the numbers of a leaf: starting values, then by feature its factors and its terms.
    private mutating func add(
        _ value: Double, _ path: [LeafPaths.Element], _ rule: [(point: Double, weight: Double)]
    ) {
        values += rule.map { node in
            Float(path.reduce(value * node.weight) { $0 * ($1.share * (1 - node.point) + node.point) })
        }
        for element in path {
            let share = element.share
            values += rule.map { node in
                let stopped = share * (1 - node.point)
                return Float(stopped / (stopped + node.point))
            }
            values += rule.map { node in
                Float((1 - share) / (share * (1 - node.point) + node.point))
            }
        }
    }
}
