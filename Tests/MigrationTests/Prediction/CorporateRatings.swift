import Foundation
import LinearAlgebra
import Statistics
import TestSupport
import Testing

/// The corporate ratings of the shared reference data, prepared as the oracles say.
struct CorporateRatings {
    static let features = [
        "currentRatio", "grossProfitMargin", "operatingProfitMargin", "returnOnAssets", "assetTurnover",
        "debtRatio",
        "operatingCashFlowSalesRatio",
    ]

    /// 0 A or better, 1 BBB, 2 BB, 3 B, 4 CCC or worse.
    var classes: [Int] = []
    var companies: [String] = []
    /// Each held to its 1 % and 99 % quantile.
    var columns: [[Double]] = []

    init() throws {
        let lines = try SharedData.text("data/corporate_rating/corporate_rating.csv.gz").split(
            separator: "\n")
        let header = SharedHistories.fields(lines[0])
        let rows = lines.dropFirst().map { SharedHistories.fields($0) }
        let order = ["AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C", "D"]
        classes = try rows.map { row in
            let rank = try #require(order.firstIndex(of: row[0]))
            return min(4, max(0, rank - 2))
        }
        let symbol = try #require(header.firstIndex(of: "Symbol"))
        companies = rows.map { $0[symbol] }
        for name in Self.features {
            let place = try #require(header.firstIndex(of: name))
            let values = try rows.map { try #require(Double($0[place].trimmingCharacters(in: .whitespaces))) }
            let quantiles = try SampleQuantiles(values)
            let (lower, upper) = (try quantiles.value(0.01), try quantiles.value(0.99))
            columns.append(values.map { min(max($0, lower), upper) })
        }
    }

    /// X of some rows.
    func design(_ rows: [Int]) -> Matrix {
        Matrix(
            rows: rows.count, columns: columns.count,
            columnMajor: columns.flatMap { column in rows.map { column[$0] } })
    }

    var allRows: [Int] { Array(classes.indices) }

    /// Which of five folds a company is in: the sum of the bytes of its symbol, modulo 5.
    func fold(_ row: Int) -> Int { companies[row].utf8.reduce(0) { $0 + Int($1) } % 5 }
}
