import Features
import Foundation
import Scoring
import Tables

/// Where the finished trials of a search are kept while it runs.
enum SearchFile {
    /// The journal of a training, beside its run folder; `nil` where the recipe does not search.
    static func journal(beside run: String, recipe: Recipe, table: Table) throws -> SearchJournal? {
        let folder = URL(filePath: run).standardizedFileURL
        return try journal(
            at: folder.deletingLastPathComponent().appending(
                path: "\(folder.lastPathComponent).search.jsonl"),
            recipe: recipe, table: table)
    }

    /// The journal in a file; `nil` where the recipe does not search.
    static func journal(
        at file: URL, recipe: Recipe, table: Table, foldNumbers: [Int]? = nil
    ) throws -> SearchJournal? {
        guard recipe.search != nil else { return nil }
        try? FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        return try SearchJournal(
            file, recipe: recipe, data: TrainingData(table, recipe: recipe), foldNumbers: foldNumbers)
    }
}

extension Recipe {
    /// The recipe with the directions that the declarations of the features expect, where it asks for them.
    func withExpectedDirections() -> Recipe {
        guard asksForExpectedDirections else { return self }
        var directions: [String: Directions.Direction] = [:]
        for feature in FeatureCatalogue.all + FeatureCatalogue.atInvoice {
            switch feature.sign {
            case .riskRises: directions[feature.name] = .rising
            case .riskFalls: directions[feature.name] = .falling
            case .open: break
            }
        }
        return expecting(directions)
    }
}
