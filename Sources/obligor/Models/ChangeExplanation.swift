import Foundation
import Grading
import Parallelism
import Results
import Scoring
import Tables
import Vocabulary

/// What one side of a change was rated by: a model with its calibration, thresholds, rules and experts.
struct RatingBasis {
    let model: ScoringModel
    let scale: MasterScale
    let adaptation: CellAdaptation?
    let rules: RuleSet
    let experts: ExpertOverrides
}

/// Why ratings moved between two dates: the parts of every obligor that has a row on both.
struct ChangeExplanation {
    let earlier: RatingBasis
    let later: RatingBasis
    let industry: String
    let region: String
    let workers: Workers

    /// The rows of one date with what both models make of them.
    private struct Side {
        let table: Table
        let day: CalendarDay
        let states: [RatingState]
        /// What the model of the other side makes of these rows; `nil` if it is the same.
        let underOther: [GradeChange.Contributions]?
    }

    /// A move of one obligor.
    struct Move {
        let id: String
        let change: GradeChange
        let records: [AttributionRecord]
    }

    /// Explains the moves between two days of a panel, in the order of the obligors on the later one.
    ///
    /// - Parameters:
    ///   - panel: Rows with a column as_of.
    ///   - ids: The obligor of each row.
    func moves(in panel: Table, ids: Column, from: CalendarDay, to: CalendarDay) throws -> [Move] {
        guard case .day(let days) = try panel.column(named: GradingFacts.dayColumn).values else {
            throw CommandFailure.badData("column 'as_of' holds no days such as 2024-03-31")
        }
        func rows(_ day: CalendarDay) throws -> [String: Int] {
            var rows: [String: Int] = [:]
            for row in days.indices where days[row] == day {
                guard let id = ids.text(at: row) else { continue }
                guard rows.updateValue(row, forKey: id) == nil else {
                    throw CommandFailure.badData("'\(id)' has two rows as of \(day)")
                }
            }
            guard !rows.isEmpty else { throw CommandFailure.badData("no row is as of \(day)") }
            return rows
        }
        let before = try rows(from)
        let after = try rows(to).filter { before[$0.key] != nil }.sorted { $0.value < $1.value }
        let names = after.map(\.key)
        let columns = Self.features(earlier.model, later.model)
        let old = try side(
            panel.gathered(names.compactMap { before[$0] }), names, from, earlier, other: later, columns)
        let new = try side(panel.gathered(after.map(\.value)), names, to, later, other: earlier, columns)
        let words = AnalystWords()
        return names.indices.map { place in
            let change = GradeChange(
                from: old.states[place], to: new.states[place],
                earlierDataUnderLaterModel: old.underOther?[place],
                laterDataUnderEarlierModel: new.underOther?[place])
            let records = change.parts.map { part in
                AttributionRecord(
                    id: names[place], from: "\(from)", to: "\(to)", component: .init(part.component),
                    feature: part.feature.map { columns[$0] },
                    text: part.feature.map {
                        words.change(columns[$0], (old.table, place), (new.table, place))
                    }, logOdds: part.logOdds, notches: part.notches)
            }
            return Move(id: names[place], change: change, records: records)
        }
    }

    /// The columns of either model.
    private static func features(_ first: ScoringModel, _ second: ScoringModel) -> [String] {
        var columns = first.scorer.columns
        for column in second.scorer.columns where !columns.contains(column) { columns.append(column) }
        return columns
    }

    private func side(
        _ table: Table, _ names: [String], _ day: CalendarDay, _ basis: RatingBasis, other: RatingBasis,
        _ columns: [String]
    ) throws -> Side {
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
        let grader = Grader(scale: basis.scale, rules: basis.rules, experts: basis.experts)
        let graded = try grader.grade(
            pds: states.map { ProbabilityOfDefault.value(ofLogOdds: $0.end.logOdds) }, facts: table,
            ids: Column(name: "id", values: .text(names)), asOf: AsOf(day), workers: workers)
        for hit in graded.expertHits { states[hit.row].decision = hit.override.decision }
        for hit in graded.hits() {
            let rule = basis.rules.rules[Int(hit.rule)]
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
            }
    }
}
