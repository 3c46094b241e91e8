import Foundation
import StrictYAML

extension ScorecardRecipe {
    /// Reads the keys beside `kind: scorecard`.
    init(keys: inout YAMLMapping) throws(YAMLError) {
        self.init()
        var common = binning
        var variables: [String: BinningOptions] = [:]
        try keys.optional("binning")?.mapping { keys throws(YAMLError) in
            try common.read(&keys)
            let base = common
            replayed = try keys.optional("from")?.savedBinnings()
            variables =
                try keys.optional("variables")?.dictionary { node throws(YAMLError) in
                    var options = base
                    try node.mapping { keys throws(YAMLError) in
                        try options.read(&keys)
                        options.joins = try keys.optional("join")?.list { group throws(YAMLError) in
                            try group.values()
                        }
                    }
                    return options
                } ?? [:]
        }
        binning = common
        self.variables = variables
        selection = try keys.optional("selection")?.selection(selection) ?? selection
        try keys.optional("regression")?.mapping { keys throws(YAMLError) in
            ridge = try keys.optional("l2")?.double(in: 0...1e12) ?? ridge
            attributes.form = try keys.optional("attributes")?.choice() ?? attributes.form
            attributes.order = try keys.optional("order")?.choice() ?? attributes.order
            if let node = keys.optional("shrinkage") {
                attributes.shrinkage =
                    node.content == .scalar("marginalLikelihood", isQuoted: false)
                    ? .marginalLikelihood : .strength(try node.double(in: 0...1e12))
            }
            if let node = keys.optional("inference") {
                inference = try node.inference()
                guard attributes.form == .woe else {
                    throw node.error(
                        expected:
                            "attributes: woe, since adapted attributes are held back and have no such figures"
                    )
                }
            }
        }
        points = try keys.optional("scaling")?.points() ?? points
        reasons = try keys.optional("reasons")?.reasons() ?? reasons
    }
}

extension BinningOptions {
    /// Replaces what the document states, and refuses options that contradict each other at their place.
    fileprivate mutating func read(_ keys: inout YAMLMapping) throws(YAMLError) {
        kind = try keys.optional("kind")?.choice() ?? kind
        if let node = keys.optional("prebinning") {
            prebinning = try node.choice(of: PrebinningName.self).prebinning
        }
        maximumPrebins = try keys.optional("maximumPrebins")?.int(in: 1...200) ?? maximumPrebins
        minimumPrebinShare =
            try keys.optional("minimumPrebinShare")?.double(in: 0...0.5) ?? minimumPrebinShare
        try readCuts(&keys)
        optimizes = try keys.optional("merge")?.bool() ?? optimizes
        cutPlacement = try keys.optional("cutPlacement")?.choice() ?? cutPlacement
        minimumBins = try keys.optional("minimumBins")?.int(in: 1...200) ?? minimumBins
        maximumBins = try keys.optional("maximumBins")?.int(in: 1...200) ?? maximumBins
        minimumBinShare = try keys.optional("minimumBinShare")?.double(in: 0...1) ?? minimumBinShare
        maximumBinShare = try keys.optional("maximumBinShare")?.double(in: 1e-9...1) ?? maximumBinShare
        minimumBinWeight = try keys.optional("minimumBinWeight")?.double(in: 0...1e15) ?? minimumBinWeight
        minimumDefaults = try keys.optional("minimumDefaults")?.double(in: 0...1e15) ?? minimumDefaults
        minimumNonDefaults =
            try keys.optional("minimumNonDefaults")?.double(in: 0...1e15) ?? minimumNonDefaults
        minimumRateGap = try keys.optional("minimumRateGap")?.double(in: 0...1) ?? minimumRateGap
        maximumPValue = try keys.optional("maximumPValue")?.double(in: 1e-300...1) ?? maximumPValue
        trend = try keys.optional("trend")?.choice() ?? trend
        rareLevelShare = try keys.optional("rareLevelShare")?.double(in: 0...0.999) ?? rareLevelShare
        rareLevels = try keys.optional("rareLevels")?.choice() ?? rareLevels
        try readStates(&keys)
    }

    /// User splits, which are all the pre-bins; groups of levels, the same for categories; and fixed cuts, which stay
    /// whatever is merged.
    private mutating func readCuts(_ keys: inout YAMLMapping) throws(YAMLError) {
        if let splits = keys.optional("splits") { prebinning = .cuts(try Self.ascending(splits)) }
        if let groups = keys.optional("groups") {
            prebinning = .groups(try groups.list { group throws(YAMLError) in try group.values() })
        }
        if let fixed = keys.optional("fixed") { fixedCuts = try Self.ascending(fixed) }
    }

