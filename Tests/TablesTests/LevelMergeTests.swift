import Testing

@testable import Tables

@Suite("Levels numbered by several threads")
struct LevelMergeTests {
    @Test("come into one order, whichever thread met which first")
    func order() {
        // The same letter composed and decomposed: equal as text, not by its bytes.
        let (composed, decomposed) = ("\u{e9}", "e\u{301}")
        let first = LevelMerge(stated: ["z"], numberings: [["b", decomposed], [composed, "a"]])
        let second = LevelMerge(stated: ["z"], numberings: [[composed, "a"], ["b", decomposed]])
        #expect(first.levels.map { Array($0.utf8) } == second.levels.map { Array($0.utf8) })
        #expect(first.levels == ["z", "a", "b", composed])
        #expect(first.levels.last.map { Array($0.utf8) } == Array(decomposed.utf8), "the first by its bytes")
    }
}
