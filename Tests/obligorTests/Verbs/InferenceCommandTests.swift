import Foundation
import Results
import Tables
import TestSupport
import Testing

@testable import obligor

@Suite(
    "train reports errors, intervals and tests as R does",
    .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
struct InferenceOracleTests {
    /// German credit as R's glm reads it: raw units, the first level the reference.
    private static func recipe(_ inference: String, penalty: String = "none") -> String {
        """
        recipe: 1
        name: German small
        target: {column: class, default: 2}
        features: {include: [status, duration, amount, age, installment_rate]}
        model:
          kind: logistic
          standardise: false
          caps: none
          referenceLevel: first
          penalty: \(penalty)
          inference: \(inference)

        """
    }

    private func trained(
        _ inference: String, penalty: String = "none", in folder: TemporaryFolder
    ) throws -> RegressionRecord {
        let recipe = try folder.write(Self.recipe(inference, penalty: penalty), to: "recipe.yaml")
        let run = Run(
            "train", recipe, "--data", SharedData.file("data/german_credit/german.csv").path, "--out",
            folder.path("run"), "--replace")
        #expect(run.status == .done && run.error.isEmpty, "\(run.error)")
        return try #require(try RunFolder(folder.file("run")).training()?.regression)
    }

    private func oracle(_ name: String = "german_small") throws -> Oracle {
        try Oracle(shared: "logistic/\(name).json")("expected")
    }

    private func rName(_ name: String) -> String {
        name == "(intercept)" ? "(Intercept)" : name.replacing(" = ", with: "")
    }

    @Test func coefficientsAndFit() throws {
        let folder = try TemporaryFolder()
        let record = try trained("{}", in: folder)
        let expected = try oracle()
        #expect(record.method == "maximumLikelihood" && record.notes.isEmpty)
        #expect(record.coefficients.count == 8)
        for coefficient in record.coefficients {
            let name = rName(coefficient.name)
            expectClose(coefficient.value, try expected("coefficients", name).number, relative: 1e-7, name)
            expectClose(
                try #require(coefficient.standardError), try expected("std_errors", name).number,
                relative: 1e-7, name)
            expectClose(try #require(coefficient.z), try expected("z", name).number, relative: 1e-7, name)
            expectClose(
                try #require(coefficient.pValue), try expected("p", name).number, relative: 1e-5, name)
        }
        for name in ["duration", "statusA14"] {
            let row = try #require(record.coefficients.first { rName($0.name) == name })
            expectClose(
                try #require(row.lower), try expected("wald_95", name, "lower").number, relative: 1e-7)
            expectClose(
                try #require(row.upper), try expected("wald_95", name, "upper").number, relative: 1e-7)
        }
        let fit = record.fit
        #expect(fit.observations == 1_000 && fit.degreesOfFreedom == 8)
        expectClose(fit.deviance, try expected("deviance").number, relative: 1e-10)
        expectClose(fit.nullDeviance, try expected("null_deviance").number, relative: 1e-10)
        expectClose(try #require(fit.aic), try expected("aic").number, relative: 1e-10)
        expectClose(try #require(fit.bic), try expected("bic").number, relative: 1e-10)
        let test = try #require(fit.againstNull)
        #expect(test.degreesOfFreedom == 7)
        expectClose(
            try #require(test.statistic),
            try expected("null_deviance").number - expected("deviance").number, relative: 1e-9)
    }

    @Test func profileIntervals() throws {
        let folder = try TemporaryFolder()
        let expected = try oracle()
        for (confidence, key) in [("0.95", "profile_likelihood_95"), ("0.99", "profile_likelihood_99")] {
            let record = try trained("{intervals: profile, confidence: \(confidence)}", in: folder)
            for name in ["duration", "statusA14"] {
                let row = try #require(record.coefficients.first { rName($0.name) == name })
                expectClose(
                    try #require(row.lower), try expected(key, name, "lower").number, relative: 1e-7)
                expectClose(
                    try #require(row.upper), try expected(key, name, "upper").number, relative: 1e-7)
            }
        }
    }

    @Test func robustErrors() throws {
        let folder = try TemporaryFolder()
        let expected = try oracle()
        let record = try trained("{covariance: robust}", in: folder)
        #expect(record.covariance == "robust")
        for coefficient in record.coefficients {
            let error = try #require(coefficient.standardError)
            expectClose(
                error, try expected("robust_std_errors_HC0", rName(coefficient.name)).number, relative: 1e-7)
            expectClose(try #require(coefficient.z), coefficient.value / error, relative: 1e-12)
        }
    }

    /// Firth's estimates of brglm2, and logistf's figures of its tests.
    @Test func firth() throws {
        let folder = try TemporaryFolder()
        let record = try trained("{intervals: profile}", penalty: "firth", in: folder)
        let expected = try oracle("firth_german_small")("brglm2")
        #expect(record.method == "firth" && record.notes.isEmpty)
        for coefficient in record.coefficients {
            let name = rName(coefficient.name)
            expectClose(coefficient.value, try expected("coefficients", name).number, relative: 1e-6, name)
            let (lower, upper) = (try #require(coefficient.lower), try #require(coefficient.upper))
            #expect(lower < coefficient.value && coefficient.value < upper)
        }
    }

    /// scikit-learn's ridge and glmnet's lasso on all columns of German credit.
    @Test func penalties() throws {
        let folder = try TemporaryFolder()
        func values(standardise: Bool, _ penalty: String) throws -> [String: Double] {
            let recipe = try folder.write(
                """
                recipe: 1
                name: German, penalised
                target: {column: class, default: 2}
                model:
                  kind: logistic
                  standardise: \(standardise)
                  caps: none
                  rareLevels: {minimumCount: 1}
                  referenceLevel: first
                  penalty: \(penalty)

                """, to: "recipe.yaml")
            let run = Run(
                "train", recipe, "--data", SharedData.file("data/german_credit/german.csv").path, "--out",
                folder.path("run"), "--replace")
            #expect(run.status == .done && run.error.isEmpty, "\(run.error)")
            let record = try #require(try RunFolder(folder.file("run")).training()?.regression)
            return Dictionary(
                record.coefficients.map { (rName($0.name), $0.value) },
                uniquingKeysWith: { first, _ in first })
        }
        let ridge = try values(standardise: true, "{l2: 1}")
        let expected = try oracle("l2_german_C1")("coefficients").members
        #expect(ridge.count == expected.count)
        for (name, value) in expected {
            expectClose(try #require(ridge[name]), try value.number, absolute: 1e-8, name)
        }
        let path = try oracle("glmnet_german_lasso_standardised")("at").list
        for point in [path[2], path[5]] {
            let lambda = try point("lambda").number
            let lasso = try values(standardise: false, "{elasticNet: {alpha: 1, lambda: \(lambda)}}")
            let expected = try point("coefficients").members
            #expect(expected.count > 3)
            for (name, value) in lasso {
                let number = try expected[name]?.number ?? 0
                // glmnet stops at 1e-6 on the standardised scale, which for amounts is 1e-10 and for indicators 1e-5.
                expectClose(value, number, absolute: name == "amount" ? 1e-9 : 2e-5, name)
            }
        }
    }

    /// A column's likelihood ratio is the difference of the deviances of two models, one trained without it.
    @Test func columnTestsAreDifferencesOfDeviances() throws {
        let folder = try TemporaryFolder()
        let full = try trained("{}", in: folder)
        #expect(
            full.tests.map(\.column).sorted() == ["age", "amount", "duration", "installment_rate", "status"])
        for (column, degrees) in [("status", 3), ("age", 1)] {
            let text = Self.recipe("{tests: false}").replacing("\(column), ", with: "")
            let recipe = try folder.write(text, to: "less.yaml")
            let run = Run(
                "train", recipe, "--data", SharedData.file("data/german_credit/german.csv").path, "--out",
                folder.path("less"), "--replace")
            #expect(run.status == .done, "\(run.error)")
            let less = try #require(try RunFolder(folder.file("less")).training()?.regression)
            #expect(less.tests.isEmpty)
            let test = try #require(full.tests.first { $0.column == column })
            #expect(test.likelihoodRatio.degreesOfFreedom == degrees)
            expectClose(
                try #require(test.likelihoodRatio.statistic), less.fit.deviance - full.fit.deviance,
                relative: 1e-8)
            if degrees == 1 {
                let z = try #require(full.coefficients.first { $0.name == column }?.z)
                expectClose(try #require(test.wald.statistic), z * z, relative: 1e-9)
            }
        }
    }
}

@Suite("train writes a table of coefficients")
struct InferenceCommandTests {
    private func record(_ bench: Workbench, _ run: Run) throws -> RegressionRecord {
        #expect(run.status == .done && run.error.isEmpty, "\(run.error)")
        return try #require(try RunFolder(bench.folder.file("run")).training()?.regression)
    }

    @Test func theTableHoldsWhatTheRecordHolds() throws {
        let bench = try Workbench()
        let recipe = try bench.recipe("{l2: 1}", "none")
        let run = Run("train", recipe, "--data", bench.path("past.csv"), "--out", bench.path("run"))
        let record = try record(bench, run)
        let table = try CSVReader().read(bench.path("run/coefficients.csv"))
        #expect(
            table.names == [
                "feature", "coefficient", "standard_error", "z", "p_value", "lower", "upper", "vif",
            ])
        #expect(table.rowCount == record.coefficients.count)
        for (row, coefficient) in record.coefficients.enumerated() {
            #expect(table["feature"]?.text(at: row) == coefficient.name)
            #expect(table["coefficient"]?.doubles?[row] == coefficient.value)
            #expect(table["standard_error"]?.doubles?[row] == coefficient.standardError)
            #expect(table["upper"]?.doubles?[row] == coefficient.upper)
            #expect((row == 0) == (coefficient.varianceInflation == nil))
            #expect((coefficient.varianceInflation ?? 1) >= 1)
        }
        let text = try bench.text("run/coefficients.md")
        for title in ["| Feature |", "| Column left out |", "AIC", "industry = "] {
            #expect(text.contains(title), "\(title)")
        }
        for title in ["95 % from", "VIF", "AIC", "Against the intercept alone", "each column left out"] {
            #expect(run.output.contains(title), "\(title)")
        }
    }

    @Test(arguments: ["{l2: 1}", "{elasticNet: {alpha: 1, lambda: 0.01}}"])
    func aPenaltyLeavesOutWhatWouldMislead(penalty: String) throws {
        let bench = try Workbench()
        let recipe = try bench.recipe("{l2: 1}", penalty)
        let run = Run("train", recipe, "--data", bench.path("past.csv"), "--out", bench.path("run"))
        let record = try record(bench, run)
        #expect(
            record.tests.isEmpty && record.coefficients.allSatisfy { $0.pValue == nil && $0.lower == nil })
        #expect(record.notes.count == 1)
        #expect(record.coefficients.dropFirst().allSatisfy { $0.varianceInflation != nil })
        #expect(run.output.contains(record.notes[0]))
        // Only a ridge leaves an effective number of parameters.
        #expect((record.fit.aic != nil) == (penalty == "{l2: 1}"))
    }

    @Test func aClassicalScorecardHasOneToo() throws {
        let bench = try Workbench()
        let card = try bench.folder.write(
            Workbench.scorecardRecipe + "  regression: {attributes: woe}\n", to: "classical.yaml")
        let run = Run("train", card, "--data", bench.path("past.csv"), "--out", bench.path("run"))
        let record = try record(bench, run)
        let names = Array(record.coefficients.map(\.name).dropFirst())
        #expect(record.coefficients[0].name == "(intercept)" && names == record.tests.map(\.column))
        #expect(record.coefficients[0].standardError != nil)
        let csv = try CSVReader().read(bench.path("run/scorecard.csv"))
        #expect(Set(names) == Set((0..<csv.rowCount).compactMap { csv["characteristic"]?.text(at: $0) }))
    }

    @Test(
        arguments: [
            ("inference: {intervals: exact}", "one of wald, profile, none"),
            ("inference: {confidence: 95}", "from 0.5 to 0.999999"),
            (
                "inference: {intervals: profile, covariance: robust}",
                "intervals: wald with another covariance"
            ),
            ("inference: {covariance: clustered}", "clustered needs the column of groups"),
        ])
    func badOptionsAreTheRecipesFault(key: String, message: String) throws {
        let bench = try Workbench(rows: 300)
        let recipe = try bench.recipe("penalty: {l2: 1}", key)
        let run = Run("train", recipe, "--data", bench.path("past.csv"), "--out", bench.path("run"))
        #expect(run.status == .usage && run.error.contains(message), "\(run.error)")
    }

    /// Groups of one row each are the robust covariance, times the correction for the number of groups.
    @Test func clustersAreTheRecipesGroups() throws {
        let bench = try Workbench(rows: 800)
        func errors(_ inference: String, _ group: String) throws -> [Double] {
            let text = Workbench.recipe.replacing("{l2: 1}", with: "none, inference: \(inference)") + group
            let recipe = try bench.folder.write(text, to: "grouped.yaml")
            let run = Run(
                "train", recipe, "--data", bench.path("past.csv"), "--out", bench.path("run"), "--replace")
            return try record(bench, run).coefficients.map { $0.standardError ?? .nan }
        }
        let clustered = try errors("{covariance: clustered}", "group: bureau_score\n")
        let robust = try errors("{covariance: robust}", "")
        #expect(clustered.count == robust.count && clustered != robust)
        #expect(zip(clustered, robust).allSatisfy { (0.3...3).contains($0 / $1) })
    }
}
