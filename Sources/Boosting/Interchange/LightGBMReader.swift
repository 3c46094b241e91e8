extension Forest {
    /// The forest of a LightGBM model file (text, versions 2 to 4).
    ///
    /// Raw scores are LightGBM's: values ≤ the threshold go left, compared in double precision; what a missing value
    /// does is translated from the split's missing type. A random forest (`average_output`) is read with its leaves
    /// divided by the number of trees, so that raw scores are log-odds; a sigmoid parameter is multiplied into the
    /// leaves. Covers are row counts, as LightGBM's own contributions use them.
    ///
    /// Levels get the names that LightGBM has noted of a data frame, if they are texts and there is one list for every
    /// category.
    ///
    /// - Throws: ``InterchangeError/malformed(format:reason:)`` for a damaged file;
    ///   ``InterchangeError/unsupported(format:reason:)`` for linear trees, objectives without a counterpart in
    ///   ``Objective`` and category codes of 65,536 or more.
    /// - Complexity: O(bytes) time and memory, whatever the file claims; the forest takes at most 20 bytes for each of
    ///   the file, and 512 KiB of base scores.
    public init(lightGBM text: [UInt8]) throws(InterchangeError) {
        self = try LightGBMReader(text).forest()
    }
}

/// Reads LightGBM's text format: `key=value` lines, a head, then a block per tree.
struct LightGBMReader {
    private var lines: [ArraySlice<UInt8>]

    init(_ text: [UInt8]) {
        lines = text.split(separator: UInt8(ascii: "\n")).map { line in
            line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        }
    }

    /// The values of one block by key.
    private typealias Block = [String: ArraySlice<UInt8>]

    func forest() throws(InterchangeError) -> Forest {
        guard let first = lines.first, String(decoding: first, as: UTF8.self) == "tree" else {
            throw Self.malformed("the first line is not 'tree'")
        }
        var blocks: [Block] = [[:]]
        var end: Int?
        for (number, line) in lines.enumerated().dropFirst() {
            if let separator = line.firstIndex(of: UInt8(ascii: "=")) {
                let key = String(decoding: line[..<separator], as: UTF8.self)
                if key == "Tree" { blocks.append([:]) }
                blocks[blocks.count - 1][key] = line[(separator + 1)...]
            } else if String(decoding: line, as: UTF8.self) == "end of trees" {
                end = number
                break
            } else {
                // A line without a value is a switch, such as average_output.
                blocks[blocks.count - 1][String(decoding: line, as: UTF8.self)] = []
            }
        }
        guard let end else { throw Self.malformed("the line 'end of trees' is missing") }
        let notes = lines[(end + 1)...]
        if let level = Self.parameter("alpha", of: notes) { blocks[0]["alpha"] = level }
        var forest = try forest(head: blocks[0], trees: blocks.dropFirst())
        Self.nameLevels(of: &forest.features, by: notes)
        return forest
    }

    /// Names levels by the categories of a data frame: a list for each of its columns of categories, in their order.
    private static func nameLevels(
        of features: inout [Forest.Feature], by notes: ArraySlice<ArraySlice<UInt8>>
    ) {
        let prefix = Array("pandas_categorical:".utf8)
        guard let line = notes.last(where: { $0.starts(with: prefix) }),
            let lists = try? JSONText.document(Array(line.dropFirst(prefix.count))).list()
        else { return }
        // A column with one value is in no tree and, but for this list, no category.
        let stated = parameter("categorical_feature", of: notes).map { places in
            places.split(separator: UInt8(ascii: ",")).compactMap { Int(String(decoding: $0, as: UTF8.self)) }
        }
        let places =
            stated
            ?? features.indices.filter { if case .category = features[$0].kind { true } else { false } }
        guard lists.count == places.count else { return }
        for (place, list) in zip(places, lists) where features.indices.contains(place) {
            // Numbers may be codes that mean something else to whoever made the frame.
            guard let names = try? list.texts() else { continue }
            features[place].nameLevels(names)
        }
    }

