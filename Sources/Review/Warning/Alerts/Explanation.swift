import Vocabulary

/// Words for what a monitor found, in the obligor's own numbers.
enum Explanation {
    static func paymentDelay(_ recent: [Double], usual: Double, spread: Double, since: CalendarDay) -> String
    {
        let mean = recent.reduce(0, +) / Double(max(1, recent.count))
        return "paid \(days(mean)) in the last \(count(recent.count, "invoice")), "
            + "usual \(days(usual)) ± \(whole(spread)); since \(since)"
    }

    static func unpaid(_ ages: [Int], usual: Double, spread: Double, since: CalendarDay) -> String {
        let oldest = ages.max() ?? 0
        let state =
            oldest > 0 ? "\(oldest) days past due" : oldest == 0 ? "due today" : "due in \(-oldest) days"
        return "\(count(ages.count, "invoice")) unpaid beyond the usual time, the oldest \(state); "
            + "usually paid \(days(usual)) ± \(whole(spread)); since \(since)"
    }

    static func orderLevel(_ share: Double, since: CalendarDay) -> String {
        "ordered \(whole(100 * share)) % of its usual monthly volume in the last 3 months, season taken out; "
            + "since \(since)"
    }

    static func orderVolatility(_ deviation: Double, usual: Double, since: CalendarDay) -> String {
        "monthly orders were off by \(whole(100 * deviation)) % in the last 3 months, usual "
            + "\(whole(100 * usual)) %; since \(since)"
    }

    static func disputes(_ disputed: Int, of invoices: Int, usual: Double, since: CalendarDay) -> String {
        "\(disputed) of the last \(count(invoices, "invoice")) disputed, usual \(whole(100 * usual)) %; since \(since)"
    }

    static func utilisation(_ share: Double, usual: Double, spread: Double, since: CalendarDay) -> String {
        "\(whole(100 * share)) % of the credit limit used, usual \(whole(100 * usual)) ± \(whole(100 * spread)) %; "
            + "since \(since)"
    }

    private static func days(_ value: Double) -> String {
        let rounded = value.rounded()
        if rounded == 0 { return "on the due day" }
        let amount = count(Int(max(-100_000, min(100_000, abs(rounded)))), "day")
        return rounded > 0 ? "\(amount) late" : "\(amount) early"
    }

    private static func whole(_ value: Double) -> String {
        String(Int(max(-1e9, min(1e9, value.rounded()))))
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)" + (number == 1 ? "" : "s")
    }
}
