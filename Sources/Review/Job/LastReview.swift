import Foundation
public import Results
import Tables
public import Vocabulary

/// What the last review found of single obligors.
public protocol LastReview: Sendable {
    /// Its date.
    func date() throws -> CalendarDay
    /// The obligor as it was; `nil` if it had no grade.
    func obligor(_ id: String) throws -> PortfolioRecord?
    /// The features that its rating rests on, by name, `nil` where missing; `nil` as a whole if they were not kept.
    func figures(of id: String) throws -> ((String) -> Double?)?
    /// Whether it may be of the portfolio whose obligors satisfy a condition: at least one that had a grade does, or
    /// none had one.
    func isOfPortfolio(where isThere: (ObligorID) throws -> Bool) throws -> Bool
}

extension EarlierReview: LastReview {
    /// Its date.
    public func date() -> CalendarDay { day }

    /// The obligor as it was; `nil` if it had no grade.
    public func obligor(_ id: String) -> PortfolioRecord? { portfolio[id] }

    /// The features that its rating rests on.
    public func figures(of id: String) -> ((String) -> Double?)? {
        guard let facts, let row = factRow(id) else { return nil }
        return { facts.table.figure($0, row) }
    }

    /// Whether it may be of the portfolio whose obligors satisfy a condition.
    public func isOfPortfolio(where isThere: (ObligorID) throws -> Bool) rethrows -> Bool {
        try portfolio.isEmpty || portfolio.keys.contains { try isThere(ObligorID($0)) }
    }
}

/// What a review wrote, of which only the rows of the obligors are read that are asked for.
public struct EarlierRows: LastReview {
    private let folder: RunFolder
    private let portfolio: RowFinder
    private let facts: RowFinder?

    /// Opens what a review wrote.
    ///
    /// - Throws: ``ResultsError``; ``ReviewError/noReview(path:)`` if the run reviewed nothing.
    public init(_ folder: RunFolder) throws {
        self.folder = folder
        let file = folder.url.appending(path: Portfolio.fileName)
        guard FileManager.default.fileExists(atPath: file.path) else {
            throw ReviewError.noReview(path: folder.url.relativePath)
        }
        portfolio = try RowFinder(file)
        let kept = folder.url.appending(path: FactFile.name)
        facts = FileManager.default.fileExists(atPath: kept.path) ? try RowFinder(kept) : nil
    }

    /// Its date.
    public func date() throws -> CalendarDay { try folder.reviewDate() }

    /// The obligor as it was; `nil` if it had no grade.
    public func obligor(_ id: String) throws -> PortfolioRecord? {
        try portfolio.obligor(id).flatMap { $0.grade == nil ? nil : $0 }
    }

    /// The features that its rating rests on.
    public func figures(of id: String) throws -> ((String) -> Double?)? {
        guard let facts, let fields = try facts.fields(of: id) else { return nil }
        let values = Dictionary(zip(facts.columns, fields), uniquingKeysWith: { first, _ in first })
        return { name in values[name].flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil } }
    }

    /// Whether it may be of the portfolio whose obligors satisfy a condition; reads no further than the first that
    /// does.
    public func isOfPortfolio(where isThere: (ObligorID) throws -> Bool) throws -> Bool {
        var hasGrades = false
        let isFound = try portfolio.hasObligor { obligor in
            guard obligor.grade != nil else { return false }
            hasGrades = true
            return try isThere(ObligorID(obligor.id))
        }
        return isFound || !hasGrades
    }
}

extension RunFolder {
    /// The date of a review: that of the run, or where an earlier engine did not note it the latest of its ratings.
    ///
    /// - Throws: ``ReviewError/noReview(path:)`` if the run reviewed nothing.
    public func reviewDate() throws -> CalendarDay {
        if let day = record.asOf.flatMap(CalendarDay.init(iso8601:)) { return day }
        guard let day = try portfolio()?.asOf.flatMap(CalendarDay.init(iso8601:)) else {
            throw ReviewError.noReview(path: url.relativePath)
        }
        return day
    }
}
