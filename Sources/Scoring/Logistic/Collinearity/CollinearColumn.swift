/// A column that is a linear combination of other columns.
public struct CollinearColumn: Sendable, Equatable {
    /// One column's share in the combination.
    public struct Term: Sendable, Equatable {
        /// The other column.
        public let column: String
        /// What it is multiplied by.
        public let coefficient: Double
    }

    /// The column that adds nothing.
    public let column: String
    /// The columns it is made of, none zero; empty if it is constant.
    public let terms: [Term]
    /// What is added to the combination.
    public let constant: Double
}

extension CollinearColumn: CustomStringConvertible {
    /// The dependency as an equation, for example `twice = 2·duration + 1`.
    public var description: String {
        var sum = ""
        for term in terms {
            let factor = CollinearColumn.shortened(abs(term.coefficient))
            let product = factor == "1" ? term.column : "\(factor)·\(term.column)"
            if sum.isEmpty {
                sum = term.coefficient < 0 ? "-\(product)" : product
            } else {
                sum += term.coefficient < 0 ? " - \(product)" : " + \(product)"
            }
        }
        let size = CollinearColumn.shortened(abs(constant))
        if sum.isEmpty {
            sum = constant < 0 ? "-\(size)" : size
        } else if size != "0" {
            sum += constant < 0 ? " - \(size)" : " + \(size)"
        }
        return "\(column) = \(sum)"
    }

    /// A number to six significant digits, without a trailing ".0".
    private static func shortened(_ value: Double) -> String {
        guard value > 1e-12 else { return "0" }
        var scale = 1.0
        while value * scale < 1e5 { scale *= 10 }
        while value * scale >= 1e6 { scale /= 10 }
        let rounded = (value * scale).rounded() / scale
        return rounded == rounded.rounded() && rounded < 1e15 ? "\(Int(rounded))" : "\(rounded)"
    }
}
