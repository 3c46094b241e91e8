import Glibc

extension Forest {
    /// The forest of an XGBoost model file (JSON, booster `gbtree` or `dart`, versions 1.6 to 3).
    ///
    /// XGBoost sends values < t left, all in single precision; that is ≤ the next smaller float. A category in the
    /// stored set goes right there, so the two branches change places here, and unseen categories stay where XGBoost
    /// sends them. Levels get the names that XGBoost has kept of a data frame, if they are texts. Raw scores agree up
    /// to the rounding of XGBoost's single-precision sums. Covers are sums of hessians, as XGBoost's own contributions
    /// use them; leaves are numbered in the order of their nodes.
    ///
    /// - Throws: ``InterchangeError/malformed(format:reason:)`` for a damaged file;
    ///   ``InterchangeError/unsupported(format:reason:)`` for linear boosters, vector leaves and objectives without
    ///   a counterpart in ``Objective``.
    /// - Complexity: O(bytes) time and memory, whatever the file claims; the forest takes at most 20 bytes for each of
    ///   the file, 40 MiB of features without names, 512 KiB of base scores, and category sets up to their
    ///   ``CategorySetAllowance``.
    public init(xgboostJSON text: [UInt8]) throws(InterchangeError) {
        do throws(JSONText.Fault) {
            self = try XGBoostReader(learner: JSONText.document(text).member("learner")).forest()
        } catch {
            throw error.isUnsupported
                ? .unsupported(format: "XGBoost", reason: error.reason)
                : .malformed(format: "XGBoost", reason: error.reason)
        }
    }
}

/// Reads what XGBoost writes under "learner".
struct XGBoostReader {
    /// The most features that a file may claim without naming them.
    private static let mostUnnamedFeatures = 1 << 20
    /// The most outputs of a softmax.
    private static let mostClasses = 1 << 16

    let learner: JSONText.Value

    func forest() throws(JSONText.Fault) -> Forest {
        let parameters = try learner.member("learner_model_param")
        let objective = try objective(parameters)
        var booster = try learner.member("gradient_booster")
        var weights: [Float]?
        switch try booster.member("name").text() {
        case "gbtree": break
        case "dart":
            weights = try booster.member("weight_drop").floats()
            booster = try booster.member("gbtree")
        case let name: throw JSONText.Fault(reason: "booster '\(name.prefix(40))'", isUnsupported: true)
        }
        let model = try booster.member("model")
        let blocks = try model.member("trees").list()
        let outputs = try model.member("tree_info").integers()
        guard outputs.count == blocks.count, weights == nil || weights?.count == blocks.count else {
            throw JSONText.Fault(reason: "\(blocks.count) trees with \(outputs.count) classes")
        }
        var features = try features(count: parameters.member("num_feature").integer())
        var allowance = CategorySetAllowance()
        let names = (try? model.optionalMember("cats")?.member("enc").list()) ?? []
        var byOutput = [[Tree]](repeating: [], count: objective.outputCount)
        for (number, block) in blocks.enumerated() {
            guard byOutput.indices.contains(outputs[number]) else {
                throw JSONText.Fault(reason: "tree \(number) belongs to class \(outputs[number])")
            }
            let reader = TreeReader(number: number, scale: weights?[number] ?? 1)
            byOutput[outputs[number]].append(
                try reader.tree(block, features: &features, allowance: &allowance))
        }
        if names.count == features.count {
            for (feature, table) in names.enumerated() {
                if let own = table.levelNames { features[feature].nameLevels(own) }
            }
        }
        // Random forests list all trees of a class before those of the next; here outputs take turns.
        guard Set(byOutput.map(\.count)).count == 1 else {
            throw JSONText.Fault(reason: "classes have different numbers of trees", isUnsupported: true)
        }
        let rounds = byOutput[0].count
        let forest = Forest(
            features: features, objective: objective,
            baseScores: try baseScores(parameters, objective),
            trees: (0..<rounds).flatMap { round in byOutput.map { $0[round] } },
            comparesSinglePrecision: true)
        do { return try forest.validated() } catch { throw JSONText.Fault(reason: "\(error)") }
    }

