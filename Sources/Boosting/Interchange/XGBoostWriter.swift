extension Forest {
    /// The forest as an XGBoost model file (JSON, booster `gbtree`).
    ///
    /// XGBoost works in single precision: thresholds become the next float above the greatest that goes left, so rows
    /// of floats take the same leaves, and in forests that were trained here those of doubles too (``BinBoundaries``);
    /// leaf values are rounded, so raw scores agree to about 10⁻⁶ of their size. Members of
    /// a category set go right there, so the branches of such splits change places. Base scores go into the leaves
    /// of the first round.
    ///
    /// Names of levels are written as XGBoost keeps those of data frames since version 3.1; older ones pass them over.
    /// (XGBoost 3.2 confuses names beyond ASCII where a frame has its levels in another order, its own models' too.)
    ///
    /// - Throws: ``InterchangeError/inexpressible(format:reason:)`` for an ordinal objective and for splits that take
    ///   zero as missing.
    public func xgboostJSON() throws(InterchangeError) -> String {
        try XGBoostWriter(forest: self).text()
    }
}

/// Writes XGBoost's JSON.
private struct XGBoostWriter {
    let forest: Forest

    func text() throws(InterchangeError) -> String {
        let outputs = forest.outputCount
        var trees: [String] = []
        for (number, tree) in forest.treesWithBases.enumerated() {
            trees.append(try Self.tree(tree, number: number, featureCount: forest.features.count))
        }
        let (objective, baseScore) = try objective()
        let names = forest.features.map { JSONText.quoted($0.name) }
        let kinds = forest.features.map { if case .category = $0.kind { "\"c\"" } else { "\"float\"" } }
        let rounds = stride(from: 0, through: trees.count, by: outputs).map { $0 }
        let classes = trees.indices.map { $0 % outputs }
        return """
            {"learner":{"attributes":{},"feature_names":\(Self.list(names)),"feature_types":\(Self.list(kinds)),\
            "gradient_booster":{"model":{\(categories())"gbtree_model_param":{"num_parallel_tree":"1",\
            "num_trees":"\(trees.count)"},"iteration_indptr":\(Self.list(rounds)),\
            "tree_info":\(Self.list(classes)),"trees":\(Self.list(trees))},"name":"gbtree"},\
            "learner_model_param":{"base_score":"\(baseScore)","boost_from_average":"0",\
            "num_class":"\(outputs > 1 ? outputs : 0)","num_feature":"\(forest.features.count)",\
            "num_target":"1"},"objective":\(objective)},"version":[2,1,0]}
            """
    }

