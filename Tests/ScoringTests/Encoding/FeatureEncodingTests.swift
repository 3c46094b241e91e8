import Foundation
import LinearAlgebra
import Scoring
import Tables
import TestSupport
import Testing
import Vocabulary

@Suite("Feature encoding")
struct FeatureEncodingTests {
    private func table(_ columns: (String, Column.Values)...) throws -> Table {
        try Table(columns: columns.map { Column(name: $0.0, values: $0.1) })
    }

    private func categories(_ texts: [String?]) -> Column.Values {
        let levels = Set(texts.compactMap { $0 }).sorted().reversed().map { $0 }
        return .category(
            codes: texts.map { text in
                text.flatMap { levels.firstIndex(of: $0) }.map(UInt32.init) ?? Column.missingCode
            }, levels: levels)
    }

    @Test("fills with the median, standardises with divisor n and marks what was missing")
    func numbers() throws {
        let table = try table(("x", .double([1, 2, .nan, 4, 9])), ("y", .integer([0, 0, 1, 1, 1])))
        let encoding = try FeatureEncoding(
            learning: table, columns: ["x", "y"], options: EncodingOptions(caps: nil))
        #expect(encoding.featureNames == ["x", "x is missing", "y"])
        let matrix = try encoding.matrix(of: table)
        // Median 3; filled 1 2 3 4 9: mean 3.8, variance 38.8 ÷ 5.
        let deviation = (38.8 / 5).squareRoot()
        expectClose(
            matrix.column(0), [1, 2, 3, 4, 9].map { ($0 - 3.8) / deviation }, relative: 1e-14)
        #expect(matrix.column(1) == [0, 0, 1, 0, 0])
        expectClose(
            matrix.column(2), [-1.5, -1.5, 1, 1, 1].map { $0 * (2.0 / 3).squareRoot() }, relative: 1e-14)
    }

