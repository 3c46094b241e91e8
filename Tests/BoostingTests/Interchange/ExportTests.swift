import Foundation
import TestSupport
import Testing

@testable import Boosting

@Suite("Exported models")
struct ExportTests {
    static let objectives: [Objective] = [
        .binary, .softmax(classes: 3), .squared, .quantile(level: 0.8), .poisson, .ordinal(levels: 4),
    ]

    /// A forest with every kind of split, and rows on and beside its thresholds.
    static func sample(_ objective: Objective, seed: UInt64 = 31) -> (forest: Forest, rows: [[Double]]) {
        var random = RandomForests(seed: seed)
        let features = RandomForests.features(7, levels: 40)
        var forest = random.forest(
            leaves: [Int](repeating: 17, count: 12), features: features, objective: objective)
        if case .ordinal = objective { forest.cutPoints = [-1, 0.25, 2] }
        let columns = random.columns(rows: 120, features: features)
        var rows = (0..<120).map { row in columns.row(row).map { $0.isInfinite ? 1e6 : $0 } }
        for row in rows.indices {
            for feature in [2, 5] where rows[row][feature] < 0 { rows[row][feature] = 41 }
        }
        return (forest, rows)
    }

    /// What the raw scores mean.
    static func predictions(_ forest: Forest, _ scores: [Double]) -> [Double] {
        switch forest.objective {
        case .binary: return scores.map { 1 / (1 + exp(-$0)) }
        case .softmax:
            let sum = scores.reduce(0) { $0 + exp($1) }
            return scores.map { exp($0) / sum }
        case .squared, .quantile: return scores
        case .poisson: return scores.map { exp($0) }
        case .ordinal:
            let below = [0] + forest.cutPoints.map { 1 / (1 + exp(scores[0] - $0)) } + [1]
            return zip(below.dropFirst(), below).map { $0 - $1 }
        }
    }

    @Test("read back from LightGBM's format score to the bit", arguments: objectives.dropLast())
    func lightGBM(objective: Objective) throws {
        let (forest, rows) = Self.sample(objective)
        let back = try Forest(lightGBM: Array(forest.lightGBMText().utf8))
        #expect(back.objective == objective)
        #expect(back.features == forest.features)
        // Missing categories that go left must not have been lost on the way.
        #expect(
            forest.trees.contains { tree in
                tree.splits.contains { $0.missingGoesLeft && $0.feature == 2 }
            })
        for row in rows { #expect(back.rawScores(of: row) == forest.rawScores(of: row)) }
    }

    @Test("read back from XGBoost's format score within single precision", arguments: objectives.dropLast())
    func xgboost(objective: Objective) throws {
        let (forest, rows) = Self.sample(objective)
        let back = try Forest(xgboostJSON: Array(forest.xgboostJSON().utf8))
        #expect(back.objective == objective)
        #expect(back.features.map(\.name) == forest.features.map(\.name))
        for row in rows {
            expectClose(back.rawScores(of: row), forest.rawScores(of: row), absolute: 1e-6)
        }
    }

    /// Continuous doubles, decimal fractions, and values on and beside every threshold.
    @Test("what was trained here puts every row into the same leaves in single precision")
    func trainedInSinglePrecision() throws {
        var data = Samples.credit(rows: 1500)
        data.names.append("price")
        data.columns.append(.doubles(data.columns[0].asDoubles.map { ($0 * 1000).rounded() / 100 + 20 }))
        let forest = try BoostedTreesTests.train(data) { $0.rounds = 30 }
        let back = try Forest(xgboostJSON: Array(forest.xgboostJSON().utf8))
        let onnx = try ONNXReading(forest.onnx())
        var rows = (0..<1500).map { Samples.row($0, of: data) }
        var edges = 0
        for split in forest.trees.flatMap(\.splits) {
            // A threshold that is a short number, as between whole ones, tells values apart that singles cannot.
            guard case .atMost(let bound) = split.condition, Double(Float(bound)) != bound else { continue }
            for value in [bound.nextDown, bound, bound.nextUp, Double(Float(bound))] {
                var row = rows[edges % 1500]
                row[split.feature] = value
                rows.append(row)
            }
            edges += 1
        }
        #expect(edges > 20)
        for (number, row) in rows.enumerated() {
            let expected = forest.rawScores(of: row)
            expectClose(back.rawScores(of: row), expected, absolute: 2e-6)
            // The slow reading of the tests: a part, edges among them.
            guard number % 16 == 0 else { continue }
            expectClose(onnx.rawScores(of: row.map { Float($0) }, outputs: 1), expected, absolute: 2e-6)
        }
    }

