import Foundation
import Glibc
import Scoring
import Statistics
import TestSupport
import Testing

/// The scored samples of the reference data, as log-odds.
struct ReferenceSample {
    static let names = ["german", "hmeq", "corporate"]
    static let models = ["a", "b", "t"]

    let logOdds: [Double]
    let defaulted: [Bool]
    let weights: [Double]
    let expected: Oracle

    init(_ name: String, _ model: String) throws {
        let table = try ReferenceTable("../oracles/metrics/sample_\(name).csv.gz")
        logOdds = try table.numbers(model).map { log($0) - log1p(-$0) }
        defaulted = try table.numbers("bad").map { $0 == 1 }
        weights = try table.numbers("w")
        expected = try Oracle(shared: "calibration/\(name).json")("expected", model)
    }

    func sample(weighted: Bool = false) throws -> CalibrationSample {
        try CalibrationSample(logOdds: logOdds, defaulted: defaulted, weights: weighted ? weights : nil)
    }
}

/// Log-odds that are too extreme and too low, with outcomes of what they should be.
enum Miscalibrated {
    static func sample(
        rows: Int = 4_000, intercept: Double = 0.7, slope: Double = 0.6, seed: UInt64 = 3
    ) throws -> CalibrationSample {
        let (logOdds, defaulted) = draw(rows: rows, intercept: intercept, slope: slope, seed: seed)
        return try CalibrationSample(logOdds: logOdds, defaulted: defaulted)
    }

    static func draw(
        rows: Int, intercept: Double, slope: Double, seed: UInt64
    ) -> (logOdds: [Double], defaulted: [Bool]) {
        var generator = SeededGenerator(seed: seed)
        let logOdds = (0..<rows).map { _ in -3 + 1.5 * generator.normal() }
        return (
            logOdds, logOdds.map { generator.bernoulli(1 / (1 + exp(-(intercept + slope * $0)))) }
        )
    }
}
