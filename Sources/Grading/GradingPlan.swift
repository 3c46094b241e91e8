import Tables
import Vocabulary

/// A grader bound to one table: conditions and formulas with their columns found and their types checked.
struct GradingPlan: Sendable {
    private let experts: ExpertOverrides
    private let bounds: [Double]
    private let conditions: [BoundCondition]
    /// By rule the first one with the same condition: itself, but where a register costs both the grade and the credit.
    private let twins: [Int]
    private let effects: [PlannedEffect]
    private let maximumNotches: Int
    private let kernel: PolicyKernel?
    private let ownCapital: BoundFormula?
    private let turnover: BoundFormula?
    private let exposure: BoundFormula?
    private let monthsKnown: BoundFormula?

    init(_ grader: Grader, _ table: Table) throws(GradingError) {
        experts = grader.experts
        // The last bound is 1 and included, so it is never a step.
        bounds = Array(grader.scale.upperBounds.dropLast())
        var conditions: [BoundCondition] = []
        for rule in grader.rules.rules {
            do throws(ExpressionError) {
                conditions.append(try BoundCondition(rule.condition, in: table))
            } catch { throw .expression(error, at: "rule '\(rule.name)'") }
        }
        self.conditions = conditions
        let asked = grader.rules.rules.map(\.condition)
        twins = asked.indices.map { asked.firstIndex(of: asked[$0]) ?? $0 }
        effects = grader.rules.rules.map(PlannedEffect.init)
        maximumNotches = PlannedEffect.maximumNotches(of: grader.rules)
        func formula(_ expression: FactExpression?, _ name: String) throws(GradingError) -> BoundFormula? {
            guard let expression else { return nil }
            do throws(ExpressionError) { return try BoundFormula(expression, in: table) } catch {
                throw .expression(error, at: "policy input '\(name)'")
            }
        }
        let inputs = grader.policy?.inputs
        ownCapital = try formula(inputs?.ownCapital, "own_capital")
        turnover = try formula(inputs?.turnover, "turnover")
        exposure = try formula(inputs?.exposure, "exposure")
        monthsKnown = try formula(inputs?.monthsKnown, "months_known")
        kernel = grader.policy.map(PolicyKernel.init)
    }

    /// Appends what grading says of consecutive rows.
    ///
    /// - Parameter decisions: What experts decided, by rising row.
    func grade(
        _ rows: Range<Int>, pds: [Double], inDefault: [Bool]?, decisions: [DecidedRow],
        into target: inout OutputSpan<GradedRow>
    ) -> BlockFindings {
        let values = pds.span.extracting(rows)
        var findings = BlockFindings(acting: ActingRules(rows: rows))
        if let place = ConditionKernel.firstNoFraction(values) {
            findings.badRow = rows.lowerBound + place
            target.append(repeating: GradedRow(), count: rows.count)
            return findings
        }
        var raw = [UInt8](repeating: 0, count: rows.count)
        var span = raw.mutableSpan
        ConditionKernel.reachedBounds(values, bounds: bounds, into: &span)
        var final = raw
        var blocked = [UInt64](repeating: 0, count: findings.acting.words)
        if !effects.isEmpty {
            for (rule, condition) in conditions.enumerated() {
                let twin = twins[rule]
                findings.acting.append(twin < rule ? findings.acting.bits(of: twin) : condition.bits(rows))
            }
            ConditionKernel.apply(
                effects, masks: findings.acting.masks, maximumNotches: maximumNotches, to: &final,
                blocked: &blocked)
        }
        findings.decide(decisions, by: experts, effects, ranks: &final)
        if let inDefault {
            for place in final.indices where inDefault[rows.lowerBound + place] {
                final[place] = UInt8(Grade.d.rank)
            }
        }
        guard let kernel else {
            for place in raw.indices {
                var row = GradedRow()
                (row.rawRank, row.finalRank) = (raw[place], final[place])
                target.append(row)
            }
            return findings
        }
        kernel.grant(
            &target, raw: raw, final: final, pds: values,
            figures: PolicyKernel.Figures(
                ownCapital: ownCapital?.column(rows), turnover: turnover?.column(rows),
                exposure: exposure?.column(rows), monthsKnown: monthsKnown?.column(rows)),
            blocked: blocked)
        return findings
    }
}

/// What a rule does, in ranks.
struct PlannedEffect: Sendable {
    /// Kinds of effects, by the kernel's numbers.
    enum Kind: UInt32 {
        case none = 0
        case cap = 1
        case down = 2
        case up = 3
        case block = 4
    }

    let kind: Kind
    /// A rank, or a number of ranks: at most as many as there are.
    let value: Int
    let isBinding: Bool

