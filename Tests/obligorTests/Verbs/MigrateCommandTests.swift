import Foundation
import Migration
import Results
import Review
import TestSupport
import Testing
import Vocabulary

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

    /// Some teach, everybody is predicted, and the summary says who taught.
    @Test func learnsFromAsManyObligorsAsItIsTold() throws {
        let folder = try Self.ledger()
        func migrated(_ learners: String) throws -> (records: [MigrationRecord], output: String) {
            let out = folder.path("run-\(learners)")
            let run = Run(
                "migrate", folder.path("ledger"), "--as-of", "2024-12-31", "--out", out, "--method",
                "ordered-logit", "--bootstrap", "40", "--learners", learners)
            #expect(run.status == .done, "\(run.error)")
            return (try #require(try RunFolder(URL(filePath: out)).migrations()), run.output)
        }
        let all = try migrated("0")
        let some = try migrated("100")
        let more = try migrated("5000")
        #expect(!all.records.isEmpty && some.records.map(\.id) == all.records.map(\.id))
        #expect(some.records.map(\.grade) == all.records.map(\.grade))
        #expect(some.records.map(\.probabilities) != all.records.map(\.probabilities))
        #expect(more.records.map(\.probabilities) == all.records.map(\.probabilities))
        #expect(some.output.contains("learned from 100 of "))
        let matrix = try RunFolder(URL(filePath: folder.path("run-100"))).migrationMatrix()
        let learners = try #require(matrix?.tests.first { $0.test == "learners" })
        #expect(learners.estimate == 100 && (learners.statistic ?? 0) > 100)
        #expect(!all.output.contains("learned from") && !more.output.contains("learned from"))
    }

    @Test func writesMatricesPredictionsAndCorrections() throws {
        let folder = try Self.ledger()
        let out = folder.path("run")
        let run = Run(
            "migrate", folder.path("ledger"), "--as-of", "2024-12-31", "--out", out, "--method",
            "ordered-logit",
            "--backtest", "--bootstrap", "40", "--reconcile", "--scenario", "-1,0.5", "--generator")
        #expect(run.status == .done, "\(run.error)")
        let results = try RunFolder(URL(filePath: out))
        let matrix = try #require(try results.migrationMatrix())
        #expect(matrix.states.count == 10 && matrix.horizonMonths == 12 && matrix.asOf == "2024-12-31")
        let rules = Set(matrix.matrices.filter { $0.method == "cohort" }.map(\.withdrawal))
        #expect(rules == ["excluded", "proportional", "keptInDenominator", "state", "defaulted"])
        for one in matrix.matrices {
            #expect((one.states ?? matrix.states).count == one.values.count)
            #expect(one.values.allSatisfy { $0.count == one.values.count })
            #expect(one.counts.map { $0.count == one.values.count } ?? true)
            for (row, values) in one.values.enumerated() {
                expectClose(
                    values.reduce(0, +), 1, absolute: 1e-9, "\(one.method) \(one.withdrawal) row \(row)")
                guard let lower = one.lower?[row], let upper = one.upper?[row] else {
                    #expect(
                        one.method.hasSuffix("averaged") || one.method.hasSuffix("snapshots a year")
                            || one.method.hasPrefix("generator"))
                    continue
                }
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
            let (lower, upper) = (try #require(curve.lower), try #require(curve.upper))
            #expect(zip(lower, curve.cumulative).allSatisfy { $0 <= $1 })
            #expect(zip(upper, curve.cumulative).allSatisfy { $0 >= $1 })
        }
        let generators = matrix.matrices.filter { $0.method.hasPrefix("generator") }
        #expect(
            Set(generators.map(\.method)).isSuperset(of: ["generator, one move a year", "generator, EM"]))
        #expect(matrix.tests.contains { $0.test == "generator by EM" && ($0.statistic ?? 0) < 0 })
        #expect(matrix.tests.count { $0.test == "mobility" } == 3)
        #expect(
            Set(matrix.tests.map(\.test)).isSuperset(of: [
                "time homogeneity", "Markov order", "downgrade momentum",
            ]))
        #expect(Set(matrix.backtest.map(\.model)) == ["cohort", "duration", "ordered-logit"])
        #expect(matrix.flow != nil)
        let macro = try #require(matrix.macro)
        let conditional = try #require(macro.conditional)
        #expect(conditional.map(\.kind) == ["point in time", "scenario", "scenario"])
        #expect(conditional.map(\.factors) == [[macro.periods.last?.z ?? 0], [-1], [-1, 0.5]])
        for one in conditional {
            for row in one.values { expectClose(row.reduce(0, +), 1, absolute: 1e-9) }
        }
        // A bad year, and two years, are worse than the year that the matrix averages over.
        let (bad, two) = (conditional[1].values, conditional[2].values)
        for grade in 3..<9 where matrix.matrices[0].values[grade][9] > 0 {
            #expect(bad[grade][9] > matrix.matrices[0].values[grade][9] && two[grade][9] > bad[grade][9])
        }
        let record = results.record
        #expect(record.inputs.contains { $0.path.contains("ratings.csv") && $0.role == "ledger" })
        let migrations = try #require(try results.migrations())
        #expect(migrations.count % 3 == 0 && migrations.count > 100)
        for start in stride(from: 0, to: migrations.count, by: 3) {
            let own = migrations[start..<start + 3]
            #expect(own.map(\.horizonMonths) == [3, 6, 12])
            let defaults = own.map { $0.probabilities[9] }
            #expect(defaults[0] <= defaults[1] && defaults[1] <= defaults[2], "\(migrations[start].id)")
            for one in own { expectClose(one.probabilities.reduce(0, +), 1, absolute: 1e-9) }
            // Nothing was predicted of withdrawals.
            #expect(own.allSatisfy { $0.withdrawn == nil })
        }
        let corrections = try #require(try results.corrections())
        #expect(!corrections.isEmpty && corrections.map(\.rank) == Array(1...corrections.count))
        #expect(
            zip(corrections, corrections.dropFirst()).allSatisfy {
                ($0.expectedValue ?? 0) >= ($1.expectedValue ?? 0)
            })
        #expect(corrections.allSatisfy { $0.similarCases?.contains("changed: ") ?? false })
        #expect(corrections.prefix(5).allSatisfy { $0.reason1 != nil && $0.reason2 != nil })
        #expect(
            corrections.contains { $0.reason1?.hasPrefix("given ") ?? false }, "a grade off the model's")
        // Each reason is a sentence with its feature; no column shows through.
        let words = AnalystWords()
        for one in corrections {
            let reasons = [one.reason1, one.reason2, one.reason3].compactMap(\.self)
            #expect(one.features.isEmpty ? reasons.count < 2 : one.features.count == reasons.count)
            for (reason, feature) in zip(reasons, one.features) {
                #expect(!reason.contains("_") && !reason.contains("nan"), "\(reason)")
                let isKnown =
                    feature.isEmpty
                    ? reason.hasPrefix("given ")
                    : words.text(feature, value: 1) != nil || RatingHistories.historyNames.contains(feature)
                #expect(isKnown, "\(feature): \(reason)")
            }
        }
        let summary = try #require(try results.correctionSummary())
        #expect(Set(summary.biases.map(\.dimension)) == ["analyst", "industry", "region", "grade"])
        #expect(summary.hitRate?.liftByDecile.count == 10)
        #expect(summary.changeNotches == 3 && summary.unit == "notches")
        #expect(run.output.contains("notches net."))
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

    @Test func gradesOfTheAsOfDayCount() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Self.histories + "X2,2022-03-01,Cc\n", to: "histories.csv")
        let scale = try folder.write(Self.mapping, to: "scale.yaml")
        let run = Run(
            "migrate", file, "--scale", scale, "--as-of", "2022-03-01", "--out", folder.path("run"),
            "--bootstrap", "20")
        #expect(run.status == .done, "\(run.error)")
        let matrix = try #require(try RunFolder(folder.file("run")).migrationMatrix())
        // X2 was A for two years.
        #expect(matrix.flow?.counts[0] == [0, 0, 1, 0])
        let johansen = try #require(matrix.matrices.first { $0.method.hasPrefix("aalen") })
        #expect(johansen.values[0][2] > 0 && johansen.withdrawal == "censor")
    }

    @Test func whoReturnsFromDefaultBeginsAnew() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            Self.histories + "X1,2021-09-01,Cc\nX1,2022-02-01,Bb\n", to: "histories.csv")
        let scale = try folder.write(Self.mapping, to: "scale.yaml")
        let run = Run(
            "migrate", file, "--scale", scale, "--as-of", "2022-12-01", "--out", folder.path("run"),
            "--bootstrap", "20")
        #expect(run.status == .done, "\(run.error)")
        #expect(run.output.contains("graded again after default, and counted anew since: 1"), "\(run.output)")
        let matrix = try #require(try RunFolder(folder.file("run")).migrationMatrix())
        // Its default is kept, and so is its way back up.
        let counts = try #require(matrix.matrices.first { $0.method == "cohort" }?.counts)
        #expect(counts[1][3] + counts[0][3] + counts[2][3] == 1)
        #expect(counts[2][1] >= 1)
    }

    @Test func labelsWithdrawalAsAState() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Self.histories, to: "histories.csv")
        let scale = try folder.write(Self.mapping, to: "scale.yaml")
        let run = Run(
            "migrate", file, "--scale", scale, "--as-of", "2022-03-01", "--out", folder.path("run"),
            "--bootstrap", "20", "--withdrawal", "state")
        #expect(run.status == .done, "\(run.error)")
        let results = try RunFolder(folder.file("run"))
        let matrix = try #require(try results.migrationMatrix())
        let states = try #require(matrix.matrices.first?.states)
        #expect(states.count == 5 && states.last == "D" && states[..<3] == ["A", "B", "C"])
        // The table on the terminal names withdrawal too.
        let head = try #require(run.output.split(separator: "\n").first { $0.contains("from") })
        #expect(head.contains(states[3]))
        #expect(results.record.inputs.map(\.role) == ["histories", "scale"])
    }

    @Test func showsNoDefaultWhereNoStateIs() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            Self.histories.replacingOccurrences(of: "X1,2021-07-01,Def\n", with: ""), to: "histories.csv")
        let scale = try folder.write(
            Self.mapping.replacingOccurrences(of: "[A, B, C, D]", with: "[A, B, C]")
                .replacingOccurrences(of: ", Def: D", with: "") + "default: false\n", to: "scale.yaml")
        let run = Run(
            "migrate", file, "--scale", scale, "--as-of", "2022-03-01", "--out", folder.path("run"),
            "--bootstrap", "20")
        #expect(run.status == .done, "\(run.error)")
        #expect(!run.output.contains("Default within twelve months"))
    }

    @Test func endsWhereHardlyAnythingMoves() throws {
        let folder = try TemporaryFolder()
        let quiet = (0..<20).map { "X\($0),2018-01-10,\(["Aa", "Bb", "Cc"][$0 % 3])\n" }.joined()
        let file = try folder.write(
            "issuer,date,rating\n\(quiet)X0,2018-06-01,Bb\n", to: "histories.csv")
        let scale = try folder.write(Self.mapping, to: "scale.yaml")
        let run = Run(
            "migrate", file, "--scale", scale, "--as-of", "2021-03-01", "--out", folder.path("run"),
            "--bootstrap", "20")
        #expect(run.status == .done, "\(run.error)")
        let matrix = try #require(try RunFolder(folder.file("run")).migrationMatrix())
        let momentum = try #require(matrix.tests.first { $0.test == "downgrade momentum" })
        #expect(momentum.upper == nil && momentum.verdict != .fail)
    }

    @Test func whoIsNotRatedShiftsNobody() throws {
        let folder = try TemporaryFolder()
        let grades = ["AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C"]
        var lines: [String] = []
        for obligor in 0..<60 {
            for year in 0..<3 {
                let grade = grades[(obligor + (obligor % 4 == year ? 1 : 0)) % 9]
                lines.append("O\(100 + obligor),\(2020 + year)-03-0\(1 + obligor % 9),\(grade)")
            }
        }
        let body = lines.joined(separator: "\n") + "\n"
        let head = "obligor,date,grade\n"
        let plain = try folder.write(head + body, to: "plain.csv")
        let more = try folder.write(head + "A,2020-01-01,BBB\nA,2020-01-01,NR\n" + body, to: "more.csv")
        for (name, file) in [("plain", plain), ("more", more)] {
            let run = Run(
                "migrate", file, "--as-of", "2022-12-31", "--out", folder.path("run-\(name)"), "--method",
                "ordered-logit", "--bootstrap", "20", "--quiet")
            #expect(run.status == .done, "\(run.error)")
        }
        let expected = try #require(try RunFolder(folder.file("run-plain")).migrations())
        let found = try #require(try RunFolder(folder.file("run-more")).migrations())
        #expect(found.map(\.id) == expected.map(\.id) && found.map(\.grade) == expected.map(\.grade))
        #expect(found.map(\.probabilities) == expected.map(\.probabilities))
    }

    @Test(arguments: ["1,,2", "x", "7", "1e400", "nan"]) func refusesPathsThatAreNone(path: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Self.histories, to: "histories.csv")
        let run = Run("migrate", file, "--out", folder.path("run"), "--scenario", path)
        #expect(run.status == .usage && run.error.contains("--scenario"), "\(run.error)")
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

