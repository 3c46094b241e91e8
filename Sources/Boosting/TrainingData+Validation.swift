extension TrainingData {
    /// Checks lengths, outcomes and weights against what the options need.
    func validate(for options: BoostingOptions) throws(BoostingError) {
        guard rowCount > 0, !columns.isEmpty else {
            throw .badData(reason: "\(rowCount) rows and \(columns.count) columns")
        }
        guard rowCount <= Int(UInt32.max) else {
            throw .badData(reason: "\(rowCount) rows, more than 4,294,967,295")
        }
        guard names.count == columns.count, Set(names).count == names.count else {
            throw .badData(reason: "\(names.count) distinct names for \(columns.count) columns")
        }
        for (name, column) in zip(names, columns) where column.count != rowCount {
            throw .badData(reason: "column '\(name)' has \(column.count) rows instead of \(rowCount)")
        }
        guard weights.isEmpty || weights.count == rowCount else {
            throw .badData(reason: "\(weights.count) weights for \(rowCount) rows")
        }
        if let row = weights.firstIndex(where: { !($0 >= 0 && Float($0).isFinite) }) {
            throw .badData(reason: "the weight of row \(row) is \(weights[row]), expected a number ≥ 0")
        }
        let outputs = options.objective.outputCount
        guard initialScores.isEmpty || initialScores.count == rowCount * outputs,
            initialScores.allSatisfy(\.isFinite)
        else { throw .badData(reason: "\(initialScores.count) initial scores for \(rowCount) rows") }
        guard options.monotone.isEmpty || options.monotone.count == columns.count else {
            throw .badOption(
                name: "monotone", value: "\(options.monotone.count) directions", expected: "\(columns.count)")
        }
        for (feature, direction) in options.monotone.enumerated() where direction != 0 {
            if case .categories = columns[feature] {
                throw .badOption(
                    name: "monotone", value: "\(direction) for '\(names[feature])'",
                    expected: "0, since categories have no order")
            }
        }
        if let group = options.interactions.first(where: { $0.contains { !columns.indices.contains($0) } }) {
            throw .badOption(
                name: "interactions", value: "\(group.sorted())",
                expected: "features 0 … \(columns.count - 1)")
        }
        try validateOutcomes(for: options.objective)
    }

    /// Checks that another part has the same columns.
    func validateShape(like other: TrainingData) throws(BoostingError) {
        guard names == other.names, columns.allSatisfy({ $0.count == rowCount }), rowCount > 0 else {
            throw .badData(reason: "the validation part has other columns than the training part, or no rows")
        }
        guard weights.isEmpty || weights.count == rowCount else {
            throw .badData(reason: "\(weights.count) weights for \(rowCount) validation rows")
        }
    }

    private func validateOutcomes(for objective: Objective) throws(BoostingError) {
        let isUsable: (Double) -> Bool
        let expected: String
        switch objective {
        case .binary: (isUsable, expected) = ({ $0 == 0 || $0 == 1 }, "0 or 1")
        case .softmax(let count), .ordinal(let count):
            (isUsable, expected) = (
                { $0 >= 0 && $0 < Double(count) && $0 == $0.rounded() }, "a whole number 0 … \(count - 1)"
            )
        case .squared, .quantile: (isUsable, expected) = ({ Float($0).isFinite }, "a finite number")
        case .poisson: (isUsable, expected) = ({ $0 >= 0 && Float($0).isFinite }, "a number ≥ 0")
        }
        if let row = outcomes.firstIndex(where: { !isUsable($0) }) {
            throw .badData(reason: "the outcome of row \(row) is \(outcomes[row]), expected \(expected)")
        }
        var seen: Set<Double> = []
        for row in outcomes.indices where weights.isEmpty || weights[row] > 0 {
            seen.insert(outcomes[row])
            if seen.count > 1 { return }
        }
        throw .nothingToLearn(
            reason: "all outcomes with weight are \(seen.first.map { "\($0)" } ?? "absent")")
    }
}

extension TrainingData.Column {
    /// The values as doubles, NaN for missing, categories as their codes.
    var asDoubles: [Double] {
        switch self {
        case .doubles(let values): values
        case .floats(let values): values.map(Double.init)
        case .categories(let codes, let levels): codes.map { $0 < levels ? Double($0) : .nan }
        }
    }
}
