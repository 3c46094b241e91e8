import Foundation
import Results
import Testing

@Suite("Performance is recorded under fixed keys")
struct PerformanceRecordTests {
    @Test func everyKeyIsThereEvenWhenUndefined() throws {
        let undefined = PerformanceRecord(
            auc: .nan, aucStandardError: nil, ks: nil, gini: nil, logLoss: .infinity, brier: 0.25, rows: 5,
            defaults: 0)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(undefined), as: UTF8.self)
        #expect(
            text == """
                {"auc":null,"aucStandardError":null,"averagePrecision":null,"brier":0.25,"defaults":0,"gini":null,"ks":null,\
                "logLoss":null,"rows":5}
                """)
        #expect(try JSONDecoder().decode(PerformanceRecord.self, from: Data(text.utf8)) == undefined)
    }

    @Test func doublesReadBackExactly() throws {
        let data = try JSONEncoder().encode(PerformanceRecord.sample)
        #expect(try JSONDecoder().decode(PerformanceRecord.self, from: data) == .sample)
    }

    @Test func theMeanIsOverFoldsAndCountsAreTotals() {
        func fold(_ auc: Double?, _ rows: Int) -> PerformanceRecord {
            PerformanceRecord(
                auc: auc, aucStandardError: 0.1, ks: 0.2, gini: nil, logLoss: 0.3, brier: 0.4, rows: rows,
                defaults: 2)
        }
        let record = CrossValidationRecord(folds: [fold(0.5, 10), fold(1, 20)])
        #expect(record.mean.auc == 0.75)
        #expect(record.mean.gini == nil)
        #expect(record.mean.rows == 30)
        #expect(record.mean.defaults == 4)
        #expect(CrossValidationRecord(folds: [fold(0.5, 10), fold(nil, 20)]).mean.auc == nil)
        #expect(CrossValidationRecord(folds: []).mean.auc == nil)
    }
}
