import CKernels

/// A forest in the memory that the kernels read, and the calls that score rows with it.
@safe
final class ForestKernel: @unchecked Sendable {
    // Sendable holds because nothing is written after init.

    /// Rows of a block.
    static let blockRows = Int(OBLIGOR_FOREST_ROWS)
    /// Neighbouring features that are transposed at once.
    static let lanes = Int(OBLIGOR_FOREST_LANES)

    let numbers: [obligor_forest_number]
    let categories: [obligor_forest_category]
    let columnCount: Int
    let classColumnCount: Int
    private let floatThresholds: AlignedBuffer<Float>
    private let doubleThresholds: AlignedBuffer<Double>
    private let classes: AlignedBuffer<UInt8>
    /// What the pointers of `forest` point into.
    private let storage: [AnyObject]
    private let forest: obligor_forest

    init(_ layout: ForestLayout) {
        numbers = layout.numbers
        categories = layout.categories
        columnCount = layout.columnCount
        classColumnCount = layout.classColumnCount
        floatThresholds = AlignedBuffer(layout.floatThresholds)
        doubleThresholds = AlignedBuffer(layout.doubleThresholds)
        classes = AlignedBuffer(layout.classes)
        let numbers = AlignedBuffer(layout.numbers)
        let categories = AlignedBuffer(layout.categories)
        let sets = AlignedBuffer(layout.sets)
        let nodes = AlignedBuffer(layout.nodes)
        let steps = AlignedBuffer(layout.steps)
        let stepValues = AlignedBuffer(layout.stepValues)
        let trees = AlignedBuffer(layout.trees)
        let groups = AlignedBuffer(layout.groups)
        let leaves = AlignedBuffer(layout.leaves)
        let pathTests = AlignedBuffer(layout.pathTests)
        let paths = AlignedBuffer(layout.paths)
        storage = [
            numbers, categories, sets, nodes, steps, stepValues, trees, groups, leaves, pathTests, paths,
        ]
        // SAFETY: the buffers live as long as self.
        unsafe forest = obligor_forest(
            numbers: numbers.start, thresholds_f32: floatThresholds.start,
            thresholds_f64: doubleThresholds.start,
            categories: categories.start, classes: classes.start, sets: sets.start, nodes: nodes.start,
            steps: steps.start, step_values: stepValues.start, trees: trees.start, groups: groups.start,
            leaves: leaves.start, path_tests: layout.hasPaths ? UnsafePointer(pathTests.start) : nil,
            paths: layout.hasPaths ? UnsafePointer(paths.start) : nil, number_count: numbers.count,
            category_count: categories.count, group_count: groups.count, columns: layout.columnCount,
            class_columns: layout.classColumnCount)
    }

    /// Ranks and classes of a block of rows, and room to make them; one per thread.
    struct Block {
        fileprivate let ranks: AlignedBuffer<Int8>
        fileprivate let classes: AlignedBuffer<UInt8>
        fileprivate let lanes = AlignedBuffer<Float>(count: ForestKernel.lanes * ForestKernel.blockRows)
    }

    /// Room for a block of rows.
    func makeBlock() -> Block {
        Block(
            ranks: AlignedBuffer(repeating: 0, count: columnCount * Self.blockRows),
            classes: AlignedBuffer(repeating: 0, count: classColumnCount * Self.blockRows))
    }

    /// Copies up to ``lanes`` neighbouring features of rows that lie one after the other into columns of the block.
    ///
    /// - Parameters:
    ///   - values: Row after row, `stride` values each.
    ///   - rows: At most ``blockRows``.
    ///   - features: At most ``lanes``, each < `stride`.
    func transpose(
        _ values: Span<Float>, stride: Int, rows: Range<Int>, features: Range<Int>, into block: Block,
        _ instructions: Instructions
    ) {
        precondition(rows.count <= Self.blockRows && features.count <= Self.lanes)
        precondition(rows.lowerBound >= 0 && features.lowerBound >= 0 && features.upperBound <= stride)
        precondition(rows.upperBound * stride <= values.count)
        // SAFETY: the kernel reads the features of the rows, which the preconditions put inside the values.
        unsafe values.withUnsafeBufferPointer { values in
            guard let start = values.baseAddress else { return }
            unsafe obligor_forest_transpose(
                instructions.kernelValue, start + rows.lowerBound * stride + features.lowerBound, stride,
                rows.count, features.count, block.lanes.start)
        }
    }

