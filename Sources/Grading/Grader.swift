public import Parallelism
public import Tables
public import Vocabulary

/// Turns PDs into final grades, limits and terms: scale, rules, experts and policy, evaluated column by column.
///
/// The way of one obligor: its PD gives the raw grade; the rules act on it in their order; then the expert's decision
/// that is in force; an obligor in default is D whatever they say. Rules and formulas are compiled once per table.
public struct Grader: Sendable {
    /// The scale of raw grades.
    public let scale: MasterScale
    /// The rules.
    public let rules: RuleSet
    /// What experts decided.
    public let experts: ExpertOverrides
    /// What grades are worth; `nil` for grades alone.
    public let policy: CreditPolicy?

    /// Rows that are graded together: what is computed of them stays in the second-level cache, and a column is read
    /// long enough in one go for memory to run ahead (blocks of half the size take a tenth longer, of an eighth half as
    /// long again).
    static let blockRows = 16384

    /// A grader from its parts.
    public init(
        scale: MasterScale, rules: RuleSet = .none, experts: ExpertOverrides = .none,
        policy: CreditPolicy? = nil
    ) {
        self.scale = scale
        self.rules = rules
        self.experts = experts
        self.policy = policy
    }

    /// The columns that grading reads of a table.
    public var columns: [String] {
        var names = rules.columns
        for name in policy?.inputs.columns ?? [] where !names.contains(name) { names.append(name) }
        return names
    }

    /// Grades the rows of a table.
    ///
    /// - Parameters:
    ///   - pds: By row the PD, a fraction in [0, 1].
    ///   - table: The facts that rules and policy ask for, one row per PD.
    ///   - ids: The obligor of each row; needed where experts decided.
    ///   - inDefault: By row whether the obligor is in default; `nil` for nobody.
    ///   - asOf: The day that experts' decisions must hold on.
    ///   - workers: Threads to use; the result does not depend on them.
    /// - Throws: ``GradingError``.
    public func grade(
        pds: [Double], facts table: Table, ids: Column? = nil, inDefault: [Bool]? = nil, asOf: AsOf,
        workers: Workers = .single
    ) throws(GradingError) -> GradedPortfolio {
        precondition(table.columns.isEmpty || table.rowCount == pds.count, "\(pds.count) PDs for other rows")
        precondition(inDefault.map { $0.count == pds.count } ?? true, "default flags of other rows")
        guard pds.count <= Int(UInt32.max) else { throw .tooManyRows(pds.count) }
        let plan = try GradingPlan(self, table)
        let decisions = try self.decisions(ids, asOf, rows: pds.count)
        let graded = workers.build(pds.count, blockSize: Self.blockRows) { rows, target in
            plan.grade(rows, pds: pds, inDefault: inDefault, decisions: decisions, into: &target)
        }
        if let row = graded.values.lazy.compactMap(\.badRow).first {
            throw .badPD(row: row, value: pds[row])
        }
        var portfolio = GradedPortfolio(
            graded.elements, findings: graded.values, rules: rules, policy: policy)
        if let policy, let factor = policy.groupFactor, let name = policy.inputs.group {
            guard let column = table[name] else { throw .noGroups(column: name) }
            portfolio.cutGroups(GroupCodes(column), factor: factor, multiplesOf: policy.roundedDownTo)
        }
        return portfolio
    }

    /// The decisions in force, by rising row.
    private func decisions(_ ids: Column?, _ asOf: AsOf, rows: Int) throws(GradingError) -> [DecidedRow] {
        let inForce = experts.inForce(on: asOf)
        guard !inForce.isEmpty else { return [] }
        guard let ids, ids.count == rows else { throw .noIDs }
        return (0..<rows).compactMap { row in
            ids.text(at: row).flatMap { inForce[ObligorID($0)] }.map { DecidedRow(row: row, override: $0) }
        }
    }
}

/// Why obligors cannot be graded.
public enum GradingError: Error, Sendable, Equatable {
    /// A PD that is no fraction in [0, 1].
    case badPD(row: Int, value: Double)
    /// A rule or a formula of the policy does not fit the data.
    case expression(ExpressionError, at: String)
    /// Experts decided, but rows have no names.
    case noIDs
    /// The policy has a limit for groups, but the data has no column that names them.
    case noGroups(column: String)
    /// More rows than can be numbered.
    case tooManyRows(Int)
}

extension GradingError: CustomStringConvertible {
    /// One line: the fact and the remedy.
    public var description: String {
        switch self {
        case .badPD(let row, let value):
            "the PD of row \(row + 1) is \(value.isNaN ? "missing" : "\(value)"): give a fraction from 0 to 1"
        case .expression(let error, let place): "\(place): \(error)"
        case .noIDs: "experts decided on obligors, but the data does not name them: give the column of names"
        case .noGroups(let column):
            "the policy limits groups together, but the data has no column '\(column)': 'obligor features' writes one "
                + "called group; where no groups are known leave inputs: group and group out of the policy"
        case .tooManyRows(let count): "\(count) rows are more than can be graded at once: split the data"
        }
    }
}

