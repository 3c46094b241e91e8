import TestSupport
import Testing

@testable import Ledger

@Suite("The dictionary says what the readers know")
struct DictionaryTests {
    @Test func page() throws {
        try Golden.expect(LedgerDictionary.markdown, part: "the ledger", of: "datasets/DICTIONARY.md")
    }

    @Test("Names are used once, and known comes last", arguments: RecordKind.allCases)
    func fields(kind: RecordKind) throws {
        let names = kind.fields.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.last == "known")
        for field in kind.fields {
            if case .known(let other) = field.content { #expect(kind.field(other)?.content == .day) }
        }
        _ = try kind.schema
    }
}
