import Boosting
import Tables

extension AdditiveTreesModel {
    /// One function by how much it moves scores.
    public struct FunctionImportance: Sendable, Equatable {
        /// One column, or the two of a pair.
        public let columns: [String]
        /// Cells of its table.
        public let cells: Int
        /// Σ w |f| ÷ Σ w over the training rows, in log-odds.
        public let meanSize: Double
        /// The least value in a cell that training rows fell in.
        public let least: Double
        /// The largest value in such a cell.
        public let most: Double
    }

    /// All functions, the largest mean size first.
    public var importance: [FunctionImportance] {
        func entry(_ columns: [String], _ values: [Double], _ weights: [Double]) -> FunctionImportance {
            let seen = values.indices.filter { weights[$0] > 0 }.map { values[$0] }
            let total = weights.reduce(0, +)
            let size = zip(values, weights).reduce(0) { $0 + abs($1.0) * $1.1 }
            return FunctionImportance(
                columns: columns, cells: values.count, meanSize: total > 0 ? size / total : 0,
                least: seen.min() ?? 0, most: seen.max() ?? 0)
        }
        let entries =
            zip(inputs, shapes.functions).map { entry([$0.column], $1.values, $1.weights) }
            + shapes.pairs.map {
                entry([inputs[$0.first].column, inputs[$0.second].column], $0.values, $0.weights)
            }
        return entries.indices.sorted { (entries[$1].meanSize, $0) < (entries[$0].meanSize, $1) }.map {
            entries[$0]
        }
    }
}

extension AdditiveTreesModel {
    /// The functions of single columns as CSV (RFC 4180), one row per cell, numbers with all their digits.
    ///
    /// A cell of numbers is (above, upTo]; that of missing values, and of levels that are not known, comes last. Points
    /// are what the cell adds to the score, −factor · log-odds. Share is that of the training weight.
    public func csv(_ scaling: ScoreScaling) -> String {
        var (columns, cells): ([String?], [String?]) = ([], [])
        var (above, upTo, shares, logOdds): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
        for (input, function) in zip(inputs, shapes.functions) {
            let total = function.weights.reduce(0, +)
            for cell in function.values.indices {
                let bounds = function.axis.bounds(of: cell)
                columns.append(input.column)
                cells.append(input.label(of: cell, function.axis))
                above.append(bounds.above ?? .nan)
                upTo.append(bounds.upTo ?? .nan)
                shares.append(total > 0 ? function.weights[cell] / total : 0)
                logOdds.append(function.values[cell])
            }
        }
        return CSVText.of([
            Column(name: "column", values: .text(columns)), Column(name: "cell", values: .text(cells)),
            Column(name: "above", values: .double(above)), Column(name: "up_to", values: .double(upTo)),
            Column(name: "share", values: .double(shares)),
            Column(name: "log_odds", values: .double(logOdds)),
            Column(name: "points", values: .double(logOdds.map { -scaling.factor * $0 })),
        ])
    }

    /// The functions of pairs as CSV, one row per cell of their tables; `nil` if there are none.
    public func pairsCSV(_ scaling: ScoreScaling) -> String? {
        guard !shapes.pairs.isEmpty else { return nil }
        var texts = [[String?]](repeating: [], count: 4)
        var (shares, logOdds): ([Double], [Double]) = ([], [])
        for pair in shapes.pairs {
            let (first, second) = (inputs[pair.first], inputs[pair.second])
            let total = pair.weights.reduce(0, +)
            let others = (0..<pair.secondAxis.cellCount).map { second.label(of: $0, pair.secondAxis) }
            for row in 0..<pair.firstAxis.cellCount {
                let label = first.label(of: row, pair.firstAxis)
                for (column, other) in others.enumerated() {
                    for (place, text) in [first.column, label, second.column, other].enumerated() {
                        texts[place].append(text)
                    }
                    shares.append(total > 0 ? pair.weights[row * others.count + column] / total : 0)
                    logOdds.append(pair.values[row * others.count + column])
                }
            }
        }
        let names = ["first_column", "first_cell", "second_column", "second_cell"]
        return CSVText.of(
            zip(names, texts).map { Column(name: $0, values: .text($1)) } + [
                Column(name: "share", values: .double(shares)),
                Column(name: "log_odds", values: .double(logOdds)),
                Column(name: "points", values: .double(logOdds.map { -scaling.factor * $0 })),
            ])
    }

