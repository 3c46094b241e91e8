import Grading
import Results
import Scoring
import Tables
import Vocabulary

/// Turns rows of data into rows of ratings.
struct Rater: Sendable {
    let model: ScoringModel
    let scale: MasterScale
    /// The column that names the obligor; `nil` to number the rows.
    let idColumn: String?

    /// The columns to read.
    var columns: [String] {
        let inputs = model.schema.names
        return inputs + [idColumn].compactMap(\.self).filter { !inputs.contains($0) }
    }

    /// What is known of them; a name that is no input is text, so that it comes out as it went in.
    var schema: Schema {
        guard let idColumn, model.schema[idColumn] == nil,
            let name = try? Schema([ColumnSchema(name: idColumn, type: .text)])
        else { return model.schema }
        return model.schema.overridden(by: name)
    }

    /// The ratings of some rows.
    ///
    /// - Parameter start: Rows before these, for numbering.
    func ratings(of part: Table, from start: Int) throws -> Ratings {
        Ratings(
            scored: try model.score(part), ids: try idColumn.map { try part.column(named: $0) }, start: start,
            scale: scale)
    }
}

/// The ratings of some rows.
struct Ratings {
    /// Number of rows.
    let count: Int
    /// Obligors by grade.
    private(set) var counts = GradeCounts(knowsOutcomes: false)
    private let scored: ScoredRows
    private let ids: Column
    private let pds: [Double]
    private let grades: [UInt32]

    init(scored: ScoredRows, ids: Column?, start: Int, scale: MasterScale) {
        self.scored = scored
        count = scored.count
        self.ids =
            ids?.renamed(RatingRecord.columns[0])
            ?? Column(
                name: RatingRecord.columns[0],
                values: .integer((0..<scored.count).map { Int64(start + $0 + 1) }))
        var pds: [Double] = []
        var grades: [UInt32] = []
        pds.reserveCapacity(count)
        grades.reserveCapacity(count)
        for row in 0..<count {
            let pd = scored.pd(ofRow: row)
            // Log-odds are never NaN: missing and unseen values have contributions of their own.
            let grade = ProbabilityOfDefault(logOdds: scored.logOdds[row]).map(scale.grade(of:)) ?? .c
            pds.append(pd)
            grades.append(UInt32(grade.rank))
            counts.add(grade, pd: pd)
        }
        self.pds = pds
        self.grades = grades
    }

    /// The columns of ``RatingRecord``.
    func table() throws(TableError) -> Table {
        let names = RatingRecord.columns
        return try Table(columns: [
            ids,
            // On a scorecard the score is what its printed points add up to.
            Column(name: names[1], values: .double(scored.points ?? scored.scores)),
            Column(name: names[2], values: .double(scored.logOdds)),
            Column(name: names[3], values: .double(pds)),
            Column(
                name: names[4], values: .category(codes: grades, levels: Grade.allCases.map(\.rawValue))),
            Column(name: names[5], values: reasons),
        ])
    }

    /// The reasons as levels of a category: rows repeat the same few combinations, and each is put together once.
    private var reasons: Column.Values {
        guard let reasons = scored.reasons else {
            return .category(codes: Array(repeating: Column.missingCode, count: count), levels: [])
        }
        var levels: [String] = []
        var codes: [UInt32] = []
        var codeOfCombination: [UInt64: UInt32] = [:]
        codes.reserveCapacity(count)
        for row in 0..<count {
            let combination = Self.combination(reasons.reasons(ofRow: row))
            if let combination, let code = codeOfCombination[combination] {
                codes.append(code)
                continue
            }
            let code = UInt32(levels.count)
            if let combination { codeOfCombination[combination] = code }
            levels.append(reasons.names(ofRow: row).joined(separator: String(RatingRecord.reasonSeparator)))
            codes.append(code)
        }
        return .category(codes: codes, levels: levels)
    }

    /// Up to four reasons as one number, 16 bits each; `nil` if they do not fit.
    private static func combination(_ reasons: ArraySlice<ReasonCode>) -> UInt64? {
        guard reasons.count <= 4 else { return nil }
        var packed: UInt64 = 0
        for reason in reasons {
            guard let place = UInt16(exactly: reason.characteristic), place < .max else { return nil }
            packed = packed << 16 | UInt64(place + 1)
        }
        return packed
    }
}
