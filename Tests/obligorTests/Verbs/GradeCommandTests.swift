import Foundation
import Grading
import Results
import StrictYAML
import Tables
import TestSupport
import Testing
import Vocabulary

@testable import obligor

@Suite("grade turns PDs into final grades, limits and terms")
struct GradeCommandTests {
    private static let policy = Golden.checkout.appending(path: "models/policies/trade_credit.yaml")

    private struct Desk {
        let folder: TemporaryFolder

        init() throws {
            folder = try TemporaryFolder()
            _ = try folder.write(
                """
                id,pd,judgments,exposure,equity,sales,months,industry,region,in_default,group
                a,0.002,0,100,100000,1000000,50,x,n,false,
                b,0.002,2,90000,100000,1000000,50,x,s,false,
                c,0.02,0,0,,,3,y,n,false,
                d,0.3,1,500,100000,1000000,50,y,s,true,

                """, to: "data.csv")
            _ = try folder.write(
                """
                rules: 1
                name: test
                checks:
                  - {name: judged, when: judgments >= 2, cap: BB, reason: two judgments}
                  - {name: asked, when: judgments >= 1, documents: true, reason: a judgment}
                  - {name: stopped, when: pd > 0.2, block: true, reason: no more}
                """, to: "rules.yaml")
            _ = try folder.write(
                """
                overrides: 1
                maximum_notches: 1
                entries:
                  - {obligor: c, up: 1, author: ann, reason: seen, decided: 2024-01-01, expires: 2024-12-31}
                """, to: "experts.yaml")
            let text = try String(contentsOf: GradeCommandTests.policy, encoding: .utf8)
                .replacing("exp(log_assets) * equity_ratio", with: "equity")
                .replacing("exp(log_assets) * asset_turnover", with: "sales")
                .replacing("months_since_first_invoice", with: "months")
            _ = try folder.write(text, to: "policy.yaml")
        }

        func run(_ more: String...) -> Run {
            Run(
                [
                    "grade", "--data", folder.path("data.csv"), "--out", folder.path("run"), "--as-of",
                    "2024-06-30",
                ] + more)
        }
    }

    @Test func everyPartOfTheRunFolderFits() throws {
        let desk = try Desk()
        let run = desk.run(
            "--rules", desk.folder.path("rules.yaml"), "--overrides", desk.folder.path("experts.yaml"),
            "--policy", desk.folder.path("policy.yaml"), "--what-if", desk.folder.path("policy.yaml"),
            "--in-default", "in_default")
        #expect(run.status == .done && run.error.isEmpty, "\(run.error)")
        #expect(run.output.contains("4 obligors graded as of 2024-06-30"))
        let folder = try RunFolder(desk.folder.file("run"))
        #expect(try folder.ratings()?.map(\.grade) == ["A", "BB", "BB", "D"])
        let path = try #require(try folder.ratingPath())
        #expect(path.filter { $0.id == "b" }.map(\.toGrade) == ["A", "BB", "BB", "BB"])
        #expect(path.filter { $0.id == "c" }.map(\.stage) == [.raw, .expert, .final])
        #expect(path.first { $0.stage == .expert }?.expires == "2024-12-31")
        #expect(path.last?.toGrade == "D" && path.last?.rule == "default definition")
        let portfolio = try #require(try folder.portfolio())
        #expect(portfolio.tags == ["industry", "region"])
        let obligors = portfolio.obligors
        // A: 15 % of 100,000; BB: 8 % of it; BB without figures, new: half of 10,000; D: nothing.
        #expect(obligors.map(\.limit) == [15_000, 8_000, 5_000, 0])
        #expect(obligors.map(\.available) == [14_900, 0, 5_000, 0])
        #expect(obligors.map(\.termsDays) == [45, 30, 15, 0])
        #expect(
            obligors.map(\.security) == [
                "retention-of-title", "credit-insurance", "credit-insurance", "prepayment",
            ])
        #expect(obligors.map(\.conditions) == [[], [.documents], [], [.blocked, .documents]])
        #expect(run.output.contains("Blocked for new credit: 1; asked for documents: 2"))
        #expect(run.output.contains("Securities that the policy asks for"))
        // Who is in default has the PD of default, in both files.
        #expect(try folder.ratings()?.map { $0.pd == 1 && $0.logOdds > 20 } == [false, false, false, true])
        #expect(obligors.map(\.reviewDue) == ["2025-06-30", "2024-12-30", "2024-12-30", "2024-07-30"])
        #expect(obligors.allSatisfy { $0.movement == .new } && obligors[3].pd == 1)
        #expect(obligors[1].tags == ["x", "s"] && obligors[1].exposure == 90_000)
        let scale = try MasterScale(
            yaml: YAMLReader().read(desk.folder.file("run/\(MasterScaleFile.name)")))
        #expect(scale == .standard)

