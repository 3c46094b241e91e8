import Results

/// All that a run folder holds, read once.
struct RunContent: Sendable {
    let run: RunRecord
    let validation: ValidationRecord?
    let training: TrainingRecord?
    let card: ModelCardRecord?
    let ratings: [RatingRecord]?
    private(set) var portfolio: Portfolio?
    let reasons: [ReasonRecord]?
    let history: [HistoryRecord]?
    let ageing: [AgeingRecord]?
    let attribution: [AttributionRecord]?
    let path: [RatingStepRecord]?
    let migrations: [MigrationRecord]?
    let matrix: MigrationMatrixRecord?
    let corrections: [CorrectionRecord]?
    let correctionSummary: CorrectionSummaryRecord?
    let decisions: [DecisionRecord]
    let effects: [EffectRecord]?
    let importance: [ImportanceRecord]?
    let interactions: [InteractionRecord]?
    let alerts: [AlertRecord]?
    let requests: [RefreshRequestRecord]?
    let quality: DataQualityRecord?
    let stability: StabilityHistoryRecord?
    let monitoring: MonitoringRecord?
    let shadow: ShadowSummaryRecord?
    let translations: [TranslationRecord]?

    init(_ folder: RunFolder) throws(ResultsError) {
        run = folder.record
        validation = try folder.validation()
        training = try folder.training()
        card = try folder.modelCard()
        ratings = try folder.ratings()
        portfolio = try folder.portfolio()
        reasons = try folder.reasons()
        history = try folder.history()
        ageing = try folder.ageing()
        attribution = try folder.attribution()
        path = try folder.ratingPath()
        migrations = try folder.migrations()
        matrix = try folder.migrationMatrix()
        corrections = try folder.corrections()
        correctionSummary = try folder.correctionSummary()
        decisions = try folder.decisions() ?? []
        effects = try folder.effects()
        importance = try folder.importance()
        interactions = try folder.interactions()
        alerts = try folder.alerts()
        requests = try folder.refreshRequests()
        quality = try folder.dataQuality()
        stability = try folder.stabilityHistory()
        monitoring = try folder.monitoring()
        shadow = try folder.shadowSummary()
        translations = try folder.translations()
    }

    /// The run with the grades before as an earlier run has them; itself where that one has none.
    func compared(to earlier: EarlierGrades?) -> RunContent {
        guard let portfolio, let earlier else { return self }
        var copy = self
        copy.portfolio = earlier.compared(portfolio)
        return copy
    }
}
