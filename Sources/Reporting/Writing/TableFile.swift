import Foundation
import Results

/// A table as a CSV file that a spreadsheet can open without running anything.
///
/// Figures are written as they are, not as they are printed. A text that a spreadsheet would take for a formula
/// (it begins with =, +, -, @, a tab or a carriage return) gets an apostrophe in front.
///
/// Source: OWASP, *CSV Injection*.
enum TableFile {
    static func data(_ table: DataTable) -> Data {
        var row = RowWriter()
        for column in table.columns { row.append(safe(column.title)) }
        row.endRow()
        for cells in table.rows {
            for (column, cell) in zip(table.columns, cells) {
                if let value = cell.value {
                    row.append(value)
                } else if column.isNumeric, cell.text == Figures.missing {
                    row.append(nil as String?)
                } else {
                    row.append(safe(cell.text))
                }
            }
            row.endRow()
        }
        return row.data
    }

    static func safe(_ text: String) -> String {
        guard let first = text.unicodeScalars.first, "=+-@\t\r\n".unicodeScalars.contains(first) else {
            return text
        }
        return "'" + text
    }
}
