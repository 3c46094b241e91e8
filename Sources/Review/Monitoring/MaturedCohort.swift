public import Ledger
public import Parallelism
public import Results
public import Vocabulary

/// The obligors of a date with the PDs that they had, and what became of them, as known later.
public struct MaturedCohort: Sendable, Equatable {
    /// The date of the ratings.
    public let day: CalendarDay
    /// The obligors in the order of ids.
    public let obligors: [ObligorID]
    /// PDs, by obligor.
    public let pds: [Double]
    /// Whether each defaulted within the window.
    public let defaulted: [Bool]

    /// A cohort; all lists have a value per obligor.
    public init(day: CalendarDay, obligors: [ObligorID], pds: [Double], defaulted: [Bool]) {
        self.day = day
        self.obligors = obligors
        self.pds = pds
        self.defaulted = defaulted
    }
}

/// Ratings by date and obligor, of dates whose outcomes may be complete by now.
public struct RatingsByDate: Sendable {
    private var pds: [CalendarDay: [ObligorID: Double]] = [:]

    /// No ratings.
    public init() {}

    /// The PDs of a review's history; obligors in default on a date are left out, as their outcome was no forecast.
    ///
    /// - Parameter last: The last date to take.
    public init(_ history: some Sequence<HistoryRecord>, through last: CalendarDay) {
        for record in history where record.grade != nil && record.grade != Grade.d.rawValue {
            guard let day = CalendarDay(iso8601: record.asOf), day <= last, let pd = record.pd else {
                continue
            }
            pds[day, default: [:]][ObligorID(record.id)] = pd
        }
    }

    /// Takes the ratings that a store keeps of a run, in place of others of the same date.
    public mutating func take(_ ratings: [StoredRating]) {
        for (day, own) in Dictionary(grouping: ratings, by: \.asOf) {
            pds[day] = Dictionary(
                own.filter { $0.grade != .d }.map { ($0.obligor, $0.pd) },
                uniquingKeysWith: { _, last in last })
        }
    }

    /// Takes the ratings of dates that are not there yet.
    public mutating func complete(with other: RatingsByDate) {
        pds.merge(other.pds) { own, _ in own }
    }

    /// The ratings from a date on alone.
    public func since(_ first: CalendarDay) -> RatingsByDate {
        var rest = self
        rest.pds = pds.filter { $0.key >= first }
        return rest
    }

    /// The cohorts whose windows have closed by a day, earliest first.
    ///
    /// A default counts if it begins after the date of the rating and no later than so many months after it, and is
    /// known by the day. Obligors in default on the date of the rating, or whose records cannot be used, are left out.
    ///
    /// - Parameter known: Times in default by place, as known by the day, where somebody has looked already.
    /// - Complexity: O(records of the ledger) if any cohort has matured and nobody has looked, else nothing.
    public func matured(
        in ledger: TradeLedger, by definition: DefaultDefinition, asOf day: CalendarDay, months: Int,
        known: @Sendable (Int) -> [DefaultSpell]? = { _ in nil }, workers: Workers = .single
    ) -> [MaturedCohort] {
        let days = pds.keys.filter { $0.adding(months: months) <= day }.sorted()
        guard !days.isEmpty else { return [] }
        let rates = ledger.exchangeRates()
        // By place, what is known of the obligor on each date.
        let outcomes = workers.map(ledger.obligorCount) { place -> [(pd: Double, defaulted: Bool)?] in
            let id = ledger.id(ofObligor: place)
            let own = days.map { pds[$0]?[id] }
            guard own.contains(where: { $0 != nil }),
                let spells = known(place)
                    ?? (try? ledger.defaultHistory(
                        of: place, by: definition, rates: rates, asOf: AsOf(day)))?.spells(asOf: AsOf(day))
            else { return [] }
            return zip(days, own).map { date, pd in
                guard let pd, !spells.contains(where: { $0.contains(date) }) else { return nil }
                let last = date.adding(months: months)
                return (pd, spells.contains { $0.start > date && $0.start <= last })
            }
        }
        return days.indices.map { date in
            let places = outcomes.indices.filter { !outcomes[$0].isEmpty && outcomes[$0][date] != nil }
            let rows = places.compactMap { outcomes[$0][date] }
            return MaturedCohort(
                day: days[date], obligors: places.map { ledger.id(ofObligor: $0) }, pds: rows.map(\.pd),
                defaulted: rows.map(\.defaulted))
        }
    }
}
