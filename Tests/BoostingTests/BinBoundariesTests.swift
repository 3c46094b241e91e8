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

    /// Continuous values, values that single precision cannot tell apart, and decimal fractions.
    @Test("single precision puts every value on the same side of every bound", arguments: [1.0, 1e-7, 0.01])
    func singlePrecision(step: Double) {
        var draws = Samples.Draws(state: 3)
        let values = (0..<4000).map { _ -> Double in
            let value = draws.next() * 2000 - 500
            return step == 1e-7 ? 1 + value * 1e-10 : step == 0.01 ? (value / step).rounded() * step : value
        }
        let bounds = Self.bounds(values, bins: 300).dropLast()
        #expect(bounds.count > 10)
        for bound in bounds {
            let float = BinKernel.largestFloat(atMost: bound)
            // Bounds between neighbours of one and the same float cannot be said in single precision.
            let isTold = values.allSatisfy { ($0 <= bound) == (Float($0) <= float) }
            let below = values.filter { $0 <= bound }.max().map { Float($0) }
            let above = values.filter { $0 > bound }.min().map { Float($0) }
            #expect(isTold || below == above)
            // The same of values that training has not seen, unless the bound is a short number.
            if Double(float) != bound, below != above {
                for value in [bound, bound.nextUp, Double(float), Double(float.nextUp)] {
                    #expect((value <= bound) == (Float(value) <= float))
                }
            }
        }
    }

    @Test("the radix sort is a sort", arguments: 1...5 as ClosedRange<UInt64>)
    func radixSort(seed: UInt64) {
        var draws = Samples.Draws(state: seed)
        var values = (0..<3000).map { _ in (draws.next() - 0.5) * 1e6 }
        values += [.infinity, -.infinity, 0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .nan]
        #expect(RadixSort.sorted(values) == values.filter { !$0.isNaN }.sorted())
        let floats = values.map { Float($0) }
        #expect(RadixSort.sorted(floats) == floats.filter { !$0.isNaN }.sorted().map { Double($0) })
    }
}