    /// The functions of single columns as Markdown, the largest mean size first, each in at most twelve rows:
    /// neighbouring cells are joined where their values are most alike.
    public func markdown(_ scaling: ScoreScaling) -> String {
        var written = MarkdownTable([
            .left("Column"), .left("Values"), .right("Share"), .right("Log-odds"), .right("Points"),
        ])
        written.add([
            "Intercept", "", "", MarkdownTable.decimals(shapes.intercept, 3),
            MarkdownTable.decimals(scaling.score(ofLogOdds: shapes.intercept), 1),
        ])
        for function in importance where function.columns.count == 1 {
            guard let place = inputs.firstIndex(where: { $0.column == function.columns[0] }) else { continue }
            for (number, part) in summary(ofFunction: place, parts: 12).enumerated() {
                written.add([
                    number == 0 ? inputs[place].column : "", part.label,
                    MarkdownTable.decimals(part.share * 100, 1) + " %", MarkdownTable.decimals(part.value, 3),
                    MarkdownTable.decimals(-scaling.factor * part.value, 1),
                ])
            }
        }
        return written.text
    }

    /// Joined cells of a function with their mean.
    private func summary(
        ofFunction place: Int, parts: Int
    ) -> [(label: String, share: Double, value: Double)] {
        let (input, function) = (inputs[place], shapes.functions[place])
        let total = max(function.weights.reduce(0, +), .leastNormalMagnitude)
        let missing = function.axis.missingCell
        func row(_ label: String, _ cells: [Int]) -> (label: String, share: Double, value: Double) {
            let weight = cells.reduce(0) { $0 + function.weights[$1] }
            let sum = cells.reduce(0) { $0 + function.weights[$1] * function.values[$1] }
            return (label, weight / total, weight > 0 ? sum / weight : function.values[cells[0]])
        }
        var rows = ShapeSegments(function, count: parts).ranges.map { cells in
            row(input.label(of: cells, function.axis), cells)
        }
        if function.weights[missing] > 0 || function.values[missing] != 0 {
            rows.append(row("missing", [missing]))
        }
        return rows
    }
}

extension AdditiveShapes.Axis {
    /// Between which numbers the values of a cell lie; `nil` for no bound, and for levels and missing values.
    fileprivate func bounds(of cell: Int) -> (above: Double?, upTo: Double?) {
        guard case .number(let bounds) = self, cell != missingCell else { return (nil, nil) }
        return (cell > 0 ? bounds[cell - 1] : nil, cell < bounds.count ? bounds[cell] : nil)
    }
}

extension TreeInput {
    /// A cell in words.
    fileprivate func label(of cell: Int, _ axis: AdditiveShapes.Axis) -> String {
        cell == axis.missingCell ? "missing" : label(of: [cell], axis)
    }

    /// Cells in words: the range of neighbouring cells of numbers, the levels of a category.
    fileprivate func label(of cells: [Int], _ axis: AdditiveShapes.Axis) -> String {
        switch axis {
        case .number:
            let above = cells.first.flatMap { axis.bounds(of: $0).above }
            let upTo = cells.last.flatMap { axis.bounds(of: $0).upTo }
            return switch (above, upTo) {
            case (nil, nil): "all numbers"
            case (nil, .some(let upTo)): "up to \(plain(upTo))"
            case (.some(let above), nil): "above \(plain(above))"
            case (.some(let above), .some(let upTo)): "above \(plain(above)) up to \(plain(upTo))"
            }
        case .category(let cellOfCode, _):
            let names = (levels ?? []).indices.filter { cells.contains(cellOfCode[$0]) }
            return names.map { levels?[$0] ?? "" }.joined(separator: ", ")
        }
    }
}
