import Ledger
import Vocabulary

/// What a minor unit of each currency is worth in minor units of the base currency, by day, as known on that day: what
/// ``ExchangeRates`` says, looked up once.
struct DailyFactors: Sendable {
    /// The most factors that are kept.
    private static let most = 1 << 16

    private let firstDay: CalendarDay
    private let days: Int
    /// By currency, then by day; NaN where there is none.
    private let factors: [Double]

    /// - Parameters:
    ///   - currencies: By slot, the base currency first.
    ///   - span: The days; if they are too many, nothing is looked up.
    init(_ rates: ExchangeRates, of currencies: [Currency], on span: ClosedRange<CalendarDay>?) {
        let first = span?.lowerBound ?? .never
        let days = span.map { $0.upperBound.days(since: $0.lowerBound) + 1 } ?? 0
        firstDay = first
        guard currencies.count > 1, days * currencies.count <= Self.most else {
            self.days = 0
            factors = []
            return
        }
        self.days = days
        factors = currencies.flatMap { currency in
            (0..<days).map { offset in
                let day = first.adding(days: offset)
                return (try? rates.factor(of: currency, on: day, asOf: AsOf(day))) ?? .nan
            }
        }
    }

    /// The factor of a currency on a day; `nil` if it is not known here.
    func factor(of currency: CurrencySlot, on day: CalendarDay) -> Double? {
        if currency == .base { return 1 }
        let offset = Int(day.daysSince1970) - Int(firstDay.daysSince1970)
        guard offset >= 0, offset < days else { return nil }
        let factor = factors[currency.index * days + offset]
        return factor.isNaN ? nil : factor
    }
}
