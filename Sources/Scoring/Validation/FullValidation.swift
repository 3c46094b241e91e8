public import Parallelism
import Statistics
import Vocabulary

/// Options of a full validation.
public struct ValidationOptions: Sendable, Equatable {
    /// α of the tests, in (0, 1).
    public var significance: Double
    /// Confidence of intervals.
    public var level: Double
    /// How much too low a PD is in the alternative that the power of calibration tests is stated for.
    public var alternativeFactor: Double
    /// How far the AUC has fallen in the alternative that the power of its test is stated for.
    public var alternativeAUCDrop: Double
    /// Replicates of the bootstrap for what has no formula; 0 for no such intervals.
    public var replicates: Int
    /// Seed of the bootstrap.
    public var seed: UInt64

    /// Options with their defaults.
    public init(
        significance: Double = 0.05, level: Double = 0.95, alternativeFactor: Double = 1.5,
        alternativeAUCDrop: Double = 0.05, replicates: Int = 200, seed: UInt64 = 0
    ) {
        self.significance = significance
        self.level = level
        self.alternativeFactor = alternativeFactor
        self.alternativeAUCDrop = alternativeAUCDrop
        self.replicates = replicates
        self.seed = seed
    }
}

/// What is known of a model's development when it is validated on other observations.
public struct DevelopmentFigures: Sendable, Equatable {
    /// Area under the ROC curve.
    public var auc: Double?
    /// Obligors by performing grade, best first; `nil` if not known.
    public var gradeCounts: [Int]?

    /// Figures of the development.
    public init(auc: Double? = nil, gradeCounts: [Int]? = nil) {
        self.auc = auc
        self.gradeCounts = gradeCounts
    }
}

/// Every test that a supervisor asks for, on one set of observations.
///
/// Sources: BCBS WP 14 (2005), *Studies on the validation of internal rating systems*; ECB (2019), *Instructions for
/// reporting the validation results of internal models*.
public struct FullValidation: Sendable {
    /// The tests, judged.
    public let tests: [ValidationTest]
    /// Figures of every part of every dimension.
    public let segments: [Segment]
    /// Expected calibration error: Σ |d − Σp| ÷ n over tenths of rising PD of equal counts.
    public let calibrationError: Double?
    /// The ROC curve at up to 201 points, from (0, 0) to (1, 1).
    public let roc: [(falsePositiveRate: Double, truePositiveRate: Double)]
    /// What could not be tested, and why.
    public let remarks: [String]

    /// One part of the observations.
    public struct Segment: Sendable, Equatable {
        /// What the observations are parted by.
        public let dimension: String
        /// The part.
        public let level: String
        /// Its figures.
        public let evaluation: Evaluation
        /// Its mean PD.
        public let meanPD: Double
        /// Its default rate.
        public let defaultRate: Double
    }

    /// The dimension of periods.
    public static let time = "time"

    /// Tests observations.
    ///
    /// - Parameters:
    ///   - sample: The observations; log-odds without NaN.
    ///   - development: What is known of the development; `nil` leaves out what is compared with it.
    ///   - workers: Threads of the bootstrap; the result does not depend on them.
    /// - Complexity: O(n log n), times the replicates for bootstrap intervals.
    public init(
        of sample: ValidationSample, against development: DevelopmentFigures? = nil,
        options: ValidationOptions = ValidationOptions(), workers: Workers = .single
    ) {
        var tests = DiscriminationTests(sample: sample, options: options, workers: workers).tests(
            against: development?.auc)
        tests += CalibrationTests(sample: sample, options: options).tests()
        var remarks: [String] = []
        let parts = PartTests(sample: sample, options: options)
        if sample.weights == nil {
            tests += GradeTests(sample: sample, options: options).tests(against: development?.gradeCounts)
            tests += parts.tests()
            tests += OverrideTests(sample: sample, options: options).tests()
        } else {
            remarks.append("the observations are weighted, so tests that count obligors were not made")
        }
        self.tests = tests.judged(significance: options.significance)
        segments = parts.segments()
        calibrationError = Self.calibrationError(sample)
        roc = Self.roc(sample)
        self.remarks = remarks
    }

    private static func calibrationError(_ sample: ValidationSample) -> Double? {
        let groups = try? HosmerLemeshowTest(
            probabilities: sample.pds, defaulted: sample.defaulted, weights: sample.weights,
            groups: RiskProfile.parts, grouping: .equalCounts)
        return groups?.meanGap
    }

    private static func roc(
        _ sample: ValidationSample
    ) -> [(falsePositiveRate: Double, truePositiveRate: Double)] {
        let curve =
            (try? RankedOutcomes(
                risks: sample.logOdds, defaulted: sample.defaulted, weights: sample.weights))?.rocCurve ?? []
        guard curve.count > 201 else { return curve }
        // The point nearest to each of 200 steps along the curve, whose length in x + y is 2.
        var points = [curve[0]]
        for point in curve.dropFirst().dropLast() {
            let reached = point.falsePositiveRate + point.truePositiveRate
            if reached >= Double(points.count) * 0.01 { points.append(point) }
        }
        return points + [curve[curve.count - 1]]
    }
}
