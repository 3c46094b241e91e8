import Foundation
import Parallelism
import Scoring
import Statistics
import StrictYAML
import TestSupport
import Testing

@Suite("A damaged recipe gives a recipe or a typed error, never a trap")
struct RecipeHostileTests {
    /// A recipe of every kind with nearly every key, for the small credit table.
    private static let texts = [
        """
        recipe: 1
        name: small card
        target: {column: outcome, default: [default], nonDefault: paid}
        id: id
        weight: weight
        columns:
          bureau: {type: double, special: [-1], range: {minimum: -1}}
          home: {type: category, levels: [own, rent, boat], unseenLevels: append}
        features: {include: [income, delay, home, bureau]}
        folds: {count: 3, seed: 4}
        gates: {judgedBy: training, minimumAUC: 0.5, maximumLogLoss: 1, maximumFailedCalibration: 3, maximumPSI: 0.2}
        calibration:
          method: platt
          fittedOn: heldOut
          share: 0.3
          resampling: {populationRate: 0.1, trainingRate: 0.3}
          centralTendency: {target: {confidence: 0.9, assetCorrelation: 0.1}, by: shift}
          cycle: {direction: toPointInTime, factor: -1}
          margins: {A: {relative: 0.1, reason: gaps}, C: {confidence: 0.9, reason: few}}
          floor: 0.001
        card: {owner: risk, limits: [none], labels: {income: earns little}}
        model:
          kind: scorecard
          binning:
            prebinning: tree
            maximumPrebins: 8
            maximumBins: 4
            minimumBinShare: 0.05
            maximumBinShare: 1
            minimumDefaults: 1
            minimumRateGap: 0.01
            maximumPValue: 0.9
            trend: automatic
            rareLevelShare: 0.05
            rareLevels: mergeable
            unseen: worst
            unseenMissing: neutral
            zeroCellAddition: 0.5
            variables:
              income: {splits: [10, 20, 30], fixed: [20], trend: descending}
              home: {kind: categorical, groups: [[own], [rent, boat]]}
              bureau: {special: {none: -1}}
          selection:
            informationValue: {minimum: 0.001, maximum: 5}
            maximumCorrelation: 0.99
            maximumVIF: 10
            stepwise: {direction: both, criterion: pValue, entry: 0.5, exit: 0.6}
            expectedSign: true
            force: [delay]
          regression: {l2: 0.5}
          scaling: {pdo: 20, baseOdds: 50, baseScore: 600, rate: 2, rounding: integer, base: spread}
          reasons: {count: 2, reference: mean}

        """,
        """
        recipe: 1
        name: small logistic
        target: {column: outcome, default: default}
        weight: weight
        columns: {bureau: {type: double, special: [-1]}}
        features: {exclude: [id]}
        folds: {count: 3, seed: 4}
        model:
          kind: logistic
          standardise: true
          missing: medianAndIndicator
          caps: {lower: 0.01, upper: 0.99}
          rareLevels: {minimumCount: 5}
          referenceLevel: mostFrequent
          references: {home: own}
          penalty: {elasticNet: {alpha: 0.5, lambda: 0.01}}
          signs: {income: riskFalls}
          bounds: {delay: {lower: -1, upper: 5}}
          scaling: {pdo: 20, baseOdds: 50, baseScore: 600, rate: 2}
          reasons: {count: 3, reference: maximum}

        """,
        """
        recipe: 1
        name: small trees
        target: {column: outcome, default: default}
        weight: weight
        columns: {bureau: {type: double, special: [-1]}}
        features: {exclude: [id]}
        folds: {count: 3, seed: 4}
        model:
          kind: boosted-trees
          monotone: {income: falling, delay: rising}
          monotoneMethod: intermediate
          interactions: [[income, delay], [home, bureau]]
          rounds: 5
          learningRate: 0.3
          growth: leafWise
          leaves: [3, 5]
          maximumDepth: 4
          minimumRowsInLeaf: 5
          minimumHessianInLeaf: 0.001
          minimumGain: 0
          l1: 0.1
          l2: 2
          bins: {maximum: 30, minimumRows: 3}
          categories: {oneHotLevels: 4, smoothing: 10, l2: 10}
          sampling: {rows: 0.8, columns: 0.6, columnsOfSplit: 1}
          dropout: {share: 0.1, skip: 0.5}
          stopping: {folds: 2, committee: true, regrow: true, rounds: 3, metric: loss}
          recalibrate: true
          seed: 1
          scaling: {pdo: 20, baseOdds: 50, baseScore: 600, rate: 2}
          reasons: {count: 3, reference: neutral}

        """,
    ]

