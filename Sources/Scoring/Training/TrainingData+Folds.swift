import Tables

extension TrainingData {
    /// Deals the rows into folds, all rows of a group together where the recipe names a group column.
    ///
    /// - Throws: ``TrainingError/folds(_:)``.
    func folds(_ options: FoldOptions, recipe: Recipe) throws(TrainingError) -> Folds {
        do throws(FoldError) {
            return try Folds(dealing: defaulted, groups: groups(recipe.group), options: options)
        } catch { throw .folds(error) }
    }

    /// The group of each row by number; a row without one stands for itself.
    func groups(_ name: String?) -> [Int]? {
        guard let column = name.flatMap({ table[$0] }) else { return nil }
        let categories = CategoryCodes(column)
        var alone = categories.levels.count
        return categories.codes.map { code in
            guard code == Column.missingCode else { return Int(code) }
            alone += 1
            return alone
        }
    }
}
