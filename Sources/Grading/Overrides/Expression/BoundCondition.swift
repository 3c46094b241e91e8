import Tables

/// A condition on the rows of one table: its columns found, its types checked, negations moved to the comparisons.
///
/// With negation at the comparisons only, whether a condition is true can be told from which parts are true, without
/// asking which are false: "not (a < 3 and b = 1)" is "a >= 3 or b != 1", of which neither holds where a and b are
/// missing. That is Kleene's logic with one bit per row.
indirect enum BoundCondition: Sendable {
    case always(Bool)
    case compared(BoundFormula, ConditionKernel.Question, Double)
    case comparedFormulas(BoundFormula, ConditionKernel.Question, BoundFormula)
    /// By code whether the level is asked for; what has no code does not hold.
    case levels(codes: [UInt32], holds: [Bool])
    /// By text whether it is asked for.
    case texts([String?], members: Set<String>, isNegated: Bool)
    /// Whether values of a column that is no number are missing, or not.
    case absence(Column, isNegated: Bool)
    case all([BoundCondition])
    case any([BoundCondition])

    /// - Throws: ``ExpressionError`` if the columns or types do not fit.
    init(_ expression: FactExpression, in table: Table) throws(ExpressionError) {
        try self.init(expression, in: table, isNegated: false)
    }

    private init(_ expression: FactExpression, in table: Table, isNegated: Bool) throws(ExpressionError) {
        switch expression {
        case .always(let value): self = .always(value != isNegated)
        case .not(let inner): try self.init(inner, in: table, isNegated: !isNegated)
        case .all(let parts), .any(let parts):
            var bound: [BoundCondition] = []
            for part in parts { bound.append(try BoundCondition(part, in: table, isNegated: isNegated)) }
            let isAll = if case .all = expression { !isNegated } else { isNegated }
            self = bound.isEmpty ? .always(isAll) : isAll ? .all(bound) : .any(bound)
        case .missing(let name):
            guard let column = table[name] else {
                throw .missingColumn(name: name, available: table.names)
            }
            if column.type.isNumeric {
                self = .compared(
                    try BoundFormula(.column(name), in: table), isNegated ? .present : .missing, 0)
            } else {
                self = .absence(column, isNegated: isNegated)
            }
        case .comparison(let left, let comparison, let right):
            try self.init(left, isNegated ? comparison.opposite : comparison, right, in: table)
        case .membership(let value, let members):
            try self.init(value, members: members, isNegated: isNegated, in: table)
        case .number, .text, .column, .negated, .arithmetic, .function:
            throw .wrongKind("\(expression)", expected: "a condition")
        }
    }

    private init(
        _ left: FactExpression, _ comparison: FactExpression.Comparison, _ right: FactExpression,
        in table: Table
    ) throws(ExpressionError) {
        switch (left, right) {
        case (.text, .text):
            throw .wrongKind("\(left) \(comparison.rawValue) \(right)", expected: "about a column")
        case (.text, _): try self.init(right, comparison.mirrored, left, in: table)
        case (.column(let name), .text(let text)):
            guard comparison == .equal || comparison == .unequal else {
                throw .wrongKind(
                    "\(left) \(comparison.rawValue) \(right)", expected: "a comparison of texts: use = or !=")
            }
            try self.init(texts: [text], of: name, isNegated: comparison == .unequal, in: table)
        case (_, .text): throw .wrongKind("\(left)", expected: "a column of texts")
        default:
            let formulas = (try BoundFormula(left, in: table), try BoundFormula(right, in: table))
            switch formulas {
            case (let formula, .number(let number)): self = .compared(formula, .init(comparison), number)
            case (.number(let number), let formula):
                self = .compared(formula, .init(comparison.mirrored), number)
            default: self = .comparedFormulas(formulas.0, .init(comparison), formulas.1)
            }
        }
    }

    private init(
        _ value: FactExpression, members: [FactExpression], isNegated: Bool, in table: Table
    ) throws(ExpressionError) {
        var (texts, numbers) = ([String](), [Double]())
        for member in members {
            switch member {
            case .text(let text): texts.append(text)
            case .number(let number): numbers.append(number)
            default: throw .wrongKind("\(member)", expected: "a number or a text in quotes")
            }
        }
        guard texts.isEmpty || numbers.isEmpty else {
            throw .wrongKind("a list of texts and numbers", expected: "a list of one kind")
        }
        if case .column(let name) = value, !texts.isEmpty {
            try self.init(texts: texts, of: name, isNegated: isNegated, in: table)
            return
        }
        guard texts.isEmpty else { throw .wrongKind("\(value)", expected: "a column of texts") }
        let formula = try BoundFormula(value, in: table)
        let parts = numbers.map { BoundCondition.compared(formula, isNegated ? .unequal : .equal, $0) }
        self = parts.isEmpty ? .always(isNegated) : isNegated ? .all(parts) : .any(parts)
    }

    private init(
        texts: [String], of name: String, isNegated: Bool, in table: Table
    ) throws(ExpressionError) {
        guard let column = table[name] else { throw .missingColumn(name: name, available: table.names) }
        let members = Set(texts)
        switch column.values {
        case .category(let codes, let levels):
            self = .levels(codes: codes, holds: levels.map { members.contains($0) != isNegated })
        case .text(let values): self = .texts(values, members: members, isNegated: isNegated)
        default:
            guard column.missingCount == column.count else {
                throw .wrongColumnType(name: name, expected: "texts")
            }
            self = .always(false)
        }
    }

    /// One bit per row, 64 to a word, the first row lowest: whether the condition is true.
    func bits(_ rows: Range<Int>) -> [UInt64] {
        switch self {
        case .always(let value): return Self.bits(rows.count) { _ in value }
        case .compared(.doubles(let values), let question, let number):
            return ConditionKernel.bits(question, values.span.extracting(rows), number)
        case .compared(.floats(let values), let question, let number):
            return ConditionKernel.bits(question, values.span.extracting(rows), number)
        case .compared(let formula, let question, let number):
            return ConditionKernel.bits(question, formula.values(rows).span, number)
        case .comparedFormulas(.doubles(let left), let question, .doubles(let right)):
            return ConditionKernel.bits(question, left.span.extracting(rows), right.span.extracting(rows))
        case .comparedFormulas(let left, let question, let right):
            return ConditionKernel.bits(question, left.values(rows).span, right.values(rows).span)
        case .levels(let codes, let holds):
            let codes = codes.span.extracting(rows)
            return Self.bits(rows.count) { place in
                let code = Int(codes[place])
                return code < holds.count && holds[code]
            }
        case .texts(let values, let members, let isNegated):
            return Self.bits(rows.count) { place in
                values[rows.lowerBound + place].map { members.contains($0) != isNegated } ?? false
            }
        case .absence(let column, let isNegated):
            return Self.bits(rows.count) { column.isMissing(rows.lowerBound + $0) != isNegated }
        case .all(let parts):
            var bits = parts[0].bits(rows)
            for part in parts.dropFirst() {
                if bits.allSatisfy({ $0 == 0 }) { break }
                let others = part.bits(rows)
                for word in bits.indices { bits[word] &= others[word] }
            }
            return bits
        case .any(let parts):
            var bits = parts[0].bits(rows)
            for part in parts.dropFirst() {
                let others = part.bits(rows)
                for word in bits.indices { bits[word] |= others[word] }
            }
            return bits
        }
    }

    private static func bits(_ count: Int, _ holds: (_ place: Int) -> Bool) -> [UInt64] {
        var bits = [UInt64](repeating: 0, count: (count + 63) / 64)
        for word in bits.indices {
            var value: UInt64 = 0
            for place in word * 64..<min(count, word * 64 + 64) {
                value |= (holds(place) ? 1 : 0) << UInt64(place % 64)
            }
            bits[word] = value
        }
        return bits
    }
}