        // The next review knows the one before.
        _ = try desk.folder.write(
            """
            id,pd,judgments
            a,0.0005,0
            b,0.02,0
            e,0.5,0

            """, to: "next.csv")
        let next = Run(
            "grade", "--data", desk.folder.path("next.csv"), "--out", desk.folder.path("next"), "--as-of",
            "2024-09-30", "--previous", desk.folder.path("run"), "--json")
        #expect(next.status == .done, "\(next.error)")
        let moved = try #require(try RunFolder(desk.folder.file("next")).portfolio()).obligors
        #expect(moved.map(\.id) == ["a", "b", "e", "c", "d"])
        #expect(moved.map(\.movement) == [.up, .down, .new, .withdrawn, .withdrawn])
        #expect(moved[0].previousGrade == "A" && moved[3].grade == nil)
        // Those that are gone are counted, but in no grade.
        let metrics = try MetricsFile(ofReview: RunFolder(desk.folder.file("next"))).text
        #expect(metrics.contains("obligor_review_movements{movement=\"withdrawn\"} 2"))
        #expect(metrics.contains("obligor_portfolio_obligors{grade=\"A\"} 0"))
        struct Report: Decodable {
            struct Line: Decodable {
                let grade: String
                let final: Int
            }
            let grades: [Line]
        }
        let report = try JSONDecoder().decode(Report.self, from: Data(next.output.utf8))
        #expect(report.grades.reduce(0) { $0 + $1.final } == 3)
    }

    @Test func aGroupsLimitsAreCutTogether() throws {
        let desk = try Desk()
        let data = try String(contentsOf: desk.folder.file("data.csv"), encoding: .utf8)
        let policy = desk.folder.path("policy.yaml")
        _ = try desk.folder.write(
            data.replacing("50,x,n,false,", with: "50,x,n,false,g")
                .replacing("50,x,s,false,", with: "50,x,s,false,g"), to: "data.csv")
        let run = desk.run("--rules", desk.folder.path("rules.yaml"), "--policy", policy)
        #expect(run.status == .done, "\(run.error)")
        let portfolio = try RunFolder(desk.folder.file("run")).portfolio()
        // 15,000 and 8,000 against one and a half times 15,000: in proportion, down to steps of 500.
        #expect(portfolio?.obligors.map(\.limit) == [14_500, 7_500, 2_500, 0])
        // Without the column the limit cannot be held, which is said.
        _ = try desk.folder.write(data.replacing(",group\n", with: ",company\n"), to: "data.csv")
        let refused = desk.run("--policy", policy, "--replace")
        #expect(refused.status == .usage && refused.error.contains("no column 'group'"), "\(refused.error)")
        // Nor is a policy read that has a limit for groups and does not say which column names them.
        let text = try String(contentsOf: desk.folder.file("policy.yaml"), encoding: .utf8)
        _ = try desk.folder.write(text.replacing("  group: group ", with: "  # "), to: "policy.yaml")
        let unread = desk.run("--policy", policy, "--replace")
        #expect(unread.status == .usage && unread.error.contains("inputs: group"), "\(unread.error)")
    }

    @Test func scaleAndAdaptationAreFittedAndReadBack() throws {
        let bench = try Workbench(rows: 3_000)
        #expect(try bench.train().status == .done)
        _ = try bench.folder.write(
            "minimum_obligors: 20\nminimum_defaults: 1\nmaximum_p_value: 0.4\nclasses: 30\n",
            to: "demands.yaml")
        let run = Run(
            "grade", "--model", bench.path("run"), "--data", bench.path("past.csv"), "--out", bench.path("g"),
            "--fit-scale", "--scale-demands", bench.path("demands.yaml"),
            "--fit-adaptation", "--predictors", "equity_ratio:industry")
        #expect(run.status == .done && run.error.isEmpty, "\(run.error)")
        #expect(run.output.contains("The fitted scale") && run.output.contains("Adaptation:"))
        #expect(run.output.contains("BBB ends"))
        let first = try #require(try RunFolder(bench.folder.file("g")).ratings())
        // With what the run wrote, the same grades follow without fitting.
        let again = Run(
            "grade", "--model", bench.path("run"), "--data", bench.path("past.csv"), "--out", bench.path("h"),
            "--master-scale", bench.path("g/master-scale.yaml"), "--adaptation",
            bench.path("g/adaptation.json"), "--quiet", "--threads", "1")
        #expect(again.status == .done && again.output.isEmpty, "\(again.error)")
        #expect(try RunFolder(bench.folder.file("h")).ratings() == first)
        // Grading what score wrote is the same as scoring and grading, without adaptation.
        #expect(
            Run("score", bench.path("run"), "--data", bench.path("past.csv"), "--out", bench.path("s.csv"))
                .status
                == .done)
        let direct = Run(
            "grade", "--model", bench.path("run"), "--data", bench.path("past.csv"), "--out", bench.path("m"))
        let scored = Run(
            "grade", "--data", bench.path("s.csv"), "--as-of", "2019-12-31", "--out", bench.path("n"))
        #expect(direct.status == .done && scored.status == .done, "\(direct.error) \(scored.error)")
        let grades = try ["m", "n"].map { try RunFolder(bench.folder.file($0)).ratings()?.map(\.grade) }
        #expect(grades[0] == grades[1] && grades[0]?.count == 3_000)
    }

    @Test func whatCannotBeUsedIsNamed() throws {
        let desk = try Desk()
        func failure(_ status: CommandStatus, _ arguments: String...) -> String {
            let run = Run(
                ["grade", "--data", desk.folder.path("data.csv"), "--out", desk.folder.path("x")] + arguments)
            #expect(run.status == status, "\(run.error)")
            return run.error
        }
        #expect(failure(.usage).contains("give --as-of DAY"))
        #expect(failure(.usage, "--as-of", "June").contains("give a day"))
        #expect(failure(.usage, "--as-of", "2024-06-30", "--fit-scale").contains("give --outcome COLUMN"))
        #expect(failure(.usage, "--fit-scale", "--master-scale", "x").contains("not both"))
        #expect(failure(.usage, "--what-if", "x").contains("--what-if compares with --policy"))
        _ = try desk.folder.write(
            "rules: 1\nname: n\nchecks:\n  - {name: a, when: nothing > 1, cap: B, reason: r}\n",
            to: "bad.yaml")
        #expect(
            failure(.usage, "--as-of", "2024-06-30", "--rules", desk.folder.path("bad.yaml"))
                .contains("rule 'a': no column 'nothing'"))
        #expect(
            failure(
                .usage, "--as-of", "2024-06-30", "--fit-adaptation", "--outcome", "in_default",
                "--predictors",
                "exposure"
            ).contains("give COLUMN:industry or COLUMN:region"))
        _ = try desk.folder.write("id,pd\na,1.2\n", to: "data.csv")
        #expect(failure(.badData, "--as-of", "2024-06-30").contains("the pd of row 1 is no fraction"))
        _ = try desk.folder.write("id,x\na,1.2\n", to: "data.csv")
        #expect(failure(.badData, "--as-of", "2024-06-30").contains("no column 'log_odds' or 'pd'"))
        #expect(!FileManager.default.fileExists(atPath: desk.folder.path("x")))
    }
}