    @Test("single-precision comparison keeps its meaning in a format of doubles")
    func singlePrecision() throws {
        var (forest, _) = Self.sample(.squared)
        forest.comparesSinglePrecision = true
        let back = try Forest(lightGBM: Array(forest.lightGBMText().utf8))
        var row = [Double](repeating: 0, count: 7)
        for tree in forest.trees {
            for split in tree.splits {
                guard case .atMost(let threshold) = split.condition else { continue }
                let float = Float(threshold)
                let (below, above) = (Double(float.nextDown), Double(float.nextUp))
                for edge in [(below + Double(float)) / 2, (Double(float) + above) / 2] {
                    for value in [edge.nextDown, edge, edge.nextUp, Double(float)] {
                        row[split.feature] = value
                        #expect(back.rawScores(of: row) == forest.rawScores(of: row), "\(value)")
                    }
                }
                row[split.feature] = 0
            }
        }
    }

    @Test("a forest without trees is its base score")
    func noTrees() throws {
        let forest = Forest(
            features: [Forest.Feature(name: "x", kind: .number)], objective: .squared, baseScores: [1.5],
            trees: [])
        #expect(try Forest(lightGBM: Array(forest.lightGBMText().utf8)).rawScores(of: [0]) == [1.5])
        #expect(try Forest(xgboostJSON: Array(forest.xgboostJSON().utf8)).rawScores(of: [0]) == [1.5])
        let ensemble = try ONNXReading(forest.onnx())
        #expect(ensemble.rawScores(of: [0], outputs: 1) == [1.5])
    }

    @Test("what a format cannot say is refused")
    func inexpressible() throws {
        let (ordinal, _) = Self.sample(.ordinal(levels: 4))
        #expect(throws: InterchangeError.self) { try ordinal.lightGBMText() }
        #expect(throws: InterchangeError.self) { try ordinal.xgboostJSON() }
        var (zero, _) = Self.sample(.squared)
        zero.trees[0].splits[0].condition = .atMostZeroMissing(1)
        #expect(throws: InterchangeError.self) { try zero.xgboostJSON() }
        #expect(throws: InterchangeError.self) { try zero.onnx() }
        let back = try Forest(lightGBM: Array(zero.lightGBMText().utf8))
        #expect(back.trees[0].splits[0].condition == .atMostZeroMissing(1))
    }

    @Test("names with punctuation survive in JSON and become plain in LightGBM's text")
    func names() throws {
        var (forest, _) = Self.sample(.squared)
        forest.features[0].name = "a \"b\"\n\u{1}é"
        forest.features[1].name = "a \"b\"\n\u{1}é"
        let json = try Forest(xgboostJSON: Array(forest.xgboostJSON().utf8))
        #expect(json.features[0].name == forest.features[0].name)
        let text = try Forest(lightGBM: Array(forest.lightGBMText().utf8))
        #expect(Set(text.features.map(\.name)).count == 7)
    }

    /// A forest whose categories have names, among them some that need escapes.
    private static func named(
        _ objective: Objective = .binary, seed: UInt64 = 31
    ) -> (forest: Forest, rows: [[Double]]) {
        var (forest, rows) = sample(objective, seed: seed)
        for place in forest.features.indices {
            guard case .category(let levels) = forest.features[place].kind else { continue }
            // In no order, as levels may be.
            forest.features[place].levelNames = (0..<levels).map { "level \($0 * 17 % levels)" }
        }
        return (forest, rows)
    }

    @Test("names of levels are read back")
    func levelNames() throws {
        var (forest, _) = Self.named()
        forest.features[2].levelNames.replaceSubrange(0..<3, with: ["a \"b\"\\\n", "größer", "🌍, ="])
        let lightGBM = try Forest(lightGBM: Array(forest.lightGBMText().utf8))
        #expect(lightGBM.features == forest.features)
        let xgboost = try Forest(xgboostJSON: Array(forest.xgboostJSON().utf8))
        #expect(xgboost.features == forest.features)
        // One category without names: which list is whose cannot be said.
        forest.features[5].levelNames = []
        #expect(try forest.lightGBMText().hasSuffix("\npandas_categorical:null\n"))
        #expect(try !forest.xgboostJSON().contains("\"cats\""))
    }

    @Test("a forest has a name for every level or for none")
    func wrongNames() {
        var (forest, _) = Self.named()
        forest.features[2].levelNames.removeLast()
        #expect(throws: BoostingError.self) { try forest.validated() }
        forest.features[2].levelNames = []
        forest.features[0].levelNames = ["a"]
        #expect(throws: BoostingError.self) { try forest.validated() }
    }

    @Test("the ensemble of an ONNX model scores as the forest does", arguments: objectives)
    func onnx(objective: Objective) throws {
        let (forest, rows) = Self.sample(objective)
        let ensemble = try ONNXReading(forest.onnx())
        for row in rows {
            expectClose(
                ensemble.rawScores(of: row.map { Float($0) }, outputs: forest.outputCount),
                forest.rawScores(of: row),
                absolute: 1e-6)
        }
    }

