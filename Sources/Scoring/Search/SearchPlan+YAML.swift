import Glibc
import Statistics
import StrictYAML

extension SearchPlan {
    /// Reads the keys under `search`, and draws the settings.
    ///
    /// - Parameter model: The document's `model`, into which settings are put.
    init(_ node: YAMLNode, model: YAMLNode) throws(YAMLError) {
        let own = try model.mapping { keys throws(YAMLError) in try Recipe.Model(keys: &keys) }
        self.init(trials: [Trial(settings: [], model: own)], folds: nil, keep: 3, metric: .logLoss, seed: 1)
        var count = 24
        var axes: [Axis]?
        try node.mapping { keys throws(YAMLError) in
            count = try keys.optional("trials")?.int(in: 1...10_000) ?? count
            folds = try keys.optional("folds")?.int(in: 2...100)
            keep = try keys.optional("keep")?.int(in: 2...100) ?? keep
            metric = try keys.optional("metric")?.choice() ?? metric
            seed = try keys.optional("seed")?.uint64() ?? seed
            axes = try keys.optional("space").map { space throws(YAMLError) in
                let axes = try space.entries { node throws(YAMLError) in node }.map {
                    entry throws(YAMLError) in try Axis(key: entry.key, node: entry.value)
                }
                guard !axes.isEmpty else { throw space.error(expected: "at least one key of model") }
                return axes
            }
        }
        let space: [Axis]
        if let axes { space = axes } else { space = try Self.usualSpace(of: own.kind) }
        for number in 1..<max(1, count) {
            var generator = SeededGenerator(seed: seed).stream("search").stream(number)
            var document = model
            var settings: [Trial.Setting] = []
            for axis in space {
                let value = axis.draw(&generator)
                document = document.setting(axis.keys, to: value)
                settings.append(.init(key: axis.keys.joined(separator: "."), value: value.text))
            }
            let drawn = try document.mapping { keys throws(YAMLError) in try Recipe.Model(keys: &keys) }
            trials.append(Trial(settings: settings, model: drawn))
        }
    }

    /// One key and the values it may take.
    private struct Axis {
        let keys: [String]
        let values: Values

        enum Values {
            case list([YAMLNode])
            case range(from: Double, to: Double, isLogarithmic: Bool, isWhole: Bool, place: YAMLNode)
        }

        init(key: String, node: YAMLNode) throws(YAMLError) {
            keys = key.split(separator: ".").map(String.init)
            guard let first = keys.first, first != "kind" else {
                throw node.error(expected: "a key of model other than kind")
            }
            if case .list(let items) = node.content {
                guard !items.isEmpty else { throw node.error(expected: "at least one value") }
                values = .list(items)
                return
            }
            values = try node.mapping { keys throws(YAMLError) in
                let (low, high) = (try keys.required("from"), try keys.required("to"))
                let (from, to) = (try low.double(), try high.double())
                guard from < to else { throw high.error(expected: "a number above \(from)") }
                let scale = try keys.optional("scale")?.choice(of: Scale.self) ?? .linear
                guard scale == .linear || from > 0 else {
                    throw low.error(expected: "a number above 0 on a log scale")
                }
                let isWhole = (try? low.int()) != nil && (try? high.int()) != nil
                return .range(
                    from: from, to: to, isLogarithmic: scale == .log, isWhole: isWhole, place: node)
            }
        }

        private enum Scale: String, CaseIterable { case linear, log }

        /// A value at random.
        func draw(_ generator: inout SeededGenerator) -> YAMLNode {
            let share = generator.uniform()
            switch values {
            case .list(let items): return items[min(items.count - 1, Int(share * Double(items.count)))]
            case .range(let from, let to, let isLogarithmic, let isWhole, let place):
                let value = isLogarithmic ? from * pow(to / from, share) : from + (to - from) * share
                guard !isWhole else { return place.replaced(by: "\(Int(value.rounded()))") }
                return place.replaced(by: Self.shortened(value, within: from...to))
            }
        }

        /// Three digits are as good as sixteen, and can be read.
        private static func shortened(_ value: Double, within range: ClosedRange<Double>) -> String {
            guard value != 0 else { return "0" }
            let scale = pow(10, 2 - floor(log10(abs(value))))
            let rounded = (value * scale).rounded() / scale
            return "\(min(max(rounded, range.lowerBound), range.upperBound))"
        }
    }
}

extension YAMLNode {
    /// The value on one line, as it would be written.
    fileprivate var text: String {
        switch content {
        case .scalar(let text, _): text
        case .list(let items): "[\(items.map(\.text).joined(separator: ", "))]"
        case .mapping(let entries):
            "{\(entries.map { "\($0.key): \($0.value.text)" }.joined(separator: ", "))}"
        }
    }
}

extension SearchPlan {
    /// The space of a kind of model where the recipe declares none.
    private static func usualSpace(of kind: ModelKind) throws(YAMLError) -> [Axis] {
        let text =
            switch kind {
            case .boostedTrees:
                """
                learningRate: {from: 0.015, to: 0.08, scale: log}
                leaves: [4, 8, 16, 31, 48]
                minimumRowsInLeaf: {from: 2, to: 40, scale: log}
                l2: {from: 0.03, to: 30, scale: log}
                sampling.rows: [0.5, 0.65, 0.8, 1]
                sampling.columns: [0.2, 0.4, 0.6, 0.9]
                sampling.columnsOfSplit: [0.5, 1]
                """
            case .additiveTrees:
                """
                learningRate: {from: 0.015, to: 0.06, scale: log}
                leaves: [2, 3]
                order: [cyclic, greedy]
                minimumRowsInLeaf: {from: 2, to: 40, scale: log}
                l2: [0, 1, 5, 20]
                smoothingRounds: [0, 50, 200]
                pairs: [0, 5, 10, 20, 40, 80]
                """
            case .logistic:
                """
                missing: [medianAndIndicator, median]
                penalty.l2: {from: 0.01, to: 1000, scale: log}
                """
            case .scorecard:
                """
                binning.maximumBins: {from: 4, to: 12}
                binning.minimumBinShare: {from: 0.01, to: 0.1, scale: log}
                selection.informationValue.minimum: [0.005, 0.02, 0.05]
                """
            }
        return try YAMLReader().read(text, named: "the usual space").entries { node throws(YAMLError) in
            node
        }.map { entry throws(YAMLError) in try Axis(key: entry.key, node: entry.value) }
    }
}
