import Boosting
import Foundation
import Parallelism
import Results
import Scoring
import Tables

extension EffectRecord {
    /// The effect curves of a model over some rows, as they are written.
    static func records(
        of model: ScoringModel, on table: Table, _ options: EffectOptions, workers: Workers
    ) throws -> [EffectRecord] {
        let known = try? model.roles.target.outcomes(of: table)
        let weights = model.roles.weight.flatMap { table[$0]?.doubles }
        let curves = try model.effectCurves(
            on: table, defaulted: known, weights: weights, options, workers: workers)
        return curves.flatMap(Self.records)
    }

    private static func records(of curve: EffectCurve) -> [EffectRecord] {
        let weight = curve.parts.reduce(0) { $0 + $1.weight }
        let defaults = curve.parts.reduce(0) { $0 + ($1.defaulted ?? 0) }
        return curve.parts.map { part in
            let rate = part.defaulted.flatMap { part.weight > 0 ? $0 / part.weight : nil }
            let woe = part.defaulted.map {
                log((part.weight - $0) / (weight - defaults)) - log($0 / defaults)
            }
            let (kind, level, lower, upper): (Kind, String?, Double?, Double?) =
                switch part.place {
                case .interval(let lower, let upper): (.interval, nil, lower, upper)
                // Files hold no infinite numbers.
                case .value(let value) where value.isInfinite: (.level, value < 0 ? "-inf" : "inf", nil, nil)
                case .value(let value): (.value, nil, value, nil)
                case .level(let level): (.level, level, nil, nil)
                case .missing: (.missing, nil, nil, nil)
                }
            return EffectRecord(
                feature: curve.column, kind: kind, level: level, lower: lower, upper: upper, rows: part.rows,
                defaultRate: rate, woe: woe.flatMap { $0.isFinite ? $0 : nil },
                contribution: part.contribution, spread: part.spread, accumulated: part.accumulated,
                partialDependence: part.partialDependence)
        }
    }
}

extension Table {
    /// The table, or rows of it at equal steps where it has more than a number of them.
    func thinned(to count: Int) -> Table {
        guard rowCount > count else { return self }
        let step = (rowCount + count - 1) / count
        return gathered(Array(stride(from: 0, to: rowCount, by: step)))
    }
}

extension ImportanceRecord {
    /// How much a model relies on its inputs, by rows with known outcomes; the most important first.
    static func records(
        of model: ScoringModel, on table: Table, shuffles: Int, seed: UInt64, workers: Workers,
        progress: Progress
    ) throws -> [ImportanceRecord] {
        let defaulted = try model.roles.target.outcomes(of: table)
        let weights = model.roles.weight.flatMap { table[$0]?.doubles }
        guard table.rowCount > 1, weights?.contains(where: { $0 > 0 }) ?? true else {
            throw CommandFailure.badData("importance needs at least two rows, and rows with weight")
        }
        let permutation = try PermutationImportance(
            of: model, on: table, defaulted: defaulted, weights: weights, shuffles: shuffles, seed: seed,
            workers: workers
        ) { progress.update(done: $0, of: $1) }
        let contributions = try model.scorer.contributions(of: table, workers: workers)
        let shares = Forest.Importance.allCases.map { kind in
            model.forest.map { forest in
                let sums = forest.importance(kind)
                let total = sums.reduce(0, +)
                return sums.map { total > 0 ? $0 / total : 0 }
            }
        }
        let records = model.scorer.columns.indices.map { place in
            let rise = permutation.rises[place]
            let size = contributions[place].reduce(0) { $0 + abs($1) } / Double(table.rowCount)
            return ImportanceRecord(
                feature: model.scorer.columns[place], lossRise: rise.mean, lower: rise.interval.lowerBound,
                upper: rise.interval.upperBound, meanSize: size, gain: shares[0]?[place],
                cover: shares[1]?[place], splits: shares[2]?[place])
        }
        return records.sorted { ($1.lossRise, $0.feature) < ($0.lossRise, $1.feature) }
    }
}

extension InteractionRecord {
    /// The most rows that interactions are taken from.
    static let mostRows = 1_000

    /// How much the inputs of a model of trees act together; the largest first.
    static func records(
        of model: ScoringModel, on table: Table, workers: Workers
    ) throws -> [InteractionRecord] {
        guard let forest = model.forest, let inputs = model.treeInputs else {
            throw CommandFailure.usage(
                "'--interactions' is of trees: a \(model.kind.rawValue) model adds its inputs up, so there are none"
            )
        }
        guard table.rowCount > 0 else { throw CommandFailure.badData("there are no rows to explain") }
        let columns = try inputs.map { input in try input.values(of: table.column(named: input.column)) }
        let sizes = try InteractionExplainer(forest).meanSizes(columns: columns, workers: workers)[0]
        var records: [InteractionRecord] = []
        for first in inputs.indices {
            for second in first..<inputs.count {
                // A pair stands once on each side of the diagonal, with half of what it adds on each.
                let size = sizes[first * inputs.count + second] * (first == second ? 1 : 2)
                guard size > 0 else { continue }
                records.append(
                    InteractionRecord(
                        first: inputs[first].column, second: inputs[second].column, meanSize: size))
            }
        }
        return records.sorted {
            ($1.meanSize, $0.first, $0.second) < ($0.meanSize, $1.first, $1.second)
        }
    }
}
