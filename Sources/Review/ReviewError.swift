/// Why a portfolio could not be reviewed.
public enum ReviewError: Error, Sendable, Equatable {
    /// The model reads a column that is no feature of the ledger.
    case notAFeature(column: String)
}

extension ReviewError: CustomStringConvertible {
    /// One line: the fact and the remedy.
    public var description: String {
        switch self {
        case .notAFeature(let column):
            "the model reads '\(column)', which is no feature of a ledger: train it on what 'obligor features' writes"
        }
    }
}