    private func objective(_ parameters: JSONText.Value) throws(JSONText.Fault) -> Objective {
        let objective = try learner.member("objective")
        switch try objective.member("name").text() {
        case "binary:logistic", "reg:logistic", "binary:logitraw": return .binary
        case "multi:softprob", "multi:softmax":
            let classes = try parameters.member("num_class").integer()
            guard (2...Self.mostClasses).contains(classes) else {
                throw JSONText.Fault(reason: "a softmax over \(classes) classes")
            }
            return .softmax(classes: classes)
        case "reg:squarederror": return .squared
        case "reg:absoluteerror": return .quantile(level: 0.5)
        case "count:poisson": return .poisson
        case "reg:quantileerror":
            let levels = try objective.member("quantile_loss_param").member("quantile_alpha").text()
            guard let level = Double(levels.filter { !"[]".contains($0) }), level > 0, level < 1 else {
                throw JSONText.Fault(reason: "quantiles '\(levels.prefix(40))'", isUnsupported: true)
            }
            return .quantile(level: level)
        case let name:
            throw JSONText.Fault(reason: "objective '\(name.prefix(40))'", isUnsupported: true)
        }
    }

    /// Where raw scores start: stored as a probability or mean for one output, as raw scores for a softmax.
    private func baseScores(
        _ parameters: JSONText.Value, _ objective: Objective
    ) throws(JSONText.Fault) -> [Double] {
        let text = try parameters.member("base_score").text()
        let stored = text.filter { !"[] ".contains($0) }.split(separator: ",").map { Float($0) }
        var values: [Float] = []
        for value in stored {
            guard let value else { throw JSONText.Fault(reason: "base score '\(text.prefix(40))'") }
            values.append(value)
        }
        if values.count == 1, objective.outputCount > 1 {
            values = [Float](repeating: values[0], count: objective.outputCount)
        }
        guard values.count == objective.outputCount else {
            throw JSONText.Fault(reason: "\(values.count) base scores for \(objective.outputCount) outputs")
        }
        let isRaw = try learner.member("objective").member("name").text() == "binary:logitraw"
        return values.map { value in
            switch objective {
            // In single precision, as XGBoost computes it.
            case .binary where !isRaw: Double(-log(1 / value - 1))
            case .poisson: Double(log(value))
            default: Double(value)
            }
        }
    }

    private func features(count: Int) throws(JSONText.Fault) -> [Forest.Feature] {
        let names = try learner.optionalMember("feature_names")?.texts() ?? []
        let kinds = try learner.optionalMember("feature_types")?.texts() ?? []
        guard names.isEmpty ? (0...Self.mostUnnamedFeatures).contains(count) : names.count == count,
            kinds.isEmpty || kinds.count == count
        else {
            throw JSONText.Fault(
                reason: "\(count) features with \(names.count) names and \(kinds.count) types")
        }
        return (0..<count).map { feature in
            Forest.Feature(
                name: names.isEmpty ? "f\(feature)" : names[feature],
                kind: !kinds.isEmpty && kinds[feature] == "c" ? .category(levels: 1) : .number)
        }
    }
}

/// Reads one tree of XGBoost: a node per place in parallel lists, leaves where there are no children.
private struct TreeReader {
    let number: Int
    /// Factor of the leaves, for boosters that drop trees.
    let scale: Float

    func tree(
        _ block: JSONText.Value, features: inout [Forest.Feature], allowance: inout CategorySetAllowance
    ) throws(JSONText.Fault) -> Tree {
        let left = try block.member("left_children").integers()
        let right = try block.member("right_children").integers()
        let asked = try block.member("split_indices").integers()
        let conditions = try block.member("split_conditions").floats()
        let defaults = try block.member("default_left").integers()
        let covers = try block.member("sum_hessian").floats()
        let gains = try block.member("loss_changes").floats()
        let kinds = try block.optionalMember("split_type")?.integers()
        let count = left.count
        guard count >= 1,
            [
                right.count, asked.count, conditions.count, defaults.count, covers.count, gains.count,
                kinds?.count ?? count,
            ].allSatisfy({ $0 == count })
        else { throw fault("has lists of different lengths") }
        if try block.optionalMember("tree_param")?.optionalMember("size_leaf_vector")?.integer() ?? 1 > 1 {
            throw JSONText.Fault(reason: "tree \(number) has vector leaves", isUnsupported: true)
        }
        let sets = try categorySets(block, allowance: &allowance)
        // Nodes that pruning has taken out are not reached; the others get numbers in the order of the nodes.
        let reached = try reachable(left, right)
        var places = [Int](repeating: -1, count: count)
        var (splitCount, leafCount) = (0, 0)
        for node in 0..<count where reached[node] {
            if left[node] < 0 {
                places[node] = leafCount
                leafCount += 1
            } else {
                places[node] = splitCount
                splitCount += 1
            }
        }
        func child(_ node: Int) -> Tree.Child {
            left[node] < 0 ? .leaf(places[node]) : .split(places[node])
        }
        var tree = Tree(splits: [], leaves: [])
        for node in 0..<count where reached[node] {
            guard left[node] >= 0 else {
                tree.leaves.append(
                    Tree.Leaf(value: Double(conditions[node] * scale), cover: Double(covers[node])))
                continue
            }
            guard features.indices.contains(asked[node]) else {
                throw fault("asks about feature \(asked[node])")
            }
            let missingGoesLeft = defaults[node] != 0
            var split = Tree.Split(
                feature: asked[node], condition: .atMost(Double(conditions[node].nextDown)),
                missingGoesLeft: missingGoesLeft, left: child(left[node]), right: child(right[node]),
                gain: Double(gains[node]), cover: Double(covers[node]))
            if let kinds, kinds[node] == 1 {
                guard let set = sets[node] else { throw fault("has no categories for node \(node)") }
                features[asked[node]].admit(set)
                split.condition = .oneOf(set)
                split.missingGoesLeft = !missingGoesLeft
                swap(&split.left, &split.right)
            } else if conditions[node] == -.infinity {
                throw JSONText.Fault(
                    reason: "tree \(number) splits at minus infinity", isUnsupported: true)
            }
            tree.splits.append(split)
        }
        return tree
    }

