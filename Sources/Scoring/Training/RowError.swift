/// An error that lies in one row of the data, so that whoever knows the file can say where.
public protocol RowError: Error, CustomStringConvertible {
    /// The row, counted from 0 without the header; `nil` for an error of the whole.
    var row: Int? { get }
}

extension TrainingError: RowError {
    /// The row that the error lies in.
    public var row: Int? {
        switch self {
        case .missingTarget(_, _, let row), .unknownTarget(_, _, let row), .badWeight(_, let row, _),
            .badOffset(_, let row, _):
            row
        case .encoding(.missingValues(_, _, let row)), .encoding(.infiniteValues(_, let row, _)): row
        case .fit(.nonFinite(_, let row)), .fit(.badWeight(let row, _)), .fit(.badOffset(let row, _)): row
        case .scoring(let error): error.row
        default: nil
        }
    }
}

extension ScoringError: RowError {
    /// The row that the error lies in.
    public var row: Int? {
        if case .missingOffset(_, let row) = self { row } else { nil }
    }
}
