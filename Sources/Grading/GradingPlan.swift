import Tables
import Vocabulary

/// A grader bound to one table: conditions and formulas with their columns found and their types checked.
struct GradingPlan: Sendable {
    private let experts: ExpertOverrides
    private let bounds: [Double]
    private let conditions: [BoundCondition]
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
        effects = grader.rules.rules.map(PlannedEffect.init)
        maximumNotches = grader.rules.maximumNotches
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

    /// Grades consecutive rows.
    func grade(
        _ rows: Range<Int>, pds: [Double], inDefault: [Bool]?, decisions: [Int: ExpertOverride]
    ) -> GradedBlock {
        var block = GradedBlock(rows)
        block.rateRaw(pds, bounds: bounds)
        guard block.badRow == nil else { return block }
        var binding = [Int: Grade]()
        for first in stride(from: 0, to: conditions.count, by: 64) {
            let part = first..<min(first + 64, conditions.count)
            block.apply(
                part, conditions, effects, maximumNotches: maximumNotches, decisions: decisions,
                binding: &binding)
        }
        block.sortHits(isNeeded: conditions.count > 64)
        block.apply(experts, decisions, binding: binding)
        if let inDefault { block.setDefaults(inDefault) }
        return block
    }

    /// Fills the rows of a block.
    func fill(_ target: inout MutableSpan<GradedRow>, from block: GradedBlock, pds: [Double]) {
        guard let kernel else {
            for place in target.indices {
                target[place].rawRank = block.rawRanks[place]
                target[place].finalRank = block.finalRanks[place]
            }
            return
        }
        let rows = block.rows
        kernel.grant(
            &target, raw: block.rawRanks, final: block.finalRanks, pds: pds.span.extracting(rows),
            figures: PolicyKernel.Figures(
                ownCapital: ownCapital?.values(rows), turnover: turnover?.values(rows),
                exposure: exposure?.values(rows), monthsKnown: monthsKnown?.values(rows)),
            blocked: block.blocked)
    }
}

/// What a rule does, in ranks.
struct PlannedEffect: Sendable {
    enum Kind {
        case none, cap, down, up, block
    }

    let kind: Kind
    let value: Int
    let isBinding: Bool

    init(_ rule: RatingRule) {
        switch rule.effect {
        case .cap(let grade): (kind, value) = (.cap, grade.rank)
        case .notch(let notches): (kind, value) = (notches > 0 ? .down : .up, Int(notches.magnitude))
        case .block: (kind, value) = (.block, 0)
        case .documents: (kind, value) = (.none, 0)
        }
        isBinding = rule.isBinding
    }
}

/// What grading says of consecutive rows.
struct GradedBlock: Sendable {
    let rows: Range<Int>
    private(set) var rawRanks: [UInt8]
    private(set) var finalRanks: [UInt8] = []
    private(set) var hits: [RuleHit] = []
    private(set) var expertHits: [ExpertHit] = []
    /// The first row whose PD is no fraction.
    private(set) var badRow: Int?
    /// Rows that a rule blocks, one bit each.
    private(set) var blocked: [UInt64]
    /// Notches that rules have cost so far.
    private var spent: [UInt8]

    init(_ rows: Range<Int>) {
        self.rows = rows
        rawRanks = [UInt8](repeating: 0, count: rows.count)
        spent = rawRanks
        blocked = [UInt64](repeating: 0, count: (rows.count + 63) / 64)
    }

    mutating func rateRaw(_ pds: [Double], bounds: [Double]) {
        let values = pds.span.extracting(rows)
        let notNegative = ConditionKernel.bits(.atLeast, values, 0)
        let notAboveOne = ConditionKernel.bits(.atMost, values, 1)
        for word in notNegative.indices {
            let width = min(64, rows.count - word * 64)
            let wrong = ~(notNegative[word] & notAboveOne[word]) & (.max >> UInt64(64 - width))
            guard wrong != 0 else { continue }
            badRow = rows.lowerBound + word * 64 + wrong.trailingZeroBitCount
            return
        }
        var span = rawRanks.mutableSpan
        ConditionKernel.reachedBounds(values, bounds: bounds, into: &span)
        finalRanks = rawRanks
    }

