public import ArgumentParser
public import Scoring

/// How the data files of a command are written, where that is not to be found out from them.
struct DialectOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What separates fields: comma, semicolon, tab, pipe. (default: the recipe's, else found out)",
            valueName: "name"))
    var delimiter: CSVDialect.Delimiter?

    @Option(
        help: ArgumentHelp(
            "The decimal mark: point, comma. (default: the recipe's, else found out)", valueName: "name"))
    var decimalMark: CSVDialect.DecimalMark?

    @Option(
        name: .customLong("missing"),
        help: ArgumentHelp(
            "Texts that mean missing besides the empty field, separated by commas. (default: the recipe's, else NA, "
                + "N/A, NaN, nan, NULL, null)",
            valueName: "texts"))
    var missingMarkers: String?

    @Flag(
        help: "The files have no header: columns are column1, column2 and so on, or what the recipe names.")
    var noHeader = false

    @Option(
        help: ArgumentHelp("The longest field accepted, in bytes. (default: 1048576)", valueName: "bytes"))
    var fieldLimit: Int?

    func validate() throws {
        if let fieldLimit, !CSVDialect.fieldLimits.contains(fieldLimit) {
            throw ValidationError(
                "'--field-limit \(fieldLimit)': give a number from 1 to \(CSVDialect.fieldLimits.upperBound)."
            )
        }
    }

    /// The dialect: what the command line says, and what a recipe or model says where it is silent.
    func dialect(over recipe: CSVDialect?) -> CSVDialect {
        var stated = CSVDialect()
        stated.delimiter = delimiter
        stated.decimalMark = decimalMark
        stated.missing = missingMarkers.map { $0.split(separator: ",").map(String.init) }
        if noHeader { stated.header = recipe?.header ?? CSVDialect.Header.none }
        stated.fieldLimit = fieldLimit
        return stated.completed(by: recipe)
    }
}

extension CSVDialect.Delimiter: ExpressibleByArgument {}
extension CSVDialect.DecimalMark: ExpressibleByArgument {}
