/// Why a portfolio could not be reviewed.
public enum ReviewError: Error, Sendable, Equatable {
    /// The model reads a column that is no feature of the ledger.
    case notAFeature(column: String)
    /// Nobody could be rated on the date of the review.
    case nobodyToRate(asOf: String)
}

extension ReviewError: CustomStringConvertible {
    /// One line: the fact and the remedy.
    public var description: String {
        switch self {
        case .notAFeature(let column):
            "the model reads '\(column)', which is no feature of a ledger: train it on what 'obligor features' writes"
        case .nobodyToRate(let day):
            "no obligor of the ledger can be rated on \(day): choose a date within the time that the ledger covers"
        }
    }
}