    private static let splices = [
        "&a ", "*a", "!!int ", "---\n", ": ", "- ", "{", "}", "[", "]", ",", "|", "'", "\"", "#", "\t", "\n",
        "kind: logistic\n", "model: {}\n", "1e999", ".inf", "-1", "0", "null", "~", "trend: none\n", "  ",
        "é",
    ]

    /// What stands in for a value.
    private static let others = [
        "0", "-1", "1", "2", "3", "0.5", "1e-300", "1e12", "-1e12", "1e300", ".inf", "99999", "true", "false",
        "none", "null", "income", "delay", "home", "bureau", "weight", "outcome", "id", "nothing", "default",
        "paid",
        "ascending", "descending", "peak", "valley", "largestIV", "quantiles", "backward", "forward", "aic",
        "bic",
        "firth", "first", "error", "median", "worst", "mostFrequent", "ownBin", "separate", "neutral",
        "integer",
        "category", "rising", "falling", "depthWise", "basic", "auc", "text", "[]", "{}", "[0, 0]", "numeric",
        "categorical", "crossValidation",
    ]

    @Test("injuries", arguments: HostileInput.recipes.seeds)
    func injuries(seed: Int) {
        var mutator = Mutator(SeededGenerator(seed: UInt64(seed)), splices: Self.splices)
        for round in 0..<HostileInput.recipes.perSeed {
            let damaged = mutator.damaged(Array(Self.texts[round % Self.texts.count].utf8))
            do throws(YAMLError) {
                let recipe = try Recipe(yaml: YAMLReader().read(damaged, named: "recipe.yaml"))
                #expect(!recipe.digest.isEmpty)
            } catch {
                #expect(
                    error.description.hasPrefix("recipe.yaml:") && !error.description.contains("\n"),
                    "\(error)")
            }
        }
    }

    @Test("awkward values, up to a trained model", arguments: HostileInput.trainedRecipes.seeds)
    func trained(seed: Int) throws {
        let table = try SmallCredit.table(rows: 150, seed: 5)
        var mutator = Mutator(SeededGenerator(seed: UInt64(2_000 + seed)), splices: [])
        var trained = 0
        for round in 0..<HostileInput.trainedRecipes.perSeed {
            let text = mutator.exchanged(Self.texts[round % Self.texts.count], for: Self.others)
            let recipe: Recipe
            do throws(YAMLError) { recipe = try Recipe(text, named: "recipe.yaml") } catch {
                #expect(error.description.hasPrefix("recipe.yaml:"), "\(error)")
                continue
            }
            do throws(TrainingError) {
                let model = try ModelTrainer(recipe, workers: .single).train(table).model
                trained += 1
                #expect(throws: Never.self) {
                    let scored = try model.score(table)
                    #expect(scored.logOdds.allSatisfy { !$0.isNaN }, "\(text)")
                    #expect(try ModelArtifact.model(from: ModelArtifact.data(of: model)) == model, "\(text)")
                }
            } catch {
                #expect(!error.description.isEmpty && !error.description.contains("\n"), "\(error)")
            }
        }
        #expect(trained > 0, "no recipe was trained")
    }

    @Test("what is exchanged now and then still trains")
    func theTextsAreSound() throws {
        let table = try SmallCredit.table(rows: 150, seed: 5)
        for text in Self.texts {
            #expect(throws: Never.self) { try ModelTrainer(Recipe(text), workers: .single).train(table) }
        }
    }
}
