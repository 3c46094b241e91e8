import Results

/// All that a run folder holds, read once.
struct RunContent: Sendable {
    let run: RunRecord
    let validation: ValidationRecord?
    let training: TrainingRecord?
    let card: ModelCardRecord?
    let ratings: [RatingRecord]?
    let portfolio: Portfolio?
    let history: [HistoryRecord]?
    let attribution: [AttributionRecord]?
    let path: [RatingStepRecord]?
    let migrations: [MigrationRecord]?
    let matrix: MigrationMatrixRecord?
    let corrections: [CorrectionRecord]?
    let correctionSummary: CorrectionSummaryRecord?
    let quality: DataQualityRecord?

    init(_ folder: RunFolder) throws(ResultsError) {
        run = folder.record
        validation = try folder.validation()
        training = try folder.training()
        card = try folder.modelCard()
        ratings = try folder.ratings()
        portfolio = try folder.portfolio()
        history = try folder.history()
        attribution = try folder.attribution()
        path = try folder.ratingPath()
        migrations = try folder.migrations()
        matrix = try folder.migrationMatrix()
        corrections = try folder.corrections()
        correctionSummary = try folder.correctionSummary()
        quality = try folder.dataQuality()
    }
}
