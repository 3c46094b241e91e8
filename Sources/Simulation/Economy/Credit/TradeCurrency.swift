/// The currencies that obligors are invoiced in.
enum TradeCurrency: String, CaseIterable, Sendable {
    case eur = "EUR"
    case usd = "USD"
    case gbp = "GBP"
    case chf = "CHF"
    case pln = "PLN"
    case jpy = "JPY"

    /// The currency of the ledger.
    static let base = TradeCurrency.eur

    /// Digits after the decimal point.
    var decimals: Int { self == .jpy ? 0 : 2 }

    /// Units of the base currency for one unit, about which the daily rate moves.
    var level: Double {
        switch self {
        case .eur: 1
        case .usd: 0.90
        case .gbp: 1.16
        case .chf: 1.03
        case .pln: 0.225
        case .jpy: 0.0066
        }
    }

    /// An amount of the base currency in minor units of this one, by the level of the rate; at least one unit.
    func minorUnits(ofBase amount: Double) -> Int64 {
        max(1, Int64((amount / level * (decimals == 0 ? 1 : 100)).rounded()))
    }

    /// The currency of an obligor: the base, or another for most of those abroad and a few at home.
    static func drawn(of region: Obligor.Region, _ first: Double, _ second: Double) -> TradeCurrency {
        guard first < (region == .abroad ? 0.6 : 0.04) else { return base }
        return [.usd, .gbp, .chf, .pln, .jpy][
            ObligorTraits.drawn(second, from: [0.4, 0.25, 0.15, 0.12, 0.08])]
    }
}
