import Foundation
import TestSupport
import Testing

/// A scored sample of the reference data: outcomes, the forecasts of three models and weights.
struct ScoredSample {
    static let names = ["german", "hmeq", "corporate"]
    static let models = ["a", "b", "t"]

    let defaulted: [Bool]
    let weights: [Double]
    private let forecasts: [String: [Double]]

    init(_ name: String) throws {
        let lines = try SharedData.text("oracles/metrics/sample_\(name).csv.gz").split(separator: "\n")
        let header = lines[0].split(separator: ",").map(String.init)
        let rows = try lines.dropFirst().map { line in
            try line.split(separator: ",").map { try #require(Double($0)) }
        }
        func column(_ name: String) throws -> [Double] {
            let position = try #require(header.firstIndex(of: name))
            return rows.map { $0[position] }
        }
        defaulted = try column("bad").map { $0 == 1 }
        weights = try column("w")
        forecasts = try Dictionary(uniqueKeysWithValues: Self.models.map { ($0, try column($0)) })
    }

    /// The forecasts of a model.
    func risks(_ model: String) throws -> [Double] { try #require(forecasts[model]) }
}
