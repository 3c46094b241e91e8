import Foundation
import Grading
import Results
import Scoring
import Tables
import TestSupport
import Testing
import Vocabulary

@testable import obligor

@Suite("score rates every row")
struct ScoreCommandTests {
    /// The rows of a file of ratings.
    private func ratings(_ text: String) throws -> [RatingRecord] {
        var lines = text.split(separator: "\n").map(String.init)
        #expect(lines.removeFirst() == "id,score,log_odds,pd,grade,reasons")
        return try lines.map { line throws(RowFault) in
            var row = RowReader(
                columns: RatingRecord.columns,
                fields: line.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
            return try RatingRecord(from: &row)
        }
    }

    @Test func ratingsAreTheModelsOwn() throws {
        let bench = try Workbench()
        #expect(try bench.train().status == .done)
        let run = Run(
            "score", bench.path("run"), "--data", bench.path("new.csv"), "--out", bench.path("ratings.csv"))
        #expect(run.status == .done, "\(run.error)")
        let ratings = try ratings(bench.text("ratings.csv"))
        let model = try ModelArtifact.read(bench.folder.file("run/model.json"))
        var options = CSVOptions()
        options.schema = model.schema
        let table = try CSVReader(options).read(bench.path("new.csv"))
        let scored = try model.score(table)
        #expect(ratings.count == table.rowCount)
        for (row, rating) in ratings.enumerated() {
            #expect(rating.id == table["id"]?.text(at: row))
            #expect(rating.logOdds == scored.logOdds[row] && rating.score == scored.scores[row])
            #expect(rating.pd == scored.pd(ofRow: row))
            #expect(rating.reasons == scored.reasons?.names(ofRow: row))
            let pd = try #require(ProbabilityOfDefault(logOdds: rating.logOdds))
            #expect(rating.grade == MasterScale.standard.grade(of: pd).rawValue)
            // Score, log-odds and PD say the same.
            expectClose(
                rating.score, model.scaling.offset - model.scaling.factor * rating.logOdds, relative: 1e-12)
        }
        #expect(run.output.contains("1,500 obligors scored"))
    }

    /// With the maximum for reference and all reasons given, score and points lost add up to the best score there is.
    @Test func pointsLostAddUpToTheBestScore() throws {
        let bench = try Workbench()
        let recipe = try bench.folder.write(
            Workbench.scorecardRecipe + "  reasons: {count: 50, reference: maximum}\n", to: "reasons.yaml")
        #expect(
            Run("train", recipe, "--data", bench.path("past.csv"), "--out", bench.path("run")).status == .done
        )
        let columns = ["--columns", "score,reasons,points_lost"]
        let run = Run(
            ["score", bench.path("run"), "--data", bench.path("past.csv"), "--out", "-"] + columns)
        let lines = run.output.split(separator: "\n")
        #expect(lines.first == "score,reasons,points_lost", "\(run.error)")
        var totals: Set<Double> = []
        for line in lines.dropFirst() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            let lost = fields[2].split(separator: ";").compactMap { Double($0) }
            #expect(lost.count == fields[1].split(separator: ";").count && lost.allSatisfy { $0 > 0 })
            #expect(lost == lost.sorted(by: >))
            totals.insert(try #require(Double(fields[0])) + lost.reduce(0, +))
        }
        #expect(totals.count == 1)
        let file = bench.path("why.csv")
        let json = Run(["score", bench.path("run"), "--data", bench.path("new.csv"), "--out", file, "--json"])
        #expect(json.output.contains("\"reference\" : \"maximum\""))
    }

