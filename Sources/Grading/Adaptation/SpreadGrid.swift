import Glibc

/// What the data say about the standard deviations of the effects: their marginal likelihood on a grid, explored
/// outwards from its top.
///
/// An estimate of a standard deviation from a handful of industries is uncertain, and one that happens to be 0 would
/// switch an effect off. Shifts are therefore averaged over all standard deviations in proportion to their marginal
/// likelihood, times a prior that is flat up to about 1 (half-normal, in log-odds).
struct SpreadGrid {
    /// Standard deviations that are looked at.
    static let levels = [0, 0.03, 0.05, 0.08, 0.13, 0.2, 0.3, 0.45, 0.7, 1.05, 1.6, 2.4]

    /// The logarithm of each level's prior probability: density times the width that it stands for.
    private static let logPriors: [Double] = levels.indices.map { place in
        let below = place > 0 ? levels[place] - levels[place - 1] : 0
        let above = place + 1 < levels.count ? levels[place + 1] - levels[place] : 0
        return log((below + above) / 2) - levels[place] * levels[place] / 2
    }

    /// Weights below e⁻⁷ of the largest, a thousandth, are left out.
    private static let depth = 7.0

    private struct Place: Hashable {
        var industry: Int
        var region: Int
        var interaction: Int

        var neighbours: [Place] {
            var all: [Place] = []
            for step in [-1, 1] {
                all.append(Place(industry: industry + step, region: region, interaction: interaction))
                all.append(Place(industry: industry, region: region + step, interaction: interaction))
                all.append(Place(industry: industry, region: region, interaction: interaction + step))
            }
            let range = SpreadGrid.levels.indices
            return all.filter {
                range.contains($0.industry) && range.contains($0.region) && range.contains($0.interaction)
            }
        }

        var spreads: CrossedEffects.Spreads {
            CrossedEffects.Spreads(
                industry: SpreadGrid.levels[industry], region: SpreadGrid.levels[region],
                interaction: SpreadGrid.levels[interaction])
        }

        var logPrior: Double {
            SpreadGrid.logPriors[industry] + SpreadGrid.logPriors[region] + SpreadGrid.logPriors[interaction]
        }
    }

    /// Solutions with their weights, which sum to 1; empty if none could be solved.
    let solutions: [(weight: Double, spreads: CrossedEffects.Spreads, solution: CrossedEffects.Solution)]

    /// Spreads that are known.
    init(_ effects: CrossedEffects, known spreads: CrossedEffects.Spreads) {
        solutions = effects.solution(spreads, from: effects.start).map { [(1, spreads, $0)] } ?? []
    }

    init(_ effects: CrossedEffects) {
        var known: [Place: (score: Double, solution: CrossedEffects.Solution)] = [:]
        var order: [Place] = []
        var refused: Set<Place> = []
        func score(_ place: Place, from state: CrossedEffects.State) -> Double? {
            if let entry = known[place] { return entry.score }
            guard !refused.contains(place), let solution = effects.solution(place.spreads, from: state) else {
                refused.insert(place)
                return nil
            }
            let score = solution.evidence + place.logPrior
            known[place] = (score, solution)
            order.append(place)
            return score
        }
        var top = Place(industry: 5, region: 5, interaction: 5)
        guard var best = score(top, from: effects.start) else {
            solutions = []
            return
        }
        // Uphill to a top, then outwards over all that is not far below it.
        var hasMoved = true
        while hasMoved {
            hasMoved = false
            let state = known[top]?.solution.state ?? effects.start
            for neighbour in top.neighbours {
                guard let value = score(neighbour, from: state), value > best else { continue }
                (top, best, hasMoved) = (neighbour, value, true)
            }
        }
        var next = 0
        while next < order.count {
            let place = order[next]
            next += 1
            guard let entry = known[place], entry.score > best - Self.depth else { continue }
            for neighbour in place.neighbours {
                if let value = score(neighbour, from: entry.solution.state) { best = max(best, value) }
            }
        }
        let kept = order.filter { (known[$0]?.score ?? -.infinity) > best - Self.depth }
        let total = kept.reduce(0) { $0 + exp((known[$1]?.score ?? -.infinity) - best) }
        solutions = kept.compactMap { place in
            known[place].map { (exp($0.score - best) / total, place.spreads, $0.solution) }
        }
    }
}
