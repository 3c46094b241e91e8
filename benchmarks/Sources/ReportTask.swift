import Foundation
import Reporting
import Results

/// A run folder as pages, beside the least that any report must do: read the folder and serialise it as JSON.
enum ReportTask {
    static func run(_ job: Job) throws {
        let folder = try RunFolder(job.data)
        if job.method == "json" {
            let measurement = try Measurement(repeats: job.repeats) {
                try JSONEncoder().encode(Everything(folder))
            }
            try measurement.report(job, ["bytes": measurement.value.count])
            return
        }
        let out = FileManager.default.temporaryDirectory.appending(
            path: "obligor-report-\(ProcessInfo.processInfo.processIdentifier)")
        defer { try? FileManager.default.removeItem(at: out) }
        let measurement = try Measurement(repeats: job.repeats) {
            try Report(folder, in: .english).write(to: out, replacing: true, charts: ChartLibrary())
        }
        let page = out.appending(path: Report.pageName).path
        let bytes = try FileManager.default.attributesOfItem(atPath: page)[.size] as? Int ?? 0
        guard bytes > job.rows else { throw BenchmarkError.wrongResult("page of \(bytes) bytes") }
        try measurement.report(job, ["bytes": bytes])
    }

    /// All that a run folder holds.
    private struct Everything: Encodable {
        let run: RunRecord
        let validation: ValidationRecord?
        let training: TrainingRecord?
        let card: ModelCardRecord?
        let matrix: MigrationMatrixRecord?
        let correctionSummary: CorrectionSummaryRecord?
        let quality: DataQualityRecord?
        let stability: StabilityHistoryRecord?
        let portfolio: Portfolio?
        let ratings: [RatingRecord]?
        let reasons: [ReasonRecord]?
        let effects: [EffectRecord]?
        let history: [HistoryRecord]?
        let ageing: [AgeingRecord]?
        let alerts: [AlertRecord]?
        let attribution: [AttributionRecord]?
        let path: [RatingStepRecord]?
        let migrations: [MigrationRecord]?
        let corrections: [CorrectionRecord]?

        init(_ folder: RunFolder) throws {
            run = folder.record
            validation = try folder.validation()
            training = try folder.training()
            card = try folder.modelCard()
            matrix = try folder.migrationMatrix()
            correctionSummary = try folder.correctionSummary()
            quality = try folder.dataQuality()
            stability = try folder.stabilityHistory()
            portfolio = try folder.portfolio()
            ratings = try folder.ratings()
            reasons = try folder.reasons()
            effects = try folder.effects()
            history = try folder.history()
            ageing = try folder.ageing()
            alerts = try folder.alerts()
            attribution = try folder.attribution()
            path = try folder.ratingPath()
            migrations = try folder.migrations()
            corrections = try folder.corrections()
        }
    }
}
