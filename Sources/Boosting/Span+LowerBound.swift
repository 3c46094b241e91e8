extension Span where Element: Comparable {
    /// How many elements of a rising span are less than a value, which is the place of the first that is not; found by
    /// halving.
    func lowerBound(of value: Element) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
