public import Foundation

/// A record kept as one row of a CSV file of its own: commas, a header row, fields quoted where they must be.
public protocol DelimitedRecord: Sendable, Equatable {
    /// The name of the file in a run folder.
    static var fileName: String { get }
    /// The columns in the order of the file.
    static var columns: [String] { get }
    /// The record in a row; throws ``RowFault`` for a field that is not what the column holds.
    init(from row: inout RowReader) throws(RowFault)
    /// Appends the fields in the order of ``columns``.
    func write(to row: inout RowWriter)
}

extension DelimitedRecord {
    /// The records as a file: the header, then a row each.
    ///
    /// - Parameter isForSpreadsheets: Whether texts that a spreadsheet would take for formulas are guarded.
    public static func encoded(_ records: some Sequence<Self>, isForSpreadsheets: Bool = false) -> Data {
        var row = RowWriter(isForSpreadsheets: isForSpreadsheets)
        for column in columns { row.append(column) }
        row.endRow()
        write(records, to: &row)
        return row.data
    }

    /// The records as rows of a file, to be put behind others.
    ///
    /// - Parameter isForSpreadsheets: Whether texts that a spreadsheet would take for formulas are guarded.
    public static func encodedRows(_ records: some Sequence<Self>, isForSpreadsheets: Bool = false) -> Data {
        var row = RowWriter(isForSpreadsheets: isForSpreadsheets)
        write(records, to: &row)
        return row.data
    }

    private static func write(_ records: some Sequence<Self>, to row: inout RowWriter) {
        for record in records {
            record.write(to: &row)
            row.endRow()
        }
    }

    /// The records in a file.
    static func read(_ file: URL) throws(ResultsError) -> [Self] {
        try read(DelimitedText(file), path: file.relativePath)
    }

    /// The records in the bytes of a file that are kept elsewhere.
    ///
    /// - Parameter path: What messages call it.
    /// - Throws: ``ResultsError/damaged(path:reason:)``.
    public static func decoded(_ data: Data, path: String) throws(ResultsError) -> [Self] {
        try read(DelimitedText(data, path: path), path: path)
    }

    private static func read(_ content: DelimitedText, path: String) throws(ResultsError) -> [Self] {
        var text = content
        let header = try text.header()
        guard header == columns else {
            throw .damaged(path: path, reason: "the columns are not \(columns.joined(separator: ", "))")
        }
        var records: [Self] = []
        while let record = try text.next(columns, { row throws(RowFault) in try Self(from: &row) }) {
            records.append(record)
        }
        return records
    }
}
