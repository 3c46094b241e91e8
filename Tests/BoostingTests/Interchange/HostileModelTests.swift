import Foundation
import Statistics
import TestSupport
import Testing

@testable import Boosting

@Suite("Damaged models of other tools")
struct HostileModelTests {
    /// Two trees over a number and a category, as LightGBM writes them.
    static let lightGBM = """
        tree
        version=v4
        num_class=1
        num_tree_per_iteration=1
        label_index=0
        max_feature_idx=1
        objective=binary sigmoid:1
        feature_names=amount sector
        feature_infos=[0:9] 0:1:2
        tree_sizes=500 500

        Tree=0
        num_leaves=3
        num_cat=1
        split_feature=0 1
        split_gain=4 2
        threshold=1.5 0
        decision_type=10 1
        left_child=1 -1
        right_child=-3 -2
        leaf_value=0.5 -0.25 0.125
        leaf_weight=5 6 7
        leaf_count=20 24 28
        internal_value=0 0
        internal_weight=0 11
        internal_count=72 44
        cat_boundaries=0 1
        cat_threshold=5
        is_linear=0
        shrinkage=1


        Tree=1
        num_leaves=1
        num_cat=0
        leaf_value=0.0625
        is_linear=0
        shrinkage=1


        end of trees

        parameters:
        [boosting: gbdt]
        end of parameters

        pandas_categorical:[["farms", "mills", "shops"]]

        """

    /// One tree over a number and a category, as XGBoost writes it.
    static let xgboost = """
        {"learner":{"attributes":{},"feature_names":["amount","sector"],"feature_types":["float","c"],\
        "gradient_booster":{"model":{"cats":{"enc":[{"offsets":[],"values":[]},\
        {"offsets":[0,5,7,10],"values":[102,97,114,109,115,-61,-92,105,110,107]}],\
        "feature_segments":[0,0,3],"sorted_idx":[1,0,2]},\
        "gbtree_model_param":{"num_parallel_tree":"1","num_trees":"1"},\
        "tree_info":[0],"trees":[{"categories":[1,2],"categories_nodes":[1],"categories_segments":[0],\
        "categories_sizes":[2],"default_left":[1,0,0,0,0],"id":0,"left_children":[1,3,-1,-1,-1],\
        "loss_changes":[4.5E0,2,0,0,0],"parents":[2147483647,0,0,1,1],"right_children":[2,4,-1,-1,-1],\
        "split_conditions":[1.5E0,0,-2.5E-1,5E-1,1.25E-1],"split_indices":[0,1,0,0,0],\
        "split_type":[0,1,0,0,0],"sum_hessian":[18,11,7,5,6],\
        "tree_param":{"num_deleted":"0","num_feature":"2","num_nodes":"5","size_leaf_vector":"1"}}]},\
        "name":"gbtree"},"learner_model_param":{"base_score":"[5E-1]","num_class":"0","num_feature":"2",\
        "num_target":"1"},"objective":{"name":"binary:logistic"}},"version":[3,2,0]}
        """

    @Test("the sound originals are read, thresholds and branches as each tool means them")
    func originals() throws {
        let lightGBM = try Forest(lightGBM: Array(Self.lightGBM.utf8))
        #expect(lightGBM.rawScores(of: [1.5, 2]) == [0.5625])
        #expect(lightGBM.rawScores(of: [(1.5).nextUp, 2]) == [0.1875])
        #expect(lightGBM.rawScores(of: [.nan, 1]) == [-0.1875])
        #expect(lightGBM.features.map(\.kind) == [.number, .category(levels: 3)])
        #expect(lightGBM.features.map(\.levelNames) == [[], ["farms", "mills", "shops"]])
        let xgboost = try Forest(xgboostJSON: Array(Self.xgboost.utf8))
        #expect(xgboost.rawScores(of: [1.5, 0]) == [-0.25])
        #expect(xgboost.rawScores(of: [1.25, 2]) == [0.125])
        #expect(xgboost.rawScores(of: [.nan, 7]) == [0.5])
        #expect(xgboost.rawScores(of: [0, .nan]) == [0.125])
        #expect(xgboost.features.map(\.levelNames) == [[], ["farms", "ä", "ink"]])
    }

