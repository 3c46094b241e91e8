import StrictYAML

extension AdditiveTreesRecipe {
    /// Reads the keys beside `kind: additive-trees`.
    init(keys: inout YAMLMapping) throws(YAMLError) {
        self.init()
        rounds = try keys.optional("rounds")?.int(in: 1...100_000)
        learningRate = try keys.optional("learningRate")?.double(in: 1e-6...1)
        leaves = try keys.optional("leaves")?.int(in: 2...256)
        smoothingRounds = try keys.optional("smoothingRounds")?.int(in: 0...100_000)
        minimumRowsInLeaf = try keys.optional("minimumRowsInLeaf")?.int(in: 1...1_000_000_000)
        minimumHessianInLeaf = try keys.optional("minimumHessianInLeaf")?.double(in: 0...1e15)
        l2 = try keys.optional("l2")?.double(in: 0...1e12)
        try keys.optional("bins")?.mapping { keys throws(YAMLError) in
            maximumBins = try keys.optional("maximum")?.int(in: 2...65_535)
            minimumRowsInBin =
                try keys.optional("minimumRows")?.int(in: 1...1_000_000_000)
        }
        try keys.optional("categories")?.mapping { keys throws(YAMLError) in
            categorySmoothing = try keys.optional("smoothing")?.double(in: 0...1e12)
        }
        order = try keys.optional("order")?.choice()
        if let node = keys.optional("pairs") { try readPairs(node) }
        monotone = try keys.optional("monotone")?.directions() ?? monotone
        try keys.optional("bags")?.mapping { keys throws(YAMLError) in
            bags = try keys.optional("count")?.int(in: 1...1_000)
            folds = try keys.optional("folds")?.int(in: 2...100)
        }
        try keys.optional("stopping")?.mapping { keys throws(YAMLError) in
            stoppingRounds = try keys.optional("rounds")?.int(in: 1...100_000)
        }
        recalibrate = try keys.optional("recalibrate")?.bool()
        seed = try keys.optional("seed")?.uint64() ?? seed
        scaling = try keys.optional("scaling")?.scaling() ?? scaling
        reasons = try keys.optional("reasons")?.reasons(reasons) ?? reasons
    }

    /// none, a number, or the keys count and cells.
    private mutating func readPairs(_ node: YAMLNode) throws(YAMLError) {
        if node.isNone {
            pairs = 0
        } else if case .mapping = node.content {
            try node.mapping { keys throws(YAMLError) in
                pairs = try keys.optional("count")?.int(in: 0...10_000)
                pairOrder = try keys.optional("order")?.choice()
                pairCells = try keys.optional("cells")?.int(in: 2...255)
            }
        } else {
            pairs = try node.int(in: 0...10_000)
        }
    }
}
