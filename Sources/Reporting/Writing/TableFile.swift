import Foundation
import Results

/// A table as a CSV file that a spreadsheet can open without running anything.
///
/// Figures are written as they are, not as they are printed.
enum TableFile {
    static func data(_ table: DataTable) -> Data {
        var row = RowWriter(isForSpreadsheets: true)
        for column in table.columns { row.append(column.title) }
        row.endRow()
        for cells in table.rows {
            for (column, cell) in zip(table.columns, cells) {
                if let value = cell.value {
                    if let whole = Int(exactly: value) { row.append(whole) } else { row.append(value) }
                } else if column.isNumeric, cell.text == Figures.missing {
                    row.append(nil as String?)
                } else {
                    row.append(cell.text)
                }
            }
            row.endRow()
        }
        return row.data
    }

    /// What the pages of the portfolio and of single obligors show, by name: all obligors, guarded the same way.
    static func ofObligors(_ content: RunContent) -> [(name: String, data: Data)] {
        func rows<Record: DelimitedRecord>(_ records: [Record]?) -> (name: String, data: Data)? {
            records.map { (Record.fileName, Record.encoded($0, isForSpreadsheets: true)) }
        }
        return [
            content.portfolio.map { ("obligors.csv", $0.encoded(isForSpreadsheets: true)) },
            rows(content.ratings), rows(content.reasons), rows(content.history), rows(content.ageing),
            rows(content.attribution),
            rows(content.path), rows(content.migrations), rows(content.corrections),
        ].compactMap(\.self)
    }
}
