import Tables

/// A file that says in which fold each row is tested.
///
/// One fold number per row in the order of the data, under a header (`fold`) or without; or, under the header
/// `row,fold`, the number of a row, counted from 0, with its fold, in any order. Plain or gzip.
enum FoldsFile {
    /// The fold of every row.
    ///
    /// - Parameters:
    ///   - input: The file.
    ///   - rows: Rows of the data.
    static func read(_ input: CSVInput, rows: Int) throws -> [Int] {
        let table = try CSVReader().read(input)
        switch table.columns.count {
        case 1:
            // Without a header the first number is taken for one.
            let first = Int(table.columns[0].name).map { [$0] } ?? []
            return first + (try numbers(table.columns[0], input))
        case 2:
            guard let row = table["row"], let fold = table["fold"] else {
                throw CommandFailure.badData(
                    "\(input.name): two columns, \(table.names.joined(separator: " and ")): name them row and fold"
                )
            }
            return try ordered(numbers(fold, input), by: numbers(row, input), rows: rows, input)
        default:
            throw CommandFailure.badData(
                "\(input.name): \(table.columns.count) columns: give one fold number per row, or row and fold"
            )
        }
    }

    private static func numbers(_ column: Column, _ input: CSVInput) throws -> [Int] {
        if column.count == 0 { return [] }
        guard case .integer(let values) = column.values else {
            // Read as what it must be, the column says where it is not.
            var options = CSVOptions()
            options.schema = try Schema([ColumnSchema(name: column.name, type: .integer)])
            _ = try CSVReader(options).read(input)
            throw CommandFailure.badData(
                "\(input.name): column '\(column.name)' holds something other than whole numbers")
        }
        if let row = values.firstIndex(of: Column.missingInteger) {
            throw CommandFailure.badData(
                "\(input.place(ofRow: row)): no whole number in column '\(column.name)'")
        }
        return values.map { Int($0) }
    }

    private static func ordered(
        _ folds: [Int], by places: [Int], rows: Int, _ input: CSVInput
    ) throws -> [Int] {
        var ordered = [Int?](repeating: nil, count: rows)
        for (position, (place, fold)) in zip(places, folds).enumerated() {
            guard ordered.indices.contains(place) else {
                throw CommandFailure.badData(
                    "\(input.place(ofRow: position)): row \(place) is not in the data, whose rows are 0 to \(rows - 1)"
                )
            }
            guard ordered[place] == nil else {
                throw CommandFailure.badData("\(input.place(ofRow: position)): row \(place) is given twice")
            }
            ordered[place] = fold
        }
        return try ordered.enumerated().map { place, fold in
            guard let fold else { throw CommandFailure.badData("\(input.name): row \(place) has no fold") }
            return fold
        }
    }
}
