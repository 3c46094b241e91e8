import Grading
import Results
import Scoring
import Tables
import Vocabulary

/// Turns rows of data into rows of ratings.
struct Rater: Sendable {
    let input: ScoringInput
    let scale: MasterScale

    /// The columns to write.
    var output = RatingRecord.standardColumns

    /// The ratings of a block of rows.
    func ratings(of block: TableBlock) throws -> Ratings {
        Ratings(
            scored: try input.model.score(
                block.table, withReasons: output.contains { $0 == .reasons || $0 == .pointsLost }),
            ids: try input.fields(namingRowsOf: block), scale: scale)
    }

    /// The ratings as records of a file of the columns ``output``.
    func records(of ratings: Ratings, _ formatter: CSVFormatter) -> [UInt8] {
        formatter.records(of: output.map(ratings.fields), rows: 0..<ratings.count)
    }
}

/// The ratings of some rows.
struct Ratings {
    /// Number of rows.
    let count: Int
    /// Obligors by grade.
    private(set) var counts = GradeCounts(knowsOutcomes: false)
    private let scored: ScoredRows
    private let ids: CSVFormatter.Fields
    private let pds: [Double]
    private let grades: [UInt32]

    init(scored: ScoredRows, ids: CSVFormatter.Fields, scale: MasterScale) {
        self.scored = scored
        count = scored.count
        self.ids = ids
        var pds: [Double] = []
        var grades: [UInt32] = []
        pds.reserveCapacity(count)
        grades.reserveCapacity(count)
        for logOdds in scored.logOdds {
            // Log-odds are never NaN: missing and unseen values have contributions of their own.
            let pd = ProbabilityOfDefault.value(ofLogOdds: logOdds)
            let grade = scale.grade(ofPD: pd)
            pds.append(pd)
            grades.append(UInt32(grade.rank))
            counts.add(grade, pd: pd)
        }
        self.pds = pds
        self.grades = grades
    }

    /// The fields of a column of the file.
    func fields(of column: RatingRecord.Column) -> CSVFormatter.Fields {
        switch column {
        case .id: ids
        // On a scorecard the score is what its printed points add up to.
        case .score: .values(.double(scored.points ?? scored.scores))
        case .logOdds: .values(.double(scored.logOdds))
        case .pd: .values(.double(pds))
        case .grade: .values(.category(codes: grades, levels: Grade.allCases.map(\.rawValue)))
        case .reasons: reasons
        case .pointsLost: pointsLost
        }
    }

    /// The points that each reason cost, to a hundredth.
    private var pointsLost: CSVFormatter.Fields {
        guard let reasons = scored.reasons else { return noReasons }
        var texts: [String] = []
        var places: [Float: UInt32] = [:]
        let codes = reasons.codes.map { reason -> UInt32 in
            guard !reason.isNone else { return Column.missingCode }
            let points = (reason.pointsLost * 100).rounded() / 100
            if let place = places[points] { return place }
            let place = UInt32(texts.count)
            places[points] = place
            texts.append(Int(exactly: points).map(String.init) ?? "\(points)")
            return place
        }
        return .lists(
            LevelLists(
                levels: texts, codes: codes, width: reasons.count, separator: RatingRecord.reasonSeparator))
    }

    /// A column of nothing, for a model that gives no reasons.
    private var noReasons: CSVFormatter.Fields {
        .values(.category(codes: Array(repeating: Column.missingCode, count: count), levels: []))
    }

    private var reasons: CSVFormatter.Fields {
        guard let reasons = scored.reasons else { return noReasons }
        return .lists(
            LevelLists(
                levels: reasons.characteristics,
                codes: reasons.codes.map { $0.isNone ? Column.missingCode : UInt32($0.characteristic) },
                width: reasons.count, separator: RatingRecord.reasonSeparator))
    }
}
