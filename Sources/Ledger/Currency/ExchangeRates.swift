import Synchronization
public import Vocabulary

/// Turns amounts into the base currency of a ledger, at rates known on a day.
///
/// A rate comes from the ledger's own quotes: of the currency in the base, else of the base in the currency, else
/// through one third currency (the first by code that both are quoted with). A quote holds from its day until the next
/// one, but at most ``maximumAge`` days.
public struct ExchangeRates: Sendable {
    /// The currency that amounts are turned into.
    public let base: Currency
    /// How many days a quote holds.
    public let maximumAge: Int
    /// How many days a quote holds unless stated otherwise, so that month-end rates do.
    public static let standardAge = 31
    private let quotes: [Pair: [Quote]]
    private let currencies: [Currency]

    private struct Pair: Hashable {
        let currency: Currency
        let base: Currency
    }

    private struct Quote {
        let day: CalendarDay
        let known: CalendarDay
        let rate: Double
    }

    /// Rates of a ledger.
    ///
    /// - Parameter maximumAge: How many days a quote holds; 31 lets month-end rates do.
    init(_ rates: [ExchangeRate], base: Currency, maximumAge: Int) {
        self.base = base
        self.maximumAge = maximumAge
        var quotes: [Pair: [Quote]] = [:]
        for rate in rates {
            quotes[Pair(currency: rate.currency, base: rate.base), default: []].append(
                Quote(day: rate.day, known: rate.known, rate: rate.rate))
        }
        self.quotes = quotes.mapValues { $0.sorted { ($0.day, $0.known) < ($1.day, $1.known) } }
        currencies = Set(rates.flatMap { [$0.currency, $0.base] }).sorted()
    }

    /// Units of the base currency for one unit of another.
    ///
    /// - Parameters:
    ///   - day: The day whose rate is asked for.
    ///   - asOf: What became known later does not exist.
    /// - Throws: ``LedgerError/missingRate(currency:base:day:)``.
    public func rate(of currency: Currency, on day: CalendarDay, asOf: AsOf) throws(LedgerError) -> Double {
        if currency == base { return 1 }
        if let rate = quoted(currency, base, day, asOf) { return rate }
        for third in currencies where third != currency && third != base {
            if let first = quoted(currency, third, day, asOf), let second = quoted(third, base, day, asOf) {
                return first * second
            }
        }
        throw .missingRate(currency: currency, base: base, day: day)
    }

    /// Minor units of the base currency for a minor unit of another.
    ///
    /// - Throws: ``LedgerError/missingRate(currency:base:day:)``.
    public func factor(of currency: Currency, on day: CalendarDay, asOf: AsOf) throws(LedgerError) -> Double {
        if currency == base { return 1 }
        let scale = Double(base.minorUnitsPerMajor) / Double(currency.minorUnitsPerMajor)
        return try rate(of: currency, on: day, asOf: asOf) * scale
    }

    /// A transaction of the past in whole minor units of the base currency: at the rate of its own day, as known then,
    /// halves away from zero.
    ///
    /// What is open is taken at the rate as of the day instead: ``factor(of:on:asOf:)`` of that day.
    ///
    /// - Throws: ``LedgerError/missingRate(currency:base:day:)``.
    public func transaction(_ amount: Amount, on day: CalendarDay) throws(LedgerError) -> Double {
        let units = Double(amount.minorUnits)
        if amount.currency == base { return units }
        return Self.whole(amount, times: try factor(of: amount.currency, on: day, asOf: AsOf(day)))
    }

    /// An amount in whole minor units of the base currency at a factor, halves away from zero.
    @inlinable
    public static func whole(_ amount: Amount, times factor: Double) -> Double {
        (Double(amount.minorUnits) * factor).rounded()
    }

    private func quoted(
        _ currency: Currency, _ base: Currency, _ day: CalendarDay, _ asOf: AsOf
    ) -> Double? {
        if let rate = latest(Pair(currency: currency, base: base), day, asOf) { return rate }
        return latest(Pair(currency: base, base: currency), day, asOf).map { 1 / $0 }
    }

    private func latest(_ pair: Pair, _ day: CalendarDay, _ asOf: AsOf) -> Double? {
        guard let quotes = quotes[pair] else { return nil }
        var low = 0
        var high = quotes.count
        while low < high {
            let middle = (low + high) / 2
            if quotes[middle].day <= day { low = middle + 1 } else { high = middle }
        }
        while low > 0, day.days(since: quotes[low - 1].day) <= maximumAge {
            if asOf.sees(quotes[low - 1].known) { return quotes[low - 1].rate }
            low -= 1
        }
        return nil
    }
}

extension TradeLedger {
    /// The ledger's exchange rates.
    ///
    /// - Parameter maximumAge: How many days a quote holds.
    public func exchangeRates(maximumAge: Int = ExchangeRates.standardAge) -> ExchangeRates {
        knownRates.rates(maximumAge) {
            ExchangeRates(rates.records, base: baseCurrency, maximumAge: maximumAge)
        }
    }
}

/// Exchange rates that were made ready once, by how many days a quote holds: whoever asks again gets the same ones.
final class RateMemory: Sendable {
    private let known = Mutex<[Int: ExchangeRates]>([:])

    /// The rates, made if they are not known yet.
    func rates(_ maximumAge: Int, _ make: () -> ExchangeRates) -> ExchangeRates {
        known.withLock { known in
            if let rates = known[maximumAge] { return rates }
            let rates = make()
            known[maximumAge] = rates
            return rates
        }
    }
}
