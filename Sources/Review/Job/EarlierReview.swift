import Foundation
public import Results
import Tables
public import Vocabulary

/// What an earlier review of the same portfolio found, for going on from it.
public struct EarlierReview: Sendable {
    /// Its date.
    public let day: CalendarDay
    /// What ratings were made by; `nil` if it is not known.
    public var basis: RatingBasis?
    /// Obligors that had a grade.
    let portfolio: [String: PortfolioRecord]
    let ratings: [String: RatingRecord]
    let paths: [String: [RatingStepRecord]]
    let history: [String: [HistoryRecord]]
    /// What was known of each obligor on the date that its rating is of; `nil` if that was not kept.
    let facts: FactTable?
    private let factRows: [String: Int]

    /// Reads what a review wrote.
    ///
    /// - Parameter mayKeep: Whether ratings of it may stay as they are: not if everybody is looked at anew.
    /// - Throws: ``ResultsError``, ``TableError``; ``ReviewError/noReview(path:)`` if the run reviewed nothing.
    public init(_ folder: RunFolder, basis: RatingBasis? = nil, mayKeep: Bool = true) throws {
        guard let obligors = try folder.portfolio()?.obligors,
            let day = obligors.compactMap({ CalendarDay(iso8601: $0.asOf) }).max()
        else { throw ReviewError.noReview(path: folder.url.relativePath) }
        self.day = day
        self.basis = basis
        portfolio = Self.byID(obligors.filter { $0.grade != nil }, \.id)
        ratings = mayKeep ? Self.byID(try folder.ratings() ?? [], \.id) : [:]
        paths = mayKeep ? Dictionary(grouping: try folder.ratingPath() ?? [], by: \.id) : [:]
        history = Dictionary(grouping: try folder.history() ?? [], by: \.id)
        let file = folder.url.appending(path: FactFile.name)
        if FileManager.default.fileExists(atPath: file.path) {
            let names = try CSVStream(.file(file.path), CSVOptions()).schema.names
            facts = try FactTable(
                FactFile.read(.file(file.path), schema: FactColumns.schema(ofNames: names)))
        } else {
            facts = nil
        }
        factRows = Self.rows(facts)
    }

    /// The same from a review in memory.
    ///
    /// - Parameter day: Its date.
    init(_ review: PortfolioReview, on day: CalendarDay, basis: RatingBasis?) throws {
        self.day = day
        self.basis = basis
        portfolio = Self.byID(review.portfolio.obligors.filter { $0.grade != nil }, \.id)
        ratings = Self.byID(review.ratings, \.id)
        paths = Dictionary(grouping: review.path, by: \.id)
        history = Dictionary(grouping: review.history, by: \.id)
        facts = try FactTable(review.facts)
        factRows = Self.rows(facts)
    }

    private static func rows(_ facts: FactTable?) -> [String: Int] {
        guard let facts else { return [:] }
        return Dictionary(
            facts.ids.indices.map { (facts.ids[$0], $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static func byID<Record>(_ records: [Record], _ id: (Record) -> String) -> [String: Record] {
        Dictionary(records.map { (id($0), $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The ratings of its dates up to one.
    public func ratingsByDate(through last: CalendarDay) -> RatingsByDate {
        RatingsByDate(history.values.lazy.flatMap(\.self), through: last)
    }

    /// The row of an obligor's facts.
    func factRow(_ id: String) -> Int? { factRows[id] }

    /// The date of an obligor's rating.
    func ratedOn(_ id: String) -> CalendarDay? {
        portfolio[id].flatMap { CalendarDay(iso8601: $0.asOf) }
    }
}