    @Test(
        "read back by LightGBM, XGBoost and onnxruntime predict the same, of arrays and of data frames",
        .enabled(
            if: ProcessInfo.processInfo.environment["PEERS_PYTHON"] != nil,
            "needs PEERS_PYTHON, a Python with lightgbm, xgboost and onnxruntime"))
    func peers() throws {
        let python = try #require(ProcessInfo.processInfo.environment["PEERS_PYTHON"])
        let folder = try TemporaryFolder()
        for (number, objective) in Self.objectives.enumerated() {
            let (forest, rows) = Self.named(objective, seed: UInt64(40 + number))
            func file(_ suffix: String) -> URL { folder.url.appending(path: "model\(number).\(suffix)") }
            let lines = rows.map { row in
                let scores = forest.rawScores(of: row)
                return [row, scores, Self.predictions(forest, scores)].map { numbers in
                    numbers.map { $0.isNaN ? "nan" : "\($0)" }.joined(separator: ",")
                }.joined(separator: ";")
            }
            try Data(lines.joined(separator: "\n").utf8).write(to: file("rows"))
            let levels = forest.features.map { feature in
                if case .category(let levels) = feature.kind { levels } else { 0 }
            }
            try Data("\(levels)".utf8).write(to: file("levels"))
            try JSONEncoder().encode(forest.features.map(\.levelNames)).write(to: file("names"))
            try Data(levels.map { $0 > 0 ? "c" : "q" }.joined().utf8).write(to: file("kinds"))
            if let text = try? forest.lightGBMText() { try Data(text.utf8).write(to: file("txt")) }
            if let json = try? forest.xgboostJSON() { try Data(json.utf8).write(to: file("json")) }
            try Data(forest.onnx()).write(to: file("onnx"))
        }
        let script = try #require(Bundle.module.url(forResource: "Fixtures/read_back", withExtension: "py"))
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = [script.path, folder.url.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(output)")
    }
}

/// The tree ensemble of an ONNX model, read from its bytes and walked as the standard says.
private struct ONNXReading {
    private var integers: [String: [Int]] = [:]
    private var floats: [String: [Float]] = [:]
    private var texts: [String: [String]] = [:]

    init(_ model: [UInt8]) throws {
        let message = try Self.fields(model)
        let graph = try Self.fields(try #require(message[7]?.first))
        let node = try Self.fields(try #require(graph[1]?.first))
        for attribute in node[5] ?? [] {
            let fields = try Self.fields(attribute)
            let name = String(decoding: try #require(fields[1]?.first), as: UTF8.self)
            if let packed = fields[8]?.first {
                var rest = packed[...]
                while !rest.isEmpty { integers[name, default: []].append(Self.varint(&rest)) }
            }
            if let packed = fields[7]?.first {
                floats[name] = stride(from: 0, to: packed.count, by: 4).map { place -> Float in
                    var bits: UInt32 = 0
                    for byte in 0..<4 { bits |= UInt32(packed[place + byte]) << UInt32(8 * byte) }
                    return Float(bitPattern: bits)
                }
            }
            texts[name] = fields[9]?.map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// Payloads by field; integers as their digits.
    private static func fields(_ message: [UInt8]) throws -> [Int: [[UInt8]]] {
        var result: [Int: [[UInt8]]] = [:]
        var rest = message[...]
        while !rest.isEmpty {
            let tag = varint(&rest)
            if tag & 7 == 0 {
                result[tag >> 3, default: []].append(Array("\(varint(&rest))".utf8))
            } else {
                try #require(tag & 7 == 2)
                let length = varint(&rest)
                try #require(length <= rest.count)
                result[tag >> 3, default: []].append(Array(rest.prefix(length)))
                rest = rest.dropFirst(length)
            }
        }
        return result
    }

    private static func varint(_ bytes: inout ArraySlice<UInt8>) -> Int {
        var (value, shift): (UInt64, UInt64) = (0, 0)
        while let byte = bytes.popFirst() {
            value |= UInt64(byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 { break }
        }
        return Int(truncatingIfNeeded: value)
    }

    func rawScores(of row: [Float], outputs: Int) -> [Double] {
        func list(_ name: String) -> [Int] { integers[name] ?? [] }
        let (trees, ids, modes) = (list("nodes_treeids"), list("nodes_nodeids"), texts["nodes_modes"] ?? [])
        let (features, values) = (list("nodes_featureids"), floats["nodes_values"] ?? [])
        let missing = list("nodes_missing_value_tracks_true")
        var places: [[Int]: Int] = [:]
        for place in ids.indices { places[[trees[place], ids[place]]] = place }
        var weights: [[Int]: (Int, Float)] = [:]
        for (place, weight) in (floats["target_weights"] ?? []).enumerated() {
            let key = [list("target_treeids")[place], list("target_nodeids")[place]]
            weights[key] = (list("target_ids")[place], weight)
        }
        var scores = (floats["base_values"] ?? []).map { Double($0) }
        for tree in Set(trees) {
            var id = 0
            while let place = places[[tree, id]], modes[place] != "LEAF" {
                let value = row[features[place]]
                let holds = modes[place] == "BRANCH_LEQ" ? value <= values[place] : value == values[place]
                let isTrue = holds || (value.isNaN && missing[place] == 1)
                id = list(isTrue ? "nodes_truenodeids" : "nodes_falsenodeids")[place]
            }
            if let (output, weight) = weights[[tree, id]] { scores[output] += Double(weight) }
        }
        return scores
    }
}
