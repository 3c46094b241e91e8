extension Forest {
    /// The forest as a LightGBM model file (text, version 4).
    ///
    /// LightGBM predicts the same raw scores from it, sum for sum: base scores go into the leaves of the first round.
    /// It sends missing categories right; where they go left here, the split is written as two, the first of which
    /// parts missing from known. Counts are covers, scaled up where they are no row counts, so that LightGBM's own
    /// contributions stay close to ours. Blanks and punctuation in names become underscores. Names of levels are
    /// written as LightGBM keeps the categories of data frames.
    ///
    /// - Throws: ``InterchangeError/inexpressible(format:reason:)`` for an ordinal objective.
    public func lightGBMText() throws(InterchangeError) -> String {
        try LightGBMWriter(forest: self).text()
    }
}

/// Writes LightGBM's text format.
private struct LightGBMWriter {
    let forest: Forest

    /// Splits of a tree may be written twice; no tree may grow beyond this.
    private static let mostLeaves = 1 << 20

    func text() throws(InterchangeError) -> String {
        let outputs = forest.outputCount
        var blocks: [String] = []
        for (number, tree) in forest.treesWithBases.enumerated() {
            blocks.append(try block(tree, number: number))
        }
        let head = [
            "tree", "version=v4", "num_class=\(outputs)", "num_tree_per_iteration=\(outputs)",
            "label_index=0",
            "max_feature_idx=\(forest.features.count - 1)", "objective=\(try objective())",
            "feature_names=\(names().joined(separator: " "))",
            "feature_infos=\(forest.features.map(Self.range).joined(separator: " "))",
            "tree_sizes=\(blocks.map { "\($0.utf8.count)" }.joined(separator: " "))",
        ]
        return head.joined(separator: "\n") + "\n\n" + blocks.joined()
            + "end of trees\n\nfeature_importances:\n\nparameters:\nend of parameters\n\n"
            + "pandas_categorical:\(categories())\n"
    }

    /// What levels are called: a list for every category, in the order of the features; null where that is not known.
    private func categories() -> String {
        guard let names = forest.namesOfAllLevels else { return "null" }
        let lists = names.map { "[\($0.map(JSONText.quoted).joined(separator: ", "))]" }
        return "[\(lists.joined(separator: ", "))]"
    }

    private func objective() throws(InterchangeError) -> String {
        switch forest.objective {
        case .binary: "binary sigmoid:1"
        case .softmax(let classes): "multiclass num_class:\(classes)"
        case .squared: "regression"
        case .quantile(let level): "quantile alpha:\(level)"
        case .poisson: "poisson"
        case .ordinal:
            throw .inexpressible(format: "LightGBM", reason: "it has no ordinal objective")
        }
    }

    private func names() -> [String] {
        var seen: Set<String> = []
        return forest.features.enumerated().map { index, feature in
            var name = String(feature.name.map { $0.isWhitespace || ",:[]{}\"=\\".contains($0) ? "_" : $0 })
            if name.isEmpty || !seen.insert(name).inserted {
                name += "_\(index)"
                seen.insert(name)
            }
            return name
        }
    }

    private static func range(_ feature: Forest.Feature) -> String {
        switch feature.kind {
        case .number: "[-1e300:1e300]"
        case .category(let levels): (["-1"] + (0..<max(1, levels)).map { "\($0)" }).joined(separator: ":")
        }
    }

    private func block(_ tree: Tree, number: Int) throws(InterchangeError) -> String {
        var written = WrittenTree(number: number, scale: Self.countScale(tree))
        try written.write(tree, single: forest.comparesSinglePrecision, most: Self.mostLeaves)
        return written.text
    }

    /// 1 where covers are row counts; else what makes about a million of the root's.
    private static func countScale(_ tree: Tree) -> Double {
        let total = tree.leaves.reduce(0) { $0 + $1.cover }
        let areCounts = tree.leaves.allSatisfy { $0.cover == $0.cover.rounded() && $0.cover >= 1 }
        return areCounts && total < 1e9 ? 1 : total > 0 ? 0x1p20 / total : 0
    }
}

/// The lists of one tree.
private struct WrittenTree {
    let number: Int
    /// Rows per unit of cover.
    let scale: Double
    private var features: [Int] = []
    private var thresholds: [String] = []
    private var decisions: [Int] = []
    private var children: [(left: Int, right: Int)] = []
    private var gains: [Double] = []
    private var covers: [Double] = []
    private var leaves: [Tree.Leaf] = []
    private var boundaries = [0]
    private var words: [UInt32] = []

    init(number: Int, scale: Double) {
        self.number = number
        self.scale = scale
    }

    private enum Branch {
        case left
        case right
    }

