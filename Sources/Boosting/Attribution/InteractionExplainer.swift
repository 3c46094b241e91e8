public import Parallelism

/// Takes raw scores apart into contributions of features and of pairs of features: SHAP interaction values.
///
/// The interaction of two features is half the Shapley interaction index of their pair, so that it stands once on
/// each side of the diagonal; the diagonal holds what is left of a feature's contribution. Rows sum to the
/// contributions of ``TreeExplainer``, the whole matrix to the raw score less the expected one.
///
/// Source: Lundberg, Erion & Lee (2018), §4; Fujimoto, Kojadinovic & Marichal (2006).
public struct InteractionExplainer: Sendable {
    private let forest: Forest
    private let paths: [LeafPaths]
    private let rules: [[(point: Double, weight: Double)]]

    /// Prepares a forest.
    ///
    /// - Throws: as ``TreeExplainer/init(_:)``, but for the limit on the length of paths.
    public init(_ forest: Forest) throws(BoostingError) {
        self.forest = try forest.validated()
        var paths: [LeafPaths] = []
        for tree in forest.trees { paths.append(try LeafPaths(tree)) }
        self.paths = paths
        let longest = paths.flatMap { $0.elements.map(\.count) }.max() ?? 0
        rules = (0...(longest + 1) / 2).map { GaussLegendre.rule(points: max(1, $0)) }
    }

    /// Interaction values of one row.
    ///
    /// - Parameter values: One per feature; NaN is missing, a category is its code.
    /// - Returns: By output, the p × p symmetric matrix, row by row.
    /// - Throws: ``BoostingError/notAdditive(row:gap:bound:)``.
    /// - Complexity: O(leaves · m³) for paths of m features.
    public func interactions(of values: [Double]) throws(BoostingError) -> [[Double]] {
        let features = forest.features.count
        precondition(values.count == features, "\(values.count) values for \(features) features")
        let values = forest.comparesSinglePrecision ? values.map { Double(Float($0)) } : values
        var matrices = [[Double]](
            repeating: [Double](repeating: 0, count: features * features), count: forest.outputCount)
        var gaps = [Double](repeating: 0, count: forest.outputCount)
        for (number, tree) in forest.trees.enumerated() {
            let output = number % forest.outputCount
            gaps[output] += tree.leaves[tree.leaf(of: values)].value - paths[number].expectedValue
            let goesLeft = tree.splits.map { $0.goesLeft(values[$0.feature]) }
            for (leaf, path) in zip(tree.leaves, paths[number].elements) where !path.isEmpty {
                let passes = path.map { $0.tests.allSatisfy { goesLeft[$0 / 2] == ($0 % 2 == 0) } }
                add(leaf.value, path, passes, to: &matrices[output])
            }
        }
        let size = forest.trees.reduce(0) { $0 + ($1.leaves.map { abs($0.value) }.max() ?? 0) }
        // Double precision throughout; the factor allows for the sums of as many terms as there are leaves.
        let bound = 1e-10 * size
        for output in matrices.indices {
            let gap = abs(matrices[output].reduce(0, +) - gaps[output])
            guard gap <= bound else { throw .notAdditive(row: 0, gap: gap, bound: bound) }
        }
        return matrices
    }

    /// How large interaction values are, on average over rows.
    ///
    /// - Parameter columns: One per feature, all of one length, at least one row.
    /// - Returns: By output, the p × p symmetric matrix of mean sizes, row by row; the diagonal holds what features do
    ///   alone.
    /// - Throws: ``BoostingError/notAdditive(row:gap:bound:)``.
    public func meanSizes(
        columns: [TrainingData.Column], workers: Workers = .single
    ) throws(BoostingError) -> [[Double]] {
        let values = columns.map(\.asDoubles)
        let rows = values.first?.count ?? 0
        precondition(rows > 0 && values.allSatisfy { $0.count == rows }, "columns of one length")
        // Blocks of a fixed size, added in order, so that the sums do not depend on the number of threads.
        let blockSize = 16
        let blocks = try workers.tryMap((rows + blockSize - 1) / blockSize) { block throws(BoostingError) in
            var sums: [[Double]] = []
            for row in block * blockSize..<min(rows, (block + 1) * blockSize) {
                let matrices = try interactions(of: values.map { $0[row] })
                if sums.isEmpty { sums = matrices.map { $0.map { _ in 0 } } }
                for output in matrices.indices {
                    for place in matrices[output].indices {
                        sums[output][place] += abs(matrices[output][place])
                    }
                }
            }
            return sums
        }
        var totals = blocks[0]
        for block in blocks.dropFirst() {
            for output in totals.indices {
                for place in totals[output].indices { totals[output][place] += block[output][place] }
            }
        }
        return totals.map { $0.map { $0 / Double(rows) } }
    }

    /// Adds a leaf: off the diagonal ½ v (oᵢ − zᵢ)(oⱼ − zⱼ) ∫ ∏ g over the other features, on it what is left of
    /// v (oᵢ − zᵢ) ∫ ∏ g over the others.
    private func add(
        _ value: Double, _ path: [LeafPaths.Element], _ passes: [Bool], to matrix: inout [Double]
    ) {
        let features = forest.features.count
        let weights = zip(path, passes).map { ($1 ? 1 : 0) - $0.share }
        for (point, weight) in rules[(path.count + 1) / 2] {
            let factors = zip(path, passes).map { $0.share * (1 - point) + ($1 ? point : 0) }
            for i in path.indices {
                // Products rather than quotients: a share of 0 makes a factor 0.
                var single = value * weight * weights[i]
                for k in path.indices where k != i { single *= factors[k] }
                matrix[path[i].feature * features + path[i].feature] += single
                for j in path.indices where j != i {
                    var pair = 0.5 * value * weight * weights[i] * weights[j]
                    for k in path.indices where k != i && k != j { pair *= factors[k] }
                    matrix[path[i].feature * features + path[j].feature] += pair
                    matrix[path[i].feature * features + path[i].feature] -= pair
                }
            }
        }
    }
}