    @Test func aScorecardsScoreIsTheSumOfItsPrintedPoints() throws {
        let bench = try Workbench()
        #expect(try bench.train(kind: .scorecard).status == .done)
        let run = Run("score", bench.path("run"), "--data", bench.path("new.csv"), "--out", "-")
        let ratings = try ratings(run.output)
        let model = try ModelArtifact.read(bench.folder.file("run/model.json"))
        let rounding = try #require(try RunFolder(bench.folder.file("run")).training()?.rounding)
        let card = try CSVReader().read(bench.path("run/scorecard.csv"))
        var pointsOf: [String: Double] = [:]
        for row in 0..<card.rowCount {
            let key = [card["characteristic"], card["attribute"]].map { $0?.text(at: row) ?? "" }
            pointsOf[key.joined(separator: "|")] = card["points"]?.doubles?[row]
        }
        var options = CSVOptions()
        options.schema = model.schema
        options.columns = model.schema.names
        let table = try CSVReader(options).read(bench.path("new.csv"))
        let scorecard = try #require(model.scorecard)
        var sums = [Double](repeating: 0, count: table.rowCount)
        for characteristic in scorecard.characteristics {
            let labels = characteristic.binning.table.rows.map(\.label)
            let bins = try characteristic.binning.binIndices(of: table.column(named: characteristic.name))
            for (row, bin) in bins.enumerated() {
                sums[row] += try #require(pointsOf["\(characteristic.name)|\(labels[Int(bin)])"])
            }
        }
        #expect(ratings.map(\.score) == sums)
        for rating in ratings {
            // What the log-odds say, but for the rounding: half a point per characteristic at most.
            let exact = model.scaling.offset - model.scaling.factor * rating.logOdds
            #expect(abs(rating.score - exact) <= 0.5 * Double(scorecard.characteristics.count) + 1e-9)
        }
        #expect(rounding.maximumPoints <= 0.5 * Double(scorecard.characteristics.count) + 1e-9)
    }

    @Test func aRunAModelFileAndAPackedFileGiveTheSame() throws {
        let bench = try Workbench()
        #expect(try bench.train().status == .done)
        let plain = Run("score", bench.path("run"), "--data", bench.path("new.csv"), "--out", "-")
        #expect(plain.status == .done && plain.error.isEmpty)
        let file = Run("score", bench.path("run/model.json"), "--data", bench.path("new.csv"), "--out", "-")
        #expect(file.output == plain.output)
        let packed = Run(
            "score", bench.path("run"), "--data", bench.path("new.csv"), "--out", bench.path("ratings.csv.gz")
        )
        #expect(packed.status == .done)
        let bytes = try Data(contentsOf: bench.folder.file("ratings.csv.gz"))
        #expect(bytes.prefix(2) == Data([0x1F, 0x8B]))
        let table = try CSVReader().read(bench.path("ratings.csv.gz"))
        #expect(table.rowCount == 1_500 && table.names == RatingRecord.columns)
    }

    @Test func onlyTheColumnsWantedAreWritten() throws {
        let bench = try Workbench(rows: 400)
        #expect(try bench.train(kind: .scorecard).status == .done)
        func score(_ more: String...) -> Run {
            Run(["score", bench.path("run"), "--data", bench.path("new.csv"), "--out", "-"] + more)
        }
        let all = try CSVReader().read(.text(score().output))
        let some = try CSVReader().read(.text(score("--columns", "pd,id,reasons").output))
        #expect(some.names == ["pd", "id", "reasons"])
        #expect(some["pd"] == all["pd"] && some["id"] == all["id"] && some["reasons"] == all["reasons"])
        #expect(score("--columns", "id").output.split(separator: "\n").first == "id")
        for wrong in ["", "id,", "ID", "id,pd,id", "id;pd"] {
            let run = score("--columns", wrong)
            #expect(run.status == .usage && run.error.contains("log_odds"), "\(run.error)")
        }
    }

