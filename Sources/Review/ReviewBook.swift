import Features
import Foundation
import Grading
import Ledger
import Parallelism
import Results
import Scoring
import Tables
import Vocabulary

/// Puts the records of a review together, batch by batch; all come out in the order of the obligors' ids.
struct ReviewBook {
    /// Obligors that one thread looks at at a time.
    private static let blockSize = 256

    let ledger: TradeLedger
    let basis: RatingBasis
    let options: ReviewOptions
    let columns: FactColumns
    let selection: DueSelection
    let earlier: EarlierReview?
    /// Whether the history of the earlier review is gone on with.
    let goesOn: Bool
    let challengers: [Challenger]
    let workers: Workers
    /// The tags that the ledger itself gives its obligors.
    let freeTags: [String]
    private let hands: HandGrades
    private let rater: DayRater
    private var pages: [Page]
    /// The rows of the date, batch by batch, of obligors that are rated.
    private var rated: [FactTable] = []

    private(set) var portfolio: [PortfolioRecord] = []
    private(set) var ratings: [RatingRecord] = []
    private(set) var path: [RatingStepRecord] = []
    private(set) var history: [HistoryRecord] = []
    private(set) var attribution: [AttributionRecord] = []
    private(set) var requests: [RefreshRequestRecord] = []
    private(set) var missing: [DataQualityRecord.Missing] = []
    private(set) var statementAges: [DataQualityRecord.StatementAge] = []
    private(set) var refused: [(id: String, reason: String)] = []
    private(set) var facts: Table
    private(set) var shadow: [ShadowRecord] = []

    /// What is written of one obligor.
    private struct Page {
        var portfolio: PortfolioRecord?
        var rating: RatingRecord?
        var path: [RatingStepRecord] = []
        var history: [HistoryRecord] = []
        var attribution: [AttributionRecord] = []
        /// What it was in the review before.
        var before: EarlierRating?
        var refusal: String?
        var inputs = Inputs()
    }

    /// How up to date the inputs of an obligor are.
    private struct Inputs {
        /// What has to be brought up to date.
        var requests: [RefreshRequestRecord] = []
        /// The end of the last statement's period.
        var lastStatement: CalendarDay?
    }

    init(
        ledger: TradeLedger, basis: RatingBasis, options: ReviewOptions, columns: FactColumns,
        selection: DueSelection, earlier: EarlierReview?, goesOn: Bool, challengers: [Challenger] = [],
        workers: Workers
    ) throws(TableError) {
        self.ledger = ledger
        self.basis = basis
        self.options = options
        self.columns = columns
        self.selection = selection
        self.earlier = earlier
        self.goesOn = goesOn
        self.challengers = challengers
        self.workers = workers
        var names: Set<String> = []
        for place in 0..<ledger.obligorCount {
            names.formUnion(
                ledger.view(of: place, asOf: AsOf(options.asOf)).obligor?.tags.keys.map(\.self) ?? [])
        }
        let own = Set(ObligorTag.allCases.map(\.rawValue) + [PortfolioReview.reasonTag])
        freeTags = names.subtracting(own).sorted()
        hands = HandGrades(ledger: ledger, months: options.handGradeMonths)
        rater = DayRater(ledger: ledger, basis: basis, hands: hands, workers: workers)
        pages = [Page](repeating: Page(), count: ledger.obligorCount)
        facts = try Table(columns: [])
        for place in selection.reasons.indices where selection.reasons[place] != nil {
            let last = earlier?.portfolio[ledger.id(ofObligor: place).text]
            pages[place].before = last.flatMap { record in
                record.grade.flatMap(Grade.init(rawValue:)).map { EarlierRating(grade: $0, pd: record.pd) }
            }
        }
    }
}

// MARK: Batches

extension ReviewBook {
    /// Takes the facts of some obligors.
    mutating func take(_ facts: FactTable, of places: [Int]) throws {
        for day in goesOn ? [] : options.earlier { try takeEarlier(facts, day) }
        let today = facts.rows(on: options.asOf, .rated)
        if goesOn { for place in places { takeHistory(place) } }
        for row in facts.rows(on: options.asOf, .refused) {
            guard let place = place(facts, row) else { continue }
            pages[place].refusal = facts.table["reason"]?.text(at: row) ?? "its records cannot be used"
        }
        for row in facts.rows(on: options.asOf, .defaulted) {
            guard let place = place(facts, row) else { continue }
            takeDefault(
                place, open: facts.figure("open_amount", row) ?? 0,
                overdue: facts.figure("overdue_amount", row) ?? 0)
        }
        let part = try FactTable(facts.table.gathered(today))
        try explain(part, facts)
        rated.append(part)
        // Now, while the records of the batch are in memory.
        takeInputs(of: places)
    }

