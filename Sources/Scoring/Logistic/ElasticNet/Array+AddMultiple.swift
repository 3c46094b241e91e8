extension [Double] {
    /// Adds `factor` times values[from ..< from + count], by default all of them, to the elements from `place` on.
    mutating func addMultiple(
        _ factor: Double, of values: [Double], from: Int = 0, count: Int? = nil, at place: Int = 0
    ) {
        let count = count ?? values.count
        let source = values.span.extracting(from..<from + count)
        var sums = mutableSpan
        for index in source.indices { sums[place + index] += factor * source[index] }
    }
}
