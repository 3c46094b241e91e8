import Tables

/// The observations of one numeric variable, sorted within each class, and the counts of what is not ordinary.
struct OrderedSample: Sendable {
    /// The finite values, special codes left out, of the observations that did not default and of those that did.
    private(set) var nonDefaults: OrderedClass
    private(set) var defaults: OrderedClass
    /// Counts of the values that have bins of their own.
    var missing = ClassCounts()
    var negativeInfinity = ClassCounts()
    var positiveInfinity = ClassCounts()
    /// Counts by special code.
    var special: [ClassCounts]

    /// Sorts a column.
    ///
    /// - Parameters:
    ///   - values: One per row.
    ///   - defaulted: One per row.
    ///   - weights: Finite and not negative, one per row, or `nil` for ones. Rows of weight 0 do not count.
    ///   - specialCodes: Numbers that are not ordinary values.
    ///   - buffers: Memory to sort in.
    init<Value: BinnableNumber>(
        _ values: Span<Value>, _ defaulted: [Bool], _ weights: [Double]?, _ specialCodes: [SpecialCode],
        _ buffers: inout SortBuffers
    ) {
        special = Array(repeating: ClassCounts(), count: specialCodes.count)
        let codes = specialCodes.enumerated().flatMap { index, code in code.numbers.map { ($0, index) } }
        var aside = Aside(codes: codes, special: special)
        if let weights {
            let weights = weights.span
            let classes = Self.split(values, defaulted.span, &aside, &buffers) { row, key in
                WeightedKey(key: key, weight: weights[row])
            } weight: {
                weights[$0]
            }
            nonDefaults = OrderedClass(sorting: classes.nonDefaults, &buffers)
            defaults = OrderedClass(sorting: classes.defaults, &buffers)
        } else {
            let classes = Self.split(values, defaulted.span, &aside, &buffers) { _, key in
                key
            } weight: { _ in
                1
            }
            nonDefaults = OrderedClass(sorting: classes.nonDefaults, &buffers)
            defaults = OrderedClass(sorting: classes.defaults, &buffers)
        }
        missing = aside.missing
        negativeInfinity = aside.negativeInfinity
        positiveInfinity = aside.positiveInfinity
        special = aside.special
    }

    /// Counts of what is not an ordinary value.
    private struct Aside {
        let codes: [(number: Double, index: Int)]
        var special: [ClassCounts]
        var missing = ClassCounts()
        var negativeInfinity = ClassCounts()
        var positiveInfinity = ClassCounts()

        /// Counts a value if it is not ordinary, and says whether it was.
        mutating func take(_ number: Double, _ defaulted: Bool, _ weight: Double) -> Bool {
            if number.isNaN {
                missing.add(defaulted: defaulted, weight: weight)
            } else if let code = codes.first(where: { $0.number == number }) {
                special[code.index].add(defaulted: defaulted, weight: weight)
            } else if number == .infinity {
                positiveInfinity.add(defaulted: defaulted, weight: weight)
            } else if number == -.infinity {
                negativeInfinity.add(defaulted: defaulted, weight: weight)
            } else {
                return false
            }
            return true
        }
    }

    /// Collects the ordinary values of each class.
    @inline(__always)
    private static func split<Value: BinnableNumber, Element: RadixSortable>(
        _ values: Span<Value>, _ defaulted: Span<Bool>, _ aside: inout Aside, _ buffers: inout SortBuffers,
        element: (_ row: Int, _ key: UInt64) -> Element, weight: (_ row: Int) -> Double
    ) -> (nonDefaults: [Element], defaults: [Element]) {
        var nonDefaults: [Element] = buffers.take(values.count)
        var defaults: [Element] = buffers.take(values.count)
        var counts = (nonDefaults: 0, defaults: 0)
        var nonDefaultPlaces = nonDefaults.mutableSpan
        var defaultPlaces = defaults.mutableSpan
        let hasCodes = !aside.codes.isEmpty
        for row in values.indices {
            let number = values[row].number
            let rowWeight = weight(row)
            if rowWeight == 0 { continue }
            if hasCodes || !number.isFinite, aside.take(number, defaulted[row], rowWeight) { continue }
            // Outcomes are as good as random, so writing to both and advancing one costs less than a branch.
            let element = element(row, number.orderedBits)
            let step = defaulted[row] ? 1 : 0
            nonDefaultPlaces[counts.nonDefaults] = element
            defaultPlaces[counts.defaults] = element
            counts.defaults &+= step
            counts.nonDefaults &+= 1 &- step
        }
        nonDefaults.removeLast(values.count - counts.nonDefaults)
        defaults.removeLast(values.count - counts.defaults)
        return (nonDefaults, defaults)
    }
}

extension OrderedSample {
    /// A sample of ordinary values alone.
    init(nonDefaults: OrderedClass, defaults: OrderedClass) {
        self.nonDefaults = nonDefaults
        self.defaults = defaults
        special = []
    }

    /// Gives the memory back; the sample is then of no use.
    mutating func release(into buffers: inout SortBuffers) {
        nonDefaults.release(into: &buffers)
        defaults.release(into: &buffers)
    }

    /// Counts of the ordinary values.
    var ordinary: ClassCounts {
        counts(CutPosition(nonDefaults: 0, defaults: 0)..<end)
    }

    /// Past the last ordinary value.
    var end: CutPosition { CutPosition(nonDefaults: nonDefaults.count, defaults: defaults.count) }

    /// Counts between two positions.
    func counts(_ range: Range<CutPosition>) -> ClassCounts {
        let (from, to) = (range.lowerBound, range.upperBound)
        return ClassCounts(
            rows: to.nonDefaults - from.nonDefaults + to.defaults - from.defaults,
            nonDefaults: nonDefaults.weight(below: to.nonDefaults)
                - nonDefaults.weight(below: from.nonDefaults),
            defaults: defaults.weight(below: to.defaults) - defaults.weight(below: from.defaults))
    }

    /// The position of a cut point: how many values of each class are below.
    func position(of cut: Double) -> CutPosition {
        CutPosition(
            nonDefaults: nonDefaults.lowerBound(cut.orderedBits),
            defaults: defaults.lowerBound(cut.orderedBits))
    }

    /// The values next to a position that is neither the start nor the end.
    func neighbours(of position: CutPosition) -> (below: Double, above: Double) {
        let (first, second) = (nonDefaults.keys, defaults.keys)
        let below = max(
            position.nonDefaults > 0 ? first[position.nonDefaults - 1] : 0,
            position.defaults > 0 ? second[position.defaults - 1] : 0)
        let above = min(
            position.nonDefaults < first.count ? first[position.nonDefaults] : .max,
            position.defaults < second.count ? second[position.defaults] : .max)
        return (Double(orderedBits: below), Double(orderedBits: above))
    }
}

/// A place between two distinct values: how many values of each class are below it.
struct CutPosition: Sendable, Comparable {
    var nonDefaults: Int
    var defaults: Int

    /// Number of values below.
    var rows: Int { nonDefaults + defaults }

    static func < (left: CutPosition, right: CutPosition) -> Bool { left.rows < right.rows }
}
