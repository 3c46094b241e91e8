/// The ordinary values of the observations of one class in ascending order.
struct OrderedClass: Sendable {
    /// The values as ordered bits.
    private(set) var keys: [UInt64]
    /// The weight of the first 0, 1, … n values; empty if every weight is 1.
    let cumulativeWeights: [Double]

    /// A class of unit weights.
    init(sorting keys: consuming [UInt64], _ buffers: inout SortBuffers) {
        self.keys = keys
        RadixSort.sort(&self.keys, &buffers)
        cumulativeWeights = []
    }

    /// A class with weights.
    init(sorting elements: consuming [WeightedKey], _ buffers: inout SortBuffers) {
        var elements = elements
        RadixSort.sort(&elements, &buffers)
        keys = elements.map(\.key)
        var sum = 0.0
        cumulativeWeights =
            [0]
            + elements.map { element in
                sum += element.weight
                return sum
            }
        buffers.give(elements)
    }

    /// Gives the memory back; the class is then empty.
    mutating func release(into buffers: inout SortBuffers) {
        buffers.give(keys)
        keys = []
    }

    /// Number of values.
    var count: Int { keys.count }

    /// Weight of the first `index` values.
    @inline(__always)
    func weight(below index: Int) -> Double {
        cumulativeWeights.isEmpty ? Double(index) : cumulativeWeights[index]
    }

    /// How many values are below a key, given that the first `start` are.
    func lowerBound(_ key: UInt64, from start: Int = 0) -> Int {
        partition(from: start) { $0 < key }
    }

    /// How many values are at most a key, given that the first `start` are.
    func upperBound(_ key: UInt64, from start: Int = 0) -> Int {
        partition(from: start) { $0 <= key }
    }

    /// The first index ≥ start whose key does not satisfy a condition that holds up to some place and not after:
    /// doubling steps, then bisection, so that a near answer is found fast.
    @inline(__always)
    private func partition(from start: Int, where holds: (UInt64) -> Bool) -> Int {
        let keys = keys.span
        var low = start
        var step = 1
        while low &+ step <= keys.count, holds(keys[low &+ step &- 1]) {
            low &+= step
            step &*= 2
        }
        var high = min(low &+ step &- 1, keys.count)
        while low < high {
            let middle = (low &+ high) / 2
            if holds(keys[middle]) { low = middle &+ 1 } else { high = middle }
        }
        return low
    }

    /// The first index in a range from which on at least `weight` lies below, or the end of the range.
    func firstIndex(reaching weight: Double, in range: Range<Int>) -> Int {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if self.weight(below: middle) >= weight { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
