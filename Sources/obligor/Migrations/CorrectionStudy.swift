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
        _ source: GradeSource, panel: MigrationPanel, currency: String?,
        options: MigrationStudy.Options
    ) throws {
        var remarks: [String] = []
        let last = panel.days.count - 1
        let day = panel.days[last]
        let labels = source.scale.labels
        let inForce = HandGradesInForce(source)
        let hand = try HandGrades(panel, last, inForce)
        let models = try EvidenceModels(panel, until: day, options: options.prediction)
        let terms = SecondLook.Terms(
            notches: options.notches,
            worth: options.isWorthLoss
                ? .loss(pds: Self.pds(models.later.matrix), lossGivenDefault: Self.lossGivenDefault)
                : .notches,
            reviewCost: options.reviewCost)
        let exposures = Self.exposures(panel, last, hand.sample.obligors)
        let look = SecondLook(
            origins: hand.given, now: try models.now.distributions(hand.sample),
            later: try models.yearAhead(hand.sample), exposures: exposures, terms: terms)
        let past = try PastLooks(panel: panel, inForce: inForce, terms: terms, options: options)
        remarks += past.remarks
        let explainer = try models.explainer()
        let reasons = explainer.reasons(hand.sample, reference: try panel.evidence(last, months: 12))
        let pressures = explainer.pressures(hand.sample) ?? hand.given.map { _ in 0 }
        let memory = PastCases(past, explainer: explainer, terms: terms, source: source)
        queue = look.queue.enumerated().map { rank, one in
            let direction: CorrectionRecord.Direction =
                one.better > one.worse ? .up : one.worse > 0 ? .down : .none
            let because = Self.reasons(
                reasons[one.row], direction: direction, given: one.given,
                evidence: hand.sample.origins[one.row], labels: labels)
            return CorrectionRecord(
                id: source.names[hand.sample.obligors[one.row]], asOf: day.description,
                givenGrade: labels[one.given],
                author: inForce.author(of: hand.sample.obligors[one.row], on: day),
                supportedGrade: labels[one.supported], probabilityOfChange: one.probability,
                direction: direction,
                expectedValue: one.expectedValue, reason1: because.first?.text,
                reason2: because.dropFirst().first?.text, reason3: because.dropFirst(2).first?.text,
                features: because.map { $0.feature ?? "" },
                similarCases: memory.text(like: one, pressure: pressures[one.row]), rank: rank + 1)
        }
        let biases: [BiasModel.Bias]
        do throws(MigrationError) {
            biases =
                try OverrideOutcomes(source, until: day).model(
                    generator: SeededGenerator(seed: options.seed).stream("biases")
                ).biases
        } catch {
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
            }, changeNotches: terms.notches, unit: options.isWorthLoss ? currency : "notches")
        self.remarks = remarks
    }

    /// Share of the exposure that default costs where losses are weighed: what senior unsecured claims lose in the
    /// Basel foundation approach.
    fileprivate static let lossGivenDefault = 0.45

    /// The probability of default within a year by state, 1 for default.
    fileprivate static func pds(_ matrix: TransitionMatrix) -> [Double] {
        var pds = (matrix.defaultProbabilities ?? []).map { $0 }
        // A better grade stands for no more risk than a worse one.
        for place in pds.indices.dropFirst() { pds[place] = max(pds[place], pds[place - 1]) }
        return pds
    }

    /// What is open with each obligor; where the ledger has no figure, nothing.
    fileprivate static func exposures(_ panel: MigrationPanel, _ place: Int, _ obligors: [Int]) -> [Double] {
        panel.values(of: "exposure", on: place, obligors: obligors).map { $0.isFinite ? max(0, $0) : 0 }
    }

    /// The three strongest reasons for a change in its direction: that the grade is off the evidence already, then what
    /// the ordered regression adds.
    private static func reasons(
        _ reasons: [MigrationPredictor.Reason], direction: CorrectionRecord.Direction, given: Int,
        evidence: Int, labels: [String]
    ) -> [(text: String, feature: String?)] {
        let words = MigrationWords()
        var because: [(text: String, feature: String?)] = []
        let notches = abs(given - evidence)
        if direction == .up ? given > evidence : given < evidence {
            because.append(
                (
                    "given \(labels[given]), the evidence says \(labels[evidence]) "
                        + "(\(MigrationWords.notches(notches)))",
                    nil
                ))
        }
        because += reasons.filter { direction == .up ? $0.contribution < 0 : $0.contribution > 0 }.map {
            (words.text($0.feature, value: $0.value), MigrationWords.feature($0.feature))
        }
        return Array(because.prefix(3))
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
        if let worth = summary.costBenefit {
            let unit = worth.currency ?? "notches"
            text.line(
                "Right changes were worth \(Figures.fixed(worth.saved, decimals: 0)) \(unit), the "
                    + "\(Figures.count(worth.reviews)) looks cost "
                    + "\(Figures.fixed(worth.reviewCost * Double(worth.reviews), decimals: 0)): "
                    + "\(Figures.fixed(worth.net, decimals: 0)) \(unit) net."
            )
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
        // On one day the grade given by hand changes the model's.
        for key in actions.keys {
            actions[key]?.sort { ($0.day, $0.isHand ? 1 : 0) < ($1.day, $1.isHand ? 1 : 0) }
        }
    }

    /// Whether the grade in force was given by hand.
    func isByHand(_ obligor: Int, on day: CalendarDay) -> Bool {
        actions[obligor]?.last { $0.day <= day }?.isHand ?? false
    }

    /// The author of the grade in force, if it is known.
    func author(of obligor: Int, on day: CalendarDay) -> String? {
        actions[obligor]?.last { $0.day <= day }?.author
    }
}

