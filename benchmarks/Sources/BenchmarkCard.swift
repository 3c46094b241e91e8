import Foundation

/// Thresholds and points of a scorecard over numbers: a value falls in the bin of as many thresholds as are ≤ it, and
/// missing in the last.
struct BenchmarkCard: Codable {
    var columns: [String]
    var thresholds: [[Double]]
    var points: [[Double]]
    /// Points per unit of log-odds, where the card has a scale.
    var factor: Double?
    /// Points at log-odds 0, where the card has a scale.
    var offset: Double?
    /// The points of each column that others are lost against, where reasons are asked for.
    var references: [Double]?
    /// The grades, best first, where they are asked for.
    var grades: [Grade]?

    /// A grade and the PD that it ends below.
    struct Grade: Codable {
        var name: String
        var below: Double
    }

    func write(to file: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        try encoder.encode(self).write(to: file, options: .atomic)
    }
}

/// Why a measurement does not count.
enum BenchmarkError: Error, CustomStringConvertible {
    case wrongResult(String)

    var description: String {
        switch self {
        case .wrongResult(let what): "wrong \(what)"
        }
    }
}