    /// Takes how up to date the inputs of some obligors are.
    private mutating func takeInputs(of places: [Int]) {
        let (ledger, asOf, clocks) = (ledger, AsOf(options.asOf), basis.policy?.clocks ?? [])
        let blocks = workers.map((places.count + Self.blockSize - 1) / Self.blockSize) { block in
            places[block * Self.blockSize..<min(places.count, (block + 1) * Self.blockSize)].map { place in
                let view = ledger.view(of: place, asOf: asOf)
                return Inputs(
                    requests: clocks.compactMap { $0.request(view) },
                    lastStatement: InputClock.Input.statements.lastDate(view))
            }
        }
        for (place, inputs) in zip(places, blocks.joined()) { pages[place].inputs = inputs }
    }

    private func place(_ facts: FactTable, _ row: Int) -> Int? {
        ledger.place(of: ObligorID(facts.ids[row]))
    }

    /// Rates the obligors on an earlier date, for their history.
    private mutating func takeEarlier(_ facts: FactTable, _ date: CalendarDay) throws {
        let rows = facts.rows(on: date, .rated)
        let part = try FactTable(facts.table.gathered(rows))
        let (rated, basis) = try rater.rate(part, on: date, withReasons: false)
        let graded = try rated.graded(by: basis.grader, workers: workers)
        let pds = rated.pds
        let isLast = date == options.earlier.last
        for row in part.ids.indices {
            guard let place = place(part, row) else { continue }
            let grade = graded.finalGrade(row)
            pages[place].history.append(record(part.table, row, date, grade, pds[row]))
            if isLast, earlier == nil { pages[place].before = EarlierRating(grade: grade, pd: pds[row]) }
        }
        for row in facts.rows(on: date, .defaulted) {
            guard let place = place(facts, row) else { continue }
            pages[place].history.append(defaulted(place, date, facts.table, row))
            if isLast, earlier == nil { pages[place].before = EarlierRating(grade: .d, pd: 1) }
        }
    }

    private func record(
        _ table: Table, _ row: Int, _ day: CalendarDay, _ grade: Grade, _ pd: Double
    ) -> HistoryRecord {
        HistoryRecord(
            id: table["obligor"]?.text(at: row) ?? "", asOf: "\(day)", grade: grade.rawValue, pd: pd,
            daysBeyondTerms: table.figure("dbt_3m", row), exposure: table.figure("open_amount", row),
            overdue: table.figure("overdue_amount", row), limit: table.figure("credit_limit", row))
    }

    private func defaulted(
        _ place: Int, _ day: CalendarDay, _ table: Table, _ row: Int
    ) -> HistoryRecord {
        HistoryRecord(
            id: ledger.id(ofObligor: place).text, asOf: "\(day)", grade: Grade.d.rawValue, pd: 1,
            exposure: table.figure("open_amount", row), overdue: table.figure("overdue_amount", row))
    }

    /// Takes over what the earlier review says of the dates before.
    private mutating func takeHistory(_ place: Int) {
        let dates = Set(options.earlier.map { "\($0)" })
        let rows = earlier?.history[ledger.id(ofObligor: place).text] ?? []
        pages[place].history = rows.filter { dates.contains($0.asOf) }
    }

