import Parallelism

/// Training data as cyclic boosting reads it: bins by column, and coarser cells for pairs.
struct AdditiveDesign: Sendable {
    let rowCount: Int
    let features: [Forest.Feature]
    let directions: [Int8]
    /// By feature, how its values become bins.
    let mappers: [BinMapper]
    /// By feature, the bin of every row.
    let bins: [[UInt16]]
    /// By feature, the cell of every bin in pairs; the last cell is that of missing values and levels not known.
    let cellOfBin: [[Int]]
    let outcomes: [Float]
    let weights: [Double]
    let instructions: Instructions

    init(_ data: TrainingData, options: AdditiveOptions, instructions: Instructions) {
        let workers = Workers(threads: options.threads)
        let mappers = BinnedData.mappers(of: data, options: options.binning, workers: workers)
        let rows = data.rowCount
        let columns = data.columns
        bins = workers.map(columns.count) { feature in
            var bins = [UInt16](repeating: 0, count: rows)
            BinKernel.assign(
                columns[feature], 0..<rows, by: mappers[feature], to: &bins, instructions: instructions)
            return bins
        }
        rowCount = rows
        features = data.forestFeatures
        directions =
            options.monotone.isEmpty ? [Int8](repeating: 0, count: columns.count) : options.monotone
        self.mappers = mappers
        outcomes = data.outcomes.map(Float.init)
        weights = data.weights.isEmpty ? [Double](repeating: 1, count: rows) : data.weights
        self.instructions = instructions
        let weights = weights
        let bins = bins
        cellOfBin = workers.map(columns.count) { feature in
            Self.cells(
                of: mappers[feature],
                weights: Self.sums(bins[feature], weights, count: mappers[feature].binCount),
                cells: options.pairCells)
        }
    }

    /// Weight of the rows in every bin of a feature.
    func weightOfBin(_ feature: Int) -> [Double] {
        Self.sums(bins[feature], weights, count: mappers[feature].binCount)
    }

    private static func sums(_ bins: [UInt16], _ weights: [Double], count: Int) -> [Double] {
        var sums = [Double](repeating: 0, count: count)
        for row in bins.indices { sums[Int(bins[row])] += weights[row] }
        return sums
    }

    /// Joins neighbouring bins of numbers to cells of about equal weight; rare levels of a category to the last one.
    private static func cells(of mapper: BinMapper, weights: [Double], cells: Int) -> [Int] {
        switch mapper.rule {
        case .number:
            let total = weights.dropLast().reduce(0, +)
            var cellOfBin: [Int] = []
            var before = 0.0
            for bin in 0..<mapper.missingBin {
                // A bin goes where the middle of its weight lies.
                let place = total > 0 ? (before + weights[bin] / 2) / total * Double(cells) : 0
                cellOfBin.append(min(cells - 1, Int(place)))
                before += weights[bin]
            }
            return ranked(cellOfBin)
        case .category:
            // Bins of levels stand in the order of their frequency; the bins of unseen and missing come last.
            let levels = mapper.unseenBin
            let kept = min(levels, cells)
            return (0..<levels).map { min($0, kept - 1) } + [kept, kept]
        }
    }

    /// Cells without gaps, and behind them that of missing values.
    private static func ranked(_ cells: [Int]) -> [Int] {
        let places = Dictionary(
            Set(cells).sorted().enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let ranks = cells.map { places[$0] ?? 0 }
        return ranks + [(ranks.last ?? -1) + 1]
    }

    /// Cells of a feature in pairs, the one of missing values included.
    func cellCount(_ feature: Int) -> Int { (cellOfBin[feature].last ?? 0) + 1 }

    /// Cells of a feature in the order in which pairs cut them: missing values first, then numbers as they rise or
    /// levels as their own function rises.
    ///
    /// - Parameter function: The feature's own function by bin.
    func cellOrder(_ feature: Int, by function: [Double]) -> [Int] {
        let cells = cellCount(feature)
        let seen = Array(0..<cells - 1)
        guard case .category = mappers[feature].rule else { return [cells - 1] + seen }
        var levels = [Double](repeating: 0, count: cells)
        for (bin, cell) in cellOfBin[feature].enumerated().reversed() { levels[cell] = function[bin] }
        return [cells - 1] + seen.sorted { (levels[$0], $0) < (levels[$1], $1) }
    }

    /// How values fall into the bins of a feature, equal neighbours joined.
    func axis(_ feature: Int) -> AdditiveShapes.Axis {
        switch mappers[feature].rule {
        case .number(let bounds): .number(upperBounds: bounds.dropLast())
        case .category(let binOfCode):
            // A level of no training row is one that is not known.
            .category(
                cellOfCode: binOfCode.map { min(Int($0), mappers[feature].unseenBin) },
                cells: mappers[feature].unseenBin)
        }
    }

    /// How values fall into the cells of a feature in pairs.
    func cellAxis(_ feature: Int) -> AdditiveShapes.Axis {
        let cells = cellOfBin[feature]
        switch mappers[feature].rule {
        case .number(let bounds):
            let cuts = cells.indices.dropLast(2).filter { cells[$0] != cells[$0 + 1] }
            return .number(upperBounds: cuts.map { bounds[$0] })
        case .category(let binOfCode):
            return .category(
                cellOfCode: binOfCode.map { cells[Int($0)] }, cells: cellCount(feature) - 1)
        }
    }
}