    @Test("caps at quantiles of the training rows, by interpolation as NumPy does")
    func caps() throws {
        let training = try table(("x", .double((0...100).map { Double($0 * $0) })))
        let encoding = try FeatureEncoding(
            learning: training, columns: ["x"],
            options: EncodingOptions(standardise: false, caps: .init(lower: 0.05, upper: 0.955)))
        let new = try table(("x", .double([-50, 25, 30, 9_120.5, 9_130, 1e9, .infinity, -.infinity])))
        // Rank 95.5: halfway between 95² and 96².
        #expect(
            try encoding.matrix(of: new).column(0) == [25, 25, 30, 9_120.5, 9_120.5, 9_120.5, 9_120.5, 25])
    }

    @Test("gives each level a feature, pools the rare ones, and says where the rest goes")
    func levels() throws {
        let texts: [String?] =
            Array(repeating: "b", count: 6) + Array(repeating: "a", count: 4)
            + Array(repeating: nil, count: 3)
            + ["c", "d"]
        let training = try table(("x", categories(texts)))
        let encoding = try FeatureEncoding(
            learning: training, columns: ["x"], options: EncodingOptions(minimumLevelCount: 3))
        #expect(encoding.featureNames == ["x = a", "x = (missing)", "x = (rare)"])
        let new = try table(("x", categories(["a", "b", "c", "zzz", nil])))
        let matrix = try encoding.matrix(of: new)
        #expect(matrix.column(0) == [1, 0, 0, 0, 0])
        #expect(matrix.column(1) == [0, 0, 0, 0, 1])
        #expect(matrix.column(2) == [0, 0, 1, 1, 0])
        // Without rare levels an unseen one counts as the reference.
        let plain = try FeatureEncoding(
            learning: try table(("x", categories(["a", "a", "b", "b", "b"]))), columns: ["x"],
            options: EncodingOptions(minimumLevelCount: 1))
        #expect(try plain.matrix(of: new).column(0) == [1, 0, 0, 0, 0])
    }

    @Test("takes the stated reference level")
    func references() throws {
        let training = try table(("x", categories(["a", "b", "b", "c"])))
        func names(_ options: EncodingOptions) throws -> [String] {
            var options = options
            options.minimumLevelCount = 1
            return try FeatureEncoding(learning: training, columns: ["x"], options: options).featureNames
        }
        #expect(try names(EncodingOptions(reference: .mostFrequent)) == ["x = a", "x = c"])
        #expect(try names(EncodingOptions(reference: .first)) == ["x = b", "x = c"])
        #expect(try names(EncodingOptions(reference: .none)) == ["x = a", "x = b", "x = c"])
        #expect(try names(EncodingOptions(references: ["x": "c"])) == ["x = a", "x = b"])
        #expect(throws: EncodingError.unknownReference(column: "x", level: "q", levels: ["a", "b", "c"])) {
            try names(EncodingOptions(references: ["x": "q"]))
        }
    }

    @Test("treats special codes as missing, with an indicator each")
    func specials() throws {
        let training = try table(("x", .double([-9, 1, 2, 3, -9, .nan, -8, 4])))
        let encoding = try FeatureEncoding(
            learning: training, columns: ["x"],
            options: EncodingOptions(standardise: false, caps: nil, specialCodes: ["x": [-9, -8, -7]]))
        #expect(encoding.featureNames == ["x", "x is missing", "x is -9", "x is -8"])
        let matrix = try encoding.matrix(of: training)
        #expect(matrix.column(0) == [2.5, 1, 2, 3, 2.5, 2.5, 2.5, 4])
        #expect(matrix.column(2) == [1, 0, 0, 0, 1, 0, 0, 0])
        let unseen = try table(("x", .double([-7])))
        #expect(try encoding.matrix(of: unseen).row(0) == [2.5, 0, 0, 0])
    }

    @Test("drops columns that tell nothing apart, and shares an indicator that repeats")
    func drops() throws {
        let table = try table(
            ("constant", .double([5, 5, 5, 5])), ("empty", .double([.nan, .nan, .nan, .nan])),
            ("one", categories(["a", "a", "a", "a"])), ("x", .double([1, .nan, 3, 4])),
            ("y", .double([7, .nan, 9, 1])))
        let encoding = try FeatureEncoding(
            learning: table, columns: table.names, options: EncodingOptions(caps: nil, minimumLevelCount: 1))
        #expect(encoding.dropped.map(\.column) == ["constant", "empty", "one"])
        #expect(encoding.featureNames == ["x", "x is missing", "y"])
        #expect(throws: EncodingError.noFeatures) {
            try FeatureEncoding(learning: table, columns: ["constant", "empty"])
        }
    }

    @Test("becomes an additive scorer that gives the same log-odds as the matrix")
    func scorer() throws {
        let table = try SmallCredit.table()
        for options in [
            EncodingOptions(), EncodingOptions(standardise: false, missing: .median, reference: .none),
            EncodingOptions(minimumLevelCount: 30, specialCodes: ["bureau": [-1], "delay": [0]]),
        ] {
            let encoding = try FeatureEncoding(
                learning: table, columns: ["income", "delay", "home", "bureau"], options: options)
            let coefficients = encoding.featureNames.indices.map { 0.3 - 0.11 * Double($0) }
            let scorer = try encoding.scorer(intercept: -0.7, coefficients: coefficients)
            let matrix = try encoding.matrix(of: table)
            let expected = (0..<table.rowCount).map { row in
                zip(matrix.row(row), coefficients).reduce(-0.7) { $0 + $1.0 * $1.1 }
            }
            expectClose(try scorer.logOdds(of: table), expected, absolute: 1e-12)
        }
    }

    @Test("counts a row of weight 2 as two rows")
    func weights() throws {
        let table = try SmallCredit.table(rows: 200)
        let weights = try #require(table["weight"]?.doubles)
        let repeated = (0..<200).flatMap { Array(repeating: $0, count: Int(weights[$0])) }
        let columns = ["income", "delay", "home", "bureau"]
        let weighted = try FeatureEncoding(learning: table, columns: columns, weights: weights)
        let expanded = try FeatureEncoding(learning: table.gathered(repeated), columns: columns)
        #expect(weighted.featureNames == expanded.featureNames)
        let (left, right) = (try weighted.matrix(of: table), try expanded.matrix(of: table))
        for column in 0..<left.columns {
            expectClose(left.column(column), right.column(column), absolute: 1e-12)
        }
    }

    @Test("survives JSON, and refuses a damaged one")
    func coding() throws {
        let encoding = try FeatureEncoding(
            learning: SmallCredit.table(), columns: ["income", "home", "bureau"],
            options: EncodingOptions(specialCodes: ["bureau": [-1]]))
        let data = try JSONEncoder().encode(encoding)
        #expect(try JSONDecoder().decode(FeatureEncoding.self, from: data) == encoding)
        let text = String(decoding: data, as: UTF8.self)
        for (sound, damaged) in [
            (#""reference":0"#, #""reference":7"#), (#""reference":1"#, #""reference":-1"#),
            (#""levels":["own"]"#, #""levels":["own","rent"]"#),
        ] where text.contains(sound) {
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode(
                    FeatureEncoding.self, from: Data(text.replacing(sound, with: damaged).utf8))
            }
        }
    }

    @Test("names what it cannot use")
    func errors() throws {
        let table = try table(
            ("x", .double([1, .nan, 3])),
            ("day", .day([.init(daysSince1970: 1), .init(daysSince1970: 2), .init(daysSince1970: 3)])),
            ("inf", .double([1, 2, .infinity])))
        #expect(throws: EncodingError.missingColumn(name: "z", available: ["x", "day", "inf"])) {
            try FeatureEncoding(learning: table, columns: ["z"])
        }
        #expect(throws: EncodingError.missingValues(column: "x", rows: 1, firstRow: 1)) {
            try FeatureEncoding(learning: table, columns: ["x"], options: EncodingOptions(missing: .error))
        }
        #expect(
            throws: EncodingError.wrongType(column: "day", expected: "numbers or categories", found: "days")
        ) {
            try FeatureEncoding(learning: table, columns: ["day"])
        }
        #expect(throws: EncodingError.infiniteValues(column: "inf", row: 2, value: .infinity)) {
            try FeatureEncoding(learning: table, columns: ["inf"], options: EncodingOptions(caps: nil))
        }
        #expect(throws: EncodingError.badCaps(lower: 0.9, upper: 0.1)) {
            try FeatureEncoding(
                learning: table, columns: ["x"], options: EncodingOptions(caps: .init(lower: 0.9, upper: 0.1))
            )
        }
    }
}
