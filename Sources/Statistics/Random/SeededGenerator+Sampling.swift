extension SeededGenerator {
    /// Puts the elements in a random order, each order equally likely (Fisher–Yates).
    public mutating func shuffle<Element>(_ elements: inout [Element]) {
        arrange(&elements, first: elements.count)
    }

    /// The numbers 0 ..< count in a random order.
    public mutating func permutation(_ count: Int) -> [Int] {
        precondition(count >= 0, "a permutation of \(count) numbers")
        return sample(count, below: count)
    }

    /// Different numbers from 0 ..< bound, without replacement, in the order drawn; every sequence is equally
    /// likely.
    ///
    /// - Complexity: O(bound) in time and memory.
    public mutating func sample(_ count: Int, below bound: Int) -> [Int] {
        precondition(count >= 0 && count <= bound, "\(count) different numbers from 0 ..< \(bound)")
        var numbers = Array(0..<bound)
        arrange(&numbers, first: count)
        return Array(numbers[..<count])
    }

    /// Puts a random sample of the elements in the first `count` places.
    private mutating func arrange<Element>(_ elements: inout [Element], first count: Int) {
        let total = elements.count
        for place in 0..<max(0, min(count, total - 1)) {
            elements.swapAt(place, place + integer(below: total - place))
        }
    }
}