    @Test func rowsHaveNamesOrNumbers() throws {
        let bench = try Workbench()
        #expect(try bench.train().status == .done)
        let named = Run(
            "score", bench.path("run"), "--data", bench.path("new.csv"), "--out", "-", "--id", "as_of")
        #expect(try ratings(named.output).allSatisfy { $0.id == "2019-12-31" })
        let recipe = try bench.recipe("id: id\n", "")
        #expect(
            Run("train", recipe, "--data", bench.path("past.csv"), "--out", bench.path("nameless")).status
                == .done)
        let numbered = Run("score", bench.path("nameless"), "--data", bench.path("new.csv"), "--out", "-")
        #expect(try ratings(numbered.output).map(\.id) == (1...1_500).map(String.init))
    }

    @Test func dataWithoutTheNamesOfTheRecipeSaysWhatToDo() throws {
        let bench = try Workbench(rows: 400)
        #expect(try bench.train().status == .done)
        let nameless = try bench.folder.write(
            "industry,days_beyond_terms,overdue_share,equity_ratio\nretail,3,0.1,0.3\n", to: "nameless.csv")
        let refused = Run("score", bench.path("run"), "--data", nameless, "--out", "-")
        #expect(
            refused.status == .badData && refused.error.contains("give --id COLUMN, or --id ''"),
            "\(refused.error)")
        let numbered = Run("score", bench.path("run"), "--data", nameless, "--out", "-", "--id", "")
        #expect(try ratings(numbered.output).map(\.id) == ["1"])
    }

    @Test func whatTrainingNeverSawIsRated() throws {
        let bench = try Workbench()
        #expect(try bench.train().status == .done)
        let odd = try bench.folder.write(
            """
            industry,days_beyond_terms,overdue_share,equity_ratio,id
            space travel,1e300,,-1e300,"a, b"
            ,,,,
            """, to: "odd.csv")
        let run = Run("score", bench.path("run"), "--data", odd, "--out", bench.path("odd-ratings.csv"))
        #expect(run.status == .done, "\(run.error)")
        let table = try CSVReader().read(bench.path("odd-ratings.csv"))
        #expect(table.rowCount == 2)
        #expect(table["id"]?.text(at: 0) == "a, b")
        #expect(try #require(table["pd"]?.doubles).allSatisfy { $0 > 0 && $0 < 1 })
    }

    @Test func anEmptyFileOfTheRightColumnsGivesNoRatings() throws {
        let bench = try Workbench()
        #expect(try bench.train().status == .done)
        let none = try bench.folder.write(
            "id,industry,days_beyond_terms,overdue_share,equity_ratio\n", to: "none.csv")
        let run = Run("score", bench.path("run"), "--data", none, "--out", "-")
        #expect(run.status == .done && run.output == "id,score,log_odds,pd,grade,reasons\n")
    }

    @Test func theReportIsJSONOnRequest() throws {
        let bench = try Workbench()
        #expect(try bench.train().status == .done)
        let run = Run(
            "score", bench.path("run"), "--data", bench.path("new.csv"), "--out", bench.path("r.csv"),
            "--json")
        struct Report: Decodable {
            let rows: Int
            let grades: [ValidationRecord.GradeRecord]
        }
        let report = try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
        #expect(report.rows == 1_500)
        #expect(report.grades.map(\.grade) == Grade.performing.map(\.rawValue))
        #expect(report.grades.reduce(0) { $0 + $1.rows } == 1_500)
    }

    @Test func badRowsLeaveTheOldFile() throws {
        let bench = try Workbench()
        #expect(try bench.train().status == .done)
        let out = try bench.folder.write("old", to: "ratings.csv")
        let bad = try bench.folder.write(
            bench.text("new.csv") + "O1,2019-12-31,retail,north\n", to: "bad.csv")
        let run = Run("score", bench.path("run"), "--data", bad, "--out", out)
        #expect(run.status == .badData)
        #expect(run.error.contains("bad.csv") && run.error.contains("1502"), "\(run.error)")
        #expect(try bench.text("ratings.csv") == "old")
        #expect(
            try bench.folder.names == ["bad.csv", "new.csv", "past.csv", "ratings.csv", "recipe.yaml", "run"])
    }
}
