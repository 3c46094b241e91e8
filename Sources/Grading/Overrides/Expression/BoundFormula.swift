import Glibc
import Tables

/// Consecutive values of a column, from one place on.
struct ColumnPart {
    /// The column.
    let values: [Double]
    /// The place of the first one.
    let first: Int
}

/// A number to be computed for the rows of one table: its columns found, its types checked.
indirect enum BoundFormula: Sendable {
    case number(Double)
    case doubles([Double])
    case floats([Float])
    case integers([Int64])
    case flags([UInt8])
    case negated(BoundFormula)
    case arithmetic(FactExpression.Arithmetic, BoundFormula, BoundFormula)
    case function(FactExpression.Function, [BoundFormula])

    /// - Throws: ``ExpressionError/missingColumn(name:available:)``,
    ///   ``ExpressionError/wrongColumnType(name:expected:)``.
    init(_ expression: FactExpression, in table: Table) throws(ExpressionError) {
        switch expression {
        case .number(let value): self = .number(value)
        case .column(let name):
            guard let column = table[name] else {
                throw .missingColumn(name: name, available: table.names)
            }
            switch column.values {
            case .double(let values): self = .doubles(values)
            case .float(let values): self = .floats(values)
            case .integer(let values): self = .integers(values)
            case .flag(let values): self = .flags(values)
            case .category, .day, .text:
                // A column without any value has no type of its own.
                guard column.missingCount == column.count else {
                    throw .wrongColumnType(name: name, expected: "numbers")
                }
                self = .number(.nan)
            }
        case .negated(let inner): self = .negated(try BoundFormula(inner, in: table))
        case .arithmetic(let sign, let left, let right):
            self = .arithmetic(
                sign, try BoundFormula(left, in: table), try BoundFormula(right, in: table))
        case .function(let function, let parts):
            var bound: [BoundFormula] = []
            for part in parts { bound.append(try BoundFormula(part, in: table)) }
            self = .function(function, bound)
        case .text, .comparison, .membership, .missing, .not, .all, .any, .always:
            throw .wrongKind("\(expression)", expected: "a number")
        }
    }

    /// The values of some rows, in place where they are a column.
    func column(_ rows: Range<Int>) -> ColumnPart {
        if case .doubles(let values) = self { return ColumnPart(values: values, first: rows.lowerBound) }
        return ColumnPart(values: values(rows), first: 0)
    }

    /// The values of some rows; NaN is missing.
    func values(_ rows: Range<Int>) -> [Double] {
        switch self {
        case .number(let value): return [Double](repeating: value, count: rows.count)
        case .doubles(let values): return Array(values[rows])
        case .floats(let values): return values[rows].map(Double.init)
        case .integers(let values):
            return values[rows].map { $0 == Column.missingInteger ? .nan : Double($0) }
        case .flags(let values): return values[rows].map { $0 == Column.missingFlag ? .nan : Double($0) }
        case .negated(let inner): return inner.values(rows).map { -$0 }
        case .arithmetic(let sign, let left, let right):
            var result = left.values(rows)
            if case .number(let number) = right {
                Self.apply(sign, to: &result, number)
            } else {
                Self.apply(sign, to: &result, right.values(rows))
            }
            return result
        case .function(let function, let parts):
            var result = parts[0].values(rows)
            let second = parts.count > 1 ? parts[1].values(rows) : []
            switch function {
            case .absolute: for row in result.indices { result[row] = abs(result[row]) }
            case .exponential: for row in result.indices { result[row] = Self.known(exp(result[row])) }
            case .logarithm: for row in result.indices { result[row] = Self.known(log(result[row])) }
            case .smallest:
                for row in result.indices {
                    result[row] = Self.either(result[row], second[row]) { $0 < $1 ? $0 : $1 }
                }
            case .largest:
                for row in result.indices {
                    result[row] = Self.either(result[row], second[row]) { $0 > $1 ? $0 : $1 }
                }
            case .otherwise: for row in result.indices where result[row].isNaN { result[row] = second[row] }
            }
            return result
        }
    }

    /// A value that no number can be told of, such as ln 0, is missing.
    private static func known(_ value: Double) -> Double { value.isFinite ? value : .nan }

    private static func either(
        _ left: Double, _ right: Double, _ choice: (Double, Double) -> Double
    ) -> Double {
        left.isNaN || right.isNaN ? .nan : choice(left, right)
    }

    private static func apply(_ sign: FactExpression.Arithmetic, to result: inout [Double], _ number: Double)
    {
        switch sign {
        case .plus: for row in result.indices { result[row] += number }
        case .minus: for row in result.indices { result[row] -= number }
        case .times: for row in result.indices { result[row] *= number }
        case .over:
            let divisor = number == 0 ? .nan : number
            for row in result.indices { result[row] /= divisor }
        }
    }

    private static func apply(_ sign: FactExpression.Arithmetic, to result: inout [Double], _ other: [Double])
    {
        switch sign {
        case .plus: for row in result.indices { result[row] += other[row] }
        case .minus: for row in result.indices { result[row] -= other[row] }
        case .times: for row in result.indices { result[row] *= other[row] }
        case .over:
            for row in result.indices { result[row] = other[row] == 0 ? .nan : result[row] / other[row] }
        }
    }
}
