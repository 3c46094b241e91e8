import Foundation
import TestSupport
import Testing

@testable import Boosting

/// Every objective beside LightGBM and XGBoost: models that they trained, what they predict, and how well
/// (`Fixtures/peer_objectives.py`).
@Suite("Every objective beside LightGBM and XGBoost")
struct PeerObjectivesTests {
    static let names = ["binary", "softmax", "squared", "quantile", "poisson"]
    private let file: Oracle

    init() throws { file = try Oracle(fixture: "peer_objectives", in: .module) }

    private func objective(_ name: String) throws -> Objective {
        switch name {
        case "softmax": .softmax(classes: 3)
        case "squared": .squared
        case "quantile": .quantile(level: try file("options", "quantile").number)
        case "poisson": .poisson
        default: .binary
        }
    }

    private func peer(_ tool: String, _ objective: String) throws -> Oracle {
        try #require(
            try file("cases").list.first {
                try $0("tool").text == tool && $0("objective").text == objective
            })
    }

    /// Numbers; `null` is missing.
    private func values(_ list: Oracle) throws -> [Double] {
        try list.list.map { try $0 == .missing ? .nan : $0.number }
    }

    @Test("imported models score as their makers do", arguments: ["lightgbm", "xgboost"], names)
    func imported(tool: String, name: String) throws {
        let peer = try peer(tool, name)
        let text = Array(try peer("model").text.utf8)
        let forest = tool == "lightgbm" ? try Forest(lightGBM: text) : try Forest(xgboostJSON: text)
        #expect(forest.objective == (try objective(name)))
        let rows = try peer("rows").list.map(values)
        let expected = try peer("raw_scores").rows
        #expect(rows.count == 60 && rows.contains { $0[1].isNaN })
        for (row, expected) in zip(rows, expected) {
            // XGBoost adds in single precision.
            expectClose(forest.rawScores(of: row), expected, absolute: tool == "lightgbm" ? 1e-12 : 2e-6)
        }
        // The fast path adds leaves of single precision.
        let columns = (0..<3).map { feature -> TrainingData.Column in
            let column = rows.map { $0[feature] }
            guard feature == 2 else { return .doubles(column) }
            return .categories(column.map { $0.isNaN ? .max : UInt32($0) }, levels: 18)
        }
        let scores = try Predictor(forest).rawScores(columns: columns)
        for row in rows.indices {
            for output in 0..<forest.outputCount {
                expectClose(
                    scores[output * rows.count + row], forest.rawScores(of: rows[row])[output],
                    absolute: 1e-6)
            }
        }
    }

    @Test("trained on the same rows we are as good on others", arguments: names)
    func trained(name: String) throws {
        let columns = try file("columns").list.map(values)
        let outcomes = try file("outcomes", name).numbers
        let (rows, training) = (outcomes.count, try file("training").integer)
        func part(_ range: Range<Int>) -> TrainingData {
            TrainingData(
                names: ["a", "b", "c"],
                columns: [
                    .doubles(Array(columns[0][range])), .doubles(Array(columns[1][range])),
                    .categories(columns[2][range].map { UInt32($0) }, levels: 6),
                ], outcomes: Array(outcomes[range]))
        }
        var options = BoostingOptions()
        options.objective = try objective(name)
        options.rounds = try file("options", "rounds").integer
        options.maximumLeaves = try file("options", "leaves").integer
        options.learningRate = try file("options", "rate").number
        options.minimumRowsInLeaf = try file("options", "minimum_rows").integer
        let forest = try BoostedTrees(options: options).train(part(0..<training)).forest
        let test = part(training..<rows)
        let ours = try losses(of: forest, on: test)
        for tool in ["lightgbm", "xgboost"] {
            let peer = try peer(tool, name)
            let text = Array(try peer("model").text.utf8)
            let theirs = try losses(
                of: tool == "lightgbm" ? Forest(lightGBM: text) : Forest(xgboostJSON: text), on: test)
            let count = Double(theirs.count)
            expectClose(theirs.reduce(0, +) / count, try peer("loss").number, relative: 1e-6)
            // No better than chance allows: the same rows are judged, so that what both losses share is no noise.
            let worse = zip(ours, theirs).map { $0 - $1 }
            let mean = worse.reduce(0, +) / count
            let error = (worse.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1) / count)
                .squareRoot()
            #expect(mean < 2 * error, "\(tool) is better by \(mean), of standard error \(error)")
        }
    }

    /// The loss of every row.
    private func losses(of forest: Forest, on data: TrainingData) throws -> [Double] {
        let scores = try Predictor(forest).rawScores(columns: data.columns)
        return data.outcomes.indices.map { row in
            let all = (0..<forest.outputCount).map { scores[$0 * data.rowCount + row] }
            return loss(forest.objective, all, data.outcomes[row])
        }
    }

    /// As the script has it, without terms of the outcome alone.
    private func loss(_ objective: Objective, _ scores: [Double], _ outcome: Double) -> Double {
        let gap = outcome - scores[0]
        switch objective {
        case .squared: return gap * gap / 2
        case .quantile(let level): return max(level * gap, (level - 1) * gap)
        case .poisson: return exp(scores[0]) - outcome * scores[0]
        case .binary, .ordinal: return log1p(exp(scores[0])) - outcome * scores[0]
        case .softmax: return log(scores.reduce(0) { $0 + exp($1) }) - scores[Int(outcome)]
        }
    }
}
