/// How cyclic boosting fits shape functions; the defaults need no tuning.
public struct AdditiveOptions: Sendable, Hashable {
    /// Cycles over all functions, at most; every cycle takes one step of each.
    public var rounds = 5_000
    /// Shrinkage of every step, in (0, 1].
    public var learningRate = 0.03
    /// Levels of a step of a one-feature function, ≥ 2.
    public var leaves = 2
    /// Which function takes the next step of a cycle, once it is no longer drawn.
    public var order: Order = .greedy
    /// The same for functions of pairs.
    public var pairOrder: Order = .cyclic
    /// First cycles whose cuts are drawn at random, so that functions take their shape before steps pick at noise.
    public var smoothingRounds = 50
    /// Training rows on every level of a step, at least.
    public var minimumRowsInLeaf = 4
    /// Sum of hessians on every level of a step, at least.
    public var minimumHessianInLeaf = 1e-3
    /// Penalty on squared step values, ≥ 0.
    public var l2 = 0.0
    /// Added to a category's hessian when levels are put in gradient order.
    public var categorySmoothing = 10.0
    /// Bins per feature besides the one for missing, 2 … 65,535.
    public var maximumBins = 1023
    /// Rows in every bin, at least.
    public var minimumRowsInBin = 1
    /// Pairs of features with a function of their own, at most; 0 for none.
    public var pairs = 0
    /// Cells along each side of a pair's grid besides the one for missing, 2 … 255.
    public var pairCells = 24
    /// Directions that must hold, by feature: +1 rising, −1 falling, 0 free; empty for all free.
    public var monotone: [Int8] = []
    /// Stops when the rows left out have not improved for so many cycles, ≥ 1.
    public var earlyStoppingRounds = 100
    /// Where all randomness starts.
    public var seed: UInt64 = 1
    /// Threads to work on; the result does not depend on them.
    public var threads = 1

    /// The defaults.
    public init() {}

    /// The order of steps in a cycle.
    public enum Order: String, Sendable, Hashable, CaseIterable {
        /// Every function takes one step.
        case cyclic
        /// As many steps, each of the function that gains most; those that say little are left alone.
        case greedy
    }

    /// These options, if every one is in its range.
    ///
    /// - Throws: ``BoostingError/badOption(name:value:expected:)`` naming the first that is not.
    public func validated() throws(BoostingError) -> AdditiveOptions {
        func require(_ holds: Bool, _ name: String, _ value: Any, _ expected: String) throws(BoostingError) {
            if !holds { throw .badOption(name: name, value: "\(value)", expected: expected) }
        }
        try require(rounds >= 1, "rounds", rounds, "at least 1")
        try require(learningRate > 0 && learningRate <= 1, "learningRate", learningRate, "in (0, 1]")
        try require((2...256).contains(leaves), "leaves", leaves, "2 … 256")
        try require(smoothingRounds >= 0, "smoothingRounds", smoothingRounds, "at least 0")
        try require(minimumRowsInLeaf >= 1, "minimumRowsInLeaf", minimumRowsInLeaf, "at least 1")
        try require(
            minimumHessianInLeaf >= 0 && minimumHessianInLeaf.isFinite, "minimumHessianInLeaf",
            minimumHessianInLeaf, "a number ≥ 0")
        try require(l2 >= 0 && l2.isFinite, "l2", l2, "a number ≥ 0")
        try require(
            categorySmoothing >= 0 && categorySmoothing.isFinite, "categorySmoothing", categorySmoothing,
            "a number ≥ 0")
        try require((2...65_535).contains(maximumBins), "maximumBins", maximumBins, "2 … 65,535")
        try require(minimumRowsInBin >= 1, "minimumRowsInBin", minimumRowsInBin, "at least 1")
        try require((0...10_000).contains(pairs), "pairs", pairs, "0 … 10,000")
        try require((2...255).contains(pairCells), "pairCells", pairCells, "2 … 255")
        try require(
            monotone.allSatisfy { (-1...1).contains($0) }, "monotone", monotone,
            "−1, 0 or +1 for each feature")
        try require(earlyStoppingRounds >= 1, "earlyStoppingRounds", earlyStoppingRounds, "at least 1")
        try require((1...1024).contains(threads), "threads", threads, "1 … 1,024")
        return self
    }

    /// What binning reads of the options of boosting.
    var binning: BoostingOptions {
        var options = BoostingOptions()
        options.maximumBins = maximumBins
        options.minimumRowsInBin = minimumRowsInBin
        options.monotone = monotone
        options.seed = seed
        return options
    }
}
