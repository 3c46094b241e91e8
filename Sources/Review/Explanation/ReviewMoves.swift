import Ledger
import Parallelism
import Results
import Tables
import Vocabulary

/// Why ratings moved since the review before, for the obligors of a batch.
struct ReviewMoves {
    let ledger: TradeLedger
    let basis: RatingBasis
    let options: ReviewOptions
    let earlier: EarlierReview?
    /// Whether the history of the earlier review is gone on with.
    let goesOn: Bool
    let hands: HandGrades
    let workers: Workers

    /// The parts of an obligor's move.
    struct Move {
        /// The obligor.
        let place: Int
        let records: [AttributionRecord]
    }

    /// Explains the moves of a batch.
    ///
    /// While an obligor is in default nothing is known of it but that, so that its data are those of the other date.
    ///
    /// - Parameters:
    ///   - today: The rows of obligors that are rated on the date.
    ///   - facts: All rows of the batch.
    ///   - before: What an obligor was in the review before, by place.
    func explained(
        _ today: FactTable, among facts: FactTable, before: (Int) -> EarlierRating?
    ) throws -> [Move] {
        let (old, rowOf) = rowsBefore(among: facts)
        // Rows of one date at a time, since those kept from earlier reviews may be of several.
        var pairs: [CalendarDay: [(old: Int, new: Int)]] = [:]
        var (fallen, back): ([CalendarDay: [Int]], [CalendarDay: [Int]]) = ([:], [:])
        for (row, id) in today.ids.enumerated() {
            if let last = rowOf(id) {
                pairs[old.days[last], default: []].append((last, row))
            } else if let date = defaulted(id, before) {
                back[date, default: []].append(row)
            }
        }
        for row in facts.rows(on: options.asOf, .defaulted) {
            if let last = rowOf(facts.ids[row]) { fallen[old.days[last], default: []].append(last) }
        }
        var moves: [Move] = []
        for (date, rows) in pairs.sorted(by: { $0.key < $1.key }) {
            moves += try explained(
                rows.map { today.ids[$0.new] }, from: .init(old.table.gathered(rows.map(\.old)), on: date),
                to: .init(today.table.gathered(rows.map(\.new)), on: options.asOf))
        }
        for (date, rows) in fallen.sorted(by: { $0.key < $1.key }) {
            let last = old.table.gathered(rows)
            moves += try explained(
                rows.map { old.ids[$0] }, from: .init(last, on: date),
                to: .init(last, on: options.asOf, inDefault: true))
        }
        for (date, rows) in back.sorted(by: { $0.key < $1.key }) {
            let first = today.table.gathered(rows)
            moves += try explained(
                rows.map { today.ids[$0] }, from: .init(first, on: date, inDefault: true),
                to: .init(first, on: options.asOf))
        }
        return moves
    }

    /// What ratings rested on in the review before, and in which row an obligor is that was rated then.
    private func rowsBefore(among facts: FactTable) -> (FactTable, (String) -> Int?) {
        if goesOn, let earlier, let kept = earlier.facts {
            return (kept, { id in earlier.factRow(id).flatMap { kept.standings[$0] == .rated ? $0 : nil } })
        }
        let rows = options.earlier.last.map { facts.rows(on: $0, .rated) } ?? []
        let known = Dictionary(rows.map { (facts.ids[$0], $0) }, uniquingKeysWith: { _, last in last })
        return (facts, { known[$0] })
    }

    /// The date of the review before if the obligor was in default on it.
    private func defaulted(_ id: String, _ before: (Int) -> EarlierRating?) -> CalendarDay? {
        guard let place = ledger.place(of: ObligorID(id)), before(place)?.grade == .d else { return nil }
        return earlier.map { $0.ratedOn(id) } ?? options.earlier.last
    }

    private func explained(
        _ names: [String], from: ChangeExplanation.Facts, to: ChangeExplanation.Facts
    ) throws -> [Move] {
        let model = earlier?.basis ?? basis
        let places = names.compactMap { ledger.place(of: ObligorID($0)) }
        let moves = try ChangeExplanation(
            earlier: model.deciding(hands.decisions(on: places, asOf: from.day, beside: model.experts)),
            later: basis.deciding(hands.decisions(on: places, asOf: to.day, beside: basis.experts)),
            workers: workers
        ).moves(of: names, from: from, to: to)
        return zip(places, moves).map { Move(place: $0, records: $1.records) }
    }
}
