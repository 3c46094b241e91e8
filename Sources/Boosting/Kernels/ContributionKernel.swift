import CKernels

/// The leaves of a forest in the memory that the contribution kernel reads, and the call that uses them.
@safe
final class ContributionKernel: @unchecked Sendable {
    // Sendable holds because nothing is written after init.

    /// Rows at a time.
    static let rows = Int(OBLIGOR_CONTRIBUTION_ROWS)

    private let storage: [AnyObject]
    private let contributions: obligor_contributions
    private let mostSplits: Int
    private let mostFeatures: Int
    private let featuresPerOutput: Int

    init(_ layout: ContributionLayout) {
        let trees = AlignedBuffer(layout.trees)
        let splitTests = AlignedBuffer(layout.splitTests)
        let leaves = AlignedBuffer(layout.leaves)
        let elements = AlignedBuffer(layout.elements)
        let tests = AlignedBuffer(layout.tests)
        let values = AlignedBuffer(layout.values)
        let features = AlignedBuffer(layout.features)
        let complements = AlignedBuffer(layout.complements)
        storage = [trees, splitTests, leaves, elements, tests, values, features, complements]
        mostSplits = layout.mostSplits
        mostFeatures = layout.mostFeatures
        featuresPerOutput = layout.featuresPerOutput
        // SAFETY: the buffers live as long as self.
        unsafe contributions = obligor_contributions(
            trees: trees.start, split_tests: splitTests.start, leaves: leaves.start,
            elements: elements.start, tests: tests.start, values: values.start, features: features.start,
            complements: complements.start, most_splits: mostSplits, most_features: mostFeatures,
            features_per_output: featuresPerOutput)
    }

    /// Room for intermediate results; one per thread.
    struct Scratch {
        fileprivate let passes: AlignedBuffer<UInt64>
        fileprivate let treeSums: AlignedBuffer<Float>
    }

    /// Room for intermediate results.
    func makeScratch() -> Scratch {
        Scratch(
            passes: AlignedBuffer(count: 2 * mostSplits),
            treeSums: AlignedBuffer(count: mostFeatures * Self.rows))
    }

    /// Adds the contributions of ``rows`` rows of a block whose ranks and classes are there.
    ///
    /// - Parameters:
    ///   - firstRow: The first of them in the block, a multiple of ``rows``.
    ///   - sums: ``rows`` per feature, feature after feature, output after output.
    func add(
        _ kernel: ForestKernel, _ block: ForestKernel.Block, firstRow: Int, scratch: Scratch,
        to sums: inout MutableSpan<Double>, outputs: Int, _ instructions: Instructions
    ) {
        precondition(firstRow >= 0 && firstRow % Self.rows == 0 && firstRow < ForestKernel.blockRows)
        precondition(sums.count == outputs * featuresPerOutput * Self.rows)
        // SAFETY: both layouts come from one forest, whose columns, features and outputs were counted.
        unsafe sums.withUnsafeMutableBufferPointer { sums in
            unsafe withUnsafePointer(to: contributions) { contributions in
                unsafe kernel.withForest(block) { forest, ranks, classes in
                    guard let sums = sums.baseAddress else { return }
                    unsafe obligor_forest_add_contributions(
                        instructions.kernelValue, forest, contributions, firstRow, ranks, classes,
                        scratch.passes.start, scratch.treeSums.start, sums)
                }
            }
        }
    }
}