    /// Ranks a transposed feature.
    func rank(_ number: Int, lane: Int, count: Int, in block: Block, _ instructions: Instructions) {
        precondition((0..<Self.lanes).contains(lane) && count <= Self.blockRows)
        unsafe rank(number, block.lanes.start + lane * Self.blockRows, count, block, instructions)
    }

    /// Finds the classes of a transposed feature.
    func classify(_ category: Int, lane: Int, count: Int, in block: Block) {
        precondition((0..<Self.lanes).contains(lane) && count <= Self.blockRows)
        unsafe classify(category, block.lanes.start + lane * Self.blockRows, count, block)
    }

    /// Ranks values of a feature, at most ``blockRows``.
    func rank(_ number: Int, of values: Span<Float>, in block: Block, _ instructions: Instructions) {
        precondition(values.count <= Self.blockRows)
        unsafe values.withUnsafeBufferPointer { values in
            guard let start = values.baseAddress else { return }
            unsafe rank(number, start, values.count, block, instructions)
        }
    }

    /// Ranks values of a feature, at most ``blockRows``.
    func rank(_ number: Int, of values: Span<Double>, in block: Block) {
        precondition(values.count <= Self.blockRows)
        let description = numbers[number]
        // SAFETY: the kernel reads the values and the thresholds of its own column, and writes a column of ranks.
        unsafe values.withUnsafeBufferPointer { values in
            unsafe withUnsafePointer(to: description) { description in
                guard let start = values.baseAddress else { return }
                unsafe obligor_forest_ranks_f64(
                    start, values.count,
                    doubleThresholds.start + Int(description.pointee.first_threshold), description,
                    column(description.pointee.left_column, block),
                    column(description.pointee.right_column, block)
                )
            }
        }
    }

    /// Finds the classes of values of a feature, at most ``blockRows``.
    func classify(_ category: Int, of values: Span<Float>, in block: Block) {
        precondition(values.count <= Self.blockRows)
        unsafe values.withUnsafeBufferPointer { values in
            guard let start = values.baseAddress else { return }
            unsafe classify(category, start, values.count, block)
        }
    }

    /// Finds the classes of values of a feature, at most ``blockRows``.
    func classify(_ category: Int, of values: Span<Double>, in block: Block) {
        precondition(values.count <= Self.blockRows)
        let description = categories[category]
        // SAFETY: the kernel looks up codes < limit, and writes a column of classes.
        unsafe values.withUnsafeBufferPointer { values in
            guard let start = values.baseAddress else { return }
            unsafe obligor_forest_classes_f64(
                start, values.count, classes.start + Int(description.first_entry), Int(description.limit),
                block.classes.start + Int(description.column) * Self.blockRows)
        }
    }

    /// Finds the classes of codes of a feature, at most ``blockRows``; a code of `levels` or more is missing.
    func classify(_ category: Int, of codes: Span<UInt32>, levels: Int, in block: Block) {
        precondition(codes.count <= Self.blockRows)
        let description = categories[category]
        // SAFETY: as above.
        unsafe codes.withUnsafeBufferPointer { codes in
            guard let start = codes.baseAddress else { return }
            unsafe obligor_forest_classes_u32(
                start, codes.count, levels, classes.start + Int(description.first_entry),
                Int(description.limit),
                block.classes.start + Int(description.column) * Self.blockRows)
        }
    }

    /// Adds the scores of a block whose ranks and classes are there.
    ///
    /// - Parameter sums: ``blockRows`` per output, output after output.
    func add(
        _ block: Block, count: Int, to sums: inout MutableSpan<Double>, outputs: Int,
        _ instructions: Instructions
    ) {
        precondition(count <= Self.blockRows && sums.count == outputs * Self.blockRows)
        // SAFETY: every column and output that the forest names was counted when it was laid out.
        unsafe sums.withUnsafeMutableBufferPointer { sums in
            unsafe withUnsafePointer(to: forest) { forest in
                guard let sums = sums.baseAddress else { return }
                unsafe obligor_forest_add_block(
                    instructions.kernelValue, forest, count, block.ranks.start, block.classes.start, sums)
            }
        }
    }

