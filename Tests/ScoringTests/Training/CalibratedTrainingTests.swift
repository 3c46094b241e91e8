import Foundation
import Glibc
import Parallelism
import Statistics
import Tables
import TestSupport
import Testing

@testable import Scoring

@Suite("A recipe with a calibration")
struct CalibratedTrainingTests {
    private static let kinds: [Recipe] = [
        SmallCredit.logisticRecipe, SmallCredit.recipe(.scorecard(ScorecardRecipe())),
        SmallTrees.recipe { options in
            options.rounds = 8
            options.stopping = .none
        },
    ]

    private static let methods: [CalibrationRecipe] = [
        .init(method: .platt), .init(method: .beta), .init(method: .isotonic, fittedOn: .heldOut, share: 0.3),
        .init(centralTendency: .init(target: .rate(0.03))),
        .init(
            method: .platt, centralTendency: .init(target: .rate(0.05)),
            cycle: .init(direction: .toPointInTime, factor: -1),
            margins: [.init(category: .a, amount: .relative(0.1), reason: "gaps")], floor: 0.0005),
    ]

    private func recipe(_ kind: Int, _ calibration: CalibrationRecipe?) -> Recipe {
        var recipe = Self.kinds[kind]
        recipe.calibration = calibration
        return recipe
    }

    @Test("score = PD = points, for one row, a batch and any number of threads", arguments: 0..<3, 0..<5)
    func onePath(kind: Int, method: Int) throws {
        let table = try SmallCredit.table(rows: 900)
        let trained = try ModelTrainer(recipe(kind, Self.methods[method])).train(table)
        let model = trained.model
        let calibration = try #require(model.calibration)
        let batch = try model.score(table)
        #expect(try model.score(table, workers: Workers(threads: 3)) == batch)
        let raw = try model.scorer.logOdds(of: table)
        for row in stride(from: 0, to: table.rowCount, by: 97) {
            let alone = try model.score(table.gathered([row]))
            #expect(alone.logOdds == [batch.logOdds[row]] && alone.scores == [batch.scores[row]])
            #expect(alone.points == batch.points.map { [$0[row]] })
            #expect(alone.reasons?.names(ofRow: 0) == batch.reasons?.names(ofRow: row))
        }
        for row in 0..<table.rowCount {
            #expect(batch.logOdds[row] == calibration.logOdds(raw[row]))
            #expect(batch.scores[row] == model.scaling.offset - model.scaling.factor * batch.logOdds[row])
        }
        guard let scorecard = model.scorecard else { return }
        #expect((batch.points != nil) == (calibration.line != nil))
        guard let points = batch.points else {
            #expect(
                trained.report.rounding == nil && trained.report.remarks.contains { $0.contains("no line") })
            return
        }
        // Whole points differ from exact ones by at most half a point for each characteristic and the base.
        let most = Double(scorecard.characteristics.count + 1) / 2
        for row in points.indices { expectClose(points[row], batch.scores[row], absolute: most) }
        let rounding = try #require(trained.report.rounding)
        #expect(rounding.maximumPoints <= most)
    }

    @Test("survives its file; a scorecard whose points were not adapted is refused", arguments: 0..<3, 0..<5)
    func files(kind: Int, method: Int) throws {
        let table = try SmallCredit.table(rows: 600)
        let model = try ModelTrainer(recipe(kind, Self.methods[method])).train(table).model
        let data = try ModelArtifact.data(of: model)
        let again = try ModelArtifact.model(from: data)
        #expect(again == model)
        #expect(try ModelArtifact.data(of: again) == data)
        #expect(try again.score(table) == model.score(table))
        guard kind == 1, model.calibration?.line != nil else { return }
        let bent = try ScoringModel(
            name: model.name, description: nil, form: model.form, schema: model.schema, roles: model.roles,
            calibration: nil, scaling: model.scaling, reasons: model.reasons, references: model.references,
            masterScale: nil, fingerprint: model.fingerprint, metrics: [:])
        #expect(throws: ArtifactError.self) {
            try ModelArtifact.model(from: try ModelArtifact.data(of: bent))
        }
    }

    @Test("fits on rows that its model has not seen, the same for any number of threads", arguments: 0..<3)
    func unseen(kind: Int) throws {
        let table = try SmallCredit.table(rows: 900)
        let recipe = recipe(kind, .init(method: .platt, folds: FoldOptions(count: 4, seed: 2)))
        let model = try ModelTrainer(recipe, workers: .single).train(table).model
        #expect(try ModelTrainer(recipe, workers: Workers(threads: 4)).train(table).model == model)
        // By hand: the folds, a plain model without each, Platt's line on what they say.
        let data = try TrainingData(table, recipe: recipe)
        let folds = try data.folds(FoldOptions(count: 4, seed: 2), recipe: recipe)
        var logOdds = [Double](repeating: .nan, count: table.rowCount)
        for fold in 0..<folds.count {
            let plain = try ModelTrainer(self.recipe(kind, nil)).train(
                table.gathered(folds.trainingRows(fold))
            ).model
            let rows = folds.testRows(fold)
            let ofFold = try plain.logOdds(of: table.gathered(rows))
            for (place, row) in rows.enumerated() { logOdds[row] = ofFold[place] }
        }
        let line = try CalibrationSample(
            logOdds: logOdds, defaulted: data.defaulted, weights: data.weights
        ).platt()
        #expect(model.calibration?.line == line)
        #expect(
            model.calibration?.basis
                == .init(fittedOn: .crossFitted, rows: 900, defaults: data.defaulted.count { $0 }))
        let unseen = try #require(model.metrics[ScoringModel.unseenRows])
        expectClose(
            try #require(unseen.auc),
            try RankedOutcomes(risks: logOdds, defaulted: data.defaulted, weights: data.weights).auc,
            absolute: 1e-12)
        // Otherwise the model is the plain one.
        let plain = try ModelTrainer(self.recipe(kind, nil)).train(table).model
        #expect(plain.scorer == model.scorer && plain.fingerprint.dataDigest == model.fingerprint.dataDigest)
    }

    @Test("with rows held out, the model is that of the others", arguments: 0..<3)
    func heldOut(kind: Int) throws {
        let table = try SmallCredit.table(rows: 900)
        let recipe = recipe(kind, .init(method: .platt, fittedOn: .heldOut, share: 0.25))
        let model = try ModelTrainer(recipe).train(table).model
        let data = try TrainingData(table, recipe: recipe)
        let folds = try data.folds(FoldOptions(count: 4, seed: recipe.folds.seed), recipe: recipe)
        let plain = try ModelTrainer(self.recipe(kind, nil)).train(
            table.gathered(folds.trainingRows(0))
        ).model
        #expect(plain.scorer == model.scorer)
        #expect(model.calibration?.basis.rows == folds.testRows(0).count)
        #expect(model.fingerprint.rows == 900)
    }

    @Test("what cannot be reached is a typed error; an imported forest has no rows to calibrate on")
    func refusals() throws {
        let table = try SmallCredit.table(rows: 600)
        let impossible = CalibrationRecipe(
            centralTendency: .init(target: .rate(0.1), by: .shiftAndScale, lowestPD: 0.2))
        #expect {
            try ModelTrainer(recipe(0, impossible)).train(table)
        } throws: { error in
            guard case .calibration = error as? TrainingError else { return false }
            return !"\(error)".contains("\n")
        }
        let model = try ModelTrainer(recipe(2, nil)).train(table).model
        let forest = try #require(model.boostedTrees).forest
        var calibrated = recipe(2, .init(method: .platt))
        calibrated.gates = nil
        #expect(throws: TrainingError.self) {
            try ScoringModel(importing: forest, recipe: calibrated, content: Data())
        }
    }
}

