import Grading
import Results
import Vocabulary

/// Obligors by grade while they are counted.
struct GradeCounts {
    private var rows = [Int](repeating: 0, count: Grade.allCases.count)
    private var defaults = [Int](repeating: 0, count: Grade.allCases.count)
    private var pdSums = [Double](repeating: 0, count: Grade.allCases.count)
    private let knowsOutcomes: Bool

    /// Counts of nobody yet.
    init(knowsOutcomes: Bool) { self.knowsOutcomes = knowsOutcomes }

    /// Counts of obligors with their log-odds and, where known, outcomes.
    init(_ logOdds: [Double], defaulted: [Bool]?, on scale: MasterScale) {
        self.init(knowsOutcomes: defaulted != nil)
        for row in logOdds.indices {
            guard let pd = ProbabilityOfDefault(logOdds: logOdds[row]) else { continue }
            add(scale.grade(of: pd), pd: pd.value, defaulted: defaulted?[row] ?? false)
        }
    }

    mutating func add(_ grade: Grade, pd: Double, defaulted: Bool = false) {
        rows[grade.rank] += 1
        pdSums[grade.rank] += pd
        if defaulted { defaults[grade.rank] += 1 }
    }

    /// Adds the obligors of other counts.
    mutating func add(_ other: GradeCounts) {
        for rank in rows.indices {
            rows[rank] += other.rows[rank]
            defaults[rank] += other.defaults[rank]
            pdSums[rank] += other.pdSums[rank]
        }
    }

    /// The nine grades that a score can give, best first.
    var records: [ValidationRecord.GradeRecord] {
        Grade.performing.map { grade in
            let count = rows[grade.rank]
            return ValidationRecord.GradeRecord(
                grade: grade.rawValue, rows: count,
                meanPD: count > 0 ? pdSums[grade.rank] / Double(count) : nil,
                defaults: knowsOutcomes ? defaults[grade.rank] : nil)
        }
    }
}