/// The grades given by hand that are in force on a day, beside what the evidence says.
struct HandGrades {
    let day: CalendarDay
    /// The obligors as the evidence has them: the state that the model gives them, and its state a year later.
    let sample: MigrationSample
    /// The states given.
    let given: [Int]
    /// What the evidence says a year later; `nil` if it is not known.
    let came: [Int?]

    init(_ panel: MigrationPanel, _ place: Int, _ inForce: HandGradesInForce) throws {
        day = panel.days[place]
        let time = GradeSource.years(day)
        let all = try panel.evidence(place, months: 12)
        var rows: [Int] = []
        var given: [Int] = []
        for (row, obligor) in all.obligors.enumerated() where inForce.isByHand(obligor, on: day) {
            guard let state = panel.histories.state(of: obligor, at: time), state != all.scale.defaultState
            else { continue }
            rows.append(row)
            given.append(state)
        }
        sample = all.selecting(rows)
        self.given = given
        came = sample.outcomes.map { outcome in
            if case .state(let state) = outcome { state } else { nil }
        }
    }
}

/// What the evidence will say in three months and in a year, learned by a day from the obligors of a panel.
struct EvidenceModels {
    let now: MigrationPredictor
    let later: MigrationPredictor
    private let half: MigrationPredictor
    private let training: MigrationSample

    init(_ panel: MigrationPanel, until day: CalendarDay, options: PredictionOptions) throws {
        var options = options
        // A grade without a successor is not held against anybody, whatever the predictions assume of withdrawals.
        options.withdrawal = .excluded
        func learned(_ months: Int) throws -> MigrationSample {
            try PredictionStudy.training(panel, months: months, until: day, ofEvidence: true)
        }
        now = try MigrationPredictor(learned(3), options)
        half = try MigrationPredictor(learned(6), options)
        training = try learned(12)
        later = try MigrationPredictor(training, options)
    }

    /// What the evidence will say in a year, shape (n, K): the mean of what outcomes of a year teach, and of what those
    /// of half a year do, carried on by the matrix of half a year.
    ///
    /// The second knows the moves of the last year, of which the first has seen no outcome yet.
    func yearAhead(_ sample: MigrationSample) throws -> Matrix {
        let carried = try half.distributions(sample).times(half.matrix.probabilities)
        return 0.5 * (try later.distributions(sample) + carried)
    }

    /// Where the reasons come from: the ordered regression, which is fitted beside a method that has none.
    func explainer() throws -> MigrationPredictor {
        if later.pressures(training) != nil { return later }
        var own = later.options
        own.method = .orderedLogit
        return try MigrationPredictor(training, own)
    }
}

/// Queues of past days, as they would have been made then, and what came.
struct PastLooks {
    private(set) var record: QueueRecord?
    private(set) var remarks: [String] = []
    /// Past hand-given grades whose year is over, by day.
    private(set) var days: [HandGrades] = []

