public import Foundation

/// All that one command produced.
public struct RunFolder: Sendable {
    /// The name of the model's file.
    public static let modelFileName = "model.json"

    /// The folder.
    public let url: URL
    /// What ran on what.
    public let record: RunRecord

    init(url: URL, record: RunRecord) {
        self.url = url
        self.record = record
    }

    /// Opens a run folder.
    ///
    /// - Throws: ``ResultsError/notARunFolder(path:)`` for a folder without `run.json`, such as one half-written.
    public init(_ url: URL) throws(ResultsError) {
        let file = url.appending(path: RunRecord.fileName)
        guard FileManager.default.fileExists(atPath: file.path) else {
            throw .notARunFolder(path: url.relativePath)
        }
        self.url = url
        record = try RunRecord.read(file)
    }

    /// The model's file; `nil` if the run produced none.
    public var modelFile: URL? { existing(Self.modelFileName) }

    /// How good the model is; `nil` if the run did not validate.
    public func validation() throws(ResultsError) -> ValidationRecord? { try document() }

    /// How the model came about; `nil` if the run trained none.
    public func training() throws(ResultsError) -> TrainingRecord? { try document() }

    /// What a reader must know of the model; `nil` if the run has no card.
    public func modelCard() throws(ResultsError) -> ModelCardRecord? { try document() }

    /// How grades move; `nil` if the run estimated no matrix.
    public func migrationMatrix() throws(ResultsError) -> MigrationMatrixRecord? { try document() }

    /// How grades given by hand have come out; `nil` if the run did not look.
    public func correctionSummary() throws(ResultsError) -> CorrectionSummaryRecord? { try document() }

    /// How far score and characteristics have moved since development; `nil` if the run did not look.
    public func stabilityHistory() throws(ResultsError) -> StabilityHistoryRecord? { try document() }

    /// How challengers compare with the champion; `nil` if none ran in the shadow of the run.
    public func shadowSummary() throws(ResultsError) -> ShadowSummaryRecord? { try document() }

    /// Whether the model still does what it was approved for; `nil` if the run did not look.
    public func monitoring() throws(ResultsError) -> MonitoringRecord? { try document() }

    /// What challengers made of obligors; `nil` if none ran in the shadow of the run.
    public func shadow() throws(ResultsError) -> [ShadowRecord]? { try rows() }

    /// What was found in the data; `nil` if the run did not check it.
    public func dataQuality() throws(ResultsError) -> DataQualityRecord? { try document() }

    /// The ratings in the order of the file; `nil` if the run did not rate.
    public func ratings() throws(ResultsError) -> [RatingRecord]? { try rows() }

    /// The steps from model grade to final grade; `nil` if the run recorded none.
    public func ratingPath() throws(ResultsError) -> [RatingStepRecord]? { try rows() }

    /// What was known of each obligor on earlier dates; `nil` if the run kept no history.
    public func history() throws(ResultsError) -> [HistoryRecord]? { try rows() }

    /// What obligors owe by how long it is overdue; `nil` if the run did not look.
    public func ageing() throws(ResultsError) -> [AgeingRecord]? { try rows() }

    /// The parts of every change of rating; `nil` if the run did not explain changes.
    public func attribution() throws(ResultsError) -> [AttributionRecord]? { try rows() }

    /// How the model's log-odds go with each of its inputs; `nil` if the run drew no curves.
    public func effects() throws(ResultsError) -> [EffectRecord]? { try rows() }

    /// How much the model relies on each of its inputs; `nil` if the run did not ask.
    public func importance() throws(ResultsError) -> [ImportanceRecord]? { try rows() }

    /// How much inputs of the model act together; `nil` if the run did not ask.
    public func interactions() throws(ResultsError) -> [InteractionRecord]? { try rows() }

    /// The inputs to bring up to date; `nil` if the run did not look at their ages.
    public func refreshRequests() throws(ResultsError) -> [RefreshRequestRecord]? { try rows() }

    /// The reasons of the ratings in an analyst's words; `nil` if the run did not say them.
    public func reasons() throws(ResultsError) -> [ReasonRecord]? { try rows() }

    /// Where grades are heading; `nil` if the run did not predict.
    public func migrations() throws(ResultsError) -> [MigrationRecord]? { try rows() }

    /// The reviewers' queue; `nil` if the run has none.
    public func corrections() throws(ResultsError) -> [CorrectionRecord]? { try rows() }

    /// What people decided, as far as the run knew it; `nil` if it knew of no decisions.
    public func decisions() throws(ResultsError) -> [DecisionRecord]? { try rows() }

    /// What texts of the run are in other languages; `nil` if nobody said so.
    public func translations() throws(ResultsError) -> [TranslationRecord]? { try rows() }

    /// What early warning found; `nil` if the run did not watch.
    public func alerts() throws(ResultsError) -> [AlertRecord]? { try rows() }

    /// The portfolio as reports show it; `nil` if the run wrote none.
    public func portfolio() throws(ResultsError) -> Portfolio? {
        guard let file = existing(Portfolio.fileName) else { return nil }
        return try Portfolio.read(file)
    }

    private func document<Record: VersionedRecord>() throws(ResultsError) -> Record? {
        guard let file = existing(Record.fileName) else { return nil }
        return try Record.read(file)
    }

    private func rows<Record: DelimitedRecord>() throws(ResultsError) -> [Record]? {
        guard let file = existing(Record.fileName) else { return nil }
        return try Record.read(file)
    }

    private func existing(_ name: String) -> URL? {
        let file = url.appending(path: name)
        return FileManager.default.fileExists(atPath: file.path) ? file : nil
    }
}
