/// A formula over the quantities of an observation.
///
/// The same value computes a feature and prints it, so that the dictionary cannot say anything else than the code does.
///
/// A missing operand makes the result missing, except where a case says otherwise.
public indirect enum Formula: Sendable, Hashable {
    /// A quantity of the observation.
    case quantity(Quantity)
    /// A constant.
    case number(Double)
    /// x + y.
    case sum(Formula, Formula)
    /// x − y.
    case difference(Formula, Formula)
    /// x · y.
    case product(Formula, Formula)
    /// x ÷ y; missing unless y > 0.
    case quotient(Formula, Formula)
    /// √x; 0 for x < 0, which only rounding brings about.
    case root(Formula)
    /// ln x; missing unless x > 0.
    case logarithm(Formula)
    /// The larger of two; of one that is missing, the other.
    case largest(Formula, Formula)
    /// 1 where x exceeds a number, 0 where it does not.
    case exceeds(Formula, Double)
    /// x, or a number where x is missing.
    case orElse(Formula, Double)
    /// An amount of minor units in major units of the base currency.
    case major(Formula)
}

extension Formula {
    func plus(_ other: Formula) -> Formula { .sum(self, other) }
    func minus(_ other: Formula) -> Formula { .difference(self, other) }
    func times(_ other: Formula) -> Formula { .product(self, other) }
    func times(_ factor: Double) -> Formula { .product(.number(factor), self) }
    func over(_ divisor: Formula) -> Formula { .quotient(self, divisor) }
    func over(_ divisor: Double) -> Formula { .quotient(self, .number(divisor)) }

    func or(_ other: Double) -> Formula { .orElse(self, other) }

    /// x ÷ y − 1.
    func growth(from earlier: Formula) -> Formula { over(earlier).minus(.number(1)) }

    /// Every quantity that occurs, in the order of first occurrence.
    public var quantities: [Quantity] {
        var found: [Quantity] = []
        collect(into: &found)
        return found
    }

    private func collect(into found: inout [Quantity]) {
        switch self {
        case .quantity(let quantity): if !found.contains(quantity) { found.append(quantity) }
        case .number: break
        case .sum(let x, let y), .difference(let x, let y), .product(let x, let y), .quotient(let x, let y),
            .largest(let x, let y):
            x.collect(into: &found)
            y.collect(into: &found)
        case .root(let x), .logarithm(let x), .exceeds(let x, _), .orElse(let x, _), .major(let x):
            x.collect(into: &found)
        }
    }
}

extension Formula: CustomStringConvertible {
    /// The formula as the dictionary prints it, such as "paid_delay[12m] ÷ paid_amount[12m]".
    public var description: String { text(inside: .sum) }

    /// How strongly an operation binds what stands beside it.
    private enum Binding: Int {
        case sum, difference, product, quotient, single
    }

    private func text(inside outer: Binding) -> String {
        let (text, binding): (String, Binding) =
            switch self {
            case .quantity(let quantity): (quantity.symbol, .single)
            case .number(let value): (Self.text(of: value), .single)
            case .sum(let x, let y): ("\(x.text(inside: .sum)) + \(y.text(inside: .sum))", .sum)
            case .difference(let x, let y):
                ("\(x.text(inside: .sum)) − \(y.text(inside: .product))", .difference)
            case .product(let x, let y):
                ("\(x.text(inside: .product)) · \(y.text(inside: .product))", .product)
            case .quotient(let x, let y):
                ("\(x.text(inside: .product)) ÷ \(y.text(inside: .single))", .quotient)
            case .root(let x): ("√(\(x.text(inside: .sum)))", .single)
            case .logarithm(let x): ("ln(\(x.text(inside: .sum)))", .single)
            case .largest(let x, let y):
                ("max(\(x.text(inside: .sum)), \(y.text(inside: .sum)))", .single)
            case .exceeds(let x, let limit):
                ("[\(x.text(inside: .sum)) > \(Self.text(of: limit))]", .single)
            case .orElse(let x, let other):
                ("(\(x.text(inside: .sum)) or \(Self.text(of: other)))", .single)
            case .major(let x): ("major(\(x.text(inside: .sum)))", .single)
            }
        return binding.rawValue < outer.rawValue ? "(\(text))" : text
    }

    private static func text(of value: Double) -> String {
        Int(exactly: value).map(String.init) ?? "\(value)"
    }
}
