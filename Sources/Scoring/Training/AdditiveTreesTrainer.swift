import Boosting
import Parallelism
import Tables

/// Trains additive trees: reads the columns, fits the functions, proves what they were held to.
struct AdditiveTreesTrainer {
    let options: AdditiveTreesRecipe
    let recipe: Recipe
    let workers: Workers

    func train(_ data: TrainingData) throws(TrainingError) -> TrainedParts {
        let design = try TreeDesign(data, recipe: recipe, directions: options.monotone)
        let settings = AdditiveSettings(
            options, defaulted: data.defaulted, weights: data.weights, directions: design.directions,
            workers: workers)
        let held = try settings.heldRows(of: data, recipe: recipe)
        let training: AdditiveTrees.Training
        do throws(BoostingError) {
            training = try AdditiveTrees(options: settings.additive).train(design.data, leavingOut: held)
        } catch { throw .boosting(error) }
        let asked =
            options.recalibrate ?? !recipe.isCalibratedByMethod
            ? LineOfRowsLeftOut(scores: training.outOfBagScores, design.data) : nil
        let shapes = asked?.line.map(training.shapes.moved) ?? training.shapes
        let spoken = shapes.spokenFeatures
        guard !spoken.isEmpty else {
            throw .boosting(
                .nothingToLearn(
                    reason: "no step of any function is worth making; add columns that tell defaults apart"))
        }
        let model: AdditiveTreesModel
        do throws(BoostingError) {
            model = try AdditiveTreesModel(
                inputs: spoken.map { design.inputs[$0] }, shapes: shapes.keeping(spoken),
                directions: spoken.map { design.directions[$0] })
        } catch { throw .boosting(error) }
        let idle = design.inputs.indices.filter { !spoken.contains($0) }.map {
            FeatureEncoding.DroppedColumn(
                column: design.inputs[$0].column, reason: "its function is 0 everywhere")
        }
        return TrainedParts(
            form: .additiveTrees(model), scaling: options.scaling, reasons: options.reasons,
            report: TrainingReport(
                dropped: data.passedOver + design.dropped + idle,
                remarks: remarks(training, asked?.remark, model)))
    }

    /// What the analyst reads of it.
    private func remarks(
        _ training: AdditiveTrees.Training, _ recalibration: String?, _ model: AdditiveTreesModel
    ) -> [String] {
        func span(_ rounds: [Int]) -> String {
            let (least, most) = (rounds.min() ?? 0, rounds.max() ?? 0)
            return least == most ? "\(most)" : "\(least) to \(most)"
        }
        let pairs =
            training.pairRounds.isEmpty
            ? "" : ", and of \(span(training.pairRounds)) cycles over \(model.shapes.pairs.count) pairs"
        let proofs = model.certificate.proofs.count
        return ["the mean of \(training.rounds.count) fits of \(span(training.rounds)) cycles\(pairs)"]
            + (recalibration.map { [$0] } ?? [])
            + (proofs == 0
                ? []
                : [
                    "proved that risk keeps to its direction in \(proofs) \(proofs == 1 ? "column" : "columns")"
                ])
    }
}

/// A recipe's options for data of some size.
struct AdditiveSettings {
    /// How functions are fitted.
    private(set) var additive: AdditiveOptions
    /// Bags whose functions are averaged.
    let bags: Int
    /// Parts that rows are dealt into, one of which a bag leaves out.
    let folds: Int

