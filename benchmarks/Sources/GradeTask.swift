import Foundation
import Grading
import Parallelism
import Statistics
import StrictYAML
import Tables
import Vocabulary

/// Scored obligors through master scale, bureau rules and credit policy, as shipped: columns in, columns out.
enum GradeTask {
    private static let file = "facts.f64"

    /// The columns: the PD, then what the rules and the policy read.
    private static let names = [
        "pd", "dishonest_debtor", "bureau_judgments", "bureau_judgments_change_12m", "legal_recoveries_all",
        "collection_handovers_24m", "guarantees_to_assets", "bureau_tax_arrears", "arrears_to_assets",
        "capital_declared_to_bureau", "employees_declared_to_bureau", "bureau_disagreement",
        "bureau_against_experience", "statement_age", "statement_audited", "exposure", "group_default_share",
        "own_capital", "turnover", "months_since_first_invoice",
    ]

    static func run(_ job: Job) throws {
        let all: [Double] = try FlatFile.read(job.folder.appending(path: file))
        guard all.count == job.rows * names.count else { throw BenchmarkError.wrongResult("size of \(file)") }
        // On large pages, as the reader of files leaves its columns.
        let columns = names.indices.map { column in
            Workers.single.fill(job.rows, blockSize: job.rows, repeating: 0.0) { rows, values in
                for row in rows { values[row] = all[column * job.rows + row] }
            }
        }
        let facts = try Table(
            columns: zip(names, columns).map { Column(name: $0, values: .double($1)) })
        let grader = try grader()
        let workers = Workers(threads: job.threads)
        let measurement = try Measurement(repeats: job.repeats) {
            try grader.grade(
                pds: columns[0], facts: facts, asOf: AsOf(CalendarDay(daysSince1970: 0)), workers: workers)
        }
        let graded = measurement.value
        func sum(_ figure: (GradedRow) -> Int64) -> Int64 { graded.rows.reduce(0) { $0 + figure($1) } }
        try measurement.report(
            job,
            [
                "rank_sum": sum { Int64($0.finalRank) }, "hits": graded.hitCount, "limit_sum": sum(\.limit),
                "terms_sum": sum { Int64($0.termsDays) }, "loss_sum": sum(\.expectedLoss),
            ])
    }

    /// The shipped rules and policy, with own capital and turnover as columns; without the limit for groups, which the
    /// peers do not have.
    private static func grader() throws -> Grader {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "models/policies")
        let rules = try RuleSet(yaml: YAMLReader().read(folder.appending(path: "bureau_rules.yaml")))
        // As many as the peers have.
        guard rules.rules.count == 16 else { throw BenchmarkError.wrongResult("number of rules") }
        let text = try String(contentsOf: folder.appending(path: "trade_credit.yaml"), encoding: .utf8)
            .replacing("exp(log_assets) * equity_ratio", with: "own_capital")
            .replacing("exp(log_assets) * asset_turnover", with: "turnover")
            .split(separator: "\n").filter { !$0.contains("group:") }.joined(separator: "\n")
        let policy = try CreditPolicy(yaml: YAMLReader().read(text, named: "trade_credit.yaml"))
        return Grader(scale: .standard, rules: rules, policy: policy)
    }

    /// Writes the columns one behind the other; NaN is missing.
    static func prepare(_ set: BenchmarkSet) throws {
        let target = set.folder.appending(path: file)
        if FileManager.default.fileExists(atPath: target.path) { return }
        guard set.columns == names.count else { throw BenchmarkError.wrongResult("number of columns") }
        try FileManager.default.createDirectory(at: set.folder, withIntermediateDirectories: true)
        var random = SeededGenerator(seed: 20_261_128)
        let rows = set.rows
        func column(missing: Double, _ value: (inout SeededGenerator) -> Double) -> [Double] {
            (0..<rows).map { _ in random.bernoulli(missing) ? .nan : value(&random) }
        }
        func rare(_ share: Double) -> (inout SeededGenerator) -> Double { { $0.bernoulli(share) ? 1 : 0 } }
        func amount(_ mean: Double, _ spread: Double) -> (inout SeededGenerator) -> Double {
            { (exp($0.normal(mean: mean, standardDeviation: spread)) * 100).rounded() / 100 }
        }
        var columns = [
            column(missing: 0) {
                ProbabilityOfDefault.value(ofLogOdds: $0.normal(mean: -4, standardDeviation: 1.5))
            }
        ]
        columns.append(column(missing: 0.1, rare(0.01)))
        columns.append(column(missing: 0.1) { $0.bernoulli(0.9) ? 0 : Double(1 + $0.integer(below: 4)) })
        columns.append(column(missing: 0.3) { $0.bernoulli(0.95) ? 0 : Double(1 + $0.integer(below: 2)) })
        columns.append(column(missing: 0, rare(0.005)))
        columns.append(column(missing: 0, rare(0.01)))
        columns.append(column(missing: 0.4) { $0.exponential(mean: 0.2) })
        columns.append(column(missing: 0.1) { $0.bernoulli(0.93) ? 0 : 1e4 * $0.exponential(mean: 1) })
        columns.append(column(missing: 0.4) { $0.bernoulli(0.93) ? 0 : $0.exponential(mean: 0.01) })
        columns.append(column(missing: 0.3) { exp($0.normal(mean: 0, standardDeviation: 0.4)) })
        columns.append(column(missing: 0.3) { exp($0.normal(mean: 0, standardDeviation: 0.3)) })
        columns.append(column(missing: 0.2) { $0.exponential(mean: 60) })
        columns.append(column(missing: 0.2) { $0.uniform(from: -1, to: 1) })
        columns.append(column(missing: 0.2) { 90 + $0.exponential(mean: 250) })
        columns.append(column(missing: 0.2, rare(0.5)))
        columns.append(column(missing: 0, amount(9, 1.5)))
        columns.append(column(missing: 0.8) { $0.bernoulli(0.98) ? 0 : 0.5 })
        columns.append(column(missing: 0.3, amount(12, 1.5)))
        columns.append(column(missing: 0.3, amount(14, 1.5)))
        columns.append(column(missing: 0.05) { 100 * $0.uniform() })
        try FlatFile.write(columns.flatMap(\.self), to: target)
    }
}
