import LinearAlgebra
import TestSupport
import Testing

/// A public credit table as the design matrix that glmnet's reference fits are defined on.
struct CreditDesign {
    var names: [String]
    var columns: [[Double]]
    var defaulted: [Bool]

    var rows: Int { defaulted.count }
    var features: Matrix { Matrix(rows: rows, columns: columns.count, columnMajor: columns.flatMap { $0 }) }

    /// German credit, all rows.
    static func german() throws -> CreditDesign {
        let table = try ReferenceTable("german_credit/german.csv")
        return try CreditDesign(table, outcome: "class", defaultLevel: "2")
    }

    /// HMEQ, the rows without missing values.
    static func hmeq() throws -> CreditDesign {
        try CreditDesign(ReferenceTable("hmeq/hmeq.csv").complete, outcome: "BAD", defaultLevel: "1")
    }

    /// All other columns in treatment coding: the first level in alphabetical order is the reference, and an
    /// indicator is named after its column and level.
    init(_ table: ReferenceTable, outcome: String, defaultLevel: String) throws {
        defaulted = try table.text(outcome).map { $0 == defaultLevel }
        names = []
        columns = []
        for name in table.names where name != outcome {
            let texts = try table.text(name)
            if texts.allSatisfy({ Double($0) != nil }) {
                names.append(name)
                columns.append(try table.numbers(name))
                continue
            }
            for level in Set(texts).sorted().dropFirst() {
                names.append(name + level)
                columns.append(texts.map { $0 == level ? 1 : 0 })
            }
        }
    }

    /// Divides a column by a number.
    mutating func divide(_ name: String, by divisor: Double) throws {
        let index = try #require(names.firstIndex(of: name))
        columns[index] = columns[index].map { $0 / divisor }
    }

    /// Coefficients per standard deviation of the columns, and the intercept at their means.
    func standardised(_ coefficients: [Double]) -> [Double] {
        var standardised = coefficients
        for (index, column) in columns.enumerated() {
            let mean = column.reduce(0, +) / Double(rows)
            let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rows)
            standardised[0] += mean * coefficients[index + 1]
            standardised[index + 1] *= variance.squareRoot()
        }
        return standardised
    }

    /// Coefficients in the order of the columns, intercept first, from those by name; absent ones are zero.
    func coefficients(_ oracle: Oracle) throws -> [Double] {
        let named = try oracle.members.mapValues { try $0.number }
        #expect(Set(named.keys).subtracting(names + ["(Intercept)"]).isEmpty)
        return (["(Intercept)"] + names).map { named[$0] ?? 0 }
    }
}