    /// Hands the forest, the ranks and the classes of a block to another kernel.
    func withForest(
        _ block: Block,
        _ body: (UnsafePointer<obligor_forest>, UnsafeMutablePointer<Int8>, UnsafePointer<UInt8>) -> Void
    ) {
        unsafe withUnsafePointer(to: forest) { forest in
            unsafe body(forest, block.ranks.start, UnsafePointer(block.classes.start))
        }
    }

    /// Adds the scores of one row to one sum per output.
    ///
    /// - Parameter row: A value for every feature that the forest asks about.
    func add(_ row: Span<Float>, to sums: inout MutableSpan<Double>, _ instructions: Instructions) {
        unsafe row.withUnsafeBufferPointer { row in
            unsafe withScratch(&sums) { forest, scratch, sums in
                // SAFETY: a forest of no features reads nothing of a row of no values.
                unsafe obligor_forest_add_row_f32(
                    instructions.kernelValue, forest, row.baseAddress, scratch, sums)
            }
        }
    }

    /// Adds the scores of one row to one sum per output.
    ///
    /// - Parameter row: A value for every feature that the forest asks about.
    func add(_ row: Span<Double>, to sums: inout MutableSpan<Double>, _ instructions: Instructions) {
        unsafe row.withUnsafeBufferPointer { row in
            unsafe withScratch(&sums) { forest, scratch, sums in
                // SAFETY: a forest of no features reads nothing of a row of no values.
                unsafe obligor_forest_add_row_f64(
                    instructions.kernelValue, forest, row.baseAddress, scratch, sums)
            }
        }
    }

    private func withScratch(
        _ sums: inout MutableSpan<Double>,
        _ body: (UnsafePointer<obligor_forest>, UnsafeMutablePointer<Int8>, UnsafeMutablePointer<Double>) ->
            Void
    ) {
        let bytes = max(columnCount, 256) + classColumnCount
        unsafe withUnsafeTemporaryAllocation(of: Int8.self, capacity: bytes) { scratch in
            // Permutes read all 256 places, of which the last may have no column.
            unsafe scratch.initialize(repeating: 0)
            unsafe sums.withUnsafeMutableBufferPointer { sums in
                unsafe withUnsafePointer(to: forest) { forest in
                    guard let scratch = scratch.baseAddress, let sums = sums.baseAddress else { return }
                    unsafe body(forest, scratch, sums)
                }
            }
        }
    }

    private func rank(
        _ number: Int, _ values: UnsafePointer<Float>, _ count: Int, _ block: Block,
        _ instructions: Instructions
    ) {
        // SAFETY: the kernel reads the values and the thresholds of its own column, and writes a column of ranks.
        unsafe withUnsafePointer(to: numbers[number]) { description in
            unsafe obligor_forest_ranks_f32(
                instructions.kernelValue, values, count,
                floatThresholds.start + Int(description.pointee.first_threshold), description,
                column(description.pointee.left_column, block),
                column(description.pointee.right_column, block))
        }
    }

    private func classify(_ category: Int, _ values: UnsafePointer<Float>, _ count: Int, _ block: Block) {
        let description = categories[category]
        // SAFETY: the kernel looks up codes < limit, and writes a column of classes.
        unsafe obligor_forest_classes_f32(
            values, count, classes.start + Int(description.first_entry), Int(description.limit),
            block.classes.start + Int(description.column) * Self.blockRows)
    }

    private func column(_ number: UInt32, _ block: Block) -> UnsafeMutablePointer<Int8>? {
        unsafe number == .max ? nil : block.ranks.start + Int(number) * Self.blockRows
    }
}

extension AlignedBuffer {
    /// A copy of some elements.
    convenience init(_ elements: [Element]) {
        self.init(count: elements.count)
        // SAFETY: the buffer has room for as many elements.
        unsafe elements.withUnsafeBufferPointer { elements in
            guard let first = elements.baseAddress else { return }
            unsafe start.initialize(from: first, count: elements.count)
        }
    }
}
