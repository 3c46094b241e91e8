import Boosting
import Foundation

/// What every booster of a benchmark is asked for; `benchmarks/peers/boosting.py` asks the peers for the same.
///
/// Written `<trees>x<leaves>`, with `-mixed` behind it for the set with categories, missing values and weights, or
/// `-penalised` for XGBoost's own penalty and least hessian in all boosters.
struct BoostingShape {
    let trees: Int
    let leaves: Int
    let isMixed: Bool
    let isPenalised: Bool

    init(_ variant: String) throws {
        let parts = variant.split(separator: "-")
        let numbers = (parts.first ?? "").split(separator: "x").compactMap { Int($0) }
        guard numbers.count == 2, parts.count == 1 || ["mixed", "penalised"].contains(parts[1]) else {
            throw BenchmarkError.wrongResult("variant '\(variant)', expected one like 100x63 or 100x63-mixed")
        }
        (trees, leaves) = (numbers[0], numbers[1])
        isMixed = parts.last == "mixed"
        isPenalised = parts.last == "penalised"
    }

    /// Many trees take small steps.
    var rate: Double { trees >= 500 ? 0.03 : 0.1 }

    /// LightGBM's defaults in all that the shape leaves open, or XGBoost's.
    func options(threads: Int) -> BoostingOptions {
        var options = BoostingOptions()
        options.rounds = trees
        options.maximumLeaves = leaves
        options.learningRate = rate
        options.maximumBins = 255
        options.minimumRowsInLeaf = isPenalised ? 1 : 20
        if isPenalised { (options.l2, options.minimumHessianInLeaf) = (1, 1) }
        options.threads = threads
        return options
    }
}

extension BenchmarkSet {
    /// Rows for training; the others are for testing.
    var trainingRows: Int { rows * 8 / 10 }

    /// Some rows as training data.
    func trainingData(_ shape: BoostingShape, rows part: Range<Int>) throws -> TrainingData {
        let names = try names()
        let columns: [TrainingData.Column] = try (shape.isMixed ? mixedNumbers() : numbers()).enumerated().map
        {
            column, values in
            let chosen = values[part]
            guard shape.isMixed, Self.isCategory(column) else { return .floats(Array(chosen)) }
            return .categories(
                chosen.map { $0.isNaN ? .max : UInt32($0) }, levels: 1 + Int(values.max { $0 < $1 } ?? 0))
        }
        return TrainingData(
            names: names, columns: columns, outcomes: try defaulted()[part].map { $0 ? 1 : 0 },
            weights: shape.isMixed ? try weights()[part].map(Double.init) : [])
    }

    /// The forests that scoring and attribution are measured on, trained on the rows of a smaller set and written for
    /// the peers too.
    func writeForests(_ shapes: [String]) throws {
        try writeNumbers()
        for variant in shapes where !FileManager.default.fileExists(atPath: forestFile(variant, "json").path)
        {
            let shape = try BoostingShape(variant)
            let data = try trainingData(shape, rows: 0..<trainingRows)
            let forest = try BoostedTrees(options: shape.options(threads: 2)).train(data).forest
            try forest.lightGBMText().write(
                to: forestFile(variant, "txt"), atomically: true, encoding: .utf8)
            try forest.xgboostJSON().write(
                to: forestFile(variant, "json"), atomically: true, encoding: .utf8)
        }
    }

    /// A forest as the peers read it.
    func forest(_ variant: String) throws -> Forest {
        try Forest(lightGBM: Array(Data(contentsOf: forestFile(variant, "txt"))))
    }

    private func forestFile(_ variant: String, _ suffix: String) -> URL {
        folder.appending(path: "forest_\(variant).\(suffix)")
    }
}
