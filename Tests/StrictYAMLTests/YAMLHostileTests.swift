import StrictYAML
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

    /// What gets spliced in: the characters and words YAML gives a meaning to, and bytes that are no text.
    private static let splices: [[UInt8]] =
        [
            "&a ", "*a", "!!int ", "!x ", "---\n", "...\n", "%YAML 9.9\n", "? ", ": ", "- ", "{", "}", "[",
            "]", ",",
            "|", ">", "'", "\"", "#", "\t", "\n", "\r", "@", "`", "<<: *a", "\\u0000", "\\xD8", "\u{FEFF}",
            "\u{2028}",
            "\0", "name: twice\n", "        ", "é", "🂡", "\u{7}",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80]]

    @Test(arguments: 0..<40)
    func mutations(seed: Int) {
        var random = Mixer(state: UInt64(seed))
        for _ in 0..<75 {
            var bytes = Array(Self.document.utf8)
            for _ in 0...random.below(4) { Self.mutate(&bytes, by: &random) }
            do throws(YAMLError) {
                let node = try YAMLReader().read(bytes, named: "hostile.yaml")
                Self.readEverywhere(node)
            } catch {
                #expect(!error.description.isEmpty && !error.description.contains("\n"))
            }
        }
    }

    private static func mutate(_ bytes: inout [UInt8], by random: inout Mixer) {
        guard !bytes.isEmpty else { return }
        let place = random.below(bytes.count)
        switch random.below(6) {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(contentsOf: splices[random.below(splices.count)], at: place)
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + random.below(40)))
        case 4:
            let piece = bytes[place..<min(bytes.count, place + random.below(60))]
            bytes.insert(contentsOf: piece, at: random.below(bytes.count))
        default: bytes.removeSubrange(place...)
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

/// SplitMix64 (Steele, Lea & Flood 2014), so that a failing seed can be run again.
private struct Mixer {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
