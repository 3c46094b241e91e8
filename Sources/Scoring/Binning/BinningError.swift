/// Why a variable cannot be binned, or binned values not looked up.
public enum BinningError: Error, Sendable, Equatable {
    /// An option has a value that cannot be used.
    case invalidOption(name: String, value: String, expected: String)
    /// The outcomes or weights are not as many as the rows.
    case unequalLengths(variable: String, rows: Int, outcomes: Int, weights: Int?)
    /// A weight is negative, infinite or not a number, or so large that the sum is infinite.
    case invalidWeight(row: Int, value: Double)
    /// There are no defaults, or nothing but defaults, among the rows with weight.
    case oneClass(variable: String, defaults: Double, nonDefaults: Double)
    /// The column's type does not suit the variable or the options.
    case wrongType(variable: String, column: String, expected: String)
    /// There is no column, or no binning, of a name.
    case missingVariable(name: String, available: [String])
    /// Two variables have the same name.
    case duplicateVariable(name: String)
    /// Bins cannot be merged: they do not exist or do not stand side by side.
    case cannotMerge(variable: String, bins: [Int], reason: String)
    /// A value that names no bin of a number.
    case noSuchBin(variable: String, value: String)
    /// More bins than can be numbered.
    case tooManyBins(variable: String, count: Int, limit: Int)
}

extension BinningError: CustomStringConvertible {
    /// The fact, the value and the remedy.
    public var description: String {
        switch self {
        case .invalidOption(let name, let value, let expected):
            return "Binning option \(name) is \(value): expected \(expected)."
        case .unequalLengths(let variable, let rows, let outcomes, let weights):
            let also = weights.map { " and \($0) weights" } ?? ""
            return
                "'\(variable)' has \(rows) rows but there are \(outcomes) outcomes\(also): pass one per row."
        case .invalidWeight(let row, let value):
            return
                "The weight of row \(row + 1) is \(value): weights must be finite, also in sum, and not negative."
        case .oneClass(let variable, let defaults, let nonDefaults):
            return
                "'\(variable)' cannot be binned on \(defaults) defaults and \(nonDefaults) non-defaults: both are "
                + "needed; check the outcome column or widen the sample."
        case .wrongType(let variable, let column, let expected):
            return "'\(variable)' is a \(column) column: expected \(expected)."
        case .missingVariable(let name, let available):
            return "There is no variable '\(name)': available are \(available.joined(separator: ", "))."
        case .duplicateVariable(let name):
            return "The variable '\(name)' appears twice: give each a name of its own."
        case .cannotMerge(let variable, let bins, let reason):
            return
                "Bins \(bins.map { String($0 + 1) }.joined(separator: ", ")) of '\(variable)' cannot be merged: "
                + "\(reason)."
        case .noSuchBin(let variable, let value):
            return
                "'\(value)' names no bin of '\(variable)': name a bin by a number in it, by missing, or by a special "
                + "code."
        case .tooManyBins(let variable, let count, let limit):
            return
                "'\(variable)' would have \(count) bins: at most \(limit) are possible; use fewer cuts or codes."
        }
    }
}