    /// A training parameter, as `[name: value]` among those that are noted behind the trees.
    private static func parameter(
        _ name: String, of lines: ArraySlice<ArraySlice<UInt8>>
    ) -> ArraySlice<UInt8>? {
        let prefix = Array("[\(name): ".utf8)
        let line = lines.first { $0.starts(with: prefix) && $0.last == UInt8(ascii: "]") }
        return line?.dropFirst(prefix.count).dropLast()
    }

    private func forest(head: Block, trees: ArraySlice<Block>) throws(InterchangeError) -> Forest {
        let version = try Self.text(head, "version")
        guard ["v2", "v3", "v4"].contains(version) else {
            throw InterchangeError.unsupported(format: Self.format, reason: "version '\(version)'")
        }
        let objective = try Self.objective(head)
        let outputs = objective.kind.outputCount
        let perRound = try Self.integer(head, "num_tree_per_iteration")
        guard perRound == outputs else {
            throw Self.malformed("\(perRound) trees a round for \(outputs) outputs")
        }
        var features = try Self.features(head)
        var result: [Tree] = []
        for (number, block) in trees.enumerated() {
            result.append(try Self.tree(block, number: number, features: &features))
        }
        guard result.count % outputs == 0 else {
            throw Self.malformed("\(result.count) trees for \(outputs) outputs")
        }
        if let sizes = head["tree_sizes"], Self.words(sizes).count != result.count {
            throw Self.malformed("\(result.count) trees where the head names \(Self.words(sizes).count)")
        }
        let rounds = head["average_output"] != nil ? max(1, result.count / outputs) : 1
        if objective.sigmoid != 1 || rounds != 1 {
            for tree in result.indices {
                for leaf in result[tree].leaves.indices {
                    result[tree].leaves[leaf].value *= objective.sigmoid / Double(rounds)
                }
            }
        }
        let forest = Forest(
            features: features, objective: objective.kind,
            baseScores: [Double](repeating: 0, count: outputs),
            trees: result)
        do { return try forest.validated() } catch { throw Self.malformed("\(error)") }
    }

    private static func objective(
        _ head: Block
    ) throws(InterchangeError) -> (kind: Objective, sigmoid: Double) {
        let words = words(head["objective"] ?? [])
        func option(_ name: String) -> Double? {
            words.first { $0.hasPrefix(name + ":") }.flatMap { Double($0.dropFirst(name.count + 1)) }
        }
        switch words.first ?? "" {
        case "binary":
            guard let sigmoid = option("sigmoid"), sigmoid > 0, sigmoid.isFinite else {
                throw malformed("the binary objective has no sigmoid parameter")
            }
            return (.binary, sigmoid)
        case "cross_entropy": return (.binary, 1)
        case "multiclass":
            guard let classes = option("num_class").flatMap(Int.init(exactly:)),
                (2...65_536).contains(classes)
            else { throw malformed("the multiclass objective has no number of classes") }
            return (.softmax(classes: classes), 1)
        case "regression" where !words.contains("sqrt"): return (.squared, 1)
        case "regression_l1": return (.quantile(level: 0.5), 1)
        case "quantile":
            // LightGBM itself notes the level among the training parameters alone.
            let noted = head["alpha"].flatMap { Double(String(decoding: $0, as: UTF8.self)) }
            guard let level = option("alpha") ?? noted, level > 0, level < 1 else {
                throw malformed("the quantile objective has no level in (0, 1)")
            }
            return (.quantile(level: level), 1)
        case "poisson": return (.poisson, 1)
        default:
            throw .unsupported(
                format: format, reason: "objective '\(words.joined(separator: " "))'")
        }
    }

