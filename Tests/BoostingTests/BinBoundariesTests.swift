import Testing

@testable import Boosting

@Suite("Bin boundaries")
struct BinBoundariesTests {
    static func bounds(_ values: [Double], bins: Int = 255, rows: Int = 1) -> [Double] {
        BinBoundaries.upperBounds(of: RadixSort.sorted(values), maximumBins: bins, minimumRows: rows)
    }

    @Test("few distinct values have a bin each, cut half-way")
    func distinctValues() {
        #expect(Self.bounds([3, 1, 2, 2, 1]) == [1.5, 2.5, .infinity])
    }

    @Test("no more bins than allowed, bounds rising strictly, last one infinite", arguments: [2, 3, 16, 255])
    func counts(bins: Int) {
        var draws = Samples.Draws(state: 7)
        let values = (0..<5000).map { _ in (1 / (draws.next() + 1e-6)).rounded() }
        let bounds = Self.bounds(values, bins: bins, rows: 3)
        #expect(bounds.count <= bins)
        #expect(zip(bounds, bounds.dropFirst()).allSatisfy(<))
        #expect(bounds.last == .infinity)
    }

    @Test("without ties bins hold equal shares")
    func equalShares() {
        let values = (0..<1000).map(Double.init)
        let bounds = Self.bounds(values, bins: 10)
        #expect(bounds.count == 10)
        var below = 0
        for bound in bounds {
            let upTo = values.count { $0 <= bound }
            #expect(upTo - below == 100)
            below = upTo
        }
    }

    @Test("a value with more than its share has a bin of its own")
    func heavyValue() {
        let values = Array(repeating: 50.0, count: 900) + (0..<100).map(Double.init)
        let bounds = Self.bounds(values, bins: 8)
        #expect(bounds.contains(49.5))
        #expect(bounds.contains(50.5))
    }

    @Test("small values join until a bin has its rows")
    func minimumRows() {
        #expect(Self.bounds([1, 2, 3, 4, 5, 6], rows: 2) == [2.5, 4.5, .infinity])
    }

    @Test("infinities, signed zeros, one value and none")
    func degenerate() {
        #expect(Self.bounds([]) == [.infinity])
        #expect(Self.bounds([.nan, .nan]) == [.infinity])
        #expect(Self.bounds([5, 5]) == [.infinity])
        #expect(Self.bounds([0, -0.0]) == [.infinity])
        let bounds = Self.bounds([-.infinity, 0, .infinity])
        #expect(bounds == [-.greatestFiniteMagnitude, .greatestFiniteMagnitude, .infinity])
        let neighbours = Self.bounds([1, 1.0.nextUp])
        #expect(neighbours == [1, .infinity])
    }

    @Test("the radix sort is a sort", arguments: 1...5 as ClosedRange<UInt64>)
    func radixSort(seed: UInt64) {
        var draws = Samples.Draws(state: seed)
        var values = (0..<3000).map { _ in (draws.next() - 0.5) * 1e6 }
        values += [.infinity, -.infinity, 0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .nan]
        #expect(RadixSort.sorted(values) == values.filter { !$0.isNaN }.sorted())
    }
}
