import Foundation
import TestSupport
import Testing

@testable import Boosting

/// Models of LightGBM and XGBoost, with what these tools predict from them.
struct InterchangeCase {
    let forest: Forest
    let rows: [[Double]]
    let expected: Oracle
    /// Raw scores by row, one per output.
    let rawScores: [[Double]]
    let modelText: [UInt8]

    init(_ name: String) throws {
        let oracle = try Oracle(contentsOf: SharedData.file("oracles/boosting/\(name).json"))
        let file = try oracle("model")("file").text
        modelText = Array(try SharedData.text("oracles/\(file)").utf8)
        forest = try name.hasPrefix("lightgbm") ? Forest(lightGBM: modelText) : Forest(xgboostJSON: modelText)
        rows = try oracle("input")("rows").rows
        expected = try oracle("expected")
        rawScores = try Self.lists(expected("raw_score"))
    }

    /// A list of lists, or a list of numbers as one-element lists.
    static func lists(_ oracle: Oracle) throws -> [[Double]] {
        try oracle.list.map { element in
            if case .list = element { return try element.numbers }
            return [try element.number]
        }
    }

    static let lightGBM = [
        "lightgbm_hmeq", "lightgbm_hmeq_monotone", "lightgbm_taiwan", "lightgbm_taiwan_zero_as_missing",
        "lightgbm_corporate_multiclass", "lightgbm_german_forest",
    ]
    static let xgboost = [
        "xgboost_hmeq", "xgboost_hmeq_monotone", "xgboost_taiwan", "xgboost_corporate_multiclass",
    ]
}

@Suite(
    "Imported models agree with their makers",
    .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
struct InterchangeOracleTests {
    @Test("LightGBM: raw scores and leaves", arguments: InterchangeCase.lightGBM)
    func lightGBM(name: String) throws {
        let oracle = try InterchangeCase(name)
        // A random forest's raw score is the sum of its trees there and their mean here.
        let factor = name == "lightgbm_german_forest" ? Double(oracle.forest.trees.count) : 1
        for (row, expected) in zip(oracle.rows, oracle.rawScores) {
            let scores = oracle.forest.rawScores(of: row).map { $0 * factor }
            expectClose(scores, expected, absolute: factor == 1 ? 0 : 1e-12)
        }
        let leaves = try InterchangeCase.lists(oracle.expected("leaf_index_rows_0_to_19"))
        for (row, expected) in zip(oracle.rows, leaves) {
            #expect(oracle.forest.trees.map { Double($0.leaf(of: row)) } == expected)
        }
    }

    @Test("LightGBM: a forest's probabilities are those of its mean log-odds")
    func randomForestProbabilities() throws {
        let oracle = try InterchangeCase("lightgbm_german_forest")
        for (row, expected) in zip(oracle.rows, try oracle.expected("probability").numbers) {
            expectClose(1 / (1 + exp(-oracle.forest.rawScores(of: row)[0])), expected, relative: 1e-12)
        }
    }

    @Test("XGBoost: raw scores and leaves", arguments: InterchangeCase.xgboost)
    func xgboost(name: String) throws {
        let oracle = try InterchangeCase(name)
        for (row, expected) in zip(oracle.rows, oracle.rawScores) {
            // XGBoost adds in single precision.
            expectClose(oracle.forest.rawScores(of: row), expected, absolute: 2e-6)
        }
        let nodes = try Self.leafNodes(oracle.modelText)
        let leaves = try InterchangeCase.lists(oracle.expected("leaf_index_rows_0_to_19"))
        for (row, expected) in zip(oracle.rows, leaves) {
            let reached = oracle.forest.trees.enumerated().map { nodes[$0][$1.leaf(of: row)] }
            #expect(reached.map(Double.init) == expected)
        }
    }

    /// Node numbers of the leaves of every tree, rising.
    private static func leafNodes(_ model: [UInt8]) throws -> [[Int]] {
        let document = try JSONText.document(model)
        let booster = try document.member("learner").member("gradient_booster")
        return try booster.member("model").member("trees").list().map { tree in
            try tree.member("left_children").integers().enumerated().filter { $1 < 0 }.map(\.offset)
        }
    }
}