    init(
        panel: MigrationPanel, inForce: HandGradesInForce, terms: SecondLook.Terms,
        options: MigrationStudy.Options
    ) throws {
        let last = panel.days[panel.days.count - 1]
        for place in panel.days.indices where panel.days[place].adding(months: 12) <= last {
            let hand = try HandGrades(panel, place, inForce)
            if !hand.given.isEmpty { days.append(hand) }
        }
        // Once a year, so that no outcome counts in two queues, and with a year of outcomes to learn from.
        let tested = (1...8).map { last.adding(months: -12 * $0) }.filter { day in
            day >= panel.days[0].adding(months: 15)
        }
        var queues: [[SecondLook.Suggestion]] = []
        var came: [[Int?]] = []
        var exposures: [[Double]] = []
        for day in tested {
            guard let hand = days.first(where: { $0.day == day }), let place = panel.days.firstIndex(of: day)
            else { continue }
            let models = try EvidenceModels(panel, until: day, options: options.prediction)
            let open = CorrectionStudy.exposures(panel, place, hand.sample.obligors)
            var own = terms
            if options.isWorthLoss {
                // What a grade stood for as it was known then.
                own.worth = .loss(
                    pds: CorrectionStudy.pds(models.later.matrix),
                    lossGivenDefault: CorrectionStudy.lossGivenDefault)
            }
            queues.append(
                SecondLook(
                    origins: hand.given, now: try models.now.distributions(hand.sample),
                    later: try models.yearAhead(hand.sample), exposures: open, terms: own
                ).queue)
            came.append(hand.came)
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
    private let cases: [Case]

    private struct Case {
        let obligor: Int
        let text: String
        let given: Int
        let isChange: Bool
    }

    init(_ past: PastLooks, explainer: MigrationPredictor, terms: SecondLook.Terms, source: GradeSource) {
        var points: [[Double]] = []
        var cases: [Case] = []
        let labels = source.scale.labels
        for hand in past.days {
            let pressures = explainer.pressures(hand.sample) ?? []
            guard let later = try? explainer.distributions(hand.sample) else { continue }
            for (row, given) in hand.given.enumerated() {
                guard let state = hand.came[row], row < pressures.count else { continue }
                var (better, worse) = (0.0, 0.0)
                for next in 0..<later.columns where terms.isChange(given: given, came: next) {
                    if next < given { better += later[row, next] } else { worse += later[row, next] }
                }
                points.append([pressures[row], better, worse])
                let obligor = hand.sample.obligors[row]
                cases.append(
                    Case(
                        obligor: obligor,
                        text: "\(source.names[obligor]) \(hand.day) \(labels[given])→\(labels[state])",
                        given: given, isChange: terms.isChange(given: given, came: state)))
            }
        }
        similar = SimilarCases(points, owners: cases.map(\.obligor))
        self.cases = cases
    }

    /// The five most similar cases of the same grade, of an obligor each, and what became of them.
    func text(like one: SecondLook.Suggestion, pressure: Double) -> String? {
        // A grade stands for several quarters, and its rows are alike: one of each obligor is enough.
        let nearest = similar.nearest(5, to: [pressure, one.better, one.worse]) {
            cases[$0].given == one.given
        }
        guard !nearest.isEmpty else { return nil }
        let changed = nearest.count { cases[$0].isChange }
        return "\(changed) of \(nearest.count) changed: "
            + nearest.map { cases[$0].text }.joined(separator: "; ")
    }
}

/// Overrides held against what the evidence said in the year after.
struct OverrideOutcomes {
    private let cases: [BiasModel.Case]

    /// Reads overrides whose year is over by a day.
    ///
    /// A case's notches are the grade given less the mean grade of the evidence over the year after (default counts as
    /// its rank), this being corrected for how far such means are from the model's grade whoever looks at them. A grade
    /// within two notches of either end of the scale cannot be moved freely and says less: left out.
    init(_ source: GradeSource, until day: CalendarDay) throws(MigrationError) {
        let end = GradeSource.years(day)
        guard !source.modelActions.isEmpty else {
            cases = []
            return
        }
        let evidence = try RatingHistories(source.evidence, scale: source.scale, end: end)
        func later(_ obligor: Int, after time: Double) -> Double? {
            guard time + 1 <= end else { return nil }
            // Monthly means are near enough: grades change twice a year.
            var (sum, count) = (0.0, 0.0)
            for month in 1...12 {
                guard let state = evidence.state(of: obligor, at: time + Double(month) / 12) else { continue }
                sum += Double(state)
                count += 1
            }
            return count > 0 ? sum / count : nil
        }
        var gradings: [EvidenceDrift.Grading] = []
        for action in source.modelActions {
            guard let state = action.state, let mean = later(action.obligor, after: action.time) else {
                continue
            }
            gradings.append(
                EvidenceDrift.Grading(
                    state: state, circle: source.circles[action.obligor], notches: mean - Double(state)))
        }
        let drift = EvidenceDrift(gradings, states: source.scale.count)
        var cases: [BiasModel.Case] = []
        for override in source.overrides {
            let circle = source.circles[override.obligor]
            guard (2...source.scale.count - 4).contains(override.before),
                let mean = later(override.obligor, after: GradeSource.years(override.day)),
                let expected = drift.notches(from: override.before, in: circle)
            else { continue }
            cases.append(
                BiasModel.Case(
                    obligor: override.obligor,
                    levels: [
                        override.author, circle.industry, circle.region, source.scale.labels[override.before],
                    ], notches: Double(override.given) - (mean - expected)))
        }
        self.cases = cases
    }

    /// The biases by analyst, industry, region and grade before the override.
    func model(generator: SeededGenerator) throws(MigrationError) -> BiasModel {
        try BiasModel(
            cases, dimensions: ["analyst", "industry", "region", "grade"], generator: generator)
    }
}

/// How far the evidence of the year after is from the model's grade, by grade, industry and region.
///
///     E(mean grade after − grade) = d(grade) + a(industry) + b(region)
///
/// fitted by least squares to all of the model's gradings, whether anybody looked at them or not. Industries and
/// regions whose obligors get worse faster than others of their grade would else make those who grade them look too
/// kind.
struct EvidenceDrift {
    /// A grading by the model whose year is over.
    struct Grading {
        var state: Int
        var circle: (industry: String?, region: String?)
        var notches: Double
    }

    private var byState: [Double?]
    private var byIndustry: [String: Double] = [:]
    private var byRegion: [String: Double] = [:]

    /// So many gradings without effect are thought into every industry and region, so that two do not make a drift.
    private static let prior = 10.0
    /// Sweeps over the three groupings; each brings the effects an order of magnitude nearer.
    private static let sweeps = 30

    init(_ gradings: [Grading], states: Int) {
        byState = [Double?](repeating: nil, count: states)
        for _ in 0..<Self.sweeps {
            var sums = [(sum: Double, count: Double)](repeating: (0, 0), count: states)
            for one in gradings {
                sums[one.state].sum += one.notches - effect(of: one.circle)
                sums[one.state].count += 1
            }
            byState = sums.map { $0.count > 0 ? $0.sum / $0.count : nil }
            byIndustry = means(gradings, of: { $0.industry }) { one in
                one.notches - (byState[one.state] ?? 0) - (one.circle.region.flatMap { byRegion[$0] } ?? 0)
            }
            byRegion = means(gradings, of: { $0.region }) { one in
                one.notches - (byState[one.state] ?? 0)
                    - (one.circle.industry.flatMap { byIndustry[$0] } ?? 0)
            }
        }
    }

    /// The expected change from a state; `nil` if the model never gave it.
    func notches(from state: Int, in circle: (industry: String?, region: String?)) -> Double? {
        byState[state].map { $0 + effect(of: circle) }
    }

    private func effect(of circle: (industry: String?, region: String?)) -> Double {
        (circle.industry.flatMap { byIndustry[$0] } ?? 0) + (circle.region.flatMap { byRegion[$0] } ?? 0)
    }

    private func means(
        _ gradings: [Grading], of level: (((industry: String?, region: String?)) -> String?),
        _ residual: (Grading) -> Double
    ) -> [String: Double] {
        var sums: [String: (sum: Double, count: Double)] = [:]
        for one in gradings {
            guard let name = level(one.circle) else { continue }
            var entry = sums[name] ?? (0, 0)
            entry = (entry.sum + residual(one), entry.count + 1)
            sums[name] = entry
        }
        return sums.mapValues { $0.sum / ($0.count + Self.prior) }
    }
}
