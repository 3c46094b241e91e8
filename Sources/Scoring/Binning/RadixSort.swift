/// Something that is sorted by an unsigned key.
protocol RadixSortable: Sendable {
    /// Smaller keys come first.
    var key: UInt64 { get }
    /// Fills unused places.
    static var placeholder: Self { get }
    /// Where arrays of this type wait to be used again.
    static var spares: WritableKeyPath<SortBuffers, [[Self]]> { get }
}

extension UInt64: RadixSortable {
    @inline(__always) var key: UInt64 { self }
    static var placeholder: UInt64 { 0 }
    static var spares: WritableKeyPath<SortBuffers, [[UInt64]]> { \.keys }
}

/// A key that carries a weight along.
struct WeightedKey: RadixSortable {
    let key: UInt64
    let weight: Double
    static let placeholder = WeightedKey(key: 0, weight: 0)
    static var spares: WritableKeyPath<SortBuffers, [[WeightedKey]]> { \.weighted }
}

/// Arrays that are used again from variable to variable, since fresh memory costs more than the sorting.
struct SortBuffers {
    fileprivate var keys: [[UInt64]] = []
    fileprivate var weighted: [[WeightedKey]] = []

    /// An array of a length, with any contents.
    mutating func take<Element: RadixSortable>(_ count: Int) -> [Element] {
        var array = self[keyPath: Element.spares].popLast() ?? []
        if array.count > count {
            array.removeLast(array.count - count)
        } else {
            array.append(contentsOf: repeatElement(.placeholder, count: count - array.count))
        }
        return array
    }

    /// Keeps an array for later.
    mutating func give<Element: RadixSortable>(_ array: consuming [Element]) {
        self[keyPath: Element.spares].append(array)
    }
}

/// Sorts by distribution over the leading digits of the keys, then puts the few neighbours right whose keys differ
/// further down.
///
/// Beside the sorts of Statistics (positions of numbers) and Boosting (numbers alone), which import nothing in common
/// but Parallelism: this one carries weights in the keys' own array and takes its memory from the variable before,
/// which is what the binning of many variables spends its time on.
///
/// At most three passes of 11 bits below the highest bit in which keys differ: keys made of doubles agree in all of
/// the rest only where values are equal or the data is made to do so, and such runs are sorted by comparison.
///
/// - Complexity: O(n), O(n log n) for hostile keys; one scratch array of n elements.
enum RadixSort {
    private static let digitBits = 11
    private static let passes = 3
    private static var buckets: Int { 1 << digitBits }

    /// Sorts ascending by key; equal keys keep their order.
    static func sort<Element: RadixSortable>(_ elements: inout [Element], _ buffers: inout SortBuffers) {
        guard elements.count > 64 else {
            insertionSort(&elements, 0..<elements.count)
            return
        }
        let differing = differingBits(elements.span)
        let significant = UInt64.bitWidth - differing.leadingZeroBitCount
        if significant == 0 { return }
        let shift = max(0, significant - passes * digitBits)
        let histograms = histogram(elements.span, shift: shift)
        var scratch: [Element] = buffers.take(elements.count)
        for pass in 0..<passes {
            let counts = histograms[pass * buckets..<(pass + 1) * buckets]
            // A digit that all keys share moves nothing.
            if counts.contains(UInt32(elements.count)) { continue }
            var offsets: [UInt32] = []
            offsets.reserveCapacity(buckets)
            var next: UInt32 = 0
            for count in counts {
                offsets.append(next)
                next += count
            }
            distribute(elements.span, into: &scratch, offsets: &offsets, shift: shift + pass * digitBits)
            swap(&elements, &scratch)
        }
        buffers.give(scratch)
        if shift > 0 { settleRuns(&elements, shift: shift) }
    }

    /// The bits in which not all keys agree.
    private static func differingBits(_ elements: Span<some RadixSortable>) -> UInt64 {
        var any: UInt64 = 0
        var all = UInt64.max
        for index in elements.indices {
            any |= elements[index].key
            all &= elements[index].key
        }
        return any ^ all
    }

    /// How often every digit occurs, for all passes in one reading.
    private static func histogram(_ elements: Span<some RadixSortable>, shift: Int) -> [UInt32] {
        var counts = [UInt32](repeating: 0, count: passes * buckets)
        var span = counts.mutableSpan
        let mask = UInt64(buckets - 1)
        for index in elements.indices {
            let digits = elements[index].key &>> UInt64(shift)
            span[Int(digits & mask)] &+= 1
            span[buckets &+ Int((digits &>> UInt64(digitBits)) & mask)] &+= 1
            span[2 &* buckets &+ Int((digits &>> UInt64(2 &* digitBits)) & mask)] &+= 1
        }
        return counts
    }

    private static func distribute<Element: RadixSortable>(
        _ elements: Span<Element>, into target: inout [Element], offsets: inout [UInt32], shift: Int
    ) {
        var places = target.mutableSpan
        var next = offsets.mutableSpan
        let mask = UInt64(buckets - 1)
        for index in elements.indices {
            let element = elements[index]
            let digit = Int((element.key &>> UInt64(shift)) & mask)
            places[Int(next[digit])] = element
            next[digit] &+= 1
        }
    }

    /// Sorts the runs of keys that agree above `shift`.
    private static func settleRuns<Element: RadixSortable>(_ elements: inout [Element], shift: Int) {
        var start = 0
        while start < elements.count {
            let prefix = elements[start].key &>> UInt64(shift)
            var end = start + 1
            var ordered = true
            while end < elements.count, elements[end].key &>> UInt64(shift) == prefix {
                ordered = ordered && elements[end - 1].key <= elements[end].key
                end += 1
            }
            if !ordered {
                if end - start <= 32 {
                    insertionSort(&elements, start..<end)
                } else {
                    elements[start..<end].sort { $0.key < $1.key }
                }
            }
            start = end
        }
    }

    private static func insertionSort<Element: RadixSortable>(
        _ elements: inout [Element], _ range: Range<Int>
    ) {
        for index in range.dropFirst() {
            let element = elements[index]
            var place = index
            while place > range.lowerBound, elements[place - 1].key > element.key {
                elements[place] = elements[place - 1]
                place -= 1
            }
            elements[place] = element
        }
    }
}

extension Double {
    /// Bits that order as the numbers do; the two zeros are one.
    @inline(__always) var orderedBits: UInt64 {
        let bits = (self + 0.0).bitPattern
        let negative = UInt64(bitPattern: Int64(bitPattern: bits) &>> 63)
        return bits ^ (negative | 1 &<< 63)
    }

    /// The number of ordered bits.
    init(orderedBits key: UInt64) {
        let negative = key & 1 &<< 63 == 0
        self.init(bitPattern: negative ? ~key : key ^ 1 &<< 63)
    }
}
