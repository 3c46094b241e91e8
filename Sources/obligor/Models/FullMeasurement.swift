import Grading
import Parallelism
import Results
import Scoring
import Statistics
import Tables
import Vocabulary

/// What observations are parted by in a full validation, by the names of columns.
struct PartColumns {
    /// Columns such as industry, region and size.
    var dimensions: [String] = []
    /// The column of dates or periods.
    var time: String?
    /// The column of grades as they were given in the end.
    var givenGrade: String?
    /// The column of what is owed.
    var exposure: String?

    /// All of them.
    var names: [String] { dimensions + [time, givenGrade, exposure].compactMap(\.self) }
}

/// A full validation of a model on one set of observations, ready to be written.
struct FullMeasurement {
    let sample: String
    let validation: FullValidation
    let stability: StabilityReport?
    /// What could not be tested as it was meant, and why.
    let remarks: [String]

    /// Validates what was measured.
    ///
    /// - Parameters:
    ///   - table: The rows that were measured, to be held against the development; `nil` to leave that out.
    ///   - unadapted: The model's own log-odds, which the development knows; `nil` if those that were measured.
    init(
        of model: ScoringModel, _ measured: Measurement, on table: Table?, unadapted: [Double]? = nil,
        named sample: String, scale: MasterScale, parts: PartColumns = PartColumns(),
        development: DevelopmentFigures? = nil,
        isDevelopment: Bool = false, options: ValidationOptions, workers: Workers
    ) throws {
        self.sample = sample
        var remarks: [String] = []
        var observations = ValidationSample(
            name: sample, logOdds: measured.logOdds, defaulted: measured.defaulted, weights: measured.weights,
            grades: measured.logOdds.map { scale.grade(ofPD: ProbabilityOfDefault.value(ofLogOdds: $0)) },
            isDevelopment: isDevelopment)
        if let table {
            observations.dimensions = try parts.dimensions.map { .init(try table.column(named: $0)) }
            observations.periods = try parts.time.map { try table.column(named: $0).periods }
            observations.givenGrades = try parts.givenGrade.map { try Self.grades(table.column(named: $0)) }
            if let column = try parts.exposure.map(table.column(named:)) {
                let owed = try Self.exposures(column)
                observations.exposures = owed.amounts
                if owed.unknown > 0 {
                    remarks.append(
                        "\(Figures.count(owed.unknown)) of \(Figures.count(column.count)) values of '\(column.name)' "
                            + "are missing or below 0, and count as no exposure")
                }
            }
        }
        validation = FullValidation(
            of: observations, against: development, options: options, workers: workers)
        stability =
            isDevelopment
            ? nil
            : try table.flatMap {
                try StabilityReport(
                    of: model, on: $0, logOdds: unadapted ?? measured.logOdds,
                    significance: options.significance)
            }
        self.remarks = validation.remarks + remarks
    }

    /// What is owed by row, with the number of rows that do not say.
    private static func exposures(_ column: Column) throws -> (amounts: [Double], unknown: Int) {
        guard let values = column.doubles else {
            throw CommandFailure.usage("'--exposure \(column.name)': the column holds no numbers")
        }
        let isKnown = values.map { $0 >= 0 && $0.isFinite }
        return (zip(values, isKnown).map { $1 ? $0 : 0 }, isKnown.count { !$0 })
    }

    private static func grades(_ column: Column) throws -> [Grade?] {
        try (0..<column.count).map { row in
            try column.text(at: row).map { text in
                guard let grade = Grade(rawValue: text) else {
                    throw CommandFailure.badData(
                        "column '\(column.name)', row \(row + 1): '\(text)' is no grade from AAA to D")
                }
                return grade
            }
        }
    }

    /// What gates need.
    var figures: FullFigures { FullFigures(validation, stability: stability) }

    /// The tests as they are written.
    var tests: [TestRecord] { validation.tests.map(TestRecord.init) }

    /// The parts as they are written.
    var segments: [SegmentRecord] {
        validation.segments.map { segment in
            SegmentRecord(
                sample: sample, dimension: segment.dimension, level: segment.level,
                performance: PerformanceRecord(segment.evaluation), meanPD: segment.meanPD,
                defaultRate: segment.defaultRate)
        }
    }

    /// The shifts as they are written.
    var shifts: [StabilityRecord] { stability.map { StabilityRecord.records(of: $0, on: sample) } ?? [] }

    /// The ROC curve as it is written.
    var curve: CurveRecord? {
        guard !validation.roc.isEmpty else { return nil }
        return CurveRecord(
            sample: sample,
            points: validation.roc.map { .init(x: $0.falsePositiveRate, y: $0.truePositiveRate) })
    }
}

extension StabilityRecord {
    /// The shifts since development as they are written.
    ///
    /// - Parameter sample: What was held against it.
    static func records(of report: StabilityReport, on sample: String) -> [StabilityRecord] {
        report.variables.map { variable in
            StabilityRecord(
                variable: variable.name, from: ScoringModel.trainingRows, to: sample, index: variable.index,
                critical: variable.critical, normalCritical: variable.normalCritical,
                pointShift: variable.pointShift, verdict: .init(variable.verdict),
                bins: variable.bins.map { .init(label: $0.label, expected: $0.expected, actual: $0.actual) })
        }
    }
}

extension TestRecord {
    /// A test as it is written.
    init(_ test: ValidationTest) {
        func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
        self.init(
            test: test.name, sample: test.sample, scope: test.scope, statistic: finite(test.statistic),
            degreesOfFreedom: test.degreesOfFreedom, pValue: finite(test.pValue),
            adjustedPValue: finite(test.adjustedPValue), power: finite(test.power),
            estimate: finite(test.estimate), lower: finite(test.interval?.lowerBound),
            upper: finite(test.interval?.upperBound), verdict: .init(test.verdict), meaning: test.meaning)
    }
}

extension TestRecord.Verdict {
    /// A verdict as it is written.
    init(_ verdict: ValidationTest.Verdict) {
        self =
            switch verdict {
            case .pass: .pass
            case .warn: .warn
            case .fail: .fail
            case .undefined: .undefined
            }
    }
}