    /// Special codes and what becomes of values never seen.
    private mutating func readStates(_ keys: inout YAMLMapping) throws(YAMLError) {
        unseen = try keys.optional("unseen")?.choice() ?? unseen
        unseenMissing = try keys.optional("unseenMissing")?.choice() ?? unseenMissing
        zeroCellAddition = try keys.optional("zeroCellAddition")?.double(in: 1e-9...1e6) ?? zeroCellAddition
        if let special = keys.optional("special") {
            specialCodes = try special.entries { node throws(YAMLError) in try node.values() }.map { code in
                SpecialCode(
                    name: code.key, numbers: code.value.compactMap(Double.init).filter(\.isFinite),
                    levels: code.value)
            }
        }
    }

    private static func ascending(_ node: YAMLNode) throws(YAMLError) -> [Double] {
        let numbers = try node.numbers()
        guard zip(numbers, numbers.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw node.error(expected: "numbers that ascend")
        }
        return numbers
    }

    private enum PrebinningName: String, CaseIterable {
        case tree, quantiles

        var prebinning: Prebinning {
            switch self {
            case .tree: .tree
            case .quantiles: .quantiles
            }
        }
    }
}

extension YAMLNode {
    /// The bins of a scorecard, named by its model file or run folder, beside this document.
    fileprivate func savedBinnings() throws(YAMLError) -> [VariableBinning] {
        let folder = position.file.map { URL(filePath: $0).deletingLastPathComponent() }
        var file = URL(filePath: try nonEmptyString(), relativeTo: folder)
        if file.isFolder { file = file.appending(path: ModelArtifact.usualName) }
        let model: ScoringModel
        do throws(ArtifactError) { model = try ModelArtifact.read(file) } catch {
            throw self.error(expected: "the model file or run folder of a scorecard (\(error))")
        }
        guard let scorecard = model.scorecard else {
            throw self.error(
                expected: "the model file or run folder of a scorecard, not of \(model.kind.rawValue)")
        }
        return scorecard.characteristics.map(\.binning)
    }

    /// Which variables come in; what is left out stays as it is.
    fileprivate func selection(_ given: SelectionOptions) throws(YAMLError) -> SelectionOptions {
        try mapping { keys throws(YAMLError) in
            var options = given
            try keys.optional("informationValue")?.mapping { keys throws(YAMLError) in
                options.minimumIV = try keys.optional("minimum")?.double(in: 0...1e6) ?? options.minimumIV
                options.maximumIV = try keys.optional("maximum")?.double(in: 0...1e6) ?? options.maximumIV
            }
            if let node = keys.optional("maximumCorrelation") {
                options.maximumCorrelation = try node.isNone ? nil : node.double(in: 0...1)
            }
            if let node = keys.optional("maximumVIF") {
                options.maximumVIF = try node.isNone ? nil : node.double(in: 1...1e9)
            }
            if let node = keys.optional("stepwise") {
                options.stepwise = try node.isNone ? nil : node.stepwise()
            }
            options.expectsSign = try keys.optional("expectedSign")?.bool() ?? options.expectsSign
            options.forced = try keys.optional("force")?.names() ?? options.forced
            return options
        }
    }

    private func stepwise() throws(YAMLError) -> StepwiseOptions {
        try mapping { keys throws(YAMLError) in
            var options = StepwiseOptions()
            options.direction = try keys.optional("direction")?.choice() ?? options.direction
            options.criterion = try keys.optional("criterion")?.choice() ?? options.criterion
            let exit = keys.optional("exit")
            options.entryPValue =
                try keys.optional("entry")?.double(in: 1e-300...0.999) ?? options.entryPValue
            options.exitPValue =
                try exit?.double(in: 1e-300...0.999) ?? max(options.entryPValue, options.exitPValue)
            if let exit, options.exitPValue < options.entryPValue {
                throw exit.error(
                    expected:
                        "at least entry (\(options.entryPValue)), so that what comes in is not taken out at once"
                )
            }
            return options
        }
    }

    /// A scaling with rounding and base.
    fileprivate func points() throws(YAMLError) -> PointsOptions {
        try mapping { keys throws(YAMLError) in
            var options = PointsOptions(scaling: try scaling(&keys))
            options.rounding = try keys.optional("rounding")?.choice() ?? options.rounding
            options.base = try keys.optional("base")?.choice() ?? options.base
            return options
        }
    }

    /// Whether the value is the word none, without quotes.
    var isNone: Bool { content == .scalar("none", isQuoted: false) }
}