    /// The options of a recipe, completed for the size of the data; with no more folds than there are defaults or
    /// non-defaults.
    ///
    /// - Parameter weights: Of the rows; `nil` for 1.
    init(
        _ recipe: AdditiveTreesRecipe, defaulted: [Bool], weights: [Double]?, directions: [Int8],
        workers: Workers
    ) {
        let defaults = defaulted.count { $0 }
        let rarer = min(defaults, defaulted.count - defaults)
        let usual = AdditiveTrees.defaults(
            rows: defaulted.count, rarer: rarer, features: directions.count)
        var options = usual.options
        options.rounds = recipe.rounds ?? options.rounds
        options.learningRate = recipe.learningRate ?? options.learningRate
        options.leaves = recipe.leaves ?? options.leaves
        options.smoothingRounds = recipe.smoothingRounds ?? options.smoothingRounds
        options.minimumRowsInLeaf = recipe.minimumRowsInLeaf ?? options.minimumRowsInLeaf
        let meanWeight = RowWeights.mean(weights)
        options.minimumHessianInLeaf =
            recipe.minimumHessianInLeaf ?? options.minimumHessianInLeaf * meanWeight
        options.l2 = recipe.l2 ?? options.l2 * meanWeight
        options.maximumBins = recipe.maximumBins ?? options.maximumBins
        options.minimumRowsInBin = recipe.minimumRowsInBin ?? options.minimumRowsInBin
        options.order = recipe.order.map(AdditiveOptions.Order.init) ?? options.order
        options.pairOrder = recipe.pairOrder.map(AdditiveOptions.Order.init) ?? options.pairOrder
        options.categorySmoothing = recipe.categorySmoothing ?? options.categorySmoothing * meanWeight
        options.pairs = recipe.pairs ?? options.pairs
        options.pairCells = recipe.pairCells ?? options.pairCells
        options.monotone = directions
        options.earlyStoppingRounds = recipe.stoppingRounds ?? options.earlyStoppingRounds
        options.seed = recipe.seed
        options.threads = workers.threads
        additive = options
        bags = recipe.bags ?? usual.bags
        folds = recipe.folds ?? min(usual.folds, max(2, rarer))
    }

    /// By bag, the rows that it leaves out: all folds of one dealing in turn, then those of the next.
    func heldRows(of data: TrainingData, recipe: Recipe) throws(TrainingError) -> [[Int]] {
        var held: [[Int]] = []
        var dealing: UInt64 = 0
        while held.count < bags {
            let dealt = try data.folds(
                FoldOptions(count: folds, seed: additive.seed &+ dealing), recipe: recipe)
            held += (0..<min(folds, bags - held.count)).map(dealt.testRows)
            dealing += 1
        }
        return held
    }
}

extension AdditiveOptions.Order {
    fileprivate init(_ order: AdditiveTreesRecipe.Order) {
        self =
            switch order {
            case .cyclic: .cyclic
            case .greedy: .greedy
            }
    }
}

extension AdditiveShapes {
    /// The features whose function or a pair of which is not 0 everywhere.
    fileprivate var spokenFeatures: [Int] {
        let paired = Set(pairs.filter { $0.isSpoken }.flatMap { [$0.first, $0.second] })
        return features.indices.filter { feature in
            paired.contains(feature) || functions[feature].values.contains { $0 != 0 }
        }
    }

    /// The shapes of some features only, which include all of pairs that say something.
    fileprivate func keeping(_ kept: [Int]) -> AdditiveShapes {
        let places = Dictionary(kept.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        return AdditiveShapes(
            features: kept.map { features[$0] }, intercept: intercept,
            functions: kept.map { functions[$0].joined },
            pairs: pairs.filter(\.isSpoken).compactMap { pair in
                guard let first = places[pair.first], let second = places[pair.second] else { return nil }
                var pair = pair
                (pair.first, pair.second) = (first, second)
                return pair
            })
    }
}

extension AdditiveShapes.Pair {
    /// Whether it is not 0 everywhere.
    fileprivate var isSpoken: Bool { values.contains { $0 != 0 } }
}

extension AdditiveShapes.Function {
    /// The same function, with neighbouring cells of numbers joined where their values are equal.
    fileprivate var joined: AdditiveShapes.Function {
        guard case .number(let bounds) = axis else { return self }
        var kept: [Double] = []
        var (values, weights): ([Double], [Double]) = ([], [])
        for cell in 0...bounds.count {
            if values.last == self.values[cell], !values.isEmpty {
                kept.removeLast()
                weights[weights.count - 1] += self.weights[cell]
            } else {
                values.append(self.values[cell])
                weights.append(self.weights[cell])
            }
            if cell < bounds.count { kept.append(bounds[cell]) }
        }
        let last = self.values.count - 1
        return AdditiveShapes.Function(
            axis: .number(upperBounds: kept), values: values + [self.values[last]],
            weights: weights + [self.weights[last]])
    }
}
