import Foundation
import LinearAlgebra
import Migration
import Results
import Statistics
import Vocabulary

/// What is found out about grades given by hand: which deserve a second look, and whose are off.
struct CorrectionStudy {
    let queue: [CorrectionRecord]
    let summary: CorrectionSummaryRecord
    let remarks: [String]

    init(
        _ source: GradeSource, panel: MigrationPanel, prediction: PredictionStudy, currency: String?,
        options: MigrationStudy.Options
    ) throws {
        var remarks: [String] = []
        let last = panel.days.count - 1
        let day = panel.days[last]
        let labels = source.scale.labels
        let inForce = HandGradesInForce(source)
        let rows = prediction.sample.obligors.indices.filter {
            inForce.author(of: prediction.sample.obligors[$0], on: day) != nil
        }
        let longest = prediction.distributions.count - 1
        let terms = SecondLook.Terms(
            notches: options.notches,
            worth: options.isWorthLoss
                ? .loss(pds: Self.pds(prediction.longest.matrix), lossGivenDefault: Self.lossGivenDefault)
                : .notches,
            reviewCost: options.reviewCost)
        let hand = prediction.sample.selecting(rows)
        let exposures = Self.exposures(panel, last, hand.obligors)
        let look = SecondLook(
            origins: hand.origins, now: Self.rows(prediction.distributions[0], rows),
            later: Self.rows(prediction.distributions[longest], rows), exposures: exposures, terms: terms)
        let past = try PastLooks(source, panel: panel, terms: terms, options: options)
        remarks += past.remarks
        // Reasons come from the ordered regression; a method without one is given one beside it.
        let explainer = try Self.explainer(
            panel, prediction: prediction, options: options)
        let reasons = explainer.reasons(hand, reference: prediction.sample)
        let pressures = explainer.pressures(hand) ?? hand.origins.map { _ in 0 }
        let memory = PastCases(past, explainer: explainer, terms: terms, source: source)
        queue = look.queue.enumerated().map { rank, one in
            let direction: CorrectionRecord.Direction =
                one.better > one.worse ? .up : one.worse > 0 ? .down : .none
            let texts = reasons[one.row].filter {
                direction == .up ? $0.contribution < 0 : $0.contribution > 0
            }
            .prefix(3).map(Self.text)
            return CorrectionRecord(
                id: source.names[hand.obligors[one.row]], asOf: day.description,
                givenGrade: labels[one.given],
                author: inForce.author(of: hand.obligors[one.row], on: day)?.name,
                supportedGrade: labels[one.supported], probabilityOfChange: one.probability,
                direction: direction,
                expectedValue: one.expectedValue, reason1: texts.first, reason2: texts.dropFirst().first,
                reason3: texts.dropFirst(2).first,
                similarCases: memory.text(like: one, pressure: pressures[one.row]), rank: rank + 1)
        }
        let biases: [BiasModel.Bias]
        do throws(MigrationError) { biases = try OverrideOutcomes(source, until: day).model().biases } catch {
            biases = []
            remarks.append("no biases: \(error)")
        }
        let record = past.record
        summary = CorrectionSummaryRecord(
            biases: biases.map {
                CorrectionSummaryRecord.Bias(
                    dimension: $0.dimension, level: $0.level, cases: $0.cases, notches: $0.notches,
                    lower: $0.interval.lowerBound, upper: $0.interval.upperBound, flagged: $0.isFlagged)
            },
            hitRate: record.map {
                CorrectionSummaryRecord.HitRate(
                    suggested: $0.suggested, changed: $0.changed, baseRate: $0.baseRate,
                    liftByDecile: $0.liftByDecile)
            },
            costBenefit: record.map {
                CorrectionSummaryRecord.CostBenefit(
                    currency: options.isWorthLoss ? currency : nil, reviewCost: terms.reviewCost,
                    reviews: $0.suggested, saved: $0.saved,
                    net: $0.saved - $0.cost)
            })
        self.remarks = remarks
    }

    /// Share of the exposure that default costs where losses are weighed: what senior unsecured claims lose in the Basel
    /// foundation approach.
    private static let lossGivenDefault = 0.45

    /// The probability of default within a year by state, 1 for default.
    private static func pds(_ matrix: TransitionMatrix) -> [Double] {
        var pds = (matrix.defaultProbabilities ?? []).map { $0 }
        // A better grade stands for no more risk than a worse one.
        for place in pds.indices.dropFirst() { pds[place] = max(pds[place], pds[place - 1]) }
        return pds
    }

    fileprivate static func rows(_ matrix: Matrix, _ rows: [Int]) -> Matrix {
        var result = Matrix(rows: rows.count, columns: matrix.columns)
        for (place, row) in rows.enumerated() {
            for column in 0..<matrix.columns { result[place, column] = matrix[row, column] }
        }
        return result
    }

    /// What is open with each obligor; where the ledger has no figure, nothing.
    fileprivate static func exposures(_ panel: MigrationPanel, _ place: Int, _ obligors: [Int]) -> [Double] {
        panel.values(of: "exposure", on: place, obligors: obligors).map { $0.isFinite ? max(0, $0) : 0 }
    }

