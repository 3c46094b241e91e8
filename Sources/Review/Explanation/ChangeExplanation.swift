public import Grading
public import Parallelism
public import Results
import Scoring
public import Tables
public import Vocabulary

/// Why ratings moved between two dates: the parts of every obligor that has a row on both, or a row on one and is in
/// default on the other.
public struct ChangeExplanation: Sendable {
    private let earlier: RatingBasis
    private let later: RatingBasis
    private let industry: String
    private let region: String
    private let workers: Workers

    /// The column of as-of dates in panels.
    public static let dayColumn = "as_of"

    /// An explanation of moves from what one basis said to what another says.
    ///
    /// - Parameters:
    ///   - industry: The column of industries, for adaptations.
    ///   - region: The column of regions.
    public init(
        earlier: RatingBasis, later: RatingBasis, industry: String = "industry", region: String = "region",
        workers: Workers = .single
    ) {
        self.earlier = earlier
        self.later = later
        self.industry = industry
        self.region = region
        self.workers = workers
    }

    /// The rows of one date with what both models make of them.
    private struct Side {
        let table: Table
        let day: CalendarDay
        let states: [RatingState]
        /// What the model of the other side makes of these rows; `nil` if it is the same.
        let underOther: [GradeChange.Contributions]?
    }

    /// A move of one obligor.
    public struct Move: Sendable {
        /// The obligor.
        public let id: String
        /// The move, taken apart.
        public let change: GradeChange
        /// The rows of `attribution.csv`.
        public let records: [AttributionRecord]
    }

    /// The moves of a panel's obligors, and whose are not known.
    public struct Moves: Sendable {
        /// The moves.
        public let all: [Move]
        /// Obligors with a row on the earlier day alone that are not known to be in default on the later one.
        public let onlyEarlier: [String]
        /// Obligors with a row on the later day alone that are not known to be in default on the earlier one.
        public let onlyLater: [String]
    }

    /// What is known of obligors on a day, a row each.
    struct Facts {
        let table: Table
        let day: CalendarDay
        /// By row whether the obligor is in default.
        let inDefault: [Bool]

        init(_ table: Table, on day: CalendarDay, inDefault: [Bool]) {
            self.table = table
            self.day = day
            self.inDefault = inDefault
        }

        /// - Parameter inDefault: Whether all of them are in default.
        init(_ table: Table, on day: CalendarDay, inDefault: Bool = false) {
            self.init(table, on: day, inDefault: [Bool](repeating: inDefault, count: table.rowCount))
        }
    }

    /// Explains the moves between two days of a panel: in the order of the obligors on the later one, then of those
    /// that have a row on the earlier one alone.
    ///
    /// Of an obligor in default on a day without a row nothing else is known: its data are those of its other row, so
    /// that the move is put down to default as far as no model, scale, rule or expert differs.
    ///
    /// - Parameters:
    ///   - panel: Rows with a column as_of.
    ///   - ids: The obligor of each row.
    ///   - inDefault: The obligors in default on either day, with a row there or without.
    /// - Throws: ``ReviewError``, ``ScoringError``, ``GradingError``, ``TableError``.
    public func moves(
        in panel: Table, ids: Column, from: CalendarDay, to: CalendarDay,
        inDefault: (from: Set<String>, to: Set<String>) = ([], [])
    ) throws -> Moves {
        guard case .day(let days) = try panel.column(named: Self.dayColumn).values else {
            throw ReviewError.noDays(column: Self.dayColumn)
        }
        func rows(_ day: CalendarDay) throws -> [String: Int] {
            var rows: [String: Int] = [:]
            for row in days.indices where days[row] == day {
                guard let id = ids.text(at: row) else { continue }
                guard rows.updateValue(row, forKey: id) == nil else {
                    throw ReviewError.twoRows(id: id, day: day)
                }
            }
            guard !rows.isEmpty else { throw ReviewError.noRow(day: day) }
            return rows
        }
        let before = try rows(from)
        let after = try rows(to)
        var pairs: [(id: String, old: Int, new: Int)] = []
        var (onlyEarlier, onlyLater): ([String], [String]) = ([], [])
        for (id, new) in after.sorted(by: { $0.value < $1.value }) {
            if let old = before[id] {
                pairs.append((id, old, new))
            } else if inDefault.from.contains(id) {
                pairs.append((id, new, new))
            } else {
                onlyLater.append(id)
            }
        }
        for (id, old) in before.sorted(by: { $0.value < $1.value }) where after[id] == nil {
            if inDefault.to.contains(id) { pairs.append((id, old, old)) } else { onlyEarlier.append(id) }
        }
        let names = pairs.map(\.id)
        let all = try moves(
            of: names,
            from: Facts(
                panel.gathered(pairs.map(\.old)), on: from, inDefault: names.map(inDefault.from.contains)),
            to: Facts(panel.gathered(pairs.map(\.new)), on: to, inDefault: names.map(inDefault.to.contains)))
        return Moves(all: all, onlyEarlier: onlyEarlier, onlyLater: onlyLater)
    }

