import Testing
import Vocabulary

@Suite("Amounts are whole minor units, fewer than 2⁵³")
struct AmountTests {
    private static let last: Int64 = 1 << 53 - 1

    @Test func whatIsBeyondTheRangeIsNoAmount() throws {
        let yen = try #require(Currency(code: "JPY"))
        for sign in [1.0, -1] {
            let (units, value) = (Int64(sign) * Self.last, sign * Double(Self.last))
            #expect(Amount(majorUnits: value, currency: yen)?.minorUnits == units)
            #expect(Amount(roundingMajorUnits: value, currency: yen)?.minorUnits == units)
            for beyond in [sign * 0x1p53, sign * 1e300, sign * .infinity, .nan] {
                #expect(Amount(majorUnits: beyond, currency: yen) == nil)
                #expect(Amount(roundingMajorUnits: beyond, currency: yen) == nil)
            }
        }
        // Of a currency with cents the range ends a hundred times earlier.
        #expect(Amount(roundingMajorUnits: 90_071_992_547_409, currency: .euro) != nil)
        #expect(Amount(roundingMajorUnits: 90_071_992_547_410, currency: .euro) == nil)
    }

    @Test func partsOfMinorUnitsAreRoundedOrNone() {
        #expect(Amount(majorUnits: 12.34, currency: .euro)?.minorUnits == 1234)
        #expect(Amount(majorUnits: 12.345, currency: .euro) == nil)
        #expect(Amount(roundingMajorUnits: 0.125, currency: .euro)?.minorUnits == 12)
        #expect(Amount(roundingMajorUnits: -0.375, currency: .euro)?.minorUnits == -38)
    }
}
