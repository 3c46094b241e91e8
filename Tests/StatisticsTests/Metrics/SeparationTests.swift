import TestSupport
import Testing

@testable import Statistics

@Suite("Separation of the classes")
struct SeparationTests {
    @Test("the best cut-off lies between the classes")
    func perfect() throws {
        let ranked = try RankedOutcomes(risks: [1, 2, 3, 4], defaulted: [false, false, true, true])
        #expect(ranked.youden == .init(index: 1, threshold: 2.5))
        expectClose(try #require(ranked.divergence), 8, relative: 1e-15)
    }

    @Test("nothing separates ties, or a ranking upside down")
    func useless() throws {
        let tied = try RankedOutcomes(risks: [7, 7, 7, 7], defaulted: [false, true, true, false])
        #expect(tied.youden == .init(index: 0, threshold: 7))
        #expect(tied.divergence == nil)
        let reversed = try RankedOutcomes(risks: [4, 3, 2, 1], defaulted: [false, false, true, true])
        #expect(reversed.youden.index == 0)
    }

    @Test("infinite risks rank, but have no divergence")
    func infinite() throws {
        let ranked = try RankedOutcomes(
            risks: [-.infinity, .infinity, 0, -0.0, 1e308], defaulted: [false, true, true, false, false])
        expectClose(ranked.auc, 4.5 / 6, relative: 1e-15)
        #expect(ranked.divergence == nil)
        let infinity = Double.infinity
        let cut = try RankedOutcomes(risks: [1, infinity], defaulted: [false, true]).youden
        #expect(cut == .init(index: 1, threshold: infinity))
    }

    @Test("the confusion matrix counts by hand")
    func confusion() throws {
        let ranked = try RankedOutcomes(
            risks: [0.1, 0.2, 0.3, 0.3, 0.4, 0.9], defaulted: [false, true, false, true, false, true],
            weights: [1, 1, 1, 1, 2, 3])
        let matrix = ranked.confusion(callingFrom: 0.3)
        #expect(matrix.truePositives == 4 && matrix.falseNegatives == 1)
        #expect(matrix.falsePositives == 3 && matrix.trueNegatives == 1)
        #expect(matrix.sensitivity == 0.8 && matrix.specificity == 0.25)
        #expect(matrix.precision == 4 / 7.0)
        expectClose(matrix.accuracy, 5 / 9.0, relative: 1e-15)
        let none = ranked.confusion(callingFrom: .infinity)
        #expect(none.precision == nil && none.matthewsCorrelation == 0)
    }
}