    private func reachable(_ left: [Int], _ right: [Int]) throws(JSONText.Fault) -> [Bool] {
        var reached = [Bool](repeating: false, count: left.count)
        var pending = [0]
        while let node = pending.popLast() {
            guard reached.indices.contains(node), !reached[node] else {
                throw fault("leads to node \(node), which is not there or has two parents")
            }
            reached[node] = true
            guard (left[node] < 0) == (right[node] < 0) else { throw fault("has a node with one child") }
            if left[node] >= 0 {
                pending.append(right[node])
                pending.append(left[node])
            }
        }
        return reached
    }

    /// The categories that go right in XGBoost, by node.
    private func categorySets(
        _ block: JSONText.Value, allowance: inout CategorySetAllowance
    ) throws(JSONText.Fault) -> [Int: CategorySet] {
        guard let owners = try block.optionalMember("categories_nodes")?.integers(), !owners.isEmpty else {
            return [:]
        }
        let starts = try block.member("categories_segments").integers()
        let sizes = try block.member("categories_sizes").integers()
        let codes = try block.member("categories").integers()
        guard starts.count == owners.count, sizes.count == owners.count else {
            throw fault("has category lists of different lengths")
        }
        var sets: [Int: CategorySet] = [:]
        // Segments that overlap would be read again for each of their nodes.
        var unread = codes.count
        for index in owners.indices {
            guard (0...codes.count).contains(starts[index]),
                (0...(codes.count - starts[index])).contains(sizes[index])
            else { throw fault("has category segments beyond their list") }
            unread -= sizes[index]
            guard unread >= 0 else { throw fault("has category segments that overlap") }
            var set = CategorySet()
            for code in codes[starts[index]..<starts[index] + sizes[index]] {
                guard (0..<65_536).contains(code) else {
                    throw JSONText.Fault(reason: "category code \(code)", isUnsupported: code >= 65_536)
                }
                set.insert(code)
            }
            guard allowance.admit(set) else {
                throw JSONText.Fault(
                    reason: "category sets of more than \(CategorySetAllowance.words * 8) bytes",
                    isUnsupported: true)
            }
            guard sets.updateValue(set, forKey: owners[index]) == nil else {
                throw fault("has two category sets for node \(owners[index])")
            }
        }
        return sets
    }

    private func fault(_ reason: String) -> JSONText.Fault {
        JSONText.Fault(reason: "tree \(number) \(reason)")
    }
}

extension JSONText.Value {
    /// The names of levels in a table of UTF-8 bytes with the places where names begin and the last one ends; `nil` if
    /// it is none, as of numbers.
    fileprivate var levelNames: [String]? {
        guard let offsets = try? member("offsets").integers(), let values = try? member("values").integers(),
            offsets.first == 0, offsets.last == values.count, zip(offsets, offsets.dropFirst()).allSatisfy(<=)
        else { return nil }
        let bytes = values.compactMap { Int8(exactly: $0).map(UInt8.init(bitPattern:)) }
        guard bytes.count == values.count else { return nil }
        return zip(offsets, offsets.dropFirst()).map { String(decoding: bytes[$0..<$1], as: UTF8.self) }
    }
}
