import Glibc
import Statistics

/// Daily exchange rates: the logarithm of each goes back to its level by a quarter of a percent of the way a day and
/// moves by normal noise.
enum RateProcess {
    /// Two years before the first day: statements and contracts reach back, and features look back a year from there.
    static func firstDay(_ calendar: EconomyCalendar) -> Int32 { calendar.start - 731 }

    /// Units of the base currency for one unit, by day from ``firstDay(_:)`` to the last day, with eight decimals.
    static func rates(of currency: TradeCurrency, _ economy: EconomyState) -> [Double] {
        var random = economy.root.stream("rates").stream(currency.rawValue)
        var deviation = random.normal(standardDeviation: 0.04)
        return (firstDay(economy.calendar)...economy.calendar.end).map { _ in
            deviation += -0.0025 * deviation + random.normal(standardDeviation: 0.004)
            return (currency.level * exp(deviation) * 1e8).rounded() / 1e8
        }
    }
}
