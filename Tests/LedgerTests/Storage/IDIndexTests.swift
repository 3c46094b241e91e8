import Parallelism
import Statistics
import Testing

@testable import Ledger

@Suite("Every id is found, in order or not")
struct IDIndexTests {
    private func packed(_ ids: [String]) -> PackedTexts {
        var texts = PackedTexts()
        for id in ids { texts.append(id) }
        return texts
    }

    @Test("As a search through the list finds it", arguments: 1...8)
    func asInTheList(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        // Odd seeds have ids in order, even ones have not, and have some twice.
        var ids = (0..<900).map { _ in "I\(random.integer(below: 4_000))" }
        if seed % 2 == 1 { ids = Set(ids).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
        let index = IDIndex(packed(ids))
        var first: [String: Int32] = [:]
        var repeated: [Int32] = []
        for (number, id) in ids.enumerated() {
            if first[id] == nil { first[id] = Int32(number) } else { repeated.append(Int32(number)) }
        }
        #expect(index.repeated == repeated)
        #expect(repeated.isEmpty == (seed % 2 == 1))
        for number in 0..<4_100 {
            let id = "I\(number)"
            #expect(index.number(of: id) == first[id])
            // A neighbour may be found first where an id is there twice.
            let near = index.number(of: id, near: Int32(random.integer(below: 1_000)) - 50)
            #expect((near == nil) == (first[id] == nil))
            if let near { #expect(ids[Int(near)] == id) }
        }
    }

    @Test("Nothing, one, and ids that are heads of others")
    func few() {
        #expect(IDIndex(packed([])).number(of: "a") == nil)
        #expect(IDIndex(packed([])).number(of: "a", near: 3) == nil)
        let one = IDIndex(packed(["b"]))
        #expect(["", "a", "b", "ba", "c"].map { one.number(of: $0, near: 7) } == [nil, nil, 0, nil, nil])
        let heads = IDIndex(packed(["", "a", "aa", "aaa", "ab", "b"]))
        #expect(
            ["", "a", "aa", "aaa", "ab", "b", "aab"].map { heads.number(of: $0) } == [0, 1, 2, 3, 4, 5, nil])
        #expect(IDIndex(packed(["b", "a", "b"])).repeated == [2])
    }

    @Test("Many ids, in several tables, whatever the number of threads", arguments: [1, 3])
    func many(threads: Int) {
        var random = SeededGenerator(seed: 5)
        let ids = (0..<150_000).map { _ in "K\(random.integer(below: 400_000))" }
        let index = IDIndex(packed(ids), workers: Workers(threads: threads))
        var first: [String: Int32] = [:]
        var repeated: [Int32] = []
        for (number, id) in ids.enumerated() {
            if first[id] == nil { first[id] = Int32(number) } else { repeated.append(Int32(number)) }
        }
        #expect(index.repeated == repeated && repeated.count > 10_000)
        for number in stride(from: 0, to: 400_000, by: 7) {
            #expect(index.number(of: "K\(number)") == first["K\(number)"])
        }
        let sorted = Set(ids).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let inOrder = IDIndex(packed(sorted), workers: Workers(threads: threads))
        #expect(inOrder.repeated.isEmpty)
        #expect(sorted.indices.allSatisfy { inOrder.number(of: sorted[$0], near: 70_000) == Int32($0) })
    }
}
