public import Foundation

/// All obligors of a portfolio as reviewed, with the tags they are filtered by (`portfolio.csv`).
public struct Portfolio: Sendable, Equatable, Encodable {
    /// The file in a run folder.
    public static let fileName = "portfolio.csv"
    /// What the column of a tag begins with.
    public static let tagPrefix = "tag:"

    /// The names of the tags, such as industry, region and salesperson.
    public let tags: [String]
    /// The obligors in the order of the file.
    public let obligors: [PortfolioRecord]

    /// A portfolio.
    ///
    /// - Parameter obligors: Each with a value for every tag, which may be empty.
    public init(tags: [String], obligors: [PortfolioRecord]) {
        precondition(obligors.allSatisfy { $0.tags.count == tags.count }, "a value for each of \(tags)")
        self.tags = tags
        self.obligors = obligors
    }

    /// The date of the portfolio, ISO 8601: the latest of its ratings, since who was not due keeps an earlier one;
    /// `nil` without obligors.
    public var asOf: String? { obligors.map(\.asOf).max() }

    /// The portfolio as its file.
    ///
    /// - Parameter isForSpreadsheets: Whether texts that a spreadsheet would take for formulas are guarded.
    public func encoded(isForSpreadsheets: Bool = false) -> Data {
        var row = RowWriter(isForSpreadsheets: isForSpreadsheets)
        for column in Self.columns(tags) { row.append(column) }
        row.endRow()
        for obligor in obligors {
            obligor.write(to: &row)
            row.endRow()
        }
        return row.data
    }

    /// The portfolio in a file.
    static func read(_ file: URL) throws(ResultsError) -> Portfolio {
        var text = try DelimitedText(file)
        let header = try text.header()
        let fixed = columns([])
        let tags = header.dropFirst(fixed.count).map { String($0.dropFirst(tagPrefix.count)) }
        guard header == columns(tags) else {
            throw .damaged(
                path: file.relativePath,
                reason: "the columns are not \(fixed.joined(separator: ", ")) and then \(tagPrefix)NAME")
        }
        var obligors: [PortfolioRecord] = []
        while let obligor = try text.next(
            header, { row throws(RowFault) in try PortfolioRecord(from: &row, tagCount: tags.count) })
        {
            obligors.append(obligor)
        }
        return Portfolio(tags: tags, obligors: obligors)
    }

    private static func columns(_ tags: [String]) -> [String] {
        PortfolioRecord.Column.allCases.map(\.rawValue) + tags.map { tagPrefix + $0 }
    }
}
