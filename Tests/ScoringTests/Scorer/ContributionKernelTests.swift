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

    @Test("add several columns at once as one after the other", arguments: instructions)
    func columnsTogether(instructions: ContributionKernel.Instructions) throws {
        let rows = 1_100
        let specials: [Float] = [0.75, -2]
        let shapes = [(0, 0), (1, 0), (7, 2), (8, 0), (13, 1), (14, 0), (12, 2)]
        let slots = shapes.map { edges, specialCount in
            ContributionKernel.Slots<Float>(
                edges: (0..<edges).map { Float($0) * 0.5 - 3 },
                specials: Array(specials.prefix(specialCount)),
                contributions: (0..<edges + 2 + specialCount).map { 1 / Double($0 + 3) - 0.2 })
        }
        let awkward = awkwardValues(edges: (0..<15).map { Double($0) * 0.5 - 3 }, specials: [0.75, -2]).map {
            Float($0)
        }
        let values = shapes.indices.map { column in
            (0..<rows).map { row in awkward[(row * 7 + column * 3) % awkward.count] }
        }
        for part in [0..<rows, 0..<0, 3..<4, 17..<33, 5..<517, 511..<1_100] {
            var together = part.map { 1 / Double($0 + 2) }
            var expected = together
            var sums = together.mutableSpan
            var columns: FittedColumns?
            for (slots, values) in zip(slots, values) {
                let one = try #require(FittedColumns(values, slots))
                if columns?.append(one) == nil { columns = one }
            }
            ContributionKernel.add(try #require(columns), part, to: &sums, instructions: instructions)
            for (slots, values) in zip(slots, values) {
                for (place, row) in part.enumerated() {
                    let slot = slot(
                        of: Double(values[row]), edges: slots.edges.map(Double.init),
                        specials: slots.specials.map(Double.init))
                    expected[place] += slots.contributions[slot]
                }
            }
            #expect(together == expected)
        }
    }

    @Test("leave columns of more than sixteen slots, and more than 32 columns, to others")
    func columnsThatDoNotFit() throws {
        func slots(_ edges: Int, _ specials: Int) -> ContributionKernel.Slots<Float> {
            .init(
                edges: (0..<edges).map { Float($0) }, specials: (0..<specials).map { Float($0) + 0.5 },
                contributions: Array(repeating: 1, count: edges + 2 + specials))
        }
        #expect(FittedColumns([], slots(15, 0)) == nil)
        #expect(FittedColumns([], slots(13, 2)) == nil)
        var columns = try #require(FittedColumns([], slots(14, 0)))
        for _ in 1..<FittedColumns.most {
            #expect(columns.append(try #require(FittedColumns([], slots(1, 0)))))
        }
        #expect(!columns.append(try #require(FittedColumns([], slots(1, 0)))))
    }

    @Test("look up byte codes, those beyond a table as its last entry", arguments: instructions)
    func codes(instructions: ContributionKernel.Instructions) {
        let codes = (0..<35).map { column in (0..<700).map { UInt8(truncatingIfNeeded: $0 * 7 + column) } }
        for used in [0, 3, 15, 16, 40, 255] {
            let tables = codes.indices.map { column in
                (0...used / (column % 2 + 1)).map { 1 / Double($0 + column + 1) }
            }
            let padded = tables.map { $0 + Array(repeating: $0[$0.count - 1], count: 256 - $0.count) }
            for part in [0..<700, 1..<17, 5..<600, 699..<700] {
                var sums = [Double](repeating: 1, count: part.count)
                var target = sums.mutableSpan
                ContributionKernel.add(
                    padded, used: used, ofCodes: codes, part, to: &target, instructions: instructions)
                let expected = part.map { row in
                    codes.indices.reduce(1.0) { sum, column in
                        sum + tables[column][min(Int(codes[column][row]), tables[column].count - 1)]
                    }
                }
                #expect(sums == expected)
            }
        }
    }

    /// The `count` largest losses of a row by insertion, earlier terms first among equals.
    private func ranked(_ losses: [Float], count: Int) -> [ReasonCode] {
        var kept: [ReasonCode] = []
        for (term, points) in losses.enumerated() where points > 0 {
            let place = kept.firstIndex { $0.pointsLost < points } ?? kept.count
            kept.insert(ReasonCode(characteristic: Int32(term), pointsLost: points), at: place)
        }
        return Array((kept + Array(repeating: .none, count: count)).prefix(count))
    }

    @Test("rank the losses of many rows as of each alone", arguments: instructions, [1, 2, 4, 100])
    func ranks(instructions: ContributionKernel.Instructions, count: Int) {
        let terms = 23
        let references = (0..<terms).map { Double($0 % 4) }
        for rows in [0, 1, 63, 64, 65, 300] {
            // Few different values, so that losses are often equal, zero or gains.
            let contributions = (0..<terms * rows).map { Double($0 * 2_654_435_761 % 11) / 2 }
            var reasons = [ReasonCode](repeating: .none, count: (rows + 1) * count)
            var target = reasons.mutableSpan
            ContributionKernel.rank(
                contributions.span, references: references, scale: -1.5, count: count, into: &target,
                at: count,
                instructions: instructions)
            for row in 0..<rows {
                let losses = (0..<terms).map { term in
                    Float(-1.5 * (contributions[term * rows + row] - references[term]))
                }
                let places = (row + 1) * count..<(row + 2) * count
                #expect(Array(reasons[places]) == ranked(losses, count: count))
            }
            #expect(reasons.prefix(count).allSatisfy { $0.isNone })
        }
    }
}