@Suite("What is found out about grades given by hand")
struct CorrectionStudyTests {
    static func source(
        model: [(obligor: Int, day: String, state: Int)], hand: [(obligor: Int, day: String, state: Int)],
        circles: [(industry: String?, region: String?)]
    ) throws -> GradeSource {
        func action(_ one: (obligor: Int, day: String, state: Int)) throws -> RatingAction {
            RatingAction(
                obligor: one.obligor,
                time: GradeSource.years(try #require(CalendarDay(iso8601: one.day))), state: one.state)
        }
        return GradeSource(
            scale: .grades, names: circles.indices.map { "O\($0)" },
            actions: try (model + hand).map(action), remarks: [], modelActions: try model.map(action),
            evidence: try model.map(action),
            handGrades: try hand.map {
                GradeSource.HandGrade(
                    obligor: $0.obligor, day: try #require(CalendarDay(iso8601: $0.day)), state: $0.state,
                    author: "ann")
            }, circles: circles, end: try #require(CalendarDay(iso8601: "2024-12-31")))
    }

    @Test func aGradeGivenOnTheDayOfTheModelsIsInForce() throws {
        let source = try Self.source(
            model: [(0, "2023-03-01", 3), (0, "2024-03-01", 3), (1, "2023-03-01", 4)],
            hand: [(0, "2023-03-01", 5)], circles: [(nil, nil), (nil, nil)])
        let inForce = HandGradesInForce(source)
        let day = try #require(CalendarDay(iso8601: "2023-06-01"))
        #expect(inForce.isByHand(0, on: day) && inForce.author(of: 0, on: day) == "ann")
        #expect(!inForce.isByHand(1, on: day) && inForce.author(of: 1, on: day) == nil)
        #expect(!inForce.isByHand(0, on: try #require(CalendarDay(iso8601: "2024-06-01"))))
        #expect(!inForce.isByHand(0, on: try #require(CalendarDay(iso8601: "2023-02-01"))))
        #expect(source.overrides.map(\.notches) == [2])
    }

    @Test func driftIsToldApartByGradeIndustryAndRegion() {
        // Effects of 0.5 by grade, 0.3 by industry and −0.2 by region, crossed unevenly.
        var gradings: [EvidenceDrift.Grading] = []
        for index in 0..<4000 {
            let (state, industry, region) = (3 + index % 2, (index / 2) % 3 == 0, (index / 6) % 5 < 2)
            gradings.append(
                EvidenceDrift.Grading(
                    state: state, circle: (industry ? "mines" : "shops", region ? "north" : "south"),
                    notches: (state == 3 ? 0.5 : 0) + (industry ? 0.3 : 0) - (region ? 0.2 : 0)))
        }
        let drift = EvidenceDrift(gradings, states: 10)
        for (state, industry, region, expected) in [
            (3, "mines", "north", 0.6), (4, "shops", "south", 0), (4, "mines", "south", 0.3),
            (3, "shops", "north", 0.3),
        ] {
            // Ten gradings without effect are thought into each circle.
            expectClose(drift.notches(from: state, in: (industry, region)) ?? .nan, expected, absolute: 0.01)
        }
        #expect(drift.notches(from: 6, in: ("mines", "north")) == nil)
        #expect(drift.notches(from: 3, in: (nil, "unseen")) != nil)
    }
}