    private static func features(_ head: Block) throws(InterchangeError) -> [Forest.Feature] {
        let names = words(head["feature_names"] ?? [])
        let highest = try integer(head, "max_feature_idx")
        guard highest == names.count - 1 else {
            throw malformed("\(names.count) feature names where the highest index is \(highest)")
        }
        let ranges = words(head["feature_infos"] ?? [])
        guard ranges.isEmpty || ranges.count == names.count else {
            throw malformed("\(ranges.count) feature ranges for \(names.count) features")
        }
        return names.indices.map { feature in
            let range = ranges.isEmpty ? "none" : ranges[feature]
            // "[low:high]" is a number, "2:0:5" lists the codes of a category, "none" was never split on.
            if range == "none" || range.hasPrefix("[") {
                return Forest.Feature(name: names[feature], kind: .number)
            }
            let highest = range.split(separator: ":").compactMap { Int($0) }.max() ?? 0
            return Forest.Feature(
                name: names[feature], kind: .category(levels: min(max(highest, 0), 65_535) + 1))
        }
    }

    private static func tree(
        _ block: Block, number: Int, features: inout [Forest.Feature]
    ) throws(InterchangeError) -> Tree {
        let leafCount = try integer(block, "num_leaves")
        if let linear = block["is_linear"], words(linear) != ["0"] {
            throw .unsupported(format: format, reason: "tree \(number) has linear leaves")
        }
        let values = try numbers(block, "leaf_value", count: leafCount)
        let covers = try numbers(block, "leaf_count", count: leafCount, absent: 0)
        let leaves = zip(values, covers).map { Tree.Leaf(value: $0, cover: $1) }
        guard leafCount > 1 else { return Tree(splits: [], leaves: leaves) }
        let count = leafCount - 1
        let asked = try integers(block, "split_feature", count: count)
        let thresholds = try numbers(block, "threshold", count: count)
        let kinds = try integers(block, "decision_type", count: count)
        let left = try integers(block, "left_child", count: count)
        let right = try integers(block, "right_child", count: count)
        let gains = try numbers(block, "split_gain", count: count, absent: 0)
        let splitCovers = try numbers(block, "internal_count", count: count, absent: 0)
        let sets = try categorySets(block, number: number)
        // A set that many splits share would make them as large as it, each for a few characters.
        var isUsed = [Bool](repeating: false, count: sets.count)
        var splits: [Tree.Split] = []
        splits.reserveCapacity(count)
        for split in 0..<count {
            guard features.indices.contains(asked[split]) else {
                throw malformed("tree \(number) asks about feature \(asked[split])")
            }
            let question: (condition: Tree.Condition, missingGoesLeft: Bool)
            if kinds[split] & 1 == 1 {
                guard let index = Int(exactly: thresholds[split]), sets.indices.contains(index),
                    !isUsed[index]
                else {
                    throw malformed(
                        "tree \(number) names category set \(thresholds[split]), which is not there or in use"
                    )
                }
                isUsed[index] = true
                features[asked[split]].admit(sets[index])
                question = (.oneOf(sets[index]), false)
            } else {
                question = try numericQuestion(kinds[split], thresholds[split], number: number)
            }
            splits.append(
                Tree.Split(
                    feature: asked[split], condition: question.condition,
                    missingGoesLeft: question.missingGoesLeft, left: child(left[split]),
                    right: child(right[split]), gain: gains[split], cover: splitCovers[split]))
        }
        return Tree(splits: splits, leaves: leaves)
    }

    /// Bit 1 of a decision type says whether missing goes left, bits 2 and 3 what is missing.
    private static func numericQuestion(
        _ kind: Int, _ threshold: Double, number: Int
    ) throws(InterchangeError) -> (condition: Tree.Condition, missingGoesLeft: Bool) {
        let missingGoesLeft = kind & 2 != 0
        switch kind >> 2 & 3 {
        // Nothing is missing: NaN is read as zero.
        case 0: return (.atMost(threshold), 0 <= threshold)
        case 1: return (.atMostZeroMissing(threshold), missingGoesLeft)
        case 2: return (.atMost(threshold), missingGoesLeft)
        default: throw malformed("tree \(number) has decision type \(kind)")
        }
    }