    init(_ rule: RatingRule) {
        switch rule.effect {
        case .cap(let grade): (kind, value) = (.cap, grade.rank)
        case .notch(let notches):
            let most = UInt(Grade.performing.count)
            (kind, value) = (notches > 0 ? .down : .up, Int(min(notches.magnitude, most)))
        case .block: (kind, value) = (.block, 0)
        case .documents: (kind, value) = (.none, 0)
        }
        isBinding = rule.isBinding
    }

    /// The most notches that a set's rules may cost together: no negative number, and no more than a byte counts.
    static func maximumNotches(of rules: RuleSet) -> Int { min(max(0, rules.maximumNotches), 255) }

    /// The rank after the rule.
    ///
    /// - Parameter left: Notches that rules may still cost; what this one costs is taken off.
    func rank(after rank: Int, left: inout Int) -> Int {
        switch kind {
        case .none, .block: return rank
        case .cap: return max(rank, value)
        case .up: return max(0, rank - value)
        case .down:
            let held = min(value, left)
            left -= held
            return min(Grade.performing.count - 1, rank + held)
        }
    }
}

/// Which rules act on consecutive rows: one bit for every rule and row.
///
/// That is all of the way that an obligor's rating took through the rules; grades between them follow from the raw one.
struct ActingRules: Sendable {
    /// The rows.
    let rows: Range<Int>
    /// By rule, one behind the other, one bit per row, 64 to a word, the first row lowest.
    private(set) var masks: [UInt64] = []

    init(rows: Range<Int>) { self.rows = rows }

    /// Words of one rule.
    var words: Int { (rows.count + 63) / 64 }

    /// Takes the bits of the next rule.
    mutating func append(_ bits: [UInt64]) { masks += bits }

    /// The bits of a rule that was taken.
    func bits(of rule: Int) -> [UInt64] { Array(masks[rule * words..<(rule + 1) * words]) }

    /// Whether a rule acts on a row.
    func acts(_ rule: Int, on row: Int) -> Bool {
        let place = row - rows.lowerBound
        return masks[rule * words + place / 64] >> UInt64(place % 64) & 1 == 1
    }

    /// Adds what rules did, row by row and within one rule by rule.
    func write(
        to hits: inout [RuleHit], _ effects: [PlannedEffect], maximumNotches: Int, raw: (_ row: Int) -> UInt8
    ) {
        for word in 0..<words {
            var acting: UInt64 = 0
            for rule in effects.indices { acting |= masks[rule * words + word] }
            while acting != 0 {
                let place = acting.trailingZeroBitCount
                acting &= acting - 1
                let row = rows.lowerBound + word * 64 + place
                var (rank, left) = (Int(raw(row)), maximumNotches)
                for rule in effects.indices where masks[rule * words + word] >> UInt64(place) & 1 == 1 {
                    let before = rank
                    rank = effects[rule].rank(after: before, left: &left)
                    hits.append(
                        RuleHit(
                            row: UInt32(row), rule: UInt16(rule), from: UInt8(before), to: UInt8(rank)))
                }
            }
        }
    }
}

/// What an expert decided on a row.
struct DecidedRow: Sendable {
    let row: Int
    let override: ExpertOverride
}

/// What grading found in consecutive rows beside their grades.
struct BlockFindings: Sendable {
    /// The first row whose PD is no fraction.
    var badRow: Int?
    /// Which rules act.
    var acting: ActingRules
    /// What experts did.
    private(set) var expertHits: [ExpertHit] = []

    init(acting: ActingRules) { self.acting = acting }

    /// Lets experts' decisions act on ranks, held at the worst binding cap of the rules that act.
    mutating func decide(
        _ decisions: [DecidedRow], by experts: ExpertOverrides, _ effects: [PlannedEffect],
        ranks: inout [UInt8]
    ) {
        var (low, high) = (0, decisions.count)
        while low < high {
            let middle = (low + high) / 2
            if decisions[middle].row < acting.rows.lowerBound { low = middle + 1 } else { high = middle }
        }
        for decided in decisions[low...] {
            guard decided.row < acting.rows.upperBound else { return }
            let place = decided.row - acting.rows.lowerBound
            var cap = Grade.aaa
            for (rule, effect) in effects.enumerated()
            where effect.isBinding && effect.kind == .cap && acting.acts(rule, on: decided.row) {
                cap = max(cap, Grade.byRank[effect.value])
            }
            let decision = decided.override.decision
            let before = Grade.byRank[Int(ranks[place])]
            let after = experts.grade(from: before, by: decided.override, cap: cap)
            let wanted: Grade =
                switch decision {
                case .grade(let grade): grade
                case .notch(let notches): before.movedDown(notches)
                }
            ranks[place] = UInt8(after.rank)
            expertHits.append(
                ExpertHit(
                    row: decided.row, override: decided.override, from: before, to: after,
                    isHeld: after != wanted))
        }
    }
}