    private static func explainer(
        _ panel: MigrationPanel, prediction: PredictionStudy,
        options: MigrationStudy.Options
    ) throws -> MigrationPredictor {
        if prediction.longest.pressures(prediction.sample) != nil { return prediction.longest }
        var own = options.prediction
        own.method = .orderedLogit
        let training = try PredictionStudy.training(
            panel, months: 12, until: panel.days[panel.days.count - 1])
        return try MigrationPredictor(training, own)
    }

    private static func text(_ reason: MigrationPredictor.Reason) -> String {
        let value = reason.value.isNaN ? "missing" : Figures.fixed(reason.value, decimals: 2)
        let sign = reason.contribution > 0 ? "+" : "−"
        return "\(reason.feature) \(value) (\(sign)\(Figures.fixed(abs(reason.contribution), decimals: 2)))"
    }

    /// The findings for a person to read.
    func describe(in text: inout Summary) {
        text.heading("Grades given by hand: the first to look at again")
        var grid = TextGrid([
            .right(""), .left("obligor"), .left("given"), .left("supported"), .right("change"), .left("by"),
            .left("because"),
        ])
        for one in queue.prefix(8) {
            grid.rows.append([
                "\(one.rank)", one.id, one.givenGrade, one.supportedGrade,
                Figures.percent(one.probabilityOfChange, decimals: 0), one.author ?? "–", one.reason1 ?? "–",
            ])
        }
        text.table(grid)
        if let hits = summary.hitRate {
            text.line(
                "Past queues: \(hits.changed) of \(hits.suggested) suggestions had to be changed, "
                    + "\(Figures.percent(hits.baseRate, decimals: 1)) of all; first tenth "
                    + "\(Figures.fixed(hits.liftByDecile.first, decimals: 1)) times the base rate.")
        }
        let flagged = summary.biases.filter(\.flagged)
        text.heading("Systematic biases, in notches (above 0: too harsh)")
        var biases = TextGrid([
            .left("of"), .left(""), .right("cases"), .right("notches"), .right("from"), .right("to"),
        ])
        for bias in flagged {
            biases.rows.append([
                bias.dimension, bias.level, Figures.count(bias.cases),
                Figures.fixed(bias.notches, decimals: 2),
                Figures.fixed(bias.lower, decimals: 2), Figures.fixed(bias.upper, decimals: 2),
            ])
        }
        if flagged.isEmpty { text.line("none is sure") } else { text.table(biases) }
    }
}

/// Whose grade, if one given by hand, is in force on a day.
struct HandGradesInForce {
    private var actions: [Int: [(day: CalendarDay, author: String?, isHand: Bool)]] = [:]

    init(_ source: GradeSource) {
        for grade in source.handGrades {
            actions[grade.obligor, default: []].append((grade.day, grade.author, true))
        }
        for action in source.modelActions {
            let day = CalendarDay(daysSince1970: Int32((action.time * 365.25).rounded()))
            actions[action.obligor, default: []].append((day, nil, false))
        }
        for key in actions.keys { actions[key]?.sort { $0.day < $1.day } }
    }

    /// The author of the grade in force, if it was given by hand.
    func author(of obligor: Int, on day: CalendarDay) -> (name: String?, since: CalendarDay)? {
        guard let last = actions[obligor]?.last(where: { $0.day <= day }), last.isHand else { return nil }
        return (last.author, last.day)
    }
}

/// Queues of past days, as they would have been made then, and what came.
struct PastLooks {
    private(set) var record: QueueRecord?
    private(set) var remarks: [String] = []
    /// Past hand-given grades with outcome: samples by day.
    private(set) var days: [(day: CalendarDay, sample: MigrationSample, came: [Int?])] = []

    init(
        _ source: GradeSource, panel: MigrationPanel, terms: SecondLook.Terms,
        options: MigrationStudy.Options
    ) throws {
        let last = panel.days[panel.days.count - 1]
        let inForce = HandGradesInForce(source)
        for place in panel.days.indices where panel.days[place].adding(months: 12) <= last {
            let day = panel.days[place]
            let sample = try panel.sample(place, months: 12)
            let hand = sample.selecting(
                sample.obligors.indices.filter { inForce.author(of: sample.obligors[$0], on: day) != nil })
            let came = hand.outcomes.map { outcome -> Int? in
                if case .state(let state) = outcome { state } else { nil }
            }
            if hand.count > 0 { days.append((day, hand, came)) }
        }
        // Once a year, so that no outcome counts in two queues, and with a year of outcomes to learn from.
        let tested = (1...8).map { last.adding(months: -12 * $0) }.filter { day in
            day >= panel.days[0].adding(months: 15)
        }
        var queues: [[SecondLook.Suggestion]] = []
        var came: [[Int?]] = []
        var exposures: [[Double]] = []
        for day in tested {
            guard let entry = days.first(where: { $0.day == day }),
                let place = panel.days.firstIndex(of: day)
            else { continue }
            let training = try PredictionStudy.training(panel, months: 12, until: day)
            let short = try PredictionStudy.training(panel, months: 3, until: day)
            let later = try MigrationPredictor(training, options.prediction).distributions(entry.sample)
            let now = try MigrationPredictor(short, options.prediction).distributions(entry.sample)
            let open = CorrectionStudy.exposures(panel, place, entry.sample.obligors)
            queues.append(
                SecondLook(
                    origins: entry.sample.origins, now: now, later: later, exposures: open, terms: terms
                ).queue)
            came.append(entry.came)
            exposures.append(open)
        }
        if queues.isEmpty {
            remarks.append("the grades are too short for queues of the past: no hit rate")
        } else {
            record = QueueRecord(queues, came: came, exposures: exposures, terms: terms)
        }
    }
}

