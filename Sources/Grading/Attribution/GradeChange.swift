import Scoring
import Vocabulary

/// The move of an obligor's rating between two dates, split over what it depends on.
///
/// Let v(S) be where the rating ends if the components of S are those of the later date and all others those of the
/// earlier one: data through the model of S, its calibration, the thresholds, the rules that acted, the expert's
/// decision, and default, which makes it D (``RatingEnd/inDefault``) whatever the others say. The parts are the Shapley
/// values of the seven components in this game, once in log-odds and once in notches; both add up to the move exactly.
/// The part of the data is split further over the features, for each of the two models along the changes of their
/// contributions (`ShapleyValues.parts(of:along:rise:)`).
public struct GradeChange: Sendable {
    /// The parts.
    public let parts: [Part]
    /// Where the rating ended at the earlier date.
    public let from: RatingEnd
    /// Where it ends at the later date.
    public let to: RatingEnd

    /// What one cause contributed.
    public struct Part: Sendable, Hashable {
        /// The component.
        public let component: RatingComponent
        /// The place of the feature, where data changed; `nil` for what belongs to no feature.
        public let feature: Int?
        /// The part in log-odds; more is riskier.
        public let logOdds: Double
        /// The part in notches; more is worse.
        public let notches: Double
    }

    /// The contributions of the features and the model's log-odds without them, for data of one date under a model.
    public struct Contributions: Sendable {
        /// By feature.
        public let values: [Double]
        /// Without them.
        public let base: Double

        /// Contributions and base.
        public init(values: [Double], base: Double) {
            self.values = values
            self.base = base
        }

        fileprivate var logOdds: Double { values.reduce(base, +) }
    }

    /// Splits a move.
    ///
    /// - Parameters:
    ///   - earlier: The state at the earlier date.
    ///   - later: The state at the later date; its contributions are of the same features in the same places.
    ///   - earlierDataUnderLaterModel: What the later model makes of the earlier data; `nil` if the model is the same.
    ///   - laterDataUnderEarlierModel: What the earlier model makes of the later data; `nil` if the model is the same.
    ///   - keepsCalibration: Whether it is known that the calibration is the same, which spares work.
    public init(
        from earlier: RatingState, to later: RatingState, earlierDataUnderLaterModel: Contributions? = nil,
        laterDataUnderEarlierModel: Contributions? = nil, keepsCalibration: Bool = false
    ) {
        precondition(earlier.contributions.count == later.contributions.count, "other features")
        let oldOld = Contributions(values: earlier.contributions, base: earlier.base)
        let newNew = Contributions(values: later.contributions, base: later.base)
        // [model][data]
        let contributions = [
            [oldOld, laterDataUnderEarlierModel ?? newNew], [earlierDataUnderLaterModel ?? oldOld, newNew],
        ]
        let logOdds = contributions.map { $0.map(\.logOdds) }
        let states = [earlier, later]
        let calibrations = [earlier.calibration, later.calibration]
        func end(_ set: Int) -> RatingEnd {
            func bit(_ place: Int) -> Int { set >> place & 1 }
            return RatingState.end(
                modelLogOdds: logOdds[bit(1)][bit(0)], calibration: calibrations[bit(2)],
                thresholds: states[bit(3)], rules: states[bit(4)], expert: states[bit(5)],
                isInDefault: states[bit(6)].isInDefault)
        }
        // Default comes last; where it is the same on both sides it changes nothing, and half the sets suffice.
        let components = RatingComponent.allCases.dropLast(
            earlier.isInDefault == later.isInDefault ? 1 : 0)
        // A component that is the same on both sides changes nothing: sets that differ in such ones end alike.
        let same =
            (earlierDataUnderLaterModel == nil && laterDataUnderEarlierModel == nil ? 1 << 1 : 0)
            | (keepsCalibration ? 1 << 2 : 0) | earlier.sameComponents(as: later)
        var ends: [RatingEnd] = []
        ends.reserveCapacity(1 << components.count)
        for set in 0..<(1 << components.count) {
            let alike = set & ~same
            ends.append(alike < set ? ends[alike] : end(set))
        }
        let inLogOdds = ShapleyValues.exact(components.count) { ends[$0].logOdds }
        let inNotches = ShapleyValues.exact(components.count) { Double(ends[$0].grade.rank) }
        var parts = Self.dataParts(
            ends, contributions, weights: ShapleyValues.weights(of: components.count),
            totals: (inLogOdds[0], inNotches[0]), scale: later.scale)
        for (place, component) in components.enumerated().dropFirst()
        where inLogOdds[place] != 0 || inNotches[place] != 0 {
            parts.append(
                Part(
                    component: component, feature: nil, logOdds: inLogOdds[place], notches: inNotches[place]))
        }
        self.parts = parts
        from = ends[0]
        to = ends[ends.count - 1]
    }

