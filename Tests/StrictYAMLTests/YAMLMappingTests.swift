import StrictYAML
import Testing

@Suite("The keys of a mapping are closed")
struct YAMLMappingTests {
    private struct Options: Equatable {
        var maximumBins: Int
        var minimumShare: Double
    }

    private func options(_ text: String) throws(YAMLError) -> Options {
        try YAMLReader().read(text, named: "r.yaml").mapping { keys throws(YAMLError) in
            Options(
                maximumBins: try keys.required("maximumBins").int(),
                minimumShare: try keys.optional("minimumShare")?.double() ?? 0.05)
        }
    }

    private func message(_ text: String) -> String {
        do throws(YAMLError) { return "\(try options(text))" } catch { return error.description }
    }

    @Test func knownKeysAreRead() throws {
        #expect(try options("maximumBins: 5") == Options(maximumBins: 5, minimumShare: 0.05))
        #expect(
            try options("minimumShare: 0.1\nmaximumBins: 7") == Options(maximumBins: 7, minimumShare: 0.1))
    }

    @Test func unknownKeysAreNamedWithLineAllowedKeysAndTheNearest() {
        #expect(
            message("maximumBins: 5\nminimum_shar: 0.1")
                == """
                r.yaml:2:1: unknown key 'minimum_shar': did you mean 'minimumShare'? \
                Allowed: maximumBins, minimumShare
                """)
        #expect(
            message("maximumBins: 5\nzzz: 1")
                == "r.yaml:2:1: unknown key 'zzz': Allowed: maximumBins, minimumShare")
    }

    @Test func missingKeysNameTheirMisspelling() {
        #expect(
            message("maximunBins: 5")
                == "r.yaml:1:1: key 'maximumBins' is missing: is 'maximunBins' meant for it?")
        #expect(message("a: 5") == "r.yaml:1:1: key 'maximumBins' is missing: add 'maximumBins: …'")
    }

    @Test func nestedFaultsNameTheirPath() throws {
        let document = try YAMLReader().read("outer:\n  inner:\n    - {a: 1, b: 2}\n", named: "r.yaml")
        let error = try #require(throws: YAMLError.self) {
            try document.mapping { keys throws(YAMLError) in
                try keys.required("outer").mapping { keys throws(YAMLError) in
                    try keys.required("inner").list { item throws(YAMLError) in
                        try item.mapping { keys throws(YAMLError) in try keys.required("a").int() }
                    }
                }
            }
        }
        #expect(error.description == "r.yaml:3:14: unknown key 'b' in 'outer.inner[0]': Allowed: a")
    }

    @Test func keysThatAreDataAreListedInOrder() throws {
        let names = try YAMLReader().read("b: 1\na: 2\n").mapping { keys in keys.allEntries().map(\.key) }
        #expect(names == ["b", "a"])
    }

    @Test func scalarsAreNotMappings() {
        #expect(
            message("just text")
                == "r.yaml:1:1: the document is 'just text', expected keys with values ('key: value')")
    }
}

@Suite("A misspelt word finds its neighbour")
struct NearestMatchTests {
    @Test func nearNeighboursAreFound() {
        let words = ["target", "variables", "binning", "minimumShare"]
        #expect(nearestMatch(to: "tagret", among: words) == "target")
        #expect(nearestMatch(to: "Variable", among: words) == "variables")
        #expect(nearestMatch(to: "minimum-share", among: words) == "minimumShare")
        #expect(nearestMatch(to: "xyz", among: words) == nil)
        #expect(nearestMatch(to: "", among: words) == nil)
        #expect(nearestMatch(to: String(repeating: "t", count: 100_000), among: words) == nil)
    }

    @Test func theFirstOfEquallyNearWins() {
        #expect(nearestMatch(to: "PAY_9", among: ["PAY_0", "PAY_2"]) == "PAY_0")
    }
}
