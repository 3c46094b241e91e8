import Testing

@testable import obligor

@Suite("Figures are printed alike everywhere")
struct FiguresTests {
    @Test func counts() {
        let expected = [0: "0", 999: "999", 1_000: "1,000", 1_234_567: "1,234,567", -4_321: "-4,321"]
        for (value, text) in expected { #expect(Figures.count(value) == text) }
    }

    @Test func decimals() {
        #expect(Figures.fixed(0.12345) == "0.1235")
        #expect(Figures.fixed(-0.00001) == "0.0000")
        #expect(Figures.fixed(-1.5, decimals: 1) == "-1.5")
        #expect(Figures.fixed(nil) == "–")
        #expect(Figures.fixed(.nan) == "–")
        #expect(Figures.percent(0.0407) == "4.07 %")
        #expect(Figures.percent(nil) == "–")
    }

    @Test func columnsAreAligned() {
        var grid = TextGrid([.left("name"), .right("count")])
        grid.rows = [["a", "1"], ["longer", "1,000"]]
        #expect(grid.lines == ["name    count", "a           1", "longer  1,000"])
        #expect(TextGrid([.left("name"), .right("count")]).lines == ["name  count"])
    }

    @Test func colourOnlyWhereItIsWelcome() {
        #expect(Ink(isOn: false).warning("careful") == "careful")
        #expect(ProcessConsole(environment: ["NO_COLOR": "1", "TERM": "xterm"]).usesColour == false)
    }
}