    @Test(
        "names that cannot be those of the codes are passed over",
        arguments: [
            ("[\"farms\", \"mills\", \"shops\"]", "[\"farms\", \"mills\"]"),
            ("[\"farms\", \"mills\", \"shops\"]", "[\"farms\", \"mills\", \"mills\"]"),
            ("[\"farms\", \"mills\", \"shops\"]", "[0, 1, 2]"),
            ("[\"farms\", \"mills\", \"shops\"]", "[\"farms\", \"mills\", \"shops\"], [\"1\", \"2\"]"),
            ("[[\"farms\", \"mills\", \"shops\"]]", "null"), ("[[\"farms\"", "[[\"farms"),
            ("offsets\":[0,5,7,10]", "offsets\":[0,5,10]"), ("offsets\":[0,5,7,10]", "offsets\":[0,7,5,10]"),
            ("offsets\":[0,5,7,10]", "offsets\":[0,5,7,11]"), ("-61,-92", "195,164"),
            ("{\"offsets\":[],\"values\":[]},", ""),
        ])
    func foreignNames(passage: String, change: String) throws {
        let text = Self.lightGBM.contains(passage) ? Self.lightGBM : Self.xgboost
        try #require(text.contains(passage))
        let changed = Array(text.replacingOccurrences(of: passage, with: change).utf8)
        let forest =
            Self.lightGBM.contains(passage) ? try Forest(lightGBM: changed) : try Forest(xgboostJSON: changed)
        #expect(forest.features[1].kind == .category(levels: 3) && forest.features[1].levelNames.isEmpty)
    }

    @Test("a category of one value, which no tree knows, does not shift the names of the others")
    func constantCategory() throws {
        let text = Self.lightGBM.replacingOccurrences(of: "max_feature_idx=1", with: "max_feature_idx=2")
            .replacingOccurrences(of: "=amount sector", with: "=country amount sector")
            .replacingOccurrences(of: "=[0:9] 0:1:2", with: "=none [0:9] 0:1:2")
            .replacingOccurrences(of: "split_feature=0 1", with: "split_feature=1 2")
            .replacingOccurrences(of: "[boosting: gbdt]", with: "[categorical_feature: 0,2]")
            .replacingOccurrences(of: ":[[\"farms", with: ":[[\"AT\"], [\"farms")
        let forest = try Forest(lightGBM: Array(text.utf8))
        #expect(forest.features.map(\.levelNames) == [[], [], ["farms", "mills", "shops"]])
    }

    /// Bytes that a forest takes, its category sets apart.
    private static func keptBytes(of forest: Forest) -> (forest: Int, sets: Int) {
        var (kept, sets) = (0, 0)
        for feature in forest.features {
            // Names of up to 15 bytes lie in the feature itself.
            kept += MemoryLayout<Forest.Feature>.stride
            kept += feature.name.utf8.count > 15 ? feature.name.utf8.count : 0
            for name in feature.levelNames {
                kept += MemoryLayout<String>.stride + (name.utf8.count > 15 ? name.utf8.count : 0)
            }
        }
        for tree in forest.trees {
            kept += MemoryLayout<Tree>.stride + tree.leaves.count * MemoryLayout<Tree.Leaf>.stride
            kept += tree.splits.count * MemoryLayout<Tree.Split>.stride
            for case .oneOf(let set) in tree.splits.map(\.condition) { sets += 8 * set.words.count }
        }
        return (kept, sets)
    }