    private mutating func takeDefault(_ place: Int, open: Double, overdue: Double) {
        guard let obligor = ledger.view(of: place, asOf: AsOf(options.asOf)).obligor else { return }
        let id = obligor.id.text
        let before = pages[place].before
        let loss = basis.policy?[.d].lossGivenDefault ?? options.lossGivenDefault
        pages[place].portfolio = PortfolioRecord(
            id: id, name: obligor.name, asOf: "\(options.asOf)", grade: Grade.d.rawValue,
            previousGrade: before?.grade.rawValue, pd: 1, previousPD: before?.pd,
            currency: ledger.baseCurrency.code, exposure: open, overdue: overdue,
            expectedLoss: loss * open, limit: basis.policy.map { _ in 0 },
            available: basis.policy.map { _ in 0 }, termsDays: basis.policy.map { $0[.d].termsDays },
            security: basis.policy.map { $0[.d].security.rawValue },
            reviewDue: basis.policy.map { "\(options.asOf.adding(months: $0[.d].reviewMonths))" },
            movement: .init(from: before?.grade, to: .d),
            tags: tags(obligor, place) { _ in nil })
        pages[place].path = [
            RatingStepRecord(
                id: id, step: 1, stage: .final, rule: "default definition", toGrade: Grade.d.rawValue,
                effect: .cap, reason: "the obligor is in default")
        ]
        pages[place].history.append(
            HistoryRecord(
                id: id, asOf: "\(options.asOf)", grade: Grade.d.rawValue, pd: 1, exposure: open,
                overdue: overdue))
    }

    private func tags(_ obligor: Obligor, _ place: Int, _ figure: (String) -> Double?) -> [String] {
        ObligorTag.allCases.map { $0.value(of: obligor, figure) }
            + [selection.reasons[place]?.rawValue ?? ""] + freeTags.map { obligor.tags[$0] ?? "" }
    }

    /// Why ratings moved since the review before.
    ///
    /// While an obligor is in default nothing is known of it but that, so that its data are those of the other date.
    private mutating func explain(_ today: FactTable, _ facts: FactTable) throws {
        let old: FactTable
        let rowOf: (String) -> Int?
        if goesOn, let earlier, let kept = earlier.facts {
            old = kept
            rowOf = { id in earlier.factRow(id).flatMap { kept.standings[$0] == .rated ? $0 : nil } }
        } else {
            old = facts
            let rows = options.earlier.last.map { facts.rows(on: $0, .rated) } ?? []
            let known = Dictionary(rows.map { (facts.ids[$0], $0) }, uniquingKeysWith: { _, last in last })
            rowOf = { known[$0] }
        }
        // Rows of one date at a time, since those kept from earlier reviews may be of several.
        var pairs: [CalendarDay: [(old: Int, new: Int)]] = [:]
        var (fallen, back): ([CalendarDay: [Int]], [CalendarDay: [Int]]) = ([:], [:])
        for (row, id) in today.ids.enumerated() {
            if let before = rowOf(id) {
                pairs[old.days[before], default: []].append((before, row))
            } else if let date = defaultedOn(id) {
                back[date, default: []].append(row)
            }
        }
        for row in facts.rows(on: options.asOf, .defaulted) {
            if let before = rowOf(facts.ids[row]) { fallen[old.days[before], default: []].append(before) }
        }
        for (date, rows) in pairs.sorted(by: { $0.key < $1.key }) {
            try explain(
                rows.map { today.ids[$0.new] }, from: .init(old.table.gathered(rows.map(\.old)), on: date),
                to: .init(today.table.gathered(rows.map(\.new)), on: options.asOf))
        }
        for (date, rows) in fallen.sorted(by: { $0.key < $1.key }) {
            let last = old.table.gathered(rows)
            try explain(
                rows.map { old.ids[$0] }, from: .init(last, on: date),
                to: .init(last, on: options.asOf, inDefault: true))
        }
        for (date, rows) in back.sorted(by: { $0.key < $1.key }) {
            let first = today.table.gathered(rows)
            try explain(
                rows.map { today.ids[$0] }, from: .init(first, on: date, inDefault: true),
                to: .init(first, on: options.asOf))
        }
    }

    /// The date of the review before if the obligor was in default on it.
    private func defaultedOn(_ id: String) -> CalendarDay? {
        guard let place = ledger.place(of: ObligorID(id)), pages[place].before?.grade == .d else {
            return nil
        }
        return earlier.map { $0.ratedOn(id) } ?? options.earlier.last
    }

