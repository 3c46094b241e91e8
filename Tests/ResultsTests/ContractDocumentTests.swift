import Foundation
import Results
import TestSupport
import Testing

@Suite("datasets/RUN_FOLDERS.md describes every table of a run folder")
struct ContractDocumentTests {
    /// The tables by the names of their files, with their columns.
    private static let tables: [(file: String, columns: [String])] = [
        (RatingRecord.fileName, RatingRecord.columns),
        (Portfolio.fileName, PortfolioRecord.Column.allCases.map(\.rawValue)),
        (HistoryRecord.fileName, HistoryRecord.columns),
        (RatingStepRecord.fileName, RatingStepRecord.columns),
        (AttributionRecord.fileName, AttributionRecord.columns),
        (ReasonRecord.fileName, ReasonRecord.columns), (AgeingRecord.fileName, AgeingRecord.columns),
        (EffectRecord.fileName, EffectRecord.columns),
        (RefreshRequestRecord.fileName, RefreshRequestRecord.columns),
        (EventRatingRecord.fileName, EventRatingRecord.columns),
        (ShadowRecord.fileName, ShadowRecord.columns),
        (MigrationRecord.fileName, MigrationRecord.columns),
        (CorrectionRecord.fileName, CorrectionRecord.columns),
        (DecisionRecord.fileName, DecisionRecord.columns),
        (TranslationRecord.fileName, TranslationRecord.columns),
    ]

    @Test func everyColumnIsInTheSectionOfItsFile() throws {
        let text = try String(
            contentsOf: Golden.checkout.appending(path: "datasets/RUN_FOLDERS.md"), encoding: .utf8)
        let sections = text.components(separatedBy: "\n## ")
        for (file, columns) in Self.tables {
            let section = try #require(sections.first { $0.hasPrefix("`\(file)`") }, "\(file)")
            for column in columns {
                #expect(section.contains("`\(column)`"), "\(column) of \(file)")
            }
        }
    }
}
