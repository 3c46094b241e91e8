extension Range<Int> {
    /// One of `count` consecutive pieces as even as can be; a piece is empty where there are more than numbers.
    func piece(_ number: Int, of count: Int) -> Range<Int> {
        lowerBound + self.count * number / count..<lowerBound + self.count * (number + 1) / count
    }
}
