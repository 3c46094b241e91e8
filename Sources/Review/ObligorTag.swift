import Ledger

/// What every obligor of a ledger can be told apart by; the ledger's own tags follow.
enum ObligorTag: String, CaseIterable {
    case industry, region, size, salesperson, group, tenure
    case ageOfDebt = "age of debt"
    case dispute, trend
    case statementAge = "statement age"
    case bureau, events, orders

    /// The value for an obligor; empty where unknown.
    ///
    /// Ages of statements are in days.
    ///
    /// - Parameter figure: A feature of the obligor by its name; `nil` where missing, or where it was not observed.
    func value(of obligor: Obligor, _ figure: (String) -> Double?) -> String {
        switch self {
        case .industry: return obligor.industry ?? ""
        case .region: return obligor.region ?? ""
        case .size:
            return band(
                obligor.employees.map(Double.init), [(10, "1–9"), (50, "10–49"), (250, "50–249")], "250 +")
        case .salesperson: return obligor.salesperson ?? ""
        case .group: return obligor.group == nil ? "none" : "member"
        case .tenure:
            return band(
                figure("months_since_onboarded"), [(12, "< 1 y"), (36, "1–3 y"), (60, "3–5 y")],
                "> 5 y")
        case .ageOfDebt:
            return band(
                figure("oldest_dpd"),
                [(1, "not due"), (31, "1–30"), (61, "31–60"), (91, "61–90")], "> 90")
        case .dispute:
            return figure("open_disputed_share").map { $0 > 0 ? "open" : "none" } ?? ""
        case .trend:
            guard let short = figure("dbt_3m"), let long = figure("dbt_12m") else {
                return ""
            }
            return short > long + 5 ? "slower" : short < long - 5 ? "faster" : "steady"
        case .statementAge:
            return band(
                figure("statement_age"), [(365, "< 12 m"), (731, "12–24 m")], "> 24 m",
                none: "none")
        case .bureau:
            return figure("bureau_judgments").map { $0 > 0 ? "judgments" : "clean" }
                ?? "no record"
        case .events: return (figure("adverse_events_12m") ?? 0) > 0 ? "adverse" : "none"
        case .orders:
            return band(
                figure("order_trend_12m"), [(-0.1, "falling"), (0.1, "steady")], "rising")
        }
    }

    /// The first band whose upper end is above a value.
    private func band(
        _ value: Double?, _ bands: [(below: Double, name: String)], _ last: String, none: String = ""
    ) -> String {
        guard let value else { return none }
        return bands.first { value < $0.below }?.name ?? last
    }
}