/// Past hand-given grades to compare a present one with.
struct PastCases {
    private let similar: SimilarCases
    private let cases: [(text: String, given: Int, isChange: Bool)]

    init(_ past: PastLooks, explainer: MigrationPredictor, terms: SecondLook.Terms, source: GradeSource) {
        var points: [[Double]] = []
        var cases: [(text: String, given: Int, isChange: Bool)] = []
        for (day, sample, came) in past.days {
            let pressures = explainer.pressures(sample) ?? []
            guard let later = try? explainer.distributions(sample) else { continue }
            for row in sample.origins.indices {
                guard let state = came[row], row < pressures.count else { continue }
                let given = sample.origins[row]
                var (better, worse) = (0.0, 0.0)
                for next in 0..<later.columns where terms.isChange(given: given, came: next) {
                    if next < given { better += later[row, next] } else { worse += later[row, next] }
                }
                points.append([pressures[row], better, worse])
                let labels = source.scale.labels
                cases.append(
                    (
                        "\(source.names[sample.obligors[row]]) \(day) \(labels[given])→\(labels[state])",
                        given,
                        terms.isChange(given: given, came: state)
                    ))
            }
        }
        similar = SimilarCases(points)
        self.cases = cases
    }

    /// The five most similar cases of the same grade, and what became of them.
    func text(like one: SecondLook.Suggestion, pressure: Double) -> String? {
        let nearest = similar.nearest(5, to: [pressure, one.better, one.worse]) {
            cases[$0].given == one.given
        }
        guard !nearest.isEmpty else { return nil }
        let changed = nearest.count { cases[$0].isChange }
        return "\(changed) of \(nearest.count) changed: "
            + nearest.map { cases[$0].text }.joined(separator: "; ")
    }
}

/// Overrides held against what the model said in the year after.
struct OverrideOutcomes {
    private let cases: [BiasModel.Case]

    /// Reads overrides whose year is over by a day.
    ///
    /// A case's notches are the grade given less the model's mean grade over the year after (default counts as its rank),
    /// this being corrected for how far the model's grades drift within a year from the grade before, whoever looked at
    /// them. A grade within two notches of either end of the scale cannot be moved freely and says less: left out.
    init(_ source: GradeSource, until day: CalendarDay) throws(MigrationError) {
        let end = GradeSource.years(day)
        var actions = source.modelActions
        // Default is the last word of the evidence.
        for action in source.actions where action.state == source.scale.defaultState {
            actions.append(action)
        }
        guard !actions.isEmpty else {
            cases = []
            return
        }
        let evidence = try RatingHistories(actions, scale: source.scale, end: end)
        let order = source.scale.count
        // Histories number obligors by rank among those with actions.
        let numbers = Set(actions.map(\.obligor)).sorted()
        let places = Dictionary(uniqueKeysWithValues: numbers.enumerated().map { ($1, $0) })
        func later(_ obligor: Int, after time: Double) -> Double? {
            guard time + 1 <= end, let place = places[obligor] else { return nil }
            // Monthly means are near enough: grades change twice a year.
            var (sum, count) = (0.0, 0.0)
            for month in 1...12 {
                guard let state = evidence.state(of: place, at: time + Double(month) / 12) else { continue }
                sum += Double(state)
                count += 1
            }
            return count > 0 ? sum / count : nil
        }
        var drift = [(sum: Double, count: Double)](repeating: (0, 0), count: order)
        for action in source.modelActions {
            guard let state = action.state, let mean = later(action.obligor, after: action.time) else {
                continue
            }
            drift[state].sum += mean - Double(state)
            drift[state].count += 1
        }
        var cases: [BiasModel.Case] = []
        for override in source.overrides {
            guard (2...order - 4).contains(override.before), drift[override.before].count > 0,
                let mean = later(override.obligor, after: GradeSource.years(override.day))
            else { continue }
            let supported = mean - drift[override.before].sum / drift[override.before].count
            let circle = source.circles[override.obligor]
            cases.append(
                BiasModel.Case(
                    obligor: override.obligor,
                    levels: [
                        override.author, circle.industry, circle.region, source.scale.labels[override.before],
                    ], notches: Double(override.given) - supported))
        }
        self.cases = cases
    }

    /// The biases by analyst, industry, region and grade before the override.
    func model() throws(MigrationError) -> BiasModel {
        try BiasModel(cases, dimensions: ["analyst", "industry", "region", "grade"])
    }
}