    /// Copies a tree from the root down.
    mutating func write(_ tree: Tree, single: Bool, most: Int) throws(InterchangeError) {
        var pending: [(child: Tree.Child, parent: Int?, branch: Branch)] = [
            (tree.splits.isEmpty ? .leaf(0) : .split(0), nil, .left)
        ]
        while let next = pending.popLast() {
            guard leaves.count + pending.count < most else {
                throw .inexpressible(
                    format: "LightGBM", reason: "tree \(number) has too many splits with missing categories")
            }
            switch next.child {
            case .leaf(let leaf):
                attach(~leaves.count, to: next.parent, next.branch)
                leaves.append(tree.leaves[leaf])
            case .split(let index):
                let split = tree.splits[index]
                var place = add(split, single: single)
                attach(place, to: next.parent, next.branch)
                if case .oneOf = split.condition, split.missingGoesLeft {
                    // Known values go on to the set, missing ones straight to its branch.
                    pending.append((split.left, place, .right))
                    let known = place
                    place = addSet(split)
                    attach(place, to: known, .left)
                }
                pending.append((split.right, place, .right))
                pending.append((split.left, place, .left))
            }
        }
    }

    private mutating func attach(_ code: Int, to parent: Int?, _ branch: Branch) {
        guard let parent else { return }
        if branch == .left { children[parent].left = code } else { children[parent].right = code }
    }

    /// Adds the first question of a split; returns its place.
    private mutating func add(_ split: Tree.Split, single: Bool) -> Int {
        let missing = split.missingGoesLeft ? 2 : 0
        switch split.condition {
        case .atMost(let threshold):
            return add(split, "\(Self.threshold(threshold, single))", 8 | missing)
        case .atMostZeroMissing(let threshold):
            return add(split, "\(Self.threshold(threshold, single))", 4 | missing)
        case .oneOf:
            return split.missingGoesLeft ? add(split, "1e300", 8) : addSet(split)
        }
    }

    private mutating func addSet(_ split: Tree.Split) -> Int {
        guard case .oneOf(let set) = split.condition else { preconditionFailure("a split by number") }
        let codes = set.codes
        var bits = [UInt32](repeating: 0, count: (codes.last ?? 0) / 32 + 1)
        for code in codes { bits[code / 32] |= 1 << UInt32(code % 32) }
        words += bits
        boundaries.append(words.count)
        return add(split, "\(boundaries.count - 2)", 1)
    }

    private mutating func add(_ split: Tree.Split, _ threshold: String, _ decision: Int) -> Int {
        features.append(split.feature)
        thresholds.append(threshold)
        decisions.append(decision)
        children.append((0, 0))
        gains.append(split.gain)
        covers.append(split.cover)
        return features.count - 1
    }

    /// The greatest double that goes left: where values are rounded to single precision first, half way to the next
    /// float, and that itself if it is rounded down.
    private static func threshold(_ value: Double, _ single: Bool) -> Double {
        guard single, value.isFinite else { return value }
        let float = BinKernel.largestFloat(atMost: value)
        guard float.isFinite else { return value }
        let next = float.nextUp
        let middle =
            next.isFinite ? (Double(float) + Double(next)) / 2 : Double(float) + Double(float.ulp) / 2
        return Float(middle) <= float ? middle : middle.nextDown
    }

    /// Rows for a cover, at least 1, also where the cover says nothing.
    private func count(_ cover: Double) -> Int {
        let rows = (cover * scale).rounded()
        return rows >= 1 ? Int(min(rows, 2e9)) : 1
    }

    var text: String {
        func line(_ key: String, _ values: [some CustomStringConvertible]) -> String {
            "\(key)=\(values.map(\.description).joined(separator: " "))"
        }
        var lines = ["Tree=\(number)", "num_leaves=\(leaves.count)", "num_cat=\(boundaries.count - 1)"]
        if !features.isEmpty {
            lines += [
                line("split_feature", features), line("split_gain", gains), line("threshold", thresholds),
                line("decision_type", decisions), line("left_child", children.map(\.left)),
                line("right_child", children.map(\.right)),
            ]
        }
        lines.append(line("leaf_value", leaves.map(\.value)))
        if !features.isEmpty {
            lines += [
                line("leaf_weight", leaves.map(\.cover)), line("leaf_count", leaves.map { count($0.cover) }),
                line("internal_value", features.map { _ in 0 }), line("internal_weight", covers),
                line("internal_count", covers.map { count($0) }),
            ]
        }
        if boundaries.count > 1 {
            lines += [line("cat_boundaries", boundaries), line("cat_threshold", words)]
        }
        lines += ["is_linear=0", "shrinkage=1"]
        return lines.joined(separator: "\n") + "\n\n\n"
    }
}

extension Forest {
    /// The trees with the base scores in the leaves of the first round, which is made up if there is none.
    var treesWithBases: [Tree] {
        var result = trees
        if result.isEmpty {
            result = baseScores.map { _ in Tree(splits: [], leaves: [Tree.Leaf(value: 0, cover: 0)]) }
        }
        for output in baseScores.indices {
            for leaf in result[output].leaves.indices {
                // In this order, as every sum starts: base score, first tree, second tree.
                result[output].leaves[leaf].value = baseScores[output] + result[output].leaves[leaf].value
            }
        }
        return result
    }
}