    private mutating func explain(
        _ names: [String], from: ChangeExplanation.Facts, to: ChangeExplanation.Facts
    ) throws {
        let model = earlier?.basis ?? basis
        let places = names.compactMap { ledger.place(of: ObligorID($0)) }
        let moves = try ChangeExplanation(
            earlier: model.deciding(hands.decisions(on: places, asOf: from.day, beside: model.experts)),
            later: basis.deciding(hands.decisions(on: places, asOf: to.day, beside: basis.experts)),
            workers: workers
        ).moves(of: names, from: from, to: to)
        for (place, move) in zip(places, moves) { pages[place].attribution = move.records }
    }
}

// MARK: The whole

extension ReviewBook {
    /// Grades everybody that is due together, since limits of a group depend on each other, and puts all in order.
    mutating func close() throws {
        try gradeToday()
        for place in selection.kept { try keep(place) }
        takeInputs(of: selection.kept)
        countAges()
        bind()
        // Whose own record cannot be used is not in the ledger.
        let strangers = options.setAside.filter { ledger.place(of: ObligorID($0.key)) == nil }
        refused += strangers.map { (id: $0.key, reason: $0.value) }
        refused.sort { $0.id < $1.id }
        let known = selection.reasons.count { $0 != nil } + strangers.count
        if Double(refused.count) > options.maximumRefused * Double(known), let first = refused.first {
            throw ReviewError.tooManyRefused(
                count: refused.count, obligors: known, share: options.maximumRefused, reason: first.reason)
        }
        for record in (earlier?.portfolio ?? [:]).values.sorted(by: { $0.id < $1.id })
        where ledger.place(of: ObligorID(record.id)) == nil && strangers[record.id] == nil {
            portfolio.append(
                record.withdrawn(
                    asOf: options.asOf, currency: ledger.baseCurrency.code,
                    tags: ObligorTag.allCases.count + 1 + freeTags.count))
        }
        try gatherFacts()
    }

    /// Puts the pages behind one another, and takes each apart as it goes: a large portfolio is not to be there twice.
    private mutating func bind() {
        portfolio.reserveCapacity(pages.count { $0.portfolio != nil })
        ratings.reserveCapacity(pages.count { $0.rating != nil })
        path.reserveCapacity(pages.reduce(0) { $0 + $1.path.count })
        history.reserveCapacity(pages.reduce(0) { $0 + $1.history.count })
        attribution.reserveCapacity(pages.reduce(0) { $0 + $1.attribution.count })
        for place in pages.indices {
            let page = pages[place]
            pages[place] = Page()
            if let reason = page.refusal { refused.append((ledger.id(ofObligor: place).text, reason)) }
            if let record = page.portfolio {
                portfolio.append(record)
                // Of everybody with a grade.
                requests += page.inputs.requests
            }
            if let rating = page.rating { ratings.append(rating) }
            path += page.path
            history += page.history
            attribution += page.attribution
        }
        pages = []
    }

    private mutating func gradeToday() throws {
        missing = basis.model.scorer.columns.map { .init(column: $0, share: 0) }
        let parts = rated.filter { !$0.ids.isEmpty }
        guard !parts.isEmpty else { return }
        let facts = try FactTable(Table.concatenating(parts.map(\.table)))
        // The batches are in it.
        rated = [facts]
        let (today, basis) = try rater.rate(facts, on: options.asOf, withReasons: true)
        let graded = try today.graded(by: basis.granter, workers: workers)
        shadow = try ShadowRatings.records(
            by: challengers, of: facts, beside: today, on: basis.scale, workers: workers)
        let places = facts.ids.map { ledger.place(of: ObligorID($0)) }
        var before: [String: EarlierRating] = [:]
        let figures = facts.ids.indices.map { row in
            guard let place = places[row],
                let obligor = ledger.view(of: place, asOf: AsOf(options.asOf)).obligor
            else { return ObligorFigures(overdue: 0) }
            before[facts.ids[row]] = pages[place].before
            let table = facts.table
            return ObligorFigures(
                name: obligor.name, exposure: table.figure("open_amount", row) ?? 0,
                overdue: table.figure("overdue_amount", row) ?? 0,
                daysBeyondTerms: table.figure("dbt_3m", row), limit: table.figure("credit_limit", row),
                termsDays: table.figure("terms_given_12m", row).map { Int($0.rounded()) },
                lossGivenDefault: options.lossGivenDefault,
                tags: tags(obligor, place) { table.figure($0, row) })
        }
        let records = today.portfolio(
            graded, figures: figures, before: before, currency: ledger.baseCurrency)
        let rows = today.ratings(graded)
        let steps = Dictionary(grouping: today.path(graded), by: \.id)
        let pds = today.pds
        for row in facts.ids.indices {
            guard let place = places[row] else { continue }
            pages[place].portfolio = records[row]
            pages[place].rating = rows[row]
            pages[place].path = steps[facts.ids[row]] ?? []
            pages[place].history.append(
                record(facts.table, row, options.asOf, graded.finalGrade(row), pds[row]))
        }
        missing = basis.model.scorer.columns.map { name in
            let column = facts.table[name]
            let count = column.map { column in facts.ids.indices.count { column.isMissing($0) } } ?? 0
            return DataQualityRecord.Missing(
                column: name, share: Double(count) / Double(max(1, facts.ids.count)))
        }
    }

