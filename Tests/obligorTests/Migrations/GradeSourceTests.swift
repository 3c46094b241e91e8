import Foundation
import Ledger
import Migration
import Parallelism
import Results
import TestSupport
import Testing
import Vocabulary

@testable import obligor

@Suite("Grades that predictions start from")
struct GradeSourceTests {
    private static let day = CalendarDay(daysSince1970: 19_357)

    /// Sixty obligors, regraded every March from 2020 to 2022; O100 defaults after.
    private static func source(_ folder: TemporaryFolder) throws -> GradeSource {
        let grades = Grade.allCases.filter { $0 != .d }
        var text = "obligor,date,grade\n"
        for obligor in 0..<60 {
            for year in 0..<3 {
                let grade = grades[(obligor + (obligor % 4 == year ? 1 : 0)) % grades.count]
                text += "O\(100 + obligor),\(2020 + year)-03-0\(1 + obligor % 9),\(grade.rawValue)\n"
            }
        }
        text += "O100,2022-06-01,D\n"
        return try GradeSource(
            histories: folder.write(text, to: "grades.csv"), mapping: GradeMapping(), end: day)
    }

    private static func predictions(_ source: GradeSource) throws -> [MigrationRecord] {
        let histories = try source.histories(until: day)
        let days = (0...8).reversed().map { day.adding(months: -3 * $0) }
        let panel = try MigrationPanel(source, histories: histories, days: days)
        let options = MigrationStudy.Options(
            prediction: PredictionOptions(method: .cohort), isReconciled: false, isTested: false,
            replicates: 20, reviewCost: 0, isWorthLoss: false, notches: 3, seed: 1, workers: .single)
        let year = [days[4], day].map(GradeSource.years)
        let matrix = try MigrationCounts.byInterval(histories, snapshots: year)[0].matrix()
        return try PredictionStudy(panel, matrix: matrix, options: options).records
    }

    @Test func whatAReviewGivesIsWherePredictionsStart() throws {
        let folder = try TemporaryFolder()
        let source = try Self.source(folder)
        let given: [(name: String, grade: Grade)] = [
            ("O101", .ccc), ("O100", .b), ("new", .aa), ("O102", .d),
        ]
        let before = try Self.predictions(source)
        let after = try Self.predictions(source.starting(from: given, on: Self.day))
        let grades = Dictionary(after.map { ($0.id, $0.grade) }, uniquingKeysWith: { first, _ in first })
        #expect(grades["O101"] == "CCC")
        // Who was in default, and who was never graded, start with what they were given.
        #expect(grades["O100"] == "B" && grades["new"] == "AA")
        #expect(!before.contains { $0.id == "O100" || $0.id == "new" })
        // Nobody else's prediction changes, since nothing is learned from what was given.
        let others = Set(["O101", "O100", "new"])
        #expect(
            after.filter { !others.contains($0.id) }.map(\.probabilities)
                == before.filter { !others.contains($0.id) }.map(\.probabilities))
        #expect(after.count == before.count + 6)
    }

    /// Whoever lacks records is as if it were not there; everybody else is as before.
    @Test func nothingIsLearnedFromWhoIsSetAside() throws {
        let folder = try LedgerFolder(Golden.checkout.appending(path: "datasets/sample-ledger"))
        let ledger = try TradeLedger.read(from: folder).ledger
        let end = try #require(ledger.span?.upperBound)
        func source(_ setAside: Set<String> = []) throws -> GradeSource {
            try GradeSource(
                ledger: ledger, definition: .tradeCredit, end: end, staleAfter: 12, ofModelAlone: false,
                settingAside: setAside)
        }
        func histories(_ source: GradeSource) -> [String: [[Double]]] {
            Dictionary(grouping: source.actions, by: { source.names[$0.obligor] }).mapValues { actions in
                actions.map { [$0.time, $0.state.map(Double.init) ?? -1] }
            }
        }
        let all = try source()
        // Somebody that was in default once.
        let defaulted = try #require(all.actions.first { $0.state == all.scale.defaultState })
        let setAside: Set = [all.names[defaulted.obligor], all.names[0]]
        let rest = try source(setAside)
        #expect(setAside.isDisjoint(with: rest.names) && !rest.names.isEmpty)
        #expect(histories(rest) == histories(all).filter { !setAside.contains($0.key) })
        for grades in [\GradeSource.modelActions, \.evidence] {
            #expect(rest[keyPath: grades].count < all[keyPath: grades].count)
        }
    }
}
