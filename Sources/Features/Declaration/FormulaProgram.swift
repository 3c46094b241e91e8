import Glibc

/// A formula turned into steps on a stack of columns, for many observations at once.
struct FormulaProgram: Sendable {
    private enum Step {
        case load(Int)
        case constant(Double)
        case add, subtract, multiply, divide, root, logarithm, largest
        case exceeds(Double)
        case orElse(Double)
    }

    private var steps: [Step] = []
    /// The most columns that are on the stack at the same time.
    private(set) var depth = 0

    /// - Parameters:
    ///   - slots: Where the column of each quantity is.
    ///   - minorUnits: Minor units in a major unit of the base currency.
    init(_ formula: Formula, slots: [Quantity: Int], minorUnits: Double) {
        var height = 0
        append(formula, slots, minorUnits, &height)
    }

    private mutating func append(
        _ formula: Formula, _ slots: [Quantity: Int], _ minorUnits: Double, _ height: inout Int
    ) {
        func pair(_ step: Step, _ x: Formula, _ y: Formula) {
            append(x, slots, minorUnits, &height)
            append(y, slots, minorUnits, &height)
            steps.append(step)
            height -= 1
        }
        func single(_ step: Step, _ x: Formula) {
            append(x, slots, minorUnits, &height)
            steps.append(step)
        }
        func push(_ step: Step) {
            steps.append(step)
            height += 1
            depth = max(depth, height)
        }
        switch formula {
        case .quantity(let quantity):
            guard let slot = slots[quantity] else {
                preconditionFailure("no column for \(quantity.symbol)")
            }
            push(.load(slot))
        case .number(let value): push(.constant(value))
        case .sum(let x, let y): pair(.add, x, y)
        case .difference(let x, let y): pair(.subtract, x, y)
        case .product(let x, let y): pair(.multiply, x, y)
        case .quotient(let x, let y): pair(.divide, x, y)
        case .largest(let x, let y): pair(.largest, x, y)
        case .root(let x): single(.root, x)
        case .logarithm(let x): single(.logarithm, x)
        case .exceeds(let x, let limit): single(.exceeds(limit), x)
        case .orElse(let x, let other): single(.orElse(other), x)
        case .major(let x): pair(.divide, x, .number(minorUnits))
        }
    }

    /// Computes the formula for every row of a block.
    ///
    /// - Parameters:
    ///   - block: The quantities.
    ///   - stack: Room for at least ``depth`` columns of the block's rows; its first column holds the result.
    func evaluate(_ block: QuantityBlock, stack: inout [Double]) {
        let rows = block.rows
        var top = 0
        for step in steps {
            let below = (top - 2) * rows
            let last = (top - 1) * rows
            switch step {
            case .load(let slot):
                block.copy(slot, into: &stack, at: top * rows)
                top += 1
            case .constant(let value):
                for place in top * rows..<(top + 1) * rows { stack[place] = value }
                top += 1
            case .add:
                for row in 0..<rows { stack[below + row] += stack[last + row] }
                top -= 1
            case .subtract:
                for row in 0..<rows { stack[below + row] -= stack[last + row] }
                top -= 1
            case .multiply:
                for row in 0..<rows { stack[below + row] *= stack[last + row] }
                top -= 1
            case .divide:
                for row in 0..<rows {
                    let divisor = stack[last + row]
                    stack[below + row] = divisor > 0 ? stack[below + row] / divisor : .nan
                }
                top -= 1
            case .largest:
                for row in 0..<rows {
                    let (x, y) = (stack[below + row], stack[last + row])
                    stack[below + row] = x.isNaN || y > x ? y : x
                }
                top -= 1
            case .root:
                for row in 0..<rows {
                    let x = stack[last + row]
                    stack[last + row] = x < 0 ? 0 : x.squareRoot()
                }
            case .logarithm:
                for row in 0..<rows {
                    let x = stack[last + row]
                    stack[last + row] = x > 0 ? log(x) : .nan
                }
            case .exceeds(let limit):
                for row in 0..<rows {
                    let x = stack[last + row]
                    stack[last + row] = x.isNaN ? .nan : x > limit ? 1 : 0
                }
            case .orElse(let other):
                for row in 0..<rows where stack[last + row].isNaN { stack[last + row] = other }
            }
        }
    }
}