    /// Whatever is read must be no larger than its file says, whatever the numbers in it, and sound enough to score,
    /// to explain and to write.
    ///
    /// Readers look at every byte a fixed number of times and at everything they keep once, so that what is kept bounds
    /// the time too.
    private static func use(_ forest: Forest, bytes: Int) {
        let kept = keptBytes(of: forest)
        #expect(kept.forest <= 20 * bytes, "\(kept) of \(bytes)")
        #expect(kept.sets <= 8 * CategorySetAllowance.words)
        let row = forest.features.map { _ in 1.0 }
        #expect(forest.rawScores(of: row).count == forest.outputCount)
        if let predictor = try? Predictor(forest) {
            let scores = predictor.rawScores(of: row.span)
            #expect(scores.count == forest.outputCount)
        }
        let columns = row.map { TrainingData.Column.doubles([$0]) }
        if let explainer = try? TreeExplainer(forest),
            let contributions = try? explainer.contributions(columns: columns)
        {
            #expect(contributions.values.count == forest.outputCount * row.count)
        }
        for text in [try? forest.lightGBMText(), try? forest.xgboostJSON()] { #expect(text != "") }
        let model = try? forest.onnx()
        #expect(model != [])
    }

    @Test("random damage ends in a forest or a typed error", arguments: UInt64(0)..<6)
    func mutations(seed: UInt64) {
        var mutator = Mutator(
            SeededGenerator(seed: seed),
            splices: [
                "-1", "99999999999999999999", "1e999", "nan", "inf", "-", "=", "\n", " ", "{", "[", "]", "\"",
                "Tree=1\n", "num_leaves=2000000000\n", ",0", "[0]", "\\u", "2147483647",
            ])
        for _ in 0..<400 {
            let text = mutator.damaged(Array(Self.lightGBM.utf8))
            if let forest = try? Forest(lightGBM: text) { Self.use(forest, bytes: text.count) }
            let json = mutator.damaged(Array(Self.xgboost.utf8))
            if let forest = try? Forest(xgboostJSON: json) { Self.use(forest, bytes: json.count) }
        }
    }

    @Test(
        "chosen damage to a LightGBM model is refused",
        arguments: [
            ("left_child=1 -1", "left_child=0 -1"), ("left_child=1 -1", "left_child=1 -900"),
            ("right_child=-3 -2", "right_child=1 -2"), ("split_feature=0 1", "split_feature=0 2"),
            ("leaf_value=0.5", "leaf_value=nan"), ("leaf_value=0.5", "leaf_value=inf"),
            ("num_leaves=3", "num_leaves=4000000000"), ("cat_threshold=5", "cat_threshold=-5"),
            ("cat_boundaries=0 1", "cat_boundaries=0 9"), ("threshold=1.5 0", "threshold=nan 0"),
            ("threshold=1.5 0", "threshold=1.5 7"), ("end of trees", ""),
            ("threshold=1.5 0\ndecision_type=10 1", "threshold=0 0\ndecision_type=1 1"),
            ("sigmoid:1", "sigmoid:-1"), ("objective=binary", "objective=lambdarank"),
            ("is_linear=0", "is_linear=1"), ("max_feature_idx=1", "max_feature_idx=900000000000"),
        ])
    func chosenLightGBM(old: String, new: String) {
        let damaged = Self.lightGBM.replacing(old, with: new)
        #expect(damaged != Self.lightGBM)
        #expect(throws: InterchangeError.self) { try Forest(lightGBM: Array(damaged.utf8)) }
    }

    @Test(
        "chosen damage to an XGBoost model is refused",
        arguments: [
            ("\"left_children\":[1,", "\"left_children\":[0,"),
            ("\"left_children\":[1,", "\"left_children\":[9,"),
            ("\"split_indices\":[0,1", "\"split_indices\":[0,2"), ("-2.5E-1", "NaN"), ("-2.5E-1", "Infinity"),
            ("\"categories_sizes\":[2]", "\"categories_sizes\":[3]"),
            ("\"categories\":[1,2]", "\"categories\":[1,2000000000]"),
            ("\"num_feature\":\"2\",\"num_target\"", "\"num_feature\":\"9000000000\",\"num_target\""),
            ("\"size_leaf_vector\":\"1\"", "\"size_leaf_vector\":\"3\""),
            ("binary:logistic", "rank:ndcg"), ("\"name\":\"gbtree\"", "\"name\":\"gblinear\""),
            ("\"tree_info\":[0]", "\"tree_info\":[5]"), ("[5E-1]", "[2]"), ("[5E-1]", "[]"),
        ])
    func chosenXGBoost(old: String, new: String) {
        let damaged = Self.xgboost.replacing(old, with: new)
        #expect(damaged != Self.xgboost)
        #expect(throws: InterchangeError.self) { try Forest(xgboostJSON: Array(damaged.utf8)) }
    }

    @Test("deep nesting is refused before the stack ends")
    func deepNesting() {
        let text = String(repeating: "{\"learner\":", count: 100_000)
        #expect(throws: InterchangeError.self) { try Forest(xgboostJSON: Array(text.utf8)) }
    }

    /// A chain of XGBoost's splits, each by the set of one category, or of all that are listed.
    private static func chain(ofSplits count: Int, category: Int, sharesAll: Bool = false) -> String {
        let nodes = 2 * count + 1
        func list(_ value: (Int) -> Int) -> String {
            "[" + (0..<nodes).map { "\(value($0))" }.joined(separator: ",") + "]"
        }
        // Even places but the last are splits: a leaf follows, then the next split.
        func isSplit(_ node: Int) -> Bool { node % 2 == 0 && node < nodes - 1 }
        func each(_ value: (Int) -> Int) -> String {
            "[" + (0..<count).map { "\(value($0))" }.joined(separator: ",") + "]"
        }
        let tree = [
            "\"categories\":\(each { _ in category })", "\"categories_nodes\":\(each { 2 * $0 })",
            "\"categories_segments\":\(each { sharesAll ? 0 : $0 })",
            "\"categories_sizes\":\(each { _ in sharesAll ? count : 1 })",
            "\"default_left\":\(list { _ in 0 })",
            "\"left_children\":\(list { isSplit($0) ? $0 + 1 : -1 })",
            "\"right_children\":\(list { isSplit($0) ? $0 + 2 : -1 })",
            "\"loss_changes\":\(list { _ in 0 })", "\"split_conditions\":\(list { _ in 0 })",
            "\"split_indices\":\(list { isSplit($0) ? 1 : 0 })",
            "\"split_type\":\(list { isSplit($0) ? 1 : 0 })",
            "\"sum_hessian\":\(list { _ in 1 })",
        ].joined(separator: ",")
        let start = xgboost.range(of: "\"trees\":[{")?.upperBound ?? xgboost.startIndex
        let end = xgboost.range(of: "}]},\"name\"")?.lowerBound ?? xgboost.endIndex
        return xgboost[..<start] + tree + xgboost[end...]
    }

    @Test("sets of few categories with high codes may not fill the memory")
    func wideSets() throws {
        let most = CategorySetAllowance.words / 1024
        let file = Array(Self.chain(ofSplits: 500, category: 65_535).utf8)
        let forest = try Forest(xgboostJSON: file)
        #expect(forest.trees[0].splits.count == 500)
        #expect(Self.keptBytes(of: forest).sets == 500 * 8192)
        let huge = Array(Self.chain(ofSplits: most + 1, category: 65_535).utf8)
        #expect(
            throws: InterchangeError.unsupported(
                format: "XGBoost", reason: "category sets of more than 134217728 bytes")
        ) { try Forest(xgboostJSON: huge) }
        #expect(throws: Never.self) {
            try Forest(xgboostJSON: Array(Self.chain(ofSplits: most + 1, category: 63).utf8))
        }
        // Every split by all the categories that are listed would take the square of the file.
        #expect(
            throws: InterchangeError.malformed(
                format: "XGBoost", reason: "tree 0 has category segments that overlap")
        ) { try Forest(xgboostJSON: Array(Self.chain(ofSplits: 2, category: 0, sharesAll: true).utf8)) }
    }

    /// The shortest ways to say much: one-letter names, splits and leaves of one digit, trees of one leaf.
    @Test("the tersest files take no more memory than their bytes allow")
    func terseFiles() throws {
        let count = 20_000
        func words(_ value: (Int) -> Int, _ count: Int) -> String {
            (0..<count).map { "\(value($0))" }.joined(separator: " ")
        }
        let head = """
            tree
            version=v4
            num_class=1
            num_tree_per_iteration=1
            objective=regression
            """
        let features = """
            \(head)
            max_feature_idx=\(count - 1)
            feature_names=\([String](repeating: "x", count: count).joined(separator: " "))

            end of trees
            """
        let trees = """
            \(head)
            max_feature_idx=0
            feature_names=x
            \([String](repeating: "Tree=\nnum_leaves=1\nleaf_value=0", count: count).joined(separator: "\n"))
            end of trees
            """
        let splits = """
            \(head)
            max_feature_idx=0
            feature_names=x
            Tree=
            num_leaves=\(count + 1)
            split_feature=\(words({ _ in 0 }, count))
            threshold=\(words({ _ in 0 }, count))
            decision_type=\(words({ _ in 0 }, count))
            left_child=\(words({ -1 - $0 }, count))
            right_child=\(words({ $0 < count - 1 ? $0 + 1 : -1 - count }, count))
            leaf_value=\(words({ _ in 0 }, count + 1))
            end of trees
            """
        for text in [features, trees, splits] {
            let forest = try Forest(lightGBM: Array(text.utf8))
            let kept = Self.keptBytes(of: forest)
            #expect(kept.forest <= 20 * text.utf8.count && kept.sets == 0, "\(kept) of \(text.utf8.count)")
            // The count is of what was said, not of nothing.
            #expect(
                forest.features.count + forest.trees.count + (forest.trees.first?.splits.count ?? 0) >= count)
        }
    }

    @Test("a tree as deep as it has splits is read and walked")
    func chain() throws {
        let depth = 20_000
        let text = """
            tree
            version=v4
            num_class=1
            num_tree_per_iteration=1
            max_feature_idx=0
            objective=regression
            feature_names=x
            feature_infos=[0:1]

            Tree=0
            num_leaves=\(depth + 1)
            num_cat=0
            split_feature=\(String(repeating: "0 ", count: depth))
            threshold=\((0..<depth).map { "\($0)" }.joined(separator: " "))
            decision_type=\(String(repeating: "2 ", count: depth))
            left_child=\((0..<depth).map { "\(-1 - $0)" }.joined(separator: " "))
            right_child=\((1...depth).map { $0 < depth ? "\($0)" : "\(-1 - depth)" }.joined(separator: " "))
            leaf_value=\((0...depth).map { "\($0)" }.joined(separator: " "))
            end of trees
            """
        let forest = try Forest(lightGBM: Array(text.utf8))
        #expect(forest.rawScores(of: [19_998.5]) == [19_999])
    }
}
