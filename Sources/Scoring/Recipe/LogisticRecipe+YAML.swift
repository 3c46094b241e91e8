import StrictYAML

extension LogisticRecipe {
    /// Reads the keys beside `kind: logistic`.
    init(keys: inout YAMLMapping) throws(YAMLError) {
        self.init()
        encoding.standardise = try keys.optional("standardise")?.bool() ?? encoding.standardise
        encoding.missing = try keys.optional("missing")?.choice() ?? encoding.missing
        if let caps = keys.optional("caps") { encoding.caps = try Self.caps(caps) }
        try keys.optional("rareLevels")?.mapping { keys throws(YAMLError) in
            encoding.minimumLevelCount =
                try keys.optional("minimumCount")?.double(in: 0...1e15) ?? encoding.minimumLevelCount
        }
        encoding.reference = try keys.optional("referenceLevel")?.choice() ?? encoding.reference
        encoding.references =
            try keys.optional("references")?.dictionary { node throws(YAMLError) in try node.string() } ?? [:]
        penalty =
            try keys.optional("penalty").map { node throws(YAMLError) in try Self.penalty(node) } ?? .none
        signs = try keys.optional("signs")?.dictionary { node throws(YAMLError) in try node.choice() } ?? [:]
        bounds =
            try keys.optional("bounds")?.dictionary { node throws(YAMLError) in try Self.bounds(node) } ?? [:]
        inference = try keys.optional("inference")?.inference()
        scaling = try keys.optional("scaling")?.scaling() ?? scaling
        reasons = try keys.optional("reasons")?.reasons() ?? reasons
    }

    private static func caps(_ node: YAMLNode) throws(YAMLError) -> EncodingOptions.Caps? {
        if case .scalar("none", isQuoted: false) = node.content { return nil }
        let caps = try node.mapping { keys throws(YAMLError) in
            EncodingOptions.Caps(
                lower: try keys.required("lower").double(in: 0...1),
                upper: try keys.required("upper").double(in: 0...1))
        }
        guard caps.lower < caps.upper else { throw node.error(expected: "a lower cap below the upper one") }
        return caps
    }

    private static func penalty(_ node: YAMLNode) throws(YAMLError) -> Penalty {
        if case .scalar(let name, isQuoted: false) = node.content {
            switch name {
            case "none": return .none
            case "firth": return .firth
            default: break
            }
        }
        guard case .mapping = node.content else {
            throw node.error(expected: "none, firth, or one of the keys l2 and elasticNet")
        }
        let penalty = try node.mapping { keys throws(YAMLError) -> Penalty? in
            let ridge = try keys.optional("l2")?.double(in: 0...1e12)
            let net = try keys.optional("elasticNet")?.mapping(elasticNet)
            return ridge == nil ? net : net == nil ? ridge.map { .l2($0) } : nil
        }
        guard let penalty else { throw node.error(expected: "exactly one of the keys l2 and elasticNet") }
        return penalty
    }

    private static func elasticNet(_ keys: inout YAMLMapping) throws(YAMLError) -> Penalty {
        let alpha = try keys.optional("alpha")?.double(in: 0...1) ?? 1
        if let fixed = keys.optional("lambda") {
            return .elasticNet(alpha: alpha, strength: .fixed(try fixed.double(in: 0...1e12)))
        }
        var path = PathOptions()
        try keys.optional("path")?.mapping { keys throws(YAMLError) in
            path.count = try keys.optional("count")?.int(in: 2...10_000) ?? path.count
            path.ratio = try keys.optional("ratio")?.double(in: 1e-12...0.999) ?? path.ratio
            path.folds = try keys.optional("folds")?.int(in: 2...100) ?? path.folds
            path.seed = try keys.optional("seed")?.uint64() ?? path.seed
            path.choice = try keys.optional("choose")?.choice() ?? path.choice
        }
        return .elasticNet(alpha: alpha, strength: .crossValidated(path))
    }

    private static func bounds(_ node: YAMLNode) throws(YAMLError) -> Bounds {
        let bounds = try node.mapping { keys throws(YAMLError) in
            Bounds(
                lower: try keys.optional("lower")?.double(), upper: try keys.optional("upper")?.double())
        }
        if let lower = bounds.lower, let upper = bounds.upper, lower > upper {
            throw node.error(expected: "a lower bound not above the upper one")
        }
        return bounds
    }
}

extension YAMLNode {
    /// What is said about the coefficients; what is left out has its default.
    func inference() throws(YAMLError) -> InferenceOptions {
        let options = try mapping { keys throws(YAMLError) in
            var options = InferenceOptions()
            options.intervals = try keys.optional("intervals")?.choice() ?? options.intervals
            options.confidence =
                try keys.optional("confidence")?.double(in: 0.5...0.999999) ?? options.confidence
            options.covariance = try keys.optional("covariance")?.choice() ?? options.covariance
            options.testsColumns = try keys.optional("tests")?.bool() ?? options.testsColumns
            return options
        }
        guard options.intervals != .profile || options.covariance == .model else {
            throw error(
                expected:
                    "intervals by profile with covariance: model, or intervals: wald with another covariance")
        }
        return options
    }

    /// A scaling; what is left out is that of the standard scaling.
    func scaling() throws(YAMLError) -> ScoreScaling {
        try mapping { keys throws(YAMLError) in try scaling(&keys) }
    }

    /// The keys of a scaling among others.
    func scaling(_ keys: inout YAMLMapping) throws(YAMLError) -> ScoreScaling {
        let standard = ScoreScaling.standard
        let pdo = try keys.optional("pdo")?.double() ?? standard.pdo
        let baseOdds = try keys.optional("baseOdds")?.double() ?? standard.baseOdds
        let baseScore = try keys.optional("baseScore")?.double() ?? standard.baseScore
        let rate = try keys.optional("rate")?.double() ?? standard.rate
        do {
            return try ScoreScaling(pdo: pdo, baseOdds: baseOdds, baseScore: baseScore, rate: rate)
        } catch {
            throw self.error(expected: "a scaling within its ranges (\(error))")
        }
    }

    /// How reasons are given; what is left out is that of `defaults`.
    func reasons(_ defaults: ReasonOptions = ReasonOptions()) throws(YAMLError) -> ReasonOptions {
        try mapping { keys throws(YAMLError) in
            var options = defaults
            options.count =
                try keys.optional("count")?.int(in: 0...ReasonOptions.maximumCount) ?? options.count
            options.reference = try keys.optional("reference")?.choice() ?? options.reference
            return options
        }
    }
}
