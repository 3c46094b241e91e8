import Testing

@testable import obligor

@Suite("Obligors that predictions are learned from")
struct LearnersTests {
    private static let names = (0..<500).map { "O\($0)" }

    @Test func allWhereNoMoreAreThere() {
        for limit in [nil, 500, 501] {
            let learners = Learners(Self.names + Self.names, limit: limit, seed: 1)
            #expect(learners.isEverybody && learners.count == 500 && learners.total == 500)
            #expect(Self.names.allSatisfy(learners.contains))
        }
    }

    @Test func asManyAsAreAskedForWhateverTheirOrder() {
        let learners = Learners(Self.names, limit: 200, seed: 1)
        let again = Learners(Self.names.reversed() + ["O3", "O4"], limit: 200, seed: 1)
        #expect(!learners.isEverybody && learners.count == 200 && learners.total == 500)
        #expect(Self.names.count { learners.contains($0) } == 200)
        #expect(Self.names.allSatisfy { learners.contains($0) == again.contains($0) })
        #expect(!learners.contains("P1"))
    }

    @Test func newObligorsReplaceFew() {
        let learners = Learners(Self.names, limit: 200, seed: 1)
        let grown = Learners(Self.names + (0..<50).map { "N\($0)" }, limit: 200, seed: 1)
        let replaced = Self.names.count { learners.contains($0) && !grown.contains($0) }
        #expect((1...50).contains(replaced), "\(replaced)")
        #expect(Self.names.allSatisfy { !grown.contains($0) || learners.contains($0) })
    }

    @Test func anotherSeedDrawsOthers() {
        let learners = Learners(Self.names, limit: 200, seed: 1)
        let others = Learners(Self.names, limit: 200, seed: 2)
        #expect(Self.names.contains { learners.contains($0) != others.contains($0) })
    }
}
