import Features
import Foundation
import Grading
import Ledger
import Results
import Vocabulary

/// Puts the records of a review together, obligor by obligor.
struct ReviewBook {
    let ledger: TradeLedger
    let scale: MasterScale
    let options: ReviewOptions
    let rated: RatedPanel
    /// The tags that the ledger itself gives its obligors.
    let freeTags: [String]
    private let texts: [String: Feature]
    private let rates: ExchangeRates
    private(set) var portfolio: [PortfolioRecord] = []
    private(set) var ratings: [RatingRecord] = []
    private(set) var history: [HistoryRecord] = []
    private(set) var attribution: [AttributionRecord] = []

    init(ledger: TradeLedger, scale: MasterScale, options: ReviewOptions, rated: RatedPanel) {
        self.ledger = ledger
        self.scale = scale
        self.options = options
        self.rated = rated
        var names: Set<String> = []
        for place in 0..<ledger.obligorCount {
            names.formUnion(
                ledger.view(of: place, asOf: AsOf(options.asOf)).obligor?.tags.keys.map(\.self) ?? [])
        }
        rates = ledger.exchangeRates()
        freeTags = names.subtracting(ObligorTag.allCases.map(\.rawValue)).sorted()
        texts = Dictionary(
            PanelOptions.catalogue(for: .days([])).map { ($0.name, $0) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Takes all obligors in the order of their ids.
    mutating func fill() throws {
        for place in 0..<ledger.obligorCount {
            let view = ledger.view(of: place, asOf: AsOf(options.asOf))
            guard let obligor = view.obligor else { continue }
            try add(obligor, place)
        }
    }

    private mutating func add(_ obligor: Obligor, _ place: Int) throws {
        let observed = rated.observations[obligor.id.text] ?? [:]
        let spells = try ledger.defaultHistory(
            of: place, by: options.definition, rates: rates, asOf: AsOf(options.asOf))
        func state(_ day: CalendarDay) -> (grade: Grade, pd: Double)? {
            if spells.isInDefault(asOf: AsOf(day)) { return (.d, 1) }
            return observed[day].map { (scale.grade(ofPD: $0.pd), $0.pd) }
        }
        let days = options.dates
        let states = days.map(state)
        for (day, state) in zip(days, states) {
            guard let state else { continue }
            history.append(record(obligor, day, state, observed[day]))
        }
        let before = states.dropLast().last.flatMap(\.self)
        guard states.last != nil, let now = states[states.count - 1] else {
            return
        }
        let observation = observed[options.asOf]
        let owed =
            try observation.map {
                (open: $0.figure("open_amount") ?? 0, overdue: $0.figure("overdue_amount") ?? 0)
            }
            ?? receivables(of: place)
        portfolio.append(entry(obligor, now, before: before, observation, owed))
        guard let observation else { return }
        ratings.append(
            RatingRecord(
                id: obligor.id.text, score: observation.score, logOdds: observation.logOdds,
                pd: observation.pd,
                grade: now.grade.rawValue, reasons: observation.reasons))
        if let earlier = options.earlier.last, let old = observed[earlier] {
            explain(obligor, from: (earlier, old), to: observation)
        }
    }

    /// What an obligor owes on the date of the review, for those in default, who have no features.
    private func receivables(of place: Int) throws -> (open: Double, overdue: Double) {
        let asOf = AsOf(options.asOf)
        var owed = (open: 0.0, overdue: 0.0)
        for item in ledger.allocationHistory(of: place).openItems(asOf: asOf) {
            let amount =
                item.amount.majorUnits
                * (try rates.rate(of: item.amount.currency, on: asOf.day, asOf: asOf))
            owed.open += amount
            if item.daysPastDue(asOf: asOf) > 0 { owed.overdue += amount }
        }
        return owed
    }

    private func record(
        _ obligor: Obligor, _ day: CalendarDay, _ state: (grade: Grade, pd: Double),
        _ observation: Observation?
    ) -> HistoryRecord {
        HistoryRecord(
            id: obligor.id.text, asOf: "\(day)", grade: state.grade.rawValue, pd: state.pd,
            daysBeyondTerms: observation?.figure("dbt_3m"), exposure: observation?.figure("open_amount"),
            overdue: observation?.figure("overdue_amount"), limit: observation?.figure("credit_limit"))
    }

    private func entry(
        _ obligor: Obligor, _ now: (grade: Grade, pd: Double), before: (grade: Grade, pd: Double)?,
        _ observation: Observation?, _ owed: (open: Double, overdue: Double)
    ) -> PortfolioRecord {
        let movement: PortfolioRecord.Movement =
            if let before {
                now.grade == before.grade
                    ? .unchanged
                    : now.grade == .d ? .defaulted : now.grade.rank < before.grade.rank ? .up : .down
            } else {
                .new
            }
        return PortfolioRecord(
            id: obligor.id.text, name: obligor.name, asOf: "\(options.asOf)", grade: now.grade.rawValue,
            previousGrade: before?.grade.rawValue, score: observation?.score, pd: now.pd,
            previousPD: before?.pd,
            currency: ledger.baseCurrency.code, exposure: owed.open,
            overdue: owed.overdue,
            daysBeyondTerms: observation?.figure("dbt_3m"),
            expectedLoss: now.pd * options.lossGivenDefault * owed.open,
            limit: observation?.figure("credit_limit"),
            termsDays: observation?.figure("terms_given_12m").map { Int($0.rounded()) }, movement: movement,
            tags: tags(obligor, observation))
    }

    private func tags(_ obligor: Obligor, _ observation: Observation?) -> [String] {
        ObligorTag.allCases.map { $0.value(of: obligor, observation) }
            + freeTags.map { obligor.tags[$0] ?? "" }
    }

    /// The change of log-odds, which is the sum of the changes of the contributions.
    private mutating func explain(
        _ obligor: Obligor, from old: (day: CalendarDay, observation: Observation), to new: Observation
    ) {
        let parts = zip(new.contributions, old.observation.contributions).map { $0 - $1 }
        let order = parts.indices.sorted { (abs(parts[$1]), $0) < (abs(parts[$0]), $1) }
        for position in order where parts[position] != 0 {
            let name = rated.inputs[position]
            attribution.append(
                AttributionRecord(
                    id: obligor.id.text, from: "\(old.day)", to: "\(options.asOf)", component: .data,
                    feature: name,
                    text: texts[name]?.meaning, logOdds: parts[position]))
        }
    }
}
