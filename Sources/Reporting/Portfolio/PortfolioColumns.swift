import Foundation
import Results

/// The portfolio as a page's script reads it: column by column, packed, so that filters run over plain arrays.
struct PortfolioColumns: Encodable {
    /// Something to filter by: the obligor's level as an index, one byte each, or two for more than 255 levels.
    struct Dimension: Encodable {
        let id: String
        let title: String
        let levels: [String]
        let isWide: Bool
        /// Base64 of the indices, little-endian.
        let codes: String
    }

    let rows: Int
    let currency: String
    let ids: [String]
    let names: [String?]
    /// What the figures of grade stand for; the last entry is no grade.
    let grades: [String]
    let dimensions: [Dimension]
    /// Base64 of doubles, little-endian; NaN where missing.
    let numbers: [String: String]

    /// - Parameter words: Titles of dimensions and names of their levels.
    init(_ portfolio: Portfolio, words: Wording) {
        let obligors = portfolio.obligors
        let grades = PageContext.grades
        rows = obligors.count
        currency = obligors.first?.currency ?? ""
        ids = obligors.map(\.id)
        names = obligors.map(\.name)
        self.grades = grades + [""]
        func place(_ grade: String?) -> Double {
            Double(grade.flatMap { grades.firstIndex(of: $0) } ?? grades.count)
        }
        numbers = [
            "grade": Self.packed(obligors.map { place($0.grade) }),
            "previousGrade": Self.packed(obligors.map { place($0.previousGrade) }),
            "pd": Self.packed(obligors.map { $0.pd ?? .nan }),
            "previousPD": Self.packed(obligors.map { $0.previousPD ?? .nan }),
            "exposure": Self.packed(obligors.map(\.exposure)),
            "overdue": Self.packed(obligors.map(\.overdue)),
            "daysBeyondTerms": Self.packed(obligors.map { $0.daysBeyondTerms ?? .nan }),
            "expectedLoss": Self.packed(obligors.map { $0.expectedLoss ?? .nan }),
            "limit": Self.packed(obligors.map { $0.limit ?? .nan }),
            "termsDays": Self.packed(obligors.map { $0.termsDays.map(Double.init) ?? .nan }),
        ]
        var dimensions = portfolio.tags.indices.map { position in
            Self.dimension(
                "tag:\(portfolio.tags[position])", words.known("tag", portfolio.tags[position]),
                obligors.map { $0.tags[position] }, name: { words.known("tagLevel", $0) })
        }
        for band in ObligorBand.allCases {
            dimensions.append(
                Self.dimension(
                    band.rawValue, words["dimension.\(band.rawValue)"], obligors.map(band.level),
                    order: band.order, name: { words.known("level", $0) }))
        }
        self.dimensions = dimensions
    }

    private static func dimension(
        _ id: String, _ title: String, _ values: [String], order: [String] = [],
        name: (String) -> String = { $0 }
    ) -> Dimension {
        let present = Set(values)
        // Bands by their first number, "<" before and ">" behind it; words by the alphabet.
        func rank(_ level: String) -> (number: Double, side: Int) {
            let digits = level.drop { !$0.isASCII || !$0.isNumber }.prefix { $0.isASCII && $0.isNumber }
            return (Double(String(digits)) ?? -1, level.hasPrefix("<") ? 0 : level.hasPrefix(">") ? 2 : 1)
        }
        let rest = present.subtracting(order).map { (rank: rank($0), level: $0) }.sorted {
            ($0.rank.number, $0.rank.side, $0.level) < ($1.rank.number, $1.rank.side, $1.level)
        }
        let levels = order.filter(present.contains) + rest.map(\.level)
        let places = Dictionary(uniqueKeysWithValues: levels.enumerated().map { ($1, $0) })
        let isWide = levels.count > 256
        var bytes = Data(capacity: values.count * (isWide ? 2 : 1))
        for value in values {
            // Beyond 65,536 levels no reader filters by one; the last place holds the rest.
            let code = min(places[value] ?? 0, Int(UInt16.max))
            bytes.append(UInt8(truncatingIfNeeded: code))
            if isWide { bytes.append(UInt8(truncatingIfNeeded: code >> 8)) }
        }
        return Dimension(
            id: id, title: title, levels: levels.prefix(Int(UInt16.max) + 1).map(name), isWide: isWide,
            codes: bytes.base64EncodedString())
    }

    private static func packed(_ values: [Double]) -> String {
        var bytes = Data(capacity: values.count * 8)
        for value in values {
            var pattern = value.bitPattern
            for _ in 0..<8 {
                bytes.append(UInt8(truncatingIfNeeded: pattern))
                pattern >>= 8
            }
        }
        return bytes.base64EncodedString()
    }
}
