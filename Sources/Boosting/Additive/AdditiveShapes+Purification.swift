extension AdditiveShapes {
    /// Passes over a pair's table at most; each halves what is left, and far more so on balanced tables.
    private static let passes = 200

    /// Joins the bins of levels that training never saw with those of missing values.
    mutating func joinUnseenLevels() {
        for place in functions.indices {
            guard case .category(_, let cells) = functions[place].axis else { continue }
            // Bins: levels, levels without a row, missing.
            functions[place].values.remove(at: cells)
            functions[place].weights.remove(at: cells)
        }
    }

    /// Moves what single features say out of the pairs and all means into the intercept, which changes no score.
    ///
    /// The mean of every row and column of a pair's table, by the weight of the training rows in its cells, goes into
    /// the function of that feature, until none is left; then the mean of every function goes into the intercept. Cells
    /// of missing values that no training row fell in say nothing: 0.
    ///
    /// Source: Lengerich et al. (2020), *Purifying Interaction Effects with the Functional ANOVA*.
    mutating func purify() {
        for number in pairs.indices { purify(pair: number) }
        for place in functions.indices {
            let last = functions[place].values.count - 1
            let total = functions[place].weights.reduce(0, +)
            guard total > 0 else { continue }
            let mean =
                zip(functions[place].values, functions[place].weights).reduce(0) { $0 + $1.0 * $1.1 } / total
            for cell in functions[place].values.indices { functions[place].values[cell] -= mean }
            intercept += mean
            if functions[place].weights[last] == 0 { functions[place].values[last] = 0 }
        }
    }

    /// Keeps the pairs of which the functions differ most between rows, the widest first.
    ///
    /// To be called on pure functions: the variance of a pair then is that of what it says beyond its two features, and
    /// to leave it out moves no mean.
    mutating func keepWidestPairs(_ count: Int) {
        let variances = pairs.map { pair in
            let total = pair.weights.reduce(0, +)
            return total > 0
                ? zip(pair.values, pair.weights).reduce(0) { $0 + $1.0 * $1.0 * $1.1 } / total : 0
        }
        let order = pairs.indices.sorted { (variances[$1], $0) < (variances[$0], $1) }
        pairs = order.prefix(count).map { pairs[$0] }
    }

    private mutating func purify(pair number: Int) {
        var pair = pairs[number]
        let (rows, columns) = (pair.firstAxis.cellCount, pair.secondAxis.cellCount)
        var moved = (
            rows: [Double](repeating: 0, count: rows), columns: [Double](repeating: 0, count: columns)
        )
        for _ in 0..<Self.passes {
            var largest = 0.0
            for row in 0..<rows {
                let mean = pair.clearMean(row: row)
                moved.rows[row] += mean
                largest = max(largest, abs(mean))
            }
            for column in 0..<columns {
                let mean = pair.clearMean(column: column)
                moved.columns[column] += mean
                largest = max(largest, abs(mean))
            }
            // Far below the last digit that any table shows.
            if largest < 1e-12 { break }
        }
        let hasFirst = pair.hasWeight(row: rows - 1)
        let hasSecond = pair.hasWeight(column: columns - 1)
        for row in 0..<rows {
            for column in 0..<columns
            where (row == rows - 1 && !hasFirst) || (column == columns - 1 && !hasSecond) {
                pair.values[row * columns + column] = 0
            }
        }
        pairs[number] = pair
        move(moved.rows, of: pair.firstAxis, to: pair.first)
        move(moved.columns, of: pair.secondAxis, to: pair.second)
    }

    /// Adds to a function what its cells in a pair have lost.
    private mutating func move(_ values: [Double], of axis: Axis, to feature: Int) {
        let own = functions[feature].axis
        for cell in functions[feature].values.indices {
            functions[feature].values[cell] += values[axis.cell(around: cell, of: own)]
        }
    }
}

extension AdditiveShapes.Axis {
    /// The cell that holds a cell of a finer axis.
    fileprivate func cell(around cell: Int, of finer: AdditiveShapes.Axis) -> Int {
        if cell == finer.missingCell { return missingCell }
        switch (self, finer) {
        case (.number, .number(let bounds)):
            return self.cell(of: cell < bounds.count ? bounds[cell] : .infinity)
        case (.category(let coarse, _), .category(let fine, _)):
            return fine.firstIndex(of: cell).map { coarse[$0] } ?? missingCell
        default: return missingCell
        }
    }
}

extension AdditiveShapes.Pair {
    private func mean(_ places: some Sequence<Int>) -> Double {
        var (sum, total) = (0.0, 0.0)
        for place in places {
            sum += weights[place] * values[place]
            total += weights[place]
        }
        return total > 0 ? sum / total : 0
    }

    private func places(row: Int) -> Range<Int> {
        row * secondAxis.cellCount..<(row + 1) * secondAxis.cellCount
    }

    private func places(column: Int) -> StrideTo<Int> {
        stride(from: column, to: values.count, by: secondAxis.cellCount)
    }

    fileprivate func hasWeight(row: Int) -> Bool { places(row: row).contains { weights[$0] > 0 } }

    fileprivate func hasWeight(column: Int) -> Bool { places(column: column).contains { weights[$0] > 0 } }

    /// Takes the mean of a row of the table out of it, and returns it.
    fileprivate mutating func clearMean(row: Int) -> Double {
        let mean = mean(places(row: row))
        for place in places(row: row) { values[place] -= mean }
        return mean
    }

    /// Takes the mean of a column of the table out of it, and returns it.
    fileprivate mutating func clearMean(column: Int) -> Double {
        let mean = mean(places(column: column))
        for place in places(column: column) { values[place] -= mean }
        return mean
    }
}
