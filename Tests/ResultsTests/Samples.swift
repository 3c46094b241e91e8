import Foundation
import Results

extension RunRecord {
    static let sample = RunRecord(
        command: "train", arguments: ["train", "recipe.yaml", "--data", "hmeq.csv", "--out", "run"],
        engineVersion: "0.1.0", startedAt: Date(timeIntervalSince1970: 1_780_000_000),
        finishedAt: Date(timeIntervalSince1970: 1_780_000_003), seed: .max, threads: 2, rows: 5960,
        model: "HMEQ", inputs: [FileRecord(role: "data", path: "hmeq.csv", bytes: 397_196, sha256: "ab12")],
        outputs: [FileRecord(role: "model", path: "model.json", bytes: 9, sha256: "cd34")])
}

extension PerformanceRecord {
    static let sample = PerformanceRecord(
        auc: 0.1 + 0.2, aucStandardError: 0.01, ks: 0.5, gini: -0.4, logLoss: 1.0 / 3, brier: 1e-300,
        rows: 10,
        defaults: 3)
}

extension ValidationRecord {
    static let sample = ValidationRecord(
        model: "HMEQ",
        samples: [
            Sample(
                name: "training", performance: .sample,
                grades: [
                    GradeRecord(grade: "AAA", rows: 0, meanPD: nil, defaults: nil),
                    GradeRecord(grade: "BBB", rows: 4, meanPD: 0.003, defaults: 1),
                ])
        ], crossValidation: CrossValidationRecord(folds: [.sample, .sample]),
        diagnostics: ["bins were merged"]
    )
}
