import Testing

@testable import Scoring

/// The kernels' meaning, one value at a time, written without regard to speed.
private func slot(of value: Double, edges: [Double], specials: [Double]) -> Int {
    if let special = specials.firstIndex(of: value) { return edges.count + 2 + special }
    if value.isNaN { return edges.count + 1 }
    return edges.count { $0 <= value }
}

/// Values that meet every edge, its neighbours, every special value and the ends of the number line.
private func awkwardValues(edges: [Double], specials: [Double]) -> [Double] {
    var values = edges.flatMap { [$0, $0.nextUp, $0.nextDown, $0 + 0.25] } + specials
    values += [.nan, .signalingNaN, .infinity, -.infinity, 0, -0.0, .leastNonzeroMagnitude, 1e300, -1e300]
    return values + (0..<37).map { Double($0) * 0.37 - 5 }
}

@Suite("Contribution kernels")
struct ContributionKernelTests {
    static let instructions = ContributionKernel.Instructions.allCases.filter {
        $0.rawValue <= ContributionKernel.Instructions.widest.rawValue
    }

    @Test(
        "of every width agree with the plain meaning of bins", arguments: instructions,
        [0, 1, 3, 7, 8, 15, 16, 31, 48, 49, 100])
    func binsOfDoubles(instructions: ContributionKernel.Instructions, edgeCount: Int) {
        let edges = (0..<edgeCount).map { Double($0) * 0.5 - 3 }
        let specials = [-2.75, 999, 0.1]
        let contributions = (0..<edgeCount + 2 + specials.count).map { 0.1 * Double($0) - 1.7 }
        let values = awkwardValues(edges: edges, specials: specials)
        let slots = ContributionKernel.Slots(
            edges: edges, specials: specials, contributions: contributions)
        for count in [0, 1, 7, 8, 9, 15, 16, 17, values.count] where count <= values.count {
            var sums = (0..<count).map { 1 / Double($0 + 3) }
            let expected = (0..<count).map { row in
                sums[row] + contributions[slot(of: values[row], edges: edges, specials: specials)]
            }
            var target = sums.mutableSpan
            ContributionKernel.add(
                slots, of: values.span.extracting(0..<count), to: &target, instructions: instructions)
            #expect(sums == expected)
        }
    }

    @Test(
        "read single precision exactly as the same values in double", arguments: instructions,
        [0, 1, 8, 15, 16, 49])
    func binsOfFloats(instructions: ContributionKernel.Instructions, edgeCount: Int) {
        // Edges that no float equals, one beyond the floats, and two between neighbouring floats.
        var edges = (0..<edgeCount).map { Double($0) / 3 - 2 }
        if edgeCount > 2 {
            edges[edgeCount - 1] = 1e300
            edges[edgeCount - 2] = edges[edgeCount - 3] + 1e-12
        }
        let specials = [0.1, -7.5, 1e40]
        let steps = AdditiveScorer.Steps(
            thresholds: edges, contributions: (0...edgeCount).map { 0.3 * Double($0) }, missing: -4,
            specials: specials.enumerated().map { .init(value: $1, contribution: 50 + Double($0)) })
        let floats = awkwardValues(edges: edges, specials: specials).map { Float($0) }
        let doubles = floats.map(Double.init)
        var fromFloats = [Double](repeating: 0.5, count: floats.count)
        var fromDoubles = fromFloats
        var floatSums = fromFloats.mutableSpan
        ContributionKernel.add(
            .init(rounding: steps), of: floats.span, to: &floatSums, instructions: instructions)
        var doubleSums = fromDoubles.mutableSpan
        ContributionKernel.add(.init(steps), of: doubles.span, to: &doubleSums, instructions: .plain)
        #expect(fromFloats == fromDoubles)
    }

    @Test("carry lines to their bounds and to the limit, and never make NaN")
    func lines() {
        let values = [-1e300, -3, 0, 2, 5, 9, 1e300, .infinity, -.infinity, .nan, 99]
        func sums(_ line: AdditiveScorer.Line) -> [Double] {
            var sums = [Double](repeating: 0, count: values.count)
            var target = sums.mutableSpan
            ContributionKernel.add(line, of: values.span, to: &target)
            return sums
        }
        let limit = AdditiveScorer.contributionLimit
        #expect(
            sums(.init(slope: 2, centre: 1, missing: 0.5, specials: [.init(value: 99, contribution: 7)]))
                == [-limit, -8, -2, 2, 8, 16, limit, limit, -limit, 0.5, 7])
        #expect(
            sums(.init(slope: 2, centre: 1, lower: 0, upper: 5, missing: 0.5))
                == [-2, -2, -2, 2, 8, 8, 8, 8, -2, 0.5, 8])
        #expect(
            sums(.init(slope: 0, centre: 1, missing: 0.5)) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0.5, 0])
    }

    @Test("look up byte codes, those beyond the table as its last entry", arguments: instructions)
    func codes(instructions: ContributionKernel.Instructions) {
        let codes = (0..<700).map { UInt8(truncatingIfNeeded: $0 * 7) }
        for used in [0, 3, 15, 16, 40, 255] {
            let table = (0...used).map { 1 / Double($0 + 1) }
            let padded = table + Array(repeating: table[used], count: 255 - used)
            var sums = [Double](repeating: 1, count: codes.count)
            var target = sums.mutableSpan
            ContributionKernel.add(
                padded, used: used, ofCodes: codes.span, to: &target, instructions: instructions)
            #expect(sums == codes.map { 1 + table[min(Int($0), used)] })
        }
    }
}
