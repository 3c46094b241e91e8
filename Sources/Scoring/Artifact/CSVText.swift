import Tables

/// Columns as the text of a CSV file (RFC 4180), numbers with all their digits.
enum CSVText {
    /// The header and one record per row, each ended by CR LF.
    static func of(_ columns: [Column]) -> String {
        var options = CSVWriterOptions()
        options.endsLinesWithCRLF = true
        let formatter = CSVFormatter(options)
        let bytes =
            formatter.header(columns.map(\.name))
            + formatter.records(of: columns.map { .values($0.values) }, rows: 0..<(columns.first?.count ?? 0))
        return String(decoding: bytes, as: UTF8.self)
    }
}