    private static func dataParts(
        _ ends: [RatingEnd], _ contributions: [[Contributions]], weights: [Double],
        totals: (logOdds: Double, notches: Double), scale: MasterScale
    ) -> [Part] {
        let count = contributions[0][0].values.count
        var inLogOdds = [Double](repeating: 0, count: count)
        var inNotches = inLogOdds
        let changes = contributions.map { model in zip(model[0].values, model[1].values).map { $1 - $0 } }
        // Under one model, data change nothing but the model's log-odds: the mean over all sets with that model.
        var means = [(weight: Double, logOdds: Double, notches: Double)](repeating: (0, 0, 0), count: 2)
        // Those in which the obligor is in default say nothing of data.
        for set in ends.indices where set & 1 == 0 && ends[set].grade != .d {
            let weight = weights[set.nonzeroBitCount]
            let model = set >> 1 & 1
            means[model].weight += weight
            means[model].logOdds += weight * (ends[set | 1].logOdds - ends[set].logOdds)
            means[model].notches += weight * Double(ends[set | 1].grade.rank - ends[set].grade.rank)
        }
        for model in 0..<2 {
            let (weight, logOdds, notches) = means[model]
            guard weight > 0 else { continue }
            let ofLogOdds = ShapleyValues.parts(of: logOdds / weight, along: changes[model])
            let ofNotches = ShapleyValues.parts(
                of: notches / weight, along: changes[model], rise: scale.notchesPerLogOdds)
            for feature in 0..<count {
                inLogOdds[feature] += weight * ofLogOdds[feature]
                inNotches[feature] += weight * ofNotches[feature]
            }
        }
        var parts: [Part] = []
        for feature in 0..<count where inLogOdds[feature] != 0 || inNotches[feature] != 0 {
            parts.append(
                Part(
                    component: .data, feature: feature, logOdds: inLogOdds[feature],
                    notches: inNotches[feature])
            )
        }
        // What no feature's change explains, such as the base of a forest that differs in its last digits.
        let rest = (
            logOdds: totals.logOdds - inLogOdds.reduce(0, +), notches: totals.notches - inNotches.reduce(0, +)
        )
        if abs(rest.logOdds) > 1e-12 || abs(rest.notches) > 1e-12 {
            parts.append(Part(component: .data, feature: nil, logOdds: rest.logOdds, notches: rest.notches))
        }
        return parts
    }
}

extension MasterScale {
    /// Grades per unit of log-odds, from the bound of AAA to that of CC.
    fileprivate var notchesPerLogOdds: Double {
        let inner = upperBounds.dropLast().compactMap { ProbabilityOfDefault($0)?.logOdds }
        guard let first = inner.first, let last = inner.last, last > first else { return 1 }
        return Double(inner.count - 1) / (last - first)
    }
}

extension RatingState {
    /// The places in ``RatingComponent`` of thresholds, rules and expert where they are the same in another state.
    fileprivate func sameComponents(as other: RatingState) -> Int {
        let thresholds = shift == other.shift && scale == other.scale
        let rules =
            effects == other.effects && maximumNotches == other.maximumNotches
            && bindingCap == other.bindingCap
        let expert =
            decision == other.decision && maximumExpertNotches == other.maximumExpertNotches
        return (thresholds ? 1 << 3 : 0) | (rules ? 1 << 4 : 0) | (expert ? 1 << 5 : 0)
    }
}
