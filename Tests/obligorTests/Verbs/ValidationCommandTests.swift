import Foundation
import Results
import Scoring
import TestSupport
import Testing

@testable import obligor

@Suite("evaluate --full, and the model card")
struct ValidationCommandTests {
    private func evaluate(_ bench: Workbench, _ more: String...) -> Run {
        Run(["evaluate", bench.path("run"), "--data", bench.path("new.csv")] + more)
    }

    @Test func makesEveryTestAndWritesIt() throws {
        let bench = try Workbench(rows: 3_000, defaultRate: 0.08)
        #expect(try bench.train(kind: .scorecard).status == .done)
        let run = evaluate(
            bench, "--full", "--by", "industry,exposure", "--time", "as_of", "--exposure", "exposure",
            "--sample", "out of time", "--out", bench.path("checked"))
        #expect(run.status == .done, "\(run.error)")
        for text in ["Validation:", "Hosmer-Lemeshow", "Stability since development", "By part", "score"] {
            #expect(run.output.contains(text), "\(text)")
        }
        let folder = try RunFolder(bench.folder.file("checked"))
        #expect(folder.record.command == "evaluate" && folder.record.inputs.map(\.role) == ["model", "data"])
        let record = try #require(try folder.validation())
        let tests = try #require(record.tests)
        let names = Set(tests.map(\.test))
        for name in [
            "AUC", "AUC against development", "KS", "binomial", "Jeffreys", "normal", "correlated binomial",
            "Hosmer-Lemeshow", "Hosmer-Lemeshow over grades", "Spiegelhalter", "calibration slope",
            "calibration in the large", "heterogeneity", "homogeneity", "Herfindahl",
            "Herfindahl by exposure", "concentration against development", "calibration of part",
        ] { #expect(names.contains(name), "\(name)") }
        #expect(tests.allSatisfy { $0.sample == "out of time" && !$0.meaning.isEmpty })
        #expect(try #require(tests.first { $0.test == "KS" }).lower != nil)
        #expect(
            Set(try #require(record.segments).map(\.dimension)).isSuperset(of: [
                "industry", "exposure", "time",
            ]))
        let model = try ModelArtifact.read(bench.folder.file("run/model.json"))
        let shifts = try #require(record.stability)
        #expect(shifts.map(\.variable) == ["score"] + model.scorer.columns)
        #expect(
            shifts.allSatisfy {
                $0.normalCritical != nil && ($0.pointShift == nil) == ($0.variable == "score")
            })
        #expect(run.output.contains("points moved"))
        let curve = try #require(record.roc?.first)
        #expect(curve.points.count <= 201 && curve.points.last == .init(x: 1, y: 1))
        // As JSON, the same.
        struct Report: Decodable { let auc: Double, tests: [TestRecord], stability: [StabilityRecord] }
        let json = evaluate(
            bench, "--full", "--by", "industry,exposure", "--time", "as_of", "--exposure", "exposure",
            "--sample", "out of time", "--json")
        let report = try JSONDecoder().decode(Report.self, from: Data(json.output.utf8))
        #expect(report.tests == tests && report.stability == record.stability)
        #expect(report.auc == record.samples.first?.performance.auc)
    }

    @Test func adaptedPDsAndGradesAreWhatIsValidated() throws {
        let bench = try Workbench(rows: 2_000)
        #expect(try bench.train().status == .done)
        let graded = Run(
            "grade", "--model", bench.path("run"), "--data", bench.path("past.csv"), "--out", bench.path("g"),
            "--fit-adaptation", "--quiet")
        #expect(graded.status == .done, "\(graded.error)")
        let adaptation = bench.path("g/adaptation.json")
        let run = evaluate(
            bench, "--full", "--adaptation", adaptation, "--by", "industry", "--out", bench.path("adapted"))
        #expect(run.status == .done, "\(run.error)")
        let plain = evaluate(bench, "--full", "--by", "industry", "--out", bench.path("plain"))
        #expect(plain.status == .done, "\(plain.error)")
        // What grading the same rows says is what is validated.
        let again = Run(
            "grade", "--model", bench.path("run"), "--data", bench.path("new.csv"), "--out", bench.path("h"),
            "--adaptation", adaptation, "--quiet")
        #expect(again.status == .done, "\(again.error)")
        let pds = try #require(try RunFolder(bench.folder.file("h")).ratings()).map(\.pd)
        let folder = try RunFolder(bench.folder.file("adapted"))
        let record = try #require(try folder.validation())
        let own = try #require(try RunFolder(bench.folder.file("plain")).validation())
        #expect(folder.record.inputs.map(\.role) == ["model", "data", "option"])
        let segments = try #require(record.segments)
        let rows = segments.reduce(0) { $0 + $1.performance.rows }
        #expect(rows == 2_000)
        expectClose(
            segments.reduce(0) { $0 + ($1.meanPD ?? .nan) * Double($1.performance.rows) },
            pds.reduce(0, +), relative: 1e-9)
        #expect(record.samples[0].performance != own.samples[0].performance)
        #expect(try #require(record.tests) != (try #require(own.tests)))
        // Shifts since development are those of the model itself; its grades are not these.
        #expect(record.stability == own.stability)
        #expect(record.tests?.contains { $0.test == "concentration against development" } == false)
        #expect(evaluate(bench, "--industry", "industry").status == .usage)
        let missing = evaluate(bench, "--adaptation", adaptation, "--region", "planet")
        #expect(missing.status == .badData && missing.error.contains("planet"), "\(missing.error)")
        let model = evaluate(bench, "--adaptation", bench.path("run/model.json"))
        #expect(model.status == .badData && model.error.contains("no adaptation"), "\(model.error)")
    }

    @Test func refusesWhatCannotBe() throws {
        let bench = try Workbench(rows: 600)
        #expect(try bench.train().status == .done)
        #expect(evaluate(bench, "--by", "industry").status == .usage)
        #expect(evaluate(bench, "--exposure", "exposure").status == .usage)
        let words = evaluate(bench, "--full", "--exposure", "industry")
        #expect(words.status == .usage && words.error.contains("holds no numbers"), "\(words.error)")
        let missing = evaluate(bench, "--full", "--by", "planet")
        #expect(missing.status == .badData && missing.error.contains("planet"), "\(missing.error)")
        let noGrade = evaluate(bench, "--full", "--given-grade", "industry")
        #expect(noGrade.status == .badData && noGrade.error.contains("no grade from AAA to D"))
        let own = evaluate(bench, "--full", "--out", bench.path("run"))
        #expect(own.status == .usage && own.error.contains("would take the place"), "\(own.error)")
    }

    @Test func gatesOfTestsAreJudged() throws {
        let bench = try Workbench(rows: 3_000, defaultRate: 0.1)
        let recipe = try bench.recipe(
            "folds:",
            "gates: {maximumPSI: 0.2, maximumFailedDiscrimination: 0, maximumCalibrationError: 0.1}\nfolds:")
        let trained = Run(
            "train", recipe, "--data", bench.path("past.csv"), "--out", bench.path("run"), "--holdout",
            bench.path("new.csv"))
        #expect(trained.status == .done, "\(trained.error)")
        let record = try #require(try RunFolder(bench.folder.file("run")).validation())
        // The shift is judged on the data held out only.
        #expect(try #require(record.gates).filter { $0.gate == "maximumPSI" }.map(\.sample) == ["held out"])
        #expect(Set(try #require(record.tests).map(\.sample)) == ["cross-validation", "held out"])
        // The same obligors with the opposite outcome, without asking for a full validation.
        let turned = try bench.text("new.csv").replacing(",true\n", with: ",?\n").replacing(
            ",false\n", with: ",true\n"
        ).replacing(",?\n", with: ",false\n")
        let data = try bench.folder.write(turned, to: "turned.csv")
        let bad = Run("evaluate", bench.path("run"), "--data", data)
        #expect(
            bad.status == .gateRefused && bad.error.contains("failed tests of discrimination"), "\(bad.error)"
        )
        #expect(!bad.output.contains("Validation: "))
    }

    @Test func aCalibratedScorecardScoresAndExplains() throws {
        let bench = try Workbench(rows: 3_000, defaultRate: 0.1)
        let text =
            Workbench.scorecardRecipe.replacing(
                "minimumBinShare: 0.1}",
                with: "minimumBinShare: 0.1, variables: {days_beyond_terms: {trend: ascending}}}")
                + """
                calibration:
                  method: platt
                  centralTendency: {target: 0.04}
                card:
                  owner: Credit risk
                  performanceWindow: 12 months
                  asOf: as_of
                  limits: [Not for banks.]
                  labels: {days_beyond_terms: pays late}

                """
        let recipe = try bench.folder.write(text, to: "card.yaml")
        let run = Run("train", recipe, "--data", bench.path("past.csv"), "--out", bench.path("run"))
        #expect(run.status == .done, "\(run.error)")
        #expect(
            Run(
                "score", bench.path("run"), "--data", bench.path("past.csv"), "--out", bench.path("r.csv")
            ).status == .done)
        let ratings = try bench.text("r.csv").split(separator: "\n").dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let pds = try ratings.map { try #require(Double($0[3])) }
        // The mean over the rows that each model had not seen is 4 %; over those it has seen it is close.
        #expect((0.03...0.05).contains(pds.reduce(0, +) / Double(pds.count)))
        let model = try ModelArtifact.read(bench.folder.file("run/model.json"))
        for fields in ratings {
            let (score, logOdds) = (try #require(Double(fields[1])), try #require(Double(fields[2])))
            expectClose(
                score, model.scaling.score(ofLogOdds: logOdds),
                absolute: Double(model.scorer.columns.count + 1) / 2)
        }
        let explained = Run(
            "explain", bench.path("run"), "--data", bench.path("past.csv"), "--out", bench.path("e.csv"))
        #expect(explained.status == .done, "\(explained.error)")
        let lines = try bench.text("e.csv").split(separator: "\n")
        #expect(lines[0].contains("id,log_odds,base,calibration,contribution_"))
        for (line, fields) in zip(lines.dropFirst().prefix(200), ratings) {
            let numbers = line.split(separator: ",").dropFirst().compactMap { Double($0) }
            expectClose(numbers.dropFirst().reduce(0, +), numbers[0], absolute: 1e-9)
            expectClose(numbers[0], try #require(Double(fields[2])), absolute: 1e-12)
        }
        let card = try #require(try RunFolder(bench.folder.file("run")).modelCard())
        #expect(card.owner == "Credit risk" && card.limits == ["Not for banks."])
        #expect(card.data.rows == 3_000 && card.data.from != nil && card.data.to != nil)
        #expect(
            card.calibration?.contains("platt") == true
                && card.calibration?.contains("centralTendency") == true)
        #expect(card.features.map(\.name).sorted() == model.scorer.columns.sorted())
        expectClose(card.features.compactMap(\.importance).reduce(0, +), 1, absolute: 1e-9)
        let late = try #require(card.features.first { $0.name == "days_beyond_terms" })
        #expect(late.label == "pays late" && late.expectedSign == "+" && late.sign == "+")
        #expect(!card.tests.isEmpty && card.versions.recipeDigest == model.fingerprint.recipeDigest)
    }

    @Test(arguments: ModelKind.allCases)
    func everyKindHasACard(kind: ModelKind) throws {
        let bench = try Workbench(rows: 1_200)
        #expect(try bench.train(kind: kind).status == .done)
        let card = try #require(try RunFolder(bench.folder.file("run")).modelCard())
        #expect(card.kind == kind.rawValue && card.purpose == "not stated" && !card.features.isEmpty)
        #expect(card.limits.contains { $0.contains("not calibrated") })
        #expect(card.performance.map(\.sample) == ["training"])
        #expect((card.versions.seed != nil) == [.boostedTrees, .additiveTrees].contains(kind))
        if kind == .boostedTrees {
            #expect(card.features.first { $0.name == "days_beyond_terms" }?.sign == "+")
            #expect(card.features.first { $0.name == "days_beyond_terms" }?.expectedSign == "+")
        }
    }
}