/// What grading says of a portfolio, by row.
public struct GradedPortfolio: Sendable {
    /// Grades, limits and terms.
    public private(set) var rows: [GradedRow]
    /// The experts' decisions that acted, by row.
    public let expertHits: [ExpertHit]
    /// The rules that the hits number.
    public let rules: RuleSet
    /// The policy that granted; `nil` for grades alone.
    public let policy: CreditPolicy?
    /// Which rules acted, by consecutive rows.
    private let acting: [ActingRules]

    init(_ rows: [GradedRow], findings: [BlockFindings], rules: RuleSet, policy: CreditPolicy?) {
        self.rows = rows
        acting = rules.rules.isEmpty ? [] : findings.map(\.acting)
        expertHits = findings.flatMap(\.expertHits)
        self.rules = rules
        self.policy = policy
    }

    /// How often a rule acted, over all rules and rows.
    public var hitCount: Int {
        acting.reduce(0) { sum, part in part.masks.reduce(sum) { $0 + $1.nonzeroBitCount } }
    }

    /// The rows on which a rule of a kind acted, rising.
    public func rows(under kind: RuleEffect.Kind) -> [Int] {
        let wanted = rules.rules.indices.filter { rules.rules[$0].effect.kind == kind }
        return acting.flatMap { part in
            part.rows.filter { row in wanted.contains { part.acts($0, on: row) } }
        }
    }

    /// What the rules did, by row and within it in their order; followed anew on each call.
    public func hits() -> [RuleHit] {
        let effects = rules.rules.map(PlannedEffect.init)
        var hits: [RuleHit] = []
        hits.reserveCapacity(hitCount)
        for part in acting {
            part.write(to: &hits, effects, maximumNotches: PlannedEffect.maximumNotches(of: rules)) {
                rows[$0].rawRank
            }
        }
        return hits
    }

    mutating func cutGroups(_ groups: GroupCodes, factor: Int64, multiplesOf step: Int64) {
        groups.cut(&rows, factor: factor, multiplesOf: step)
    }

    /// Number of rows.
    public var count: Int { rows.count }

    /// The grade that follows from a row's PD alone.
    public func rawGrade(_ row: Int) -> Grade { rows[row].rawGrade }

    /// The final grade of a row.
    public func finalGrade(_ row: Int) -> Grade { rows[row].finalGrade }

    /// Totals of limits, terms and expected losses; `nil` without a policy.
    public var totals: PortfolioTotals? { policy == nil ? nil : PortfolioTotals(rows) }

    /// Walks over all rows with their way from the raw grade to the final one.
    public func forEachPath(_ body: (_ row: Int, _ steps: [RatingStep]) throws -> Void) rethrows {
        let hits = hits()
        var (hit, expert) = (0, 0)
        for row in 0..<count {
            let first = hit
            while hit < hits.count, Int(hits[hit].row) == row { hit += 1 }
            let decision =
                expert < expertHits.count && expertHits[expert].row == row ? expertHits[expert] : nil
            if decision != nil { expert += 1 }
            try body(row, steps(row, hits[first..<hit], decision))
        }
    }

    private func steps(_ row: Int, _ hits: ArraySlice<RuleHit>, _ decision: ExpertHit?) -> [RatingStep] {
        func step(
            _ stage: RatingStep.Stage, _ from: Grade, _ to: Grade, rule: String? = nil,
            effect: RuleEffect.Kind = .none, reason: String? = nil, author: String? = nil,
            expires: CalendarDay? = nil
        ) -> RatingStep {
            RatingStep(
                stage: stage, rule: rule, from: from, to: to, effect: effect, reason: reason, author: author,
                expires: expires)
        }
        let raw = rawGrade(row)
        var grade = raw
        var steps = [step(.raw, raw, raw)]
        for hit in hits {
            let rule = rules.rules[Int(hit.rule)]
            grade = Grade.byRank[Int(hit.to)]
            steps.append(
                step(
                    .rule, Grade.byRank[Int(hit.from)], grade, rule: rule.name, effect: rule.effect.kind,
                    reason: rule.reason))
        }
        if let decision {
            let held = decision.isHeld ? " (held at what experts may do)" : ""
            grade = decision.to
            steps.append(
                step(
                    .expert, decision.from, decision.to,
                    effect: decision.from == decision.to ? .none : .notch,
                    reason: decision.override.reason + held, author: decision.override.author,
                    expires: decision.override.expires))
        }
        let final = finalGrade(row)
        if final != grade {
            steps.append(
                step(
                    .final, grade, final, rule: "default definition", effect: .cap,
                    reason: "the obligor is in default"))
        } else {
            steps.append(step(.final, final, final))
        }
        return steps
    }
}
