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
///
/// What is known of an obligor alone is written on its page while the records of its batch are in memory; what depends
/// on others, as a limit does on the group's, once all batches are there.
struct ReviewBook {
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
    let tags: PortfolioTags
    private let rows: PortfolioRows
    private let moves: ReviewMoves
    private let rater: DayRater
    private var pages: [ReviewPage]
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
        tags = PortfolioTags(of: ledger, asOf: options.asOf, reasons: selection.reasons)
        rows = PortfolioRows(ledger: ledger, policy: basis.policy, options: options, tags: tags)
        let hands = HandGrades(ledger: ledger, months: options.handGradeMonths)
        moves = ReviewMoves(
            ledger: ledger, basis: basis, options: options, earlier: earlier, goesOn: goesOn, hands: hands,
            workers: workers)
        rater = DayRater(ledger: ledger, basis: basis, hands: hands, workers: workers)
        pages = [ReviewPage](repeating: ReviewPage(), count: ledger.obligorCount)
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
        if goesOn {
            for place in places { takeHistory(place) }
        } else {
            for day in options.earlier { try takeEarlier(facts, day) }
        }
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
        let today = try FactTable(facts.table.gathered(facts.rows(on: options.asOf, .rated)))
        for move in try moves.explained(today, among: facts, before: { pages[$0].before }) {
            pages[move.place].attribution = move.records
        }
        rated.append(today)
        // Now, while the records of the batch are in memory.
        takeInputs(of: places)
    }

    private func place(_ facts: FactTable, _ row: Int) -> Int? {
        ledger.place(of: ObligorID(facts.ids[row]))
    }

    /// Takes how up to date the inputs of some obligors are.
    private mutating func takeInputs(of places: [Int]) {
        let inputs = ObligorInputs.of(
            places, in: ledger, asOf: options.asOf, by: basis.policy?.clocks ?? [], workers: workers)
        for (place, inputs) in zip(places, inputs) { pages[place].inputs = inputs }
    }

    /// Rates the obligors on an earlier date, for their history.
    private mutating func takeEarlier(_ facts: FactTable, _ date: CalendarDay) throws {
        let part = try FactTable(facts.table.gathered(facts.rows(on: date, .rated)))
        let (rated, basis) = try rater.rate(part, on: date, withReasons: false)
        let graded = try rated.graded(by: basis.grader, workers: workers)
        let pds = rated.pds
        let isLast = date == options.earlier.last
        for row in part.ids.indices {
            guard let place = place(part, row) else { continue }
            let grade = graded.finalGrade(row)
            pages[place].history.append(
                HistoryRecord(rated: part.table, row, on: date, grade: grade, pd: pds[row]))
            if isLast, earlier == nil { pages[place].before = EarlierRating(grade: grade, pd: pds[row]) }
        }
        for row in facts.rows(on: date, .defaulted) {
            guard let place = place(facts, row) else { continue }
            pages[place].history.append(
                HistoryRecord(
                    inDefault: facts.ids[row], on: date, exposure: facts.figure("open_amount", row),
                    overdue: facts.figure("overdue_amount", row)))
            if isLast, earlier == nil { pages[place].before = EarlierRating(grade: .d, pd: 1) }
        }
    }

    /// Takes over what the earlier review says of the dates before.
    private mutating func takeHistory(_ place: Int) {
        let dates = Set(options.earlier.map { "\($0)" })
        let rows = earlier?.history[ledger.id(ofObligor: place).text] ?? []
        pages[place].history = rows.filter { dates.contains($0.asOf) }
    }

    private mutating func takeDefault(_ place: Int, open: Double, overdue: Double) {
        guard let obligor = rows.obligor(at: place) else { return }
        let id = obligor.id.text
        pages[place].portfolio = rows.inDefault(
            obligor, at: place, before: pages[place].before, open: open, overdue: overdue)
        pages[place].path = [
            RatingStepRecord(
                id: id, step: 1, stage: .final, rule: "default definition", toGrade: Grade.d.rawValue,
                effect: .cap, reason: "the obligor is in default")
        ]
        pages[place].history.append(
            HistoryRecord(inDefault: id, on: options.asOf, exposure: open, overdue: overdue))
    }
}

// MARK: The whole

extension ReviewBook {
    /// Grades everybody that is due together, since limits of a group depend on each other, and puts all in order.
    mutating func close() throws {
        try gradeToday()
        for place in selection.kept { keep(place) }
        takeInputs(of: selection.kept)
        statementAges = DataQualityRecord.StatementAge.counted(
            pages.lazy.filter { $0.rating != nil }.map(\.inputs.lastStatement), asOf: options.asOf)
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
            portfolio.append(rows.withdrawing(record))
        }
        try gatherFacts()
    }

    private mutating func gradeToday() throws {
        let parts = rated.filter { !$0.ids.isEmpty }
        guard !parts.isEmpty else {
            missing = basis.model.scorer.columns.map { .init(column: $0, share: 0) }
            return
        }
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
            guard let place = places[row], let obligor = rows.obligor(at: place) else {
                return ObligorFigures(overdue: 0)
            }
            before[facts.ids[row]] = pages[place].before
            return rows.figures(of: obligor, at: place, facts.table, row)
        }
        let records = today.portfolio(
            graded, figures: figures, before: before, currency: ledger.baseCurrency)
        let ratings = today.ratings(graded)
        let steps = Dictionary(grouping: today.path(graded), by: \.id)
        let pds = today.pds
        for row in facts.ids.indices {
            guard let place = places[row] else { continue }
            pages[place].portfolio = records[row]
            pages[place].rating = ratings[row]
            pages[place].path = steps[facts.ids[row]] ?? []
            pages[place].history.append(
                HistoryRecord(
                    rated: facts.table, row, on: options.asOf, grade: graded.finalGrade(row), pd: pds[row]))
        }
        missing = basis.model.scorer.columns.map { name in
            let column = facts.table[name]
            let count = column.map { column in facts.ids.indices.count { column.isMissing($0) } } ?? 0
            return DataQualityRecord.Missing(
                column: name, share: Double(count) / Double(max(1, facts.ids.count)))
        }
    }

    /// The rating of an obligor that is not due stays; what it owes is today's.
    private mutating func keep(_ place: Int) {
        let id = ledger.id(ofObligor: place).text
        guard let last = earlier?.portfolio[id], let obligor = rows.obligor(at: place),
            let owed = selection.owed[place]
        else { return }
        takeHistory(place)
        pages[place].history.append(HistoryRecord(keeping: last, on: options.asOf, owed: owed))
        pages[place].rating = earlier?.ratings[id]
        pages[place].path = earlier?.paths[id] ?? []
        let facts = earlier?.facts
        let row = earlier?.factRow(id)
        pages[place].portfolio = rows.keeping(last, of: obligor, at: place, owed: owed) { name in
            row.flatMap { facts?.figure(name, $0) }
        }
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
            pages[place] = ReviewPage()
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
