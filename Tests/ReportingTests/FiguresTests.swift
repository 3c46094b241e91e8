import Testing

@testable import Reporting

@Suite("Figures are printed as readers expect")
struct FiguresTests {
    private let english = Figures(language: .english)

    @Test(arguments: [
        (0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567"),
    ])
    func counts(value: Int, text: String) { #expect(english.count(value) == text) }

    @Test(arguments: [
        (0.0, "0.00"), (-0.001, "0.00"), (1234.567, "1,234.57"), (-1234.5, "-1,234.50"),
    ])
    func numbers(value: Double, text: String) { #expect(english.number(value, decimals: 2) == text) }

    @Test(arguments: [nil, Double.nan, .infinity])
    func whatIsNoFigureIsADash(value: Double?) {
        #expect(english.number(value, decimals: 2) == Figures.missing)
        #expect(english.percent(value) == Figures.missing)
        #expect(english.pd(value) == Figures.missing)
        #expect(english.signed(value, decimals: 1) == Figures.missing)
        #expect(english.pValue(value) == Figures.missing)
    }

    @Test(arguments: [(0.25, "25.0%"), (0.0123, "1.23%"), (0.00012, "0.012%")])
    func pds(value: Double, text: String) { #expect(english.pd(value) == text) }

    @Test func changesHaveTheirSign() {
        #expect(english.signed(1.25, decimals: 1) == "+1.2")
        #expect(english.signed(-1.25, decimals: 2) == "−1.25")
        #expect(english.signed(0, decimals: 2) == "0.00")
    }

    @Test func daysFollowTheLanguage() {
        #expect(english.day("2024-06-30") == "30 Jun 2024")
        #expect(Figures(language: .simplifiedChinese).day("2024-06-30") == "2024年6月30日")
        #expect(english.day("soon") == "soon")
        #expect(english.day("2024-13-01") == "2024-13-01")
        #expect(english.day(nil) == Figures.missing)
    }

    @Test(arguments: [
        ("(-inf, 3.9466405989986653)", "< 3.947"),
        ("[3.9466405989986653, 14.009290965888816)", "3.947 – 14.01"),
        ("[14.009290965888816, inf)", "≥ 14.01"), ("[-0.05, 0.0)", "-0.05 – 0"),
        ("[1200000.0, 2500000.0)", "1,200,000 – 2,500,000"),
        ("missing", "missing"), ("A41, A48", "A41, A48"), ("(-inf, inf)", "(-inf, inf)"),
    ])
    func bandsAreReadByPeople(label: String, expected: String) {
        #expect(Figures(language: .english).band(label) == expected)
    }
}
