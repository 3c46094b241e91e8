public import Boosting
import StrictYAML

/// Why a model could not be trained.
public enum TrainingError: Error, Sendable, Equatable {
    /// The recipe names a column that the data does not have.
    case missingColumn(name: String, role: String, available: [String])
    /// A column has two roles.
    case conflictingRoles(column: String, roles: [String])
    /// Rows without an outcome; the first counts from 0.
    case missingTarget(column: String, rows: Int, firstRow: Int)
    /// An outcome that the recipe neither calls a default nor a non-default; the row counts from 0.
    case unknownTarget(column: String, value: String, row: Int)
    /// A weight that is missing (NaN), negative or not finite; the row counts from 0.
    case badWeight(column: String, row: Int, value: Double)
    /// An offset that is missing (NaN) or not finite; the row counts from 0.
    case badOffset(column: String, row: Int, value: Double)
    /// The recipe asks for something of a column that cannot be, such as a sign for a category.
    case badOption(column: String, reason: String)
    /// No variable is left to build the model from.
    case noVariables
    /// Columns cannot become features.
    case encoding(EncodingError)
    /// A column cannot be binned.
    case binning(BinningError)
    /// The regression cannot be fitted.
    case fit(FitError)
    /// The regression under bounds cannot be fitted.
    case bounded(BoundedLogisticError)
    /// The elastic net cannot be fitted.
    case elasticNet(ElasticNetError)
    /// The trees cannot be grown, or do not keep to what the recipe demands.
    case boosting(BoostingError)
    /// A model of another tool cannot be taken over.
    case notImportable(reason: String)
    /// The parts do not make a scorer.
    case scorer(ScorerError)
    /// The model cannot score its own training rows.
    case scoring(ScoringError)
    /// The PDs cannot be calibrated as the recipe says.
    case calibration(CalibrationError)
    /// Folds that cannot be used.
    case folds(FoldError)
}

extension TrainingError {
    /// A clustered covariance of rows that belong to no groups.
    static let clusteredWithoutGroups = TrainingError.badOption(
        column: "covariance", reason: "clustered needs the column of groups that the recipe names as group")
}

extension TrainingError: CustomStringConvertible {
    /// The fact, the value and the remedy.
    public var description: String {
        switch self {
        case .missingColumn(let name, let role, let available):
            "the recipe's \(role) '\(name)' is no column of the data; there are "
                + available.prefix(20).joined(separator: ", ")
                + (available.count > 20 ? " and \(available.count - 20) more" : "")
                + suggestion(for: name, among: available)
        case .conflictingRoles(let column, let roles):
            "column '\(column)' is \(roles.joined(separator: " and ")): give each role a column of its own"
        case .missingTarget(let column, let rows, let firstRow):
            "\(rows == 1 ? "1 row has" : "\(rows) rows have") no value in the target column '\(column)', the first is "
                + "row \(firstRow + 1): remove them from the data"
        case .unknownTarget(let column, let value, let row):
            "the target column '\(column)' has the value '\(value)' in row \(row + 1), which the recipe lists neither "
                + "under default nor under nonDefault: add it, or remove those rows"
        case .badWeight(let column, let row, let value):
            "row \(row + 1) has \(value.isNaN ? "no weight" : "the weight \(value)") in column '\(column)': weights "
                + "must be finite and not negative"
        case .badOffset(let column, let row, let value):
            "row \(row + 1) has \(value.isNaN ? "no offset" : "the offset \(value)") in column '\(column)': offsets "
                + "are finite log-odds of default"
        case .badOption(let column, let reason): "'\(column)': \(reason)"
        case .noVariables:
            "no variable is left to build the model from: loosen the selection, or include more columns"
        case .encoding(let error): error.description
        case .binning(let error): error.description
        case .fit(let error): error.description
        case .bounded(let error): error.description
        case .elasticNet(let error): error.description
        case .boosting(let error): error.description
        case .notImportable(let reason): reason
        case .scorer(let error): error.description
        case .scoring(let error): error.description
        case .calibration(let error): "calibration: \(error.description)"
        case .folds(let error): error.description
        }
    }
}

/// " (did you mean X?)" for a misspelt name, else nothing.
func suggestion(for name: String, among names: [String]) -> String {
    nearestMatch(to: name, among: names).map { " (did you mean '\($0)'?)" } ?? ""
}