    /// Explains the moves of obligors from what is known of them on one day to what is known on another.
    ///
    /// - Parameters:
    ///   - names: The obligors, each with a row in both tables, in their order.
    func moves(of names: [String], from: Facts, to: Facts) throws -> [Move] {
        let columns = Self.features(earlier.model, later.model)
        let old = try side(from, names, earlier, other: later, columns)
        let new = try side(to, names, later, other: earlier, columns)
        // The calibration is a part of the model.
        let isSameModel = old.underOther == nil && new.underOther == nil
        let words = AnalystWords()
        let changes = columns.map { words.changes($0, old.table, new.table) }
        let (first, last) = ("\(from.day)", "\(to.day)")
        let blocks = workers.map((names.count + Self.blockSize - 1) / Self.blockSize) { block in
            (block * Self.blockSize..<min(names.count, (block + 1) * Self.blockSize)).map { place in
                let change = GradeChange(
                    from: old.states[place], to: new.states[place],
                    earlierDataUnderLaterModel: old.underOther?[place],
                    laterDataUnderEarlierModel: new.underOther?[place], keepsCalibration: isSameModel)
                let records = change.parts.map { part in
                    AttributionRecord(
                        id: names[place], from: first, to: last, component: .init(part.component),
                        feature: part.feature.map { columns[$0] },
                        text: part.feature.map { changes[$0].text(place, place) }, logOdds: part.logOdds,
                        notches: part.notches)
                }
                return Move(id: names[place], change: change, records: records)
            }
        }
        return blocks.flatMap(\.self)
    }

    /// Moves that one thread explains at a time.
    private static let blockSize = 64

    /// The columns of either model.
    private static func features(_ first: ScoringModel, _ second: ScoringModel) -> [String] {
        var columns = first.scorer.columns
        for column in second.scorer.columns where !columns.contains(column) { columns.append(column) }
        return columns
    }

    private func side(
        _ facts: Facts, _ names: [String], _ basis: RatingBasis, other: RatingBasis, _ columns: [String]
    ) throws -> Side {
        let (table, day) = (facts.table, facts.day)
        let own = try contributions(of: table, basis.model, columns)
        let calibration = basis.model.calibration
        let industries = try basis.adaptation.map { _ in try table.column(named: industry) }
        let regions = try basis.adaptation.map { _ in try table.column(named: region) }
        var states = own.enumerated().map { row, contributions in
            RatingState(
                contributions: contributions.values, base: contributions.base,
                calibration: { calibration?.logOdds($0) ?? $0 },
                shift: basis.adaptation?.shift(
                    industry: industries?.text(at: row), region: regions?.text(at: row)) ?? 0,
                scale: basis.scale, maximumNotches: basis.rules.maximumNotches,
                maximumExpertNotches: basis.experts.maximumNotches)
        }
        let graded = try basis.grader.grade(
            pds: states.map { ProbabilityOfDefault.value(ofLogOdds: $0.end.logOdds) }, facts: table,
            ids: Column(name: "id", values: .text(names)), asOf: AsOf(day), workers: workers)
        for hit in graded.expertHits {
            states[hit.row].decision = hit.override.decision
            states[hit.row].maximumExpertNotches = basis.experts.reach(of: hit.override)
        }
        for row in states.indices { states[row].isInDefault = facts.inDefault[row] }
        let rules = graded.rules.rules
        for hit in graded.hits() {
            let rule = rules[Int(hit.rule)]
            states[Int(hit.row)].effects.append(rule.effect)
            if rule.isBinding, case .cap(let cap) = rule.effect {
                states[Int(hit.row)].bindingCap = max(cap, states[Int(hit.row)].bindingCap)
            }
        }
        return Side(
            table: table, day: day, states: states,
            underOther: try basis.model == other.model ? nil : contributions(of: table, other.model, columns))
    }

    /// What a model makes of rows, by the columns of both models.
    ///
    /// The base is what makes the sum the model's log-odds to the last digit, which for trees differs from the mean
    /// log-odds by the rounding of single precision.
    private func contributions(
        of table: Table, _ model: ScoringModel, _ columns: [String]
    ) throws -> [GradeChange.Contributions] {
        let parts = try model.scorer.contributions(of: table, workers: workers)
        let logOdds = try model.scorer.logOdds(of: table, workers: workers)
        let places = model.scorer.columns.map { columns.firstIndex(of: $0) ?? 0 }
        return logOdds.indices.map { row in
            var values = [Double](repeating: 0, count: columns.count)
            for (place, part) in zip(places, parts) { values[place] = part[row] }
            return GradeChange.Contributions(values: values, base: logOdds[row] - values.reduce(0, +))
        }
    }
}

extension AttributionRecord.Component {
    fileprivate init(_ component: RatingComponent) {
        self =
            switch component {
            case .data: .data
            case .model: .model
            case .calibration: .calibration
            case .thresholds: .thresholds
            case .rules: .rules
            case .expert: .expert
            case .default: .default
            }
    }
}
