/// Rates of exchange into the base currency on the as-of dates, by currency.
struct AsOfRates: Sendable {
    /// Minor units of the base currency for a minor unit, as-of date by as-of date, a currency behind the other; NaN
    /// where no rate is known.
    private let factors: [Double]
    private let count: Int

    /// - Parameters:
    ///   - factors: By currency and as-of date; the base currency first, with 1 throughout.
    ///   - count: Number of as-of dates.
    init(factors: [Double], count: Int) {
        self.factors = factors
        self.count = count
    }

    /// An amount in minor units of the base currency, rounded to whole ones.
    ///
    /// The first amount without a rate is kept in `gap`, and counts as 0.
    @inline(__always)
    func base(_ money: ObligorHistory.Money, at asOf: Int, gap: inout RateGap?) -> Double {
        if money.currency == .base { return money.amount }
        let factor = factors[money.currency.index * count + asOf]
        if factor.isNaN, !money.amount.isNaN {
            if gap == nil { gap = RateGap(currency: money.currency, asOf: asOf) }
            return 0
        }
        return (money.amount * factor).rounded()
    }
}

/// A rate that was needed and is not known.
struct RateGap: Sendable {
    let currency: CurrencySlot
    let asOf: Int
}