    /// The rating of an obligor that is not due stays; what it owes is today's.
    private mutating func keep(_ place: Int) throws {
        let view = ledger.view(of: place, asOf: AsOf(options.asOf))
        let id = view.id.text
        guard let last = earlier?.portfolio[id], let obligor = view.obligor,
            let owed = selection.owed[place]
        else { return }
        takeHistory(place)
        pages[place].history.append(
            HistoryRecord(
                id: id, asOf: "\(options.asOf)", grade: last.grade, pd: last.pd,
                daysBeyondTerms: last.daysBeyondTerms, exposure: owed.open, overdue: owed.overdue,
                limit: last.limit))
        pages[place].rating = earlier?.ratings[id]
        pages[place].path = earlier?.paths[id] ?? []
        let facts = earlier?.facts
        let row = earlier?.factRow(id)
        let loss =
            basis.policy.flatMap { policy in
                last.grade.flatMap(Grade.init(rawValue:)).map { policy[$0].lossGivenDefault }
            } ?? options.lossGivenDefault
        pages[place].portfolio = PortfolioRecord(
            id: id, name: obligor.name, asOf: last.asOf, grade: last.grade, previousGrade: last.grade,
            score: last.score, pd: last.pd, previousPD: last.pd, currency: ledger.baseCurrency.code,
            exposure: owed.open, overdue: owed.overdue, daysBeyondTerms: last.daysBeyondTerms,
            expectedLoss: last.pd.map { $0 * loss * owed.open }, limit: last.limit,
            available: last.limit.map { ledger.baseCurrency.available(of: $0, after: owed.open) },
            termsDays: last.termsDays, security: last.security, conditions: last.conditions,
            reviewDue: last.reviewDue, movement: .unchanged,
            tags: tags(obligor, place) { name in row.flatMap { facts?.figure(name, $0) } })
    }

    private static let daysInHalfYear = 365.25 / 2

    /// How old the latest statements are, in half-years, of all that have a grade.
    private mutating func countAges() {
        var counts: [Int: Int] = [:]
        var without = 0
        for place in pages.indices where pages[place].rating != nil {
            if let last = pages[place].inputs.lastStatement {
                let days = Double(options.asOf.days(since: last))
                counts[Int(days / Self.daysInHalfYear) * 6, default: 0] += 1
            } else {
                without += 1
            }
        }
        statementAges =
            counts.sorted { $0.key < $1.key }.map { .init(months: $0.key, obligors: $0.value) }
            + (without > 0 ? [.init(obligors: without)] : [])
    }

    /// What each rating rests on: facts of today, and of earlier dates for ratings that stay.
    private mutating func gatherFacts() throws {
        var tables = rated.map(\.table)
        if !challengers.isEmpty { tables = try tables.map { try $0.selecting(columns.names) } }
        if let old = earlier?.facts, Set(old.table.names).isSuperset(of: columns.names) {
            let rows = selection.kept.compactMap { earlier?.factRow(ledger.id(ofObligor: $0).text) }
            tables.append(try old.table.selecting(columns.names).gathered(rows))
        }
        guard !tables.isEmpty else { return }
        let all = try Table.concatenating(tables)
        guard case .text(let ids)? = all["obligor"]?.values else { return }
        // Places are in the order of ids.
        let places = ids.map { $0.flatMap { ledger.place(of: ObligorID($0)) } ?? .max }
        facts = all.gathered(ids.indices.sorted { places[$0] < places[$1] })
    }
}
