import CKernels

/// The columns of ranks that a forest's numeric splits ask for.
///
/// Column c of a feature holds up to 255 of its thresholds, those of the splits that send missing values the same
/// way and treat zero the same way; a feature with more thresholds has more columns.
struct RankColumns {
    /// The most thresholds of a column, so that ranks fit a byte.
    private static let mostThresholds = 255

    private(set) var numbers: [obligor_forest_number] = []
    private(set) var floatThresholds: [Float] = []
    private(set) var doubleThresholds: [Double] = []
    /// Number of columns.
    private(set) var count = 0

    /// A feature, and whether zero is missing.
    private struct Source: Hashable {
        var feature: Int
        var zeroIsMissing: Bool
    }

    /// A source's thresholds, rising, and where its columns are described in ``numbers``.
    private var thresholds: [Source: [Double]] = [:]
    private var firstNumber: [Source: Int] = [:]

    init(_ forest: Forest) {
        for tree in forest.trees {
            for split in tree.splits {
                guard let (source, threshold) = Self.question(split) else { continue }
                thresholds[source, default: []].append(threshold)
            }
        }
        let sources = thresholds.keys.sorted {
            ($0.feature, $0.zeroIsMissing ? 1 : 0) < ($1.feature, $1.zeroIsMissing ? 1 : 0)
        }
        for source in sources {
            let rising = Self.rising(thresholds[source] ?? [])
            thresholds[source] = rising
            firstNumber[source] = numbers.count
            for start in stride(from: 0, to: rising.count, by: Self.mostThresholds) {
                add(rising[start..<min(start + Self.mostThresholds, rising.count)], of: source)
            }
        }
        for tree in forest.trees {
            for split in tree.splits { admit(split) }
        }
    }

    /// A split's test: its column, and in the low byte the highest rank that goes left, less 128.
    func test(of split: Tree.Split) -> UInt32 {
        guard let (source, threshold) = Self.question(split) else {
            preconditionFailure("a split by category has no rank")
        }
        let (number, rank) = place(of: threshold, source)
        let column = split.missingGoesLeft ? numbers[number].left_column : numbers[number].right_column
        return column << 8 | UInt32(UInt8(truncatingIfNeeded: rank - 128))
    }

    private static func question(_ split: Tree.Split) -> (Source, Double)? {
        switch split.condition {
        case .atMost(let threshold): (Source(feature: split.feature, zeroIsMissing: false), threshold)
        case .atMostZeroMissing(let threshold):
            (Source(feature: split.feature, zeroIsMissing: true), threshold)
        case .oneOf: nil
        }
    }

    private static func rising(_ values: [Double]) -> [Double] {
        var result: [Double] = []
        for value in values.sorted() where value != result.last { result.append(value) }
        return result
    }

    /// Gives the columns that a split asks for a number.
    private mutating func admit(_ split: Tree.Split) {
        guard let (source, threshold) = Self.question(split) else { return }
        let number = place(of: threshold, source).number
        if split.missingGoesLeft {
            guard numbers[number].left_column == .max else { return }
            numbers[number].left_column = UInt32(count)
        } else {
            guard numbers[number].right_column == .max else { return }
            numbers[number].right_column = UInt32(count)
        }
        count += 1
    }

    private func place(of threshold: Double, _ source: Source) -> (number: Int, rank: Int) {
        let rising = thresholds[source] ?? []
        let place = rising.span.lowerBound(of: threshold)
        return ((firstNumber[source] ?? 0) + place / Self.mostThresholds, place % Self.mostThresholds)
    }

    /// Adds thresholds in level order, padded with ∞, which no value exceeds.
    private mutating func add(_ rising: ArraySlice<Double>, of source: Source) {
        var levels = 4
        while 1 << levels <= rising.count { levels += 1 }
        numbers.append(
            obligor_forest_number(
                feature: UInt32(source.feature), first_threshold: UInt32(doubleThresholds.count),
                levels: UInt32(levels), zero_is_missing: source.zeroIsMissing ? 1 : 0, left_column: .max,
                right_column: .max))
        var tree = [Double](repeating: .infinity, count: 1 << levels)
        for level in 0..<levels {
            for place in 0..<1 << level {
                // The middle of the place-th of 2^level equal parts of the sorted thresholds.
                let sorted = (2 * place + 1) << (levels - 1 - level) - 1
                if sorted < rising.count { tree[1 << level + place] = rising[rising.startIndex + sorted] }
            }
        }
        doubleThresholds += tree
        floatThresholds += tree.map(BinKernel.largestFloat)
    }
}
