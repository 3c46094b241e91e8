import Foundation
import Testing
import Vocabulary

@Suite("Grades")
struct GradeTests {
    @Test("are ten, best first, with default last")
    func order() {
        #expect(
            Grade.allCases.map(\.rawValue) == ["AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C", "D"])
        #expect(Grade.allCases.map(\.rank) == Array(0...9))
        #expect(Grade.allCases.shuffled().sorted() == Grade.allCases)
        #expect(Grade.aaa < .d && Grade.bbb < .bb && !(Grade.b < .b))
    }

    @Test("perform unless in default")
    func performing() {
        #expect(Grade.performing == Array(Grade.allCases.dropLast()))
    }

    @Test("print and read as their names")
    func names() throws {
        for grade in Grade.allCases {
            #expect(grade.description == grade.rawValue)
            #expect(Grade(rawValue: grade.rawValue) == grade)
            let coded = try JSONEncoder().encode([grade])
            #expect(String(decoding: coded, as: UTF8.self) == "[\"\(grade.rawValue)\"]")
            #expect(try JSONDecoder().decode([Grade].self, from: coded) == [grade])
        }
        for stranger in ["", "aaa", "A+", "AAAA", " A", "NR"] { #expect(Grade(rawValue: stranger) == nil) }
    }
}
