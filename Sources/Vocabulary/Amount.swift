/// Money: whole minor units (cents) of one currency.
public struct Amount: Sendable, Hashable, BitwiseCopyable {
    /// Minor units; negative is owed the other way round.
    public let minorUnits: Int64
    /// The currency.
    public let currency: Currency

    /// An amount from minor units.
    public init(minorUnits: Int64, currency: Currency) {
        self.minorUnits = minorUnits
        self.currency = currency
    }

    /// An amount from decimal major units; `nil` unless it is a whole number of minor units, below 2⁵³ of them.
    ///
    /// A double is taken for the decimal text that it is nearest to: it is exact if the whole number of minor units
    /// next to it, divided by the units in one major unit, gives the same double again.
    public init?(majorUnits: Double, currency: Currency) {
        let scale = Double(currency.minorUnitsPerMajor)
        let units = (majorUnits * scale).rounded()
        guard abs(units) < 0x1p53, units / scale == majorUnits else { return nil }
        self.init(minorUnits: Int64(units), currency: currency)
    }

    /// The nearest amount to decimal major units, halves to the even minor unit; `nil` from 2⁵³ minor units on.
    public init?(roundingMajorUnits value: Double, currency: Currency) {
        let units = (value * Double(currency.minorUnitsPerMajor)).rounded(.toNearestOrEven)
        guard abs(units) < 0x1p53 else { return nil }
        self.init(minorUnits: Int64(units), currency: currency)
    }

    /// The amount in major units, to the nearest double.
    public var majorUnits: Double { Double(minorUnits) / Double(currency.minorUnitsPerMajor) }
}

extension Amount: CustomStringConvertible {
    /// Major units with all decimals and the currency, such as "-12.50 EUR".
    public var description: String {
        let decimals = currency.decimals
        guard decimals > 0 else { return "\(minorUnits) \(currency)" }
        let scale = currency.minorUnitsPerMajor.magnitude
        let rest = String(minorUnits.magnitude % scale)
        let zeros = String(repeating: "0", count: decimals - rest.count)
        let sign = minorUnits < 0 ? "-" : ""
        return "\(sign)\(minorUnits.magnitude / scale).\(zeros)\(rest) \(currency)"
    }
}