    /// Lets at most 64 rules act: which hold is found rule by rule, what follows row by row where any does.
    ///
    /// - Parameters:
    ///   - decisions: The rows that experts decided on.
    ///   - binding: Receives the worst binding cap of those rows.
    mutating func apply(
        _ part: Range<Int>, _ conditions: [BoundCondition], _ effects: [PlannedEffect], maximumNotches: Int,
        decisions: [Int: ExpertOverride], binding: inout [Int: Grade]
    ) {
        var acting = [UInt64](repeating: 0, count: rows.count)
        var anyActs = [UInt64](repeating: 0, count: blocked.count)
        var count = 0
        for number in part {
            let mask = conditions[number].bits(rows)
            let bit: UInt64 = 1 << UInt64(number - part.lowerBound)
            for word in mask.indices where mask[word] != 0 {
                var remaining = mask[word]
                anyActs[word] |= remaining
                count += remaining.nonzeroBitCount
                while remaining != 0 {
                    acting[word * 64 + remaining.trailingZeroBitCount] |= bit
                    remaining &= remaining - 1
                }
            }
        }
        hits.reserveCapacity(hits.count + count)
        let last = Grade.performing.count - 1
        for word in anyActs.indices {
            var remaining = anyActs[word]
            while remaining != 0 {
                let place = word * 64 + remaining.trailingZeroBitCount
                remaining &= remaining - 1
                var rank = Int(finalRanks[place])
                var numbers = acting[place]
                while numbers != 0 {
                    let number = part.lowerBound + numbers.trailingZeroBitCount
                    numbers &= numbers - 1
                    let effect = effects[number]
                    let before = rank
                    switch effect.kind {
                    case .none: break
                    case .cap: rank = max(rank, effect.value)
                    case .up: rank = max(0, rank - effect.value)
                    case .down:
                        let held = min(effect.value, maximumNotches - Int(spent[place]))
                        spent[place] += UInt8(held)
                        rank = min(last, rank + held)
                    case .block: blocked[word] |= 1 << UInt64(place % 64)
                    }
                    if effect.isBinding, effect.kind == .cap, decisions[rows.lowerBound + place] != nil {
                        let cap = Grade.byRank[effect.value]
                        binding[rows.lowerBound + place] = max(cap, binding[rows.lowerBound + place] ?? .aaa)
                    }
                    hits.append(
                        RuleHit(
                            row: UInt32(rows.lowerBound + place), rule: UInt16(number), from: UInt8(before),
                            to: UInt8(rank)))
                }
                finalRanks[place] = UInt8(rank)
            }
        }
    }

    /// Brings the hits of more than 64 rules into the order of rows.
    mutating func sortHits(isNeeded: Bool) {
        if isNeeded { hits.sort { ($0.row, $0.rule) < ($1.row, $1.rule) } }
    }

    mutating func apply(
        _ experts: ExpertOverrides, _ decisions: [Int: ExpertOverride], binding: [Int: Grade]
    ) {
        guard !decisions.isEmpty else { return }
        for row in rows {
            guard let decision = decisions[row] else { continue }
            let place = row - rows.lowerBound
            let before = Grade.byRank[Int(finalRanks[place])]
            let after = experts.grade(from: before, by: decision.decision, cap: binding[row] ?? .aaa)
            let wanted: Grade =
                switch decision.decision {
                case .grade(let grade): grade
                case .notch(let notches): before.movedDown(notches)
                }
            finalRanks[place] = UInt8(after.rank)
            expertHits.append(
                ExpertHit(row: row, override: decision, from: before, to: after, isHeld: after != wanted))
        }
    }

    mutating func setDefaults(_ inDefault: [Bool]) {
        for row in rows where inDefault[row] { finalRanks[row - rows.lowerBound] = UInt8(Grade.d.rank) }
    }
}
