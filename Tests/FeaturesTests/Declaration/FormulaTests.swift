import Testing

@testable import Features

@Suite("A formula computes what it prints")
struct FormulaTests {
    private static let x = Formula.quantity(.open(.amount))
    private static let y = Formula.quantity(.open(.count))

    /// The value of a formula at x and y.
    private static func value(_ formula: Formula, _ x: Double, _ y: Double) -> Double {
        let slots: [Quantity: Int] = [.open(.amount): 0, .open(.count): 1]
        var block = QuantityBlock(rows: 2, columns: 2)
        block[0, 1] = x
        block[1, 1] = y
        let program = FormulaProgram(formula, slots: slots, minorUnits: 100)
        var stack = [Double](repeating: 0, count: 2 * program.depth)
        program.evaluate(block, stack: &stack)
        return stack[1]
    }

    @Test func binaryOperations() {
        #expect(Self.value(Self.x.plus(Self.y), 7, 2) == 9)
        #expect(Self.value(Self.x.minus(Self.y), 7, 2) == 5)
        #expect(Self.value(Self.x.times(Self.y), 7, 2) == 14)
        #expect(Self.value(Self.x.over(Self.y), 7, 2) == 3.5)
        #expect(Self.value(Self.x.minus(Self.y.minus(Self.x)), 7, 2) == 12)
        #expect(Self.value(Self.x.growth(from: Self.y), 7, 2) == 2.5)
    }

    @Test func quotientIsMissingUnlessTheDivisorIsPositive() {
        #expect(Self.value(Self.x.over(Self.y), 7, 0).isNaN)
        #expect(Self.value(Self.x.over(Self.y), 7, -2).isNaN)
        #expect(Self.value(Self.x.over(Self.y), 7, .nan).isNaN)
    }

    @Test func missingMakesMissing() {
        for formula in [Self.x.plus(Self.y), Self.x.times(Self.y), .root(Self.x), .exceeds(Self.x, 1)] {
            #expect(Self.value(formula, .nan, 2).isNaN)
        }
        #expect(Self.value(Self.x.or(3), .nan, 2) == 3)
        #expect(Self.value(Self.x.or(3), 7, 2) == 7)
        #expect(Self.value(.largest(Self.x, Self.y), .nan, 2) == 2)
        #expect(Self.value(.largest(Self.x, Self.y), 7, .nan) == 7)
        #expect(Self.value(.largest(Self.x, Self.y), 7, 9) == 9)
    }

    @Test func functions() {
        #expect(Self.value(.root(Self.x), 9, 0) == 3)
        #expect(Self.value(.root(Self.x), -1e-12, 0) == 0)
        #expect(Self.value(.logarithm(Self.x), 1, 0) == 0)
        #expect(Self.value(.logarithm(Self.x), 0, 0).isNaN)
        #expect(Self.value(.exceeds(Self.x, 2), 2, 0) == 0)
        #expect(Self.value(.exceeds(Self.x, 2), 2.5, 0) == 1)
        #expect(Self.value(.major(Self.x), 250, 0) == 2.5)
    }

    @Test func printsWithTheParenthesesThatMatter() {
        let (x, y) = (Self.x, Self.y)
        #expect(x.minus(y.minus(x)).description == "open_amount − (open_count − open_amount)")
        #expect(x.minus(y).minus(x).description == "open_amount − open_count − open_amount")
        #expect(
            x.plus(y).over(x.times(y)).description
                == "(open_amount + open_count) ÷ (open_amount · open_count)")
        #expect(x.over(y).over(x).description == "open_amount ÷ open_count ÷ open_amount")
        #expect(x.over(y.over(x)).description == "open_amount ÷ (open_count ÷ open_amount)")
        #expect(x.over(y).times(2.5).description == "2.5 · open_amount ÷ open_count")
        #expect(
            Formula.quantity(.paid(.lateCount, .m12)).or(0).description == "(paid_late_count[12m] or 0)")
    }
}
