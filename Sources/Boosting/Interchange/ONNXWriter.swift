extension Forest {
    /// The forest as an ONNX model: operators of `ai.onnx` 13 and `ai.onnx.ml` 1.
    ///
    /// Input `features`: float, n × p, NaN for missing, categories as their codes. Output `raw_score`: float, n × K.
    /// Output `prediction`: the probability of default (n × 1), of every class or level (n × K), the mean or the
    /// quantile (n × 1), as the objective has it.
    ///
    /// Thresholds become the greatest float that goes left, so rows of floats take the same leaves, and in forests that
    /// were trained here those of doubles too; sums run in single precision, so raw scores agree to about 10⁻⁶ of their
    /// size. A category set becomes a chain of comparisons that share
    /// a branch, so codes must be whole numbers.
    ///
    /// - Throws: ``InterchangeError/inexpressible(format:reason:)`` for splits that take zero as missing.
    public func onnx() throws(InterchangeError) -> [UInt8] {
        try ONNXWriter(forest: self).model()
    }
}

/// Writes an ONNX model; field numbers are those of onnx.proto.
private struct ONNXWriter {
    let forest: Forest

    /// The lists of attributes of TreeEnsembleRegressor.
    private struct Nodes {
        var trees: [Int] = []
        var ids: [Int] = []
        var features: [Int] = []
        var modes: [String] = []
        var values: [Float] = []
        var whenTrue: [Int] = []
        var whenFalse: [Int] = []
        var missingIsTrue: [Int] = []
        var targetTrees: [Int] = []
        var targetNodes: [Int] = []
        var targets: [Int] = []
        var weights: [Float] = []
    }

    func model() throws(InterchangeError) -> [UInt8] {
        var nodes = Nodes()
        for (number, tree) in forest.trees.enumerated() {
            try Self.add(tree, number: number, output: number % forest.outputCount, to: &nodes)
        }
        if forest.trees.isEmpty {
            // An ensemble must have a tree.
            try Self.add(
                Tree(splits: [], leaves: [Tree.Leaf(value: 0, cover: 0)]), number: 0, output: 0, to: &nodes)
        }
        return ProtobufWriter.message { model in
            model.add(1, 8)
            model.add(2, "obligor")
            model.add(8) { $0.add(2, 13) }
            model.add(8) { operators in
                operators.add(1, "ai.onnx.ml")
                operators.add(2, 1)
            }
            model.add(7) { graph(&$0, nodes) }
        }
    }

    private func graph(_ graph: inout ProtobufWriter, _ nodes: Nodes) {
        graph.add(1) { ensemble(&$0, nodes) }
        link(&graph)
        graph.add(2, "forest")
        graph.add(11) { Self.value(&$0, "features", columns: forest.features.count) }
        graph.add(12) { Self.value(&$0, "raw_score", columns: forest.outputCount) }
        let columns = if case .ordinal(let levels) = forest.objective { levels } else { forest.outputCount }
        graph.add(12) { Self.value(&$0, "prediction", columns: columns) }
    }

    private func ensemble(_ node: inout ProtobufWriter, _ nodes: Nodes) {
        node.add(1, "features")
        node.add(2, "raw_score")
        node.add(3, "trees")
        node.add(4, "TreeEnsembleRegressor")
        node.add(7, "ai.onnx.ml")
        node.add(5) { Self.attribute(&$0, "aggregate_function", "SUM") }
        node.add(5) { Self.attribute(&$0, "base_values", forest.baseScores.map { Float($0) }) }
        node.add(5) { Self.attribute(&$0, "n_targets", forest.outputCount) }
        node.add(5) { Self.attribute(&$0, "nodes_falsenodeids", nodes.whenFalse) }
        node.add(5) { Self.attribute(&$0, "nodes_featureids", nodes.features) }
        node.add(5) { Self.attribute(&$0, "nodes_missing_value_tracks_true", nodes.missingIsTrue) }
        node.add(5) { Self.attribute(&$0, "nodes_modes", nodes.modes) }
        node.add(5) { Self.attribute(&$0, "nodes_nodeids", nodes.ids) }
        node.add(5) { Self.attribute(&$0, "nodes_treeids", nodes.trees) }
        node.add(5) { Self.attribute(&$0, "nodes_truenodeids", nodes.whenTrue) }
        node.add(5) { Self.attribute(&$0, "nodes_values", nodes.values) }
        node.add(5) { Self.attribute(&$0, "post_transform", "NONE") }
        node.add(5) { Self.attribute(&$0, "target_ids", nodes.targets) }
        node.add(5) { Self.attribute(&$0, "target_nodeids", nodes.targetNodes) }
        node.add(5) { Self.attribute(&$0, "target_treeids", nodes.targetTrees) }
        node.add(5) { Self.attribute(&$0, "target_weights", nodes.weights) }
    }