    /// What levels are called, as XGBoost keeps the categories of data frames; nothing where that is not known of all.
    private func categories() -> String {
        guard let names = forest.namesOfAllLevels else { return "" }
        var (tables, segments, order): ([String], [Int], [Int]) = ([], [0], [])
        var lists = names.makeIterator()
        for feature in forest.features {
            var own: [String] = []
            if case .category = feature.kind { own = lists.next() ?? [] }
            let bytes = own.map { $0.utf8.map(Int8.init(bitPattern:)) }
            let offsets =
                own.isEmpty ? [] : bytes.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
            tables.append(
                #"{"offsets":\#(Self.list(offsets)),"values":\#(Self.list(Array(bytes.joined())))}"#)
            segments.append(segments[segments.count - 1] + own.count)
            order += own.indices.sorted { bytes[$0].lexicographicallyPrecedes(bytes[$1]) }
        }
        return #""cats":{"enc":\#(Self.list(tables)),"feature_segments":\#(Self.list(segments)),"#
            + #""sorted_idx":\#(Self.list(order))},"#
    }

    /// The objective, and the base score that leaves raw scores at 0.
    private func objective() throws(InterchangeError) -> (json: String, baseScore: String) {
        switch forest.objective {
        case .binary:
            return (#"{"name":"binary:logistic","reg_loss_param":{"scale_pos_weight":"1"}}"#, "5E-1")
        case .softmax(let classes):
            return (
                #"{"name":"multi:softprob","softmax_multiclass_param":{"num_class":""# + "\(classes)"
                    + #""}}"#,
                "0E0"
            )
        case .squared:
            return (#"{"name":"reg:squarederror","reg_loss_param":{"scale_pos_weight":"1"}}"#, "0E0")
        case .quantile(let level):
            return (
                #"{"name":"reg:quantileerror","quantile_loss_param":{"quantile_alpha":"["# + "\(level)"
                    + #"]"}}"#,
                "0E0"
            )
        case .poisson:
            return (
                #"{"name":"count:poisson","poisson_regression_param":{"max_delta_step":"0.699999988"}}"#,
                "1E0"
            )
        case .ordinal:
            throw .inexpressible(format: "XGBoost", reason: "it has no ordinal objective")
        }
    }

    private static func tree(
        _ tree: Tree, number: Int, featureCount: Int
    ) throws(InterchangeError) -> String {
        // Nodes level by level, as (child, parent).
        var nodes: [(child: Tree.Child, parent: Int)] = [
            (tree.splits.isEmpty ? .leaf(0) : .split(0), Int(Int32.max))
        ]
        var left: [Int] = []
        var right: [Int] = []
        var features: [Int] = []
        var conditions: [Float] = []
        var defaults: [Int] = []
        var kinds: [Int] = []
        var covers: [Float] = []
        var gains: [Float] = []
        var (categories, owners, segments, sizes): ([Int], [Int], [Int], [Int]) = ([], [], [], [])
        var node = 0
        while node < nodes.count {
            switch nodes[node].child {
            case .leaf(let leaf):
                left.append(-1)
                right.append(-1)
                features.append(0)
                conditions.append(Float(tree.leaves[leaf].value))
                defaults.append(0)
                kinds.append(0)
                covers.append(Float(tree.leaves[leaf].cover))
                gains.append(0)
            case .split(let index):
                let split = tree.splits[index]
                left.append(nodes.count)
                right.append(nodes.count + 1)
                features.append(split.feature)
                covers.append(Float(split.cover))
                gains.append(Float(split.gain))
                switch split.condition {
                case .atMost(let threshold):
                    conditions.append(BinKernel.largestFloat(atMost: threshold).nextUp)
                    defaults.append(split.missingGoesLeft ? 1 : 0)
                    kinds.append(0)
                    nodes += [(split.left, node), (split.right, node)]
                case .oneOf(let set):
                    conditions.append(0)
                    defaults.append(split.missingGoesLeft ? 0 : 1)
                    kinds.append(1)
                    owners.append(node)
                    segments.append(categories.count)
                    categories += set.codes
                    sizes.append(categories.count - (segments.last ?? 0))
                    nodes += [(split.right, node), (split.left, node)]
                case .atMostZeroMissing:
                    throw .inexpressible(format: "XGBoost", reason: "tree \(number) takes zero as missing")
                }
            }
            node += 1
        }
        return """
            {"base_weights":\(list(conditions.map(Self.number))),"categories":\(list(categories)),\
            "categories_nodes":\(list(owners)),"categories_segments":\(list(segments)),\
            "categories_sizes":\(list(sizes)),"default_left":\(list(defaults)),"id":\(number),\
            "left_children":\(list(left)),"loss_changes":\(list(gains.map(Self.number))),\
            "parents":\(list(nodes.map(\.parent))),"right_children":\(list(right)),\
            "split_conditions":\(list(conditions.map(Self.number))),"split_indices":\(list(features)),\
            "split_type":\(list(kinds)),"sum_hessian":\(list(covers.map(Self.number))),\
            "tree_param":{"num_deleted":"0","num_feature":"\(featureCount)","num_nodes":"\(nodes.count)",\
            "size_leaf_vector":"1"}}
            """
    }

    private static func list(_ values: [some CustomStringConvertible]) -> String {
        "[\(values.map(\.description).joined(separator: ","))]"
    }

    private static func number(_ value: Float) -> String {
        value.isFinite ? value.description : value > 0 ? "Infinity" : "-Infinity"
    }
}
