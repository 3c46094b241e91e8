/// A currency of ISO 4217.
///
/// Kept as the number that its three letters spell to the base of 26, so that a record spends two bytes on it.
public struct Currency: Sendable, Hashable, BitwiseCopyable {
    /// The three letters as a number: 676 · first + 26 · second + third, each counted from A = 0.
    public let number: UInt16

    /// The currency of a three-letter code in capitals; `nil` if ISO 4217 has none of that code.
    public init?(code: some StringProtocol) {
        guard let number = Self.number(of: code), Self.all.contains(number) else { return nil }
        self.number = number
    }

    private init(knownCode code: StaticString) {
        number = Self.number(of: "\(code)") ?? 0
    }

    /// The euro.
    public static let euro = Currency(knownCode: "EUR")

    /// The three-letter code, such as "EUR".
    public var code: String {
        let letters = [number / 676, number / 26 % 26, number % 26].map { UInt8(ascii: "A") + UInt8($0) }
        return String(decoding: letters, as: UTF8.self)
    }

    /// Decimals of an amount in major units: 2 for EUR, 0 for JPY, 3 for KWD.
    public var decimals: Int { Int(Self.decimalsByNumber[Int(number)]) }

    /// Minor units in one major unit: 10 to the power of ``decimals``.
    public var minorUnitsPerMajor: Int64 {
        switch decimals {
        case 0: 1
        case 2: 100
        case 3: 1000
        default: 10_000
        }
    }
}

extension Currency: Comparable {
    /// Orders by code.
    public static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

extension Currency: CustomStringConvertible {
    /// The three-letter code.
    public var description: String { code }
}

extension Currency {
    private static func number(of code: some StringProtocol) -> UInt16? {
        var number: UInt16 = 0
        var count = 0
        for byte in code.utf8 {
            guard count < 3, byte >= UInt8(ascii: "A"), byte <= UInt8(ascii: "Z") else { return nil }
            number = number * 26 + UInt16(byte - UInt8(ascii: "A"))
            count += 1
        }
        return count == 3 ? number : nil
    }

    private static func numbers(_ codes: String) -> Set<UInt16> {
        Set(codes.split(separator: " ").compactMap { number(of: $0) })
    }

    /// The currencies of ISO 4217 in use, without funds, metals and test codes, and those that the euro replaced
    /// since 2011 (EEK, LVL, LTL, HRK), which ledgers still hold.
    private static let all = numbers(
        """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF \
        CHF CLF CLP CNH CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EEK EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF \
        GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP \
        LKR LRD LSL LTL LVL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR \
        PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL \
        THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
        """)
    /// By number; a table, since every amount that is read asks for it.
    private static let decimalsByNumber: [UInt8] = {
        var table = [UInt8](repeating: 2, count: 26 * 26 * 26)
        for (decimals, currencies) in [(0, withoutDecimals), (3, withThreeDecimals), (4, withFourDecimals)] {
            for number in currencies { table[Int(number)] = UInt8(decimals) }
        }
        return table
    }()
    private static let withoutDecimals = numbers(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF")
    private static let withThreeDecimals = numbers("BHD IQD JOD KWD LYD OMR TND")
    private static let withFourDecimals = numbers("CLF")
}