    /// From raw scores to predictions.
    private func link(_ graph: inout ProtobufWriter) {
        switch forest.objective {
        case .binary: Self.operation(&graph, "Sigmoid", ["raw_score"], "prediction")
        case .softmax: Self.operation(&graph, "Softmax", ["raw_score"], "prediction")
        case .poisson: Self.operation(&graph, "Exp", ["raw_score"], "prediction")
        case .squared, .quantile: Self.operation(&graph, "Identity", ["raw_score"], "prediction")
        case .ordinal:
            // P(y ≤ k) = 1 ÷ (1 + e^(f − cₖ)), with 0 before the first and 1 behind the last; then differences.
            Self.constant(
                &graph, "cuts", forest.cutPoints.map { Float($0) }, shape: [1, forest.cutPoints.count])
            Self.constant(&graph, "zero", [0], shape: [])
            Self.constant(&graph, "one", [1], shape: [])
            Self.constant(&graph, "before", [0, 1, 0, 0])
            Self.constant(&graph, "behind", [0, 0, 0, 1])
            Self.operation(&graph, "Sub", ["cuts", "raw_score"], "distances")
            Self.operation(&graph, "Sigmoid", ["distances"], "cumulative")
            Self.operation(&graph, "Pad", ["cumulative", "behind", "one"], "upper")
            Self.operation(&graph, "Pad", ["cumulative", "before", "zero"], "lower")
            Self.operation(&graph, "Sub", ["upper", "lower"], "prediction")
        }
    }

    private static func add(
        _ tree: Tree, number: Int, output: Int, to nodes: inout Nodes
    ) throws(InterchangeError) {
        // Splits and leaves have a node each, splits first; further comparisons of a set come behind.
        let splits = tree.splits.count
        var extra = splits + tree.leaves.count
        func id(_ child: Tree.Child) -> Int {
            switch child {
            case .split(let split): split
            case .leaf(let leaf): splits + leaf
            }
        }
        func append(
            _ id: Int, _ feature: Int, _ mode: String, _ value: Float, _ whenTrue: Int, _ whenFalse: Int,
            _ missingIsTrue: Bool
        ) {
            nodes.trees.append(number)
            nodes.ids.append(id)
            nodes.features.append(feature)
            nodes.modes.append(mode)
            nodes.values.append(value)
            nodes.whenTrue.append(whenTrue)
            nodes.whenFalse.append(whenFalse)
            nodes.missingIsTrue.append(missingIsTrue ? 1 : 0)
        }
        for (place, split) in tree.splits.enumerated() {
            switch split.condition {
            case .atMost(let threshold):
                append(
                    place, split.feature, "BRANCH_LEQ", BinKernel.largestFloat(atMost: threshold),
                    id(split.left),
                    id(split.right), split.missingGoesLeft)
            case .oneOf(let set):
                // An empty set, which missing values alone may pass, compares with what is no code.
                let codes = set.codes.isEmpty ? [-0.5] : set.codes.map { Float($0) }
                for (step, code) in codes.enumerated() {
                    let own = step == 0 ? place : extra - 1
                    let isLast = step == codes.count - 1
                    append(
                        own, split.feature, "BRANCH_EQ", code, id(split.left),
                        isLast ? id(split.right) : extra, split.missingGoesLeft)
                    if !isLast { extra += 1 }
                }
            case .atMostZeroMissing:
                throw .inexpressible(format: "ONNX", reason: "tree \(number) takes zero as missing")
            }
        }
        for (leaf, value) in tree.leaves.enumerated() {
            append(splits + leaf, 0, "LEAF", 0, 0, 0, false)
            nodes.targetTrees.append(number)
            nodes.targetNodes.append(splits + leaf)
            nodes.targets.append(output)
            nodes.weights.append(Float(value.value))
        }
    }
}

// Messages of onnx.proto.
extension ONNXWriter {
    private static func attribute(_ message: inout ProtobufWriter, _ name: String, _ value: Int) {
        message.add(1, name)
        message.add(3, value)
        message.add(20, 2)
    }

    private static func attribute(_ message: inout ProtobufWriter, _ name: String, _ value: String) {
        message.add(1, name)
        message.add(4, value)
        message.add(20, 3)
    }

    private static func attribute(_ message: inout ProtobufWriter, _ name: String, _ values: [Float]) {
        message.add(1, name)
        message.add(7, values)
        message.add(20, 6)
    }

    private static func attribute(_ message: inout ProtobufWriter, _ name: String, _ values: [Int]) {
        message.add(1, name)
        message.add(8, values)
        message.add(20, 7)
    }

    private static func attribute(_ message: inout ProtobufWriter, _ name: String, _ values: [String]) {
        message.add(1, name)
        for value in values { message.add(9, value) }
        message.add(20, 8)
    }

    private static func operation(
        _ graph: inout ProtobufWriter, _ kind: String, _ inputs: [String], _ output: String
    ) {
        graph.add(1) { node in
            for input in inputs { node.add(1, input) }
            node.add(2, output)
            node.add(3, output)
            node.add(4, kind)
        }
    }

    private static func constant(
        _ graph: inout ProtobufWriter, _ name: String, _ values: [Float], shape: [Int]
    ) {
        graph.add(5) { tensor in
            for size in shape { tensor.add(1, size) }
            tensor.add(2, 1)
            tensor.add(4, values)
            tensor.add(8, name)
        }
    }

    private static func constant(_ graph: inout ProtobufWriter, _ name: String, _ values: [Int]) {
        graph.add(5) { tensor in
            tensor.add(1, values.count)
            tensor.add(2, 7)
            tensor.add(7, values)
            tensor.add(8, name)
        }
    }

    /// A float tensor of any number of rows.
    private static func value(_ message: inout ProtobufWriter, _ name: String, columns: Int) {
        message.add(1, name)
        message.add(2) { type in
            type.add(1) { tensor in
                tensor.add(1, 1)
                tensor.add(2) { shape in
                    shape.add(1) { $0.add(2, "n") }
                    shape.add(1) { $0.add(1, columns) }
                }
            }
        }
    }
}
