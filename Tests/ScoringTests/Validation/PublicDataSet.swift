import Foundation
import Scoring
import Tables
import TestSupport
import Testing

/// A public data set with the folds on which other engines were measured.
struct PublicDataSet {
    let table: Table
    let target: Recipe.Target
    let folds: [Int]
    /// Figures of other engines by fold: model, then "auc" or "log_loss".
    let expected: [String: [String: [Double]]]

    /// German credit.
    static func german() throws -> PublicDataSet {
        let reference = try ReferenceTable("german_credit/german.csv")
        let numbers: Set = [
            "duration", "amount", "installment_rate", "residence_since", "age", "existing_credits",
            "people_liable",
        ]
        return try PublicDataSet(
            "german", reference, target: .init(column: "class", defaults: ["2"]),
            isNumber: { numbers.contains($0) })
    }

    /// German credit with corrected codes.
    static func southGerman() throws -> PublicDataSet {
        let reference = try ReferenceTable("south_german_credit/south_german.csv")
        return try PublicDataSet(
            "south_german", reference, target: .init(column: "credit_risk", defaults: ["0"]),
            isNumber: { ["duration", "amount", "age"].contains($0) })
    }

    /// Home equity loans, with missing values.
    static func hmeq() throws -> PublicDataSet {
        let reference = try ReferenceTable("hmeq/hmeq.csv")
        return try PublicDataSet(
            "hmeq", reference, target: .init(column: "BAD", defaults: ["1"]),
            isNumber: { !["BAD", "REASON", "JOB"].contains($0) })
    }

    /// Credit cards in Taiwan.
    static func taiwan() throws -> PublicDataSet {
        let reference = try ReferenceTable("taiwan_credit_default/UCI_Credit_Card.csv.gz")
        return try PublicDataSet(
            "taiwan", reference, target: .init(column: "default.payment.next.month", defaults: ["1"]),
            dropping: ["ID"],
            isNumber: { !["default.payment.next.month", "SEX", "EDUCATION", "MARRIAGE"].contains($0) })
    }

    /// A data set by name.
    static func named(_ name: String) throws -> PublicDataSet {
        switch name {
        case "german": try german()
        case "south_german": try southGerman()
        case "hmeq": try hmeq()
        default: try taiwan()
        }
    }

    private init(
        _ name: String, _ reference: ReferenceTable, target: Recipe.Target, dropping: Set<String> = [],
        isNumber: (String) -> Bool
    ) throws {
        let columns = try reference.names.filter { !dropping.contains($0) }.map { column -> Column in
            let texts = try reference.text(column)
            guard isNumber(column) else {
                let levels = Set(texts).subtracting([""]).sorted()
                let codeOfLevel = Dictionary(
                    uniqueKeysWithValues: levels.enumerated().map { ($1, UInt32($0)) })
                return Column(
                    name: column,
                    values: .category(
                        codes: texts.map { codeOfLevel[$0] ?? Column.missingCode }, levels: levels))
            }
            return Column(name: column, values: .double(texts.map { Double($0) ?? .nan }))
        }
        table = try Table(columns: columns)
        self.target = target
        folds = try ReferenceTable("../oracles/cv/folds/\(name).csv.gz").numbers("fold").map { Int($0) }
        struct Figures: Decodable { let expected: [String: [String: [Double]]] }
        expected = try JSONDecoder().decode(
            Figures.self, from: Data(contentsOf: SharedData.file("oracles/cv/\(name).json"))
        ).expected
    }
}
