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
        for (name, column) in zip(names, columns) {
            guard case .categories(let codes, let levels) = column else { continue }
            guard (0...65_536).contains(levels) else {
                throw .badData(reason: "column '\(name)' has \(levels) levels, more than 65,536")
            }
            if let row = codes.firstIndex(where: { $0 >= levels && $0 != .max }) {
                throw .badData(
                    reason: "column '\(name)' has code \(codes[row]) in row \(row), of \(levels) levels")
            }
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
        if try distinctOutcomes(for: options.objective) < 2 {
            throw .nothingToLearn(
                reason: "all outcomes with weight are the same, or there are none: check the outcome column")
        }
    }

    /// Checks that a validation part has the columns of the training part, and usable outcomes and weights.
    func validate(like other: TrainingData, for options: BoostingOptions) throws(BoostingError) {
        guard names == other.names, columns.allSatisfy({ $0.count == rowCount }), rowCount > 0,
            zip(columns, other.columns).allSatisfy({ $0.isCategory == $1.isCategory })
        else {
            throw .badData(reason: "the validation part has other columns than the training part, or no rows")
        }
        guard weights.isEmpty || weights.count == rowCount, weights.allSatisfy({ $0 >= 0 && $0.isFinite }),
            weights.isEmpty || weights.contains(where: { $0 > 0 })
        else { throw .badData(reason: "\(weights.count) weights for \(rowCount) validation rows") }
        let outputs = options.objective.outputCount
        guard initialScores.isEmpty || initialScores.count == rowCount * outputs,
            initialScores.allSatisfy(\.isFinite)
        else {
            throw .badData(reason: "\(initialScores.count) initial scores for \(rowCount) validation rows")
        }
        let distinct = try distinctOutcomes(for: options.objective)
        if options.stoppingMetric == .auc || options.stoppingMetric == .ks, distinct < 2 {
            throw .nothingToLearn(reason: "all validation outcomes are the same, so they rank nothing")
        }
    }

    /// Checks outcomes and weights that a loss is to be measured on.
    func validateForLoss(of objective: Objective) throws(BoostingError) {
        guard weights.isEmpty || weights.count == rowCount else {
            throw .badData(reason: "\(weights.count) weights for \(rowCount) rows")
        }
        if let row = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
            throw .badData(reason: "the weight of row \(row) is \(weights[row]), expected a number ≥ 0")
        }
        _ = try distinctOutcomes(for: objective)
    }

    /// Checks the outcomes, and says whether those with weight have 0, 1 or more values.
    private func distinctOutcomes(for objective: Objective) throws(BoostingError) -> Int {
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
            if seen.count > 1 { break }
        }
        return seen.count
    }
}

extension TrainingData.Column {
    fileprivate var isCategory: Bool {
        if case .categories = self { true } else { false }
    }

    /// The values as doubles, NaN for missing, categories as their codes.
    var asDoubles: [Double] {
        switch self {
        case .doubles(let values): values
        case .floats(let values): values.map(Double.init)
        case .categories(let codes, _): codes.map { $0 == .max ? .nan : Double($0) }
        }
    }
}
