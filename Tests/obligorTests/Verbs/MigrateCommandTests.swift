import Foundation
import Results
import TestSupport
import Testing

@testable import obligor

@Suite("obligor migrate")
struct MigrateCommandTests {
    /// A small simulated ledger.
    private static func ledger() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let run = Run(
            "simulate", "--obligors", "160", "--years", "4", "--invoices-per-year", "12", "--seed", "4",
            "--out",
            folder.path("ledger"))
        guard run.status == .done else { throw CommandFailure.badData(run.error) }
        return folder
    }

    @Test func writesMatricesPredictionsAndCorrections() throws {
        let folder = try Self.ledger()
        let out = folder.path("run")
        let run = Run(
            "migrate", folder.path("ledger"), "--as-of", "2024-12-31", "--out", out, "--method",
            "ordered-logit",
            "--backtest", "--bootstrap", "40", "--reconcile")
        #expect(run.status == .done, "\(run.error)")
        let results = try RunFolder(URL(filePath: out))
        let matrix = try #require(try results.migrationMatrix())
        #expect(matrix.states.count == 10 && matrix.horizonMonths == 12 && matrix.asOf == "2024-12-31")
        let rules = Set(matrix.matrices.filter { $0.method == "cohort" }.map(\.withdrawal))
        #expect(rules == ["excluded", "proportional", "keptInDenominator", "state", "defaulted"])
        for one in matrix.matrices {
            for (row, values) in one.values.enumerated() {
                expectClose(
                    values.reduce(0, +), 1, absolute: 1e-9, "\(one.method) \(one.withdrawal) row \(row)")
                let (lower, upper) = (try #require(one.lower)[row], try #require(one.upper)[row])
                for (column, value) in values.enumerated() {
                    #expect(
                        lower[column] <= value + 1e-9 && value <= upper[column] + 1e-9
                            || one.method.contains("bootstrap"))
                }
            }
        }
        #expect(matrix.termStructure.count == 9)
        for curve in matrix.termStructure {
            #expect(zip(curve.cumulative, curve.cumulative.dropFirst()).allSatisfy { $0 <= $1 })
        }
        #expect(
            Set(matrix.tests.map(\.test)).isSuperset(of: [
                "time homogeneity", "Markov order", "downgrade momentum",
            ]))
        #expect(Set(matrix.backtest.map(\.model)) == ["cohort", "duration", "ordered-logit"])
        #expect(matrix.macro != nil && matrix.flow != nil)
        let migrations = try #require(try results.migrations())
        #expect(migrations.count % 3 == 0 && migrations.count > 100)
        for start in stride(from: 0, to: migrations.count, by: 3) {
            let own = migrations[start..<start + 3]
            #expect(own.map(\.horizonMonths) == [3, 6, 12])
            let defaults = own.map { $0.probabilities[9] }
            #expect(defaults[0] <= defaults[1] && defaults[1] <= defaults[2], "\(migrations[start].id)")
            for one in own { expectClose(one.probabilities.reduce(0, +), 1, absolute: 1e-9) }
        }
        let corrections = try #require(try results.corrections())
        #expect(!corrections.isEmpty && corrections.map(\.rank) == Array(1...corrections.count))
        #expect(
            zip(corrections, corrections.dropFirst()).allSatisfy {
                ($0.expectedValue ?? 0) >= ($1.expectedValue ?? 0)
            })
        let summary = try #require(try results.correctionSummary())
        #expect(Set(summary.biases.map(\.dimension)) == ["analyst", "industry", "region", "grade"])
        #expect(summary.hitRate?.liftByDecile.count == 10)
        #expect(run.output.contains("Default within twelve months"))
    }

    @Test func isTheSameOnAnyNumberOfThreads() throws {
        let folder = try Self.ledger()
        for threads in ["1", "3"] {
            let run = Run(
                "migrate", folder.path("ledger"), "--out", folder.path("run\(threads)"), "--method",
                "ordered-probit",
                "--bootstrap", "20", "--threads", threads, "--quiet")
            #expect(run.status == .done, "\(run.error)")
        }
        for name in ["migrations.csv", "migration-matrix.json", "corrections.csv", "corrections.json"] {
            #expect(
                try Data(contentsOf: folder.file("run1/\(name)"))
                    == Data(contentsOf: folder.file("run3/\(name)")),
                "\(name)")
        }
    }

    private static let histories = """
        issuer,date,rating
        X1,2018-03-01,Aa
        X1,2019-05-01,Bb
        X1,2021-07-01,Def
        X2,2018-01-15,Bb
        X2,2020-02-01,Aa
        X3,2018-06-01,Cc
        X3,2019-09-01,NR
        X4,2018-06-01,Cc
        X4,2020-01-01,Bb
        X4,2021-03-01,Cc
        X5,2018-02-01,Bb
        X5,2022-01-01,Bb

        """

    private static let mapping = """
        states: [A, B, C, D]
        map: {Aa: A, Bb: B, Cc: C, Def: D}
        withdrawn: [NR]
        columns: {obligor: issuer, date: date, grade: rating}

        """

    @Test func readsHistoriesOfAnyScale() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Self.histories, to: "histories.csv")
        let scale = try folder.write(Self.mapping, to: "scale.yaml")
        let run = Run(
            "migrate", file, "--scale", scale, "--as-of", "2022-03-01", "--out", folder.path("run"),
            "--bootstrap", "20")
        #expect(run.status == .done, "\(run.error)")
        let matrix = try #require(try RunFolder(folder.file("run")).migrationMatrix())
        #expect(matrix.states == ["A", "B", "C", "D"])
        #expect(try RunFolder(folder.file("run")).migrations() == nil)
        // X3 is withdrawn between the snapshots of 2019 and 2020.
        let state = try #require(matrix.matrices.first { $0.withdrawal == "state" })
        #expect(state.values[2][3] > 0)
        #expect(run.output.contains("the scale is not AAA … D"))
    }

    @Test(arguments: [
        ("issuer,date,rating\nX1,2018-03-01,Zz\n", "'Zz' is not on the scale", CommandStatus.badData),
        ("issuer,date,rating\nX1,2018-13-01,Aa\n", "is no day", .badData),
        ("issuer,date,rating\n", "no grades", .badData),
        ("issuer,date,rating\nX1,2018-03-01,NR\n", "no grades", .badData),
        ("issuer,date\nX1,2018-03-01\n", "rating", .badData),
        ("issuer,date,rating\nX1,2018-03-01,Aa\n", "less than a year", .badData),
    ])
    func refusesBadHistories(text: String, remark: String, status: CommandStatus) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(text, to: "histories.csv")
        let scale = try folder.write(Self.mapping, to: "scale.yaml")
        let run = Run("migrate", file, "--scale", scale, "--out", folder.path("run"))
        #expect(run.status == status && run.error.contains(remark), "\(run.error)")
        #expect(!FileManager.default.fileExists(atPath: folder.path("run")))
    }

    @Test(arguments: [
        (["--as-of", "soon"], "give a day"), (["--bootstrap", "1"], "from 2"),
        (["--notches", "0"], "from 1 to 9"),
        (["--stale-after", "0"], "months from 1"), (["--withdrawal", "sometimes"], "withdrawal"),
        (["--review-cost=-1"], "at least 0"),
    ])
    func refusesBadOptions(options: [String], remark: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Self.histories, to: "histories.csv")
        let run = Run(["migrate", file, "--out", folder.path("run")] + options)
        #expect(run.status == .usage && run.error.contains(remark), "\(run.error)")
    }

    @Test func refusesAScaleThatIsNone() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Self.histories, to: "histories.csv")
        let scale = try folder.write(
            Self.mapping.replacingOccurrences(of: "Aa: A", with: "Aa: AA"), to: "scale.yaml")
        let run = Run("migrate", file, "--scale", scale, "--out", folder.path("run"))
        #expect(run.status == .usage && run.error.contains("one of the states"), "\(run.error)")
    }
}
