import Boosting
import StrictYAML

extension BoostedTreesRecipe {
    /// Reads the keys beside `kind: boosted-trees`.
    init(keys: inout YAMLMapping) throws(YAMLError) {
        self.init()
        try readGrowth(&keys)
        try readSampling(&keys)
        try readConstraints(&keys)
        if let node = keys.optional("stopping") { stopping = try Self.stopping(node) }
        if let leaves, leaves.count > 1, stopping == .none, let node = keys.optional("leaves") {
            throw node.error(expected: "one number where nothing is left out to choose by (stopping: none)")
        }
        if let node = keys.optional("recalibrate") {
            recalibrate = try node.bool()
            guard recalibrate == false || stopping != .none else {
                throw node.error(expected: "false where no rows are left out to ask (stopping: none)")
            }
        }
        seed = try keys.optional("seed")?.uint64() ?? seed
        scaling = try keys.optional("scaling")?.scaling() ?? scaling
        reasons = try keys.optional("reasons")?.reasons(reasons) ?? reasons
    }

    private mutating func readGrowth(_ keys: inout YAMLMapping) throws(YAMLError) {
        rounds = try keys.optional("rounds")?.int(in: 1...100_000)
        learningRate = try keys.optional("learningRate")?.double(in: 1e-6...1)
        growth = try keys.optional("growth")?.choice() ?? growth
        leaves = try keys.optional("leaves").map { node throws(YAMLError) in try Self.leaves(node) }
        if let node = keys.optional("maximumDepth") {
            maximumDepth = node.isNone ? 0 : try node.int(in: 1...1_000)
        }
        minimumRowsInLeaf = try keys.optional("minimumRowsInLeaf")?.int(in: 1...1_000_000_000)
        minimumHessianInLeaf = try keys.optional("minimumHessianInLeaf")?.double(in: 0...1e15)
        minimumGain = try keys.optional("minimumGain")?.double(in: 0...1e15) ?? minimumGain
        l1 = try keys.optional("l1")?.double(in: 0...1e12) ?? l1
        l2 = try keys.optional("l2")?.double(in: 0...1e12)
        maximumLeafValue = try keys.optional("maximumLeafValue")?.double(in: 1e-6...1e6)
        try keys.optional("bins")?.mapping { keys throws(YAMLError) in
            maximumBins = try keys.optional("maximum")?.int(in: 2...65_535) ?? maximumBins
            minimumRowsInBin =
                try keys.optional("minimumRows")?.int(in: 1...1_000_000_000) ?? minimumRowsInBin
        }
        try keys.optional("categories")?.mapping { keys throws(YAMLError) in
            categories.oneHotLevels =
                try keys.optional("oneHotLevels")?.int(in: 0...65_536) ?? categories.oneHotLevels
            categories.smoothing = try keys.optional("smoothing")?.double(in: 0...1e12)
            categories.l2 = try keys.optional("l2")?.double(in: 0...1e12)
        }
    }

    private static func leaves(_ node: YAMLNode) throws(YAMLError) -> [Int] {
        guard case .list = node.content else { return [try node.int(in: 2...65_536)] }
        let leaves = try node.list { item throws(YAMLError) in try item.int(in: 2...65_536) }
        guard !leaves.isEmpty, leaves.count <= 20, Set(leaves).count == leaves.count else {
            throw node.error(expected: "1 to 20 different numbers")
        }
        return leaves
    }

    private mutating func readSampling(_ keys: inout YAMLMapping) throws(YAMLError) {
        try keys.optional("sampling")?.mapping { keys throws(YAMLError) in
            rows = try keys.optional("rows").map { node throws(YAMLError) in try Self.rows(node) }
            columnShare = try keys.optional("columns")?.double(in: 1e-6...1)
            columnShareOfSplit =
                try keys.optional("columnsOfSplit")?.double(in: 1e-6...1) ?? columnShareOfSplit
        }
        if let node = keys.optional("dropout"), !node.isNone {
            dropout = try node.mapping { keys throws(YAMLError) in
                var dropout = Dropout()
                dropout.share = try keys.optional("share")?.double(in: 1e-6...0.999) ?? dropout.share
                dropout.skip = try keys.optional("skip")?.double(in: 0...0.999) ?? dropout.skip
                return dropout
            }
        }
    }

    private static func rows(_ node: YAMLNode) throws(YAMLError) -> RowSampling {
        guard case .mapping = node.content else {
            let share = try node.double(in: 1e-6...1)
            return share == 1 ? .all : .bagging(share: share)
        }
        return try node.mapping { keys throws(YAMLError) in
            let top = try keys.required("top").double(in: 1e-6...0.999)
            let other = try keys.required("other").double(in: 1e-6...0.999)
            guard top + other < 1 else { throw node.error(expected: "top and other that sum to less than 1") }
            return .gradientBased(top: top, other: other)
        }
    }

    private mutating func readConstraints(_ keys: inout YAMLMapping) throws(YAMLError) {
        monotone = try keys.optional("monotone")?.directions() ?? monotone
        monotoneMethod = try keys.optional("monotoneMethod")?.choice() ?? monotoneMethod
        guard let node = keys.optional("interactions"), !node.isNone else { return }
        interactions = try node.list { item throws(YAMLError) in try item.names() }
    }

    private static func stopping(_ node: YAMLNode) throws(YAMLError) -> Stopping {
        if node.isNone { return .none }
        return try node.mapping { keys throws(YAMLError) in
            var early = EarlyStopping()
            early.folds = try keys.optional("folds")?.int(in: 2...100)
            early.committee = try keys.optional("committee")?.bool() ?? early.committee
            early.regrow = try keys.optional("regrow")?.bool()
            early.rounds = try keys.optional("rounds")?.int(in: 1...100_000)
            early.metric = try keys.optional("metric")?.choice() ?? early.metric
            return .early(early)
        }
    }
}
