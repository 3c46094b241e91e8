/// A formula over the columns of a table, as rules and policies write it.
///
/// Values are numbers, texts or conditions. A value that is missing stays missing through arithmetic; a comparison with
/// a missing value is neither true nor false, and a rule acts only on what is true. A quotient with divisor 0 is
/// missing.
///
/// ```
/// bureau_judgments >= 2 and not missing(bureau_score)
/// abs(declared_revenue - bureau_revenue) > 0.25 * max(declared_revenue, bureau_revenue)
/// industry in ('construction', 'hotels') or dishonest_debtor = 1
/// ```
public indirect enum FactExpression: Sendable, Hashable {
    /// A number.
    case number(Double)
    /// A text.
    case text(String)
    /// The value of a column.
    case column(String)
    /// −x.
    case negated(FactExpression)
    /// A sum, difference, product or quotient.
    case arithmetic(Arithmetic, FactExpression, FactExpression)
    /// A function of one number or two.
    case function(Function, [FactExpression])
    /// A comparison of two numbers, or of a text column with a text for `=` and `!=`.
    case comparison(FactExpression, Comparison, FactExpression)
    /// Whether a text column holds one of some texts, or a number is one of some numbers.
    case membership(FactExpression, [FactExpression])
    /// Whether a column has no value.
    case missing(String)
    /// Whether a condition is false.
    case not(FactExpression)
    /// Whether all conditions are true.
    case all([FactExpression])
    /// Whether any condition is true.
    case any([FactExpression])
    /// A condition that always holds, or never.
    case always(Bool)

    /// What joins two numbers.
    public enum Arithmetic: String, Sendable, Hashable, CaseIterable {
        case plus = "+"
        case minus = "-"
        case times = "*"
        case over = "/"
    }

    /// How two values are compared.
    public enum Comparison: String, Sendable, Hashable, CaseIterable {
        case below = "<"
        case atMost = "<="
        case equal = "="
        case unequal = "!="
        case atLeast = ">="
        case above = ">"

        /// The comparison that holds where both values are known and this one does not.
        var opposite: Comparison {
            switch self {
            case .below: .atLeast
            case .atMost: .above
            case .equal: .unequal
            case .unequal: .equal
            case .atLeast: .below
            case .above: .atMost
            }
        }

        /// The same comparison with its sides exchanged.
        var mirrored: Comparison {
            switch self {
            case .below: .above
            case .atMost: .atLeast
            case .equal, .unequal: self
            case .atLeast: .atMost
            case .above: .below
            }
        }
    }

    /// Functions of numbers.
    public enum Function: String, Sendable, Hashable, CaseIterable {
        case absolute = "abs"
        case exponential = "exp"
        case logarithm = "ln"
        /// The smaller of two.
        case smallest = "min"
        /// The larger of two.
        case largest = "max"
        /// The first where it is not missing, else the second.
        case otherwise = "default"

        /// How many numbers it takes.
        var arity: Int {
            switch self {
            case .absolute, .exponential, .logarithm: 1
            case .smallest, .largest, .otherwise: 2
            }
        }
    }
}

extension FactExpression {
    /// The columns that are read, in the order of their first appearance.
    public var columns: [String] {
        var names: [String] = []
        func visit(_ expression: FactExpression) {
            switch expression {
            case .number, .text, .always: break
            case .column(let name), .missing(let name): if !names.contains(name) { names.append(name) }
            case .negated(let inner), .not(let inner): visit(inner)
            case .arithmetic(_, let left, let right), .comparison(let left, _, let right):
                visit(left)
                visit(right)
            case .function(_, let parts), .all(let parts), .any(let parts): parts.forEach(visit)
            case .membership(let value, let members):
                visit(value)
                members.forEach(visit)
            }
        }
        visit(self)
        return names
    }

    /// Whether it is true or false rather than a number or a text.
    public var isCondition: Bool {
        switch self {
        case .comparison, .membership, .missing, .not, .all, .any, .always: true
        case .number, .text, .column, .negated, .arithmetic, .function: false
        }
    }
}

extension FactExpression: CustomStringConvertible {
    /// The expression as text that reads back to it.
    public var description: String { text(within: 0) }

    /// Strength of binding: or 1, and 2, not 3, comparison 4, sum 5, product 6, sign 7, atom 8.
    private var strength: Int {
        switch self {
        case .any(let parts) where parts.count > 1: 1
        case .all(let parts) where parts.count > 1: 2
        case .any(let parts), .all(let parts): parts.first?.strength ?? 8
        case .not: 3
        case .comparison, .membership: 4
        case .arithmetic(.plus, _, _), .arithmetic(.minus, _, _): 5
        case .arithmetic: 6
        case .negated: 7
        case .number(let value): value < 0 || value.sign == .minus ? 7 : 8
        case .text, .column, .function, .missing, .always: 8
        }
    }

    private func text(within outer: Int) -> String {
        let text: String =
            switch self {
            case .number(let value): "\(value)"
            case .text(let value): Self.quoted(value)
            case .column(let name): Self.written(name)
            case .negated(let inner): "-" + inner.text(within: 8)
            case .arithmetic(let sign, let left, let right):
                "\(left.text(within: strength)) \(sign.rawValue) \(right.text(within: strength + 1))"
            case .function(let function, let parts):
                "\(function.rawValue)(\(parts.map { $0.text(within: 0) }.joined(separator: ", ")))"
            case .comparison(let left, let comparison, let right):
                "\(left.text(within: 5)) \(comparison.rawValue) \(right.text(within: 5))"
            case .membership(let value, let members):
                "\(value.text(within: 5)) in (\(members.map { $0.text(within: 5) }.joined(separator: ", ")))"
            case .missing(let name): "missing(\(Self.written(name)))"
            case .not(let inner): "not \(inner.text(within: 3))"
            case .all(let parts): parts.map { $0.text(within: 3) }.joined(separator: " and ")
            case .any(let parts): parts.map { $0.text(within: 2) }.joined(separator: " or ")
            case .always(let value): value ? "true" : "false"
            }
        return strength < outer ? "(\(text))" : text
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "''") + "'"
    }

    /// A name as it is, or in double quotes where it would be read as something else.
    private static func written(_ name: String) -> String {
        let isPlain =
            !name.isEmpty && !ExpressionParser.reserved.contains(name)
            && FactExpression.Function(rawValue: name) == nil
            && name.utf8.enumerated().allSatisfy { place, byte in
                ExpressionParser.isNameByte(byte, isFirst: place == 0)
            }
        return isPlain ? name : "\"" + name.replacing("\"", with: "\"\"") + "\""
    }
}