    /// Children ≥ 0 are splits; −1 − l is leaf l.
    private static func child(_ code: Int) -> Tree.Child {
        code >= 0 ? .split(code) : .leaf(~code)
    }

    private static func categorySets(
        _ block: Block, number: Int
    ) throws(InterchangeError) -> [CategorySet] {
        guard try integer(block, "num_cat", absent: 0) > 0 else { return [] }
        let boundaries = try integers(block, "cat_boundaries")
        let words = try integers(block, "cat_threshold")
        guard boundaries.first == 0, boundaries.last == words.count,
            zip(boundaries, boundaries.dropFirst()).allSatisfy(<=)
        else { throw malformed("tree \(number) has category sets with boundaries \(boundaries.prefix(8))") }
        var sets: [CategorySet] = []
        for (start, end) in zip(boundaries, boundaries.dropFirst()) {
            var set = CategorySet()
            for (place, word) in words[start..<end].enumerated() {
                guard let bits = UInt32(exactly: word) else {
                    throw malformed("tree \(number) has a category word \(word)")
                }
                for bit in 0..<32 where bits >> UInt32(bit) & 1 == 1 {
                    guard place * 32 + bit < 65_536 else {
                        throw .unsupported(format: format, reason: "category code \(place * 32 + bit)")
                    }
                    set.insert(place * 32 + bit)
                }
            }
            sets.append(set)
        }
        return sets
    }
}

extension Forest.Feature {
    /// Makes the feature a category with room for the codes of a set.
    mutating func admit(_ set: CategorySet) {
        let needed = (set.highest ?? 0) + 1
        if case .category(let levels) = kind, levels >= needed { return }
        kind = .category(levels: needed)
    }
}

// Values of a block.
extension LightGBMReader {
    fileprivate static let format = "LightGBM"

    fileprivate static func malformed(_ reason: String) -> InterchangeError {
        .malformed(format: format, reason: reason)
    }

    fileprivate static func words(_ value: ArraySlice<UInt8>) -> [String] {
        value.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func text(_ block: Block, _ key: String) throws(InterchangeError) -> String {
        guard let value = block[key] else { throw malformed("'\(key)' is missing") }
        return String(decoding: value, as: UTF8.self)
    }

    private static func integer(
        _ block: Block, _ key: String, absent: Int? = nil
    ) throws(InterchangeError) -> Int {
        if block[key] == nil, let absent { return absent }
        let text = try text(block, key)
        guard let value = Int(text) else { throw malformed("'\(key)' is '\(text.prefix(40))'") }
        return value
    }

    private static func integers(
        _ block: Block, _ key: String, count: Int? = nil
    ) throws(InterchangeError) -> [Int] {
        try list(block, key, count: count) { Int($0) }
    }

    private static func numbers(
        _ block: Block, _ key: String, count: Int, absent: Double? = nil
    ) throws(InterchangeError) -> [Double] {
        if block[key] == nil, let absent {
            guard count <= block["leaf_value"]?.count ?? 0 else { throw malformed("'\(key)' is missing") }
            return [Double](repeating: absent, count: count)
        }
        return try list(block, key, count: count) { Double($0) }
    }

    private static func list<Value>(
        _ block: Block, _ key: String, count: Int?, _ read: (String) -> Value?
    ) throws(InterchangeError) -> [Value] {
        guard let value = block[key] else { throw malformed("'\(key)' is missing") }
        var values: [Value] = []
        for word in words(value) {
            guard let value = read(word) else { throw malformed("'\(key)' holds '\(word.prefix(40))'") }
            values.append(value)
        }
        if let count, values.count != count {
            throw malformed("'\(key)' has \(values.count) values instead of \(count)")
        }
        return values
    }
}