@Suite("The calibration section of a recipe")
struct CalibrationRecipeTests {
    private func recipe(_ calibration: String) throws -> Recipe {
        try Recipe(
            "recipe: 1\nname: x\ntarget: {column: y, default: 1}\nmodel: {kind: logistic}\n"
                + "calibration: \(calibration)\n")
    }

    @Test("is read as written")
    func reading() throws {
        let full = try recipe(
            """

              method: beta
              fittedOn: heldOut
              folds: {count: 3, seed: 7}
              share: 0.3
              resampling: {populationRate: 0.02, trainingRate: 0.5}
              centralTendency: {target: 0.03, by: quasiMoments, accuracyRatio: 0.6}
              cycle: {direction: toThroughTheCycle, factor: 0.5, assetCorrelation: 0.1}
              margins:
                A: {relative: 0.1, reason: missing accounts}
                B: {absolute: 0.001, reason: new markets}
                C: {confidence: 0.9, reason: length of the sample}
              floor: 0.0005
            """
        ).calibration
        #expect(
            full
                == CalibrationRecipe(
                    method: .beta, fittedOn: .heldOut, folds: FoldOptions(count: 3, seed: 7), share: 0.3,
                    resampling: .init(populationRate: 0.02, trainingRate: 0.5),
                    centralTendency: .init(target: .rate(0.03), by: .quasiMoments, accuracyRatio: 0.6),
                    cycle: .init(direction: .toThroughTheCycle, factor: 0.5, assetCorrelation: 0.1),
                    margins: [
                        .init(category: .a, amount: .relative(0.1), reason: "missing accounts"),
                        .init(category: .b, amount: .absolute(0.001), reason: "new markets"),
                        .init(category: .c, amount: .confidence(0.9), reason: "length of the sample"),
                    ], floor: 0.0005))
        #expect(try recipe("{}").calibration == CalibrationRecipe())
        let bound = try recipe("{centralTendency: {target: {confidence: 0.9, years: 5}}}").calibration
        #expect(bound?.centralTendency?.target == .lowDefault(.init(confidence: 0.9, years: 5)))
        #expect(try recipe("{method: platt}").digest != recipe("{method: beta}").digest)
    }

    @Test(
        "is refused where it contradicts itself",
        arguments: [
            "{method: magic}", "{share: 0.9}", "{resampling: {populationRate: 0}}",
            "{centralTendency: {target: 1.5}}", "{centralTendency: {target: 0.1, by: shiftAndScale}}",
            "{centralTendency: {target: 0.1, accuracyRatio: 0.5}}",
            "{centralTendency: {target: 0.1, by: quasiMoments, lowestPD: 0.01}}",
            "{centralTendency: {by: shift}}", "{cycle: {factor: 1}}",
            "{cycle: {direction: toPointInTime, factor: 99}}", "{margins: {A: {relative: 0.1}}}",
            "{margins: {A: {reason: none}}}", "{margins: {D: {relative: 0.1, reason: x}}}",
            "{margins: {A: {relative: 0.1, absolute: 0.1, reason: x}}}", "{floor: -1}", "{flor: 0.1}",
        ])
    func refusals(text: String) {
        #expect(throws: (any Error).self) { try recipe(text) }
    }
}
