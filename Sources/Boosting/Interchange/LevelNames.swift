// What levels are called, beside their codes: both formats have a place for the categories of data frames.

extension Forest {
    /// The names of the levels of every category, in the order of the features; `nil` where there is no category, or
    /// one whose levels have no names.
    var namesOfAllLevels: [[String]]? {
        var names: [[String]] = []
        for feature in features {
            guard case .category(let levels) = feature.kind else { continue }
            guard feature.levelNames.count == levels else { return nil }
            names.append(feature.levelNames)
        }
        return names.isEmpty ? nil : names
    }
}

extension Forest.Feature {
    /// Names the levels of a category, if the names can be those of its codes: distinct, and enough for all of them.
    mutating func nameLevels(_ names: [String]) {
        guard case .category(let levels) = kind, (levels...65_536).contains(names.count),
            Set(names).count == names.count
        else { return }
        (kind, levelNames) = (.category(levels: names.count), names)
    }
}
