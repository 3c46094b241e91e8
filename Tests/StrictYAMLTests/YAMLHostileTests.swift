import Statistics
import StrictYAML
import TestSupport
import Testing

@Suite("Damaged YAML gives a typed error or a tree, never a trap")
struct YAMLHostileTests {
    /// A document with every construct the reader knows.
    private static let document = """
        # A recipe
        name: "HMEQ scorecard"
        target:
          column: BAD
          defaultedWhen: [1, '2', true]
        seed: 18446744073709551615
        binning: {maximumBins: 8, minimumShare: 0.05, trend: automatic}
        variables:
          - name: LOAN
            splits: [-1.5e3, .5, 2]
          - {name: DEBTINC, special: {-1: "refused", -2: 'unknown'}}
        description: |
          Several lines
            of text
        note: >-
          folded
          text
        flags: [yes, ~, null, "", 1_000]

        """

    /// What gets spliced in: the characters and words YAML gives a meaning to.
    private static let splices = [
        "&a ", "*a", "!!int ", "!x ", "---\n", "...\n", "%YAML 9.9\n", "? ", ": ", "- ", "{", "}", "[", "]",
        ",", "|",
        ">", "'", "\"", "#", "\t", "\n", "\r", "@", "`", "<<: *a", "\\u0000", "\\xD8", "\u{FEFF}", "\u{2028}",
        "name: twice\n", "        ", "é", "🂡", "\u{7}",
    ]

    @Test(arguments: HostileInput.yamlDocuments.seeds)
    func mutations(seed: Int) {
        var mutator = Mutator(SeededGenerator(seed: UInt64(seed)), splices: Self.splices)
        for _ in 0..<HostileInput.yamlDocuments.perSeed {
            do throws(YAMLError) {
                let node = try YAMLReader().read(
                    mutator.damaged(Array(Self.document.utf8)), named: "hostile.yaml")
                Self.readEverywhere(node)
            } catch {
                #expect(!error.description.isEmpty && !error.description.contains("\n"))
            }
        }
    }

    /// Asks every value for every type.
    private static func readEverywhere(_ node: YAMLNode) {
        _ = try? node.string()
        _ = try? node.int()
        _ = try? node.uint64()
        _ = try? node.double()
        _ = try? node.extendedDouble()
        _ = try? node.bool()
        for item in (try? node.list()) ?? [] { readEverywhere(item) }
        if var keys = try? node.mapping() {
            _ = try? keys.required("targt")
            _ = try? keys.finish()
            for entry in keys.allEntries() { readEverywhere(entry.value) }
        }
    }
}
