import Statistics
public import Tables

/// How score and inputs were distributed when a model was developed, so that later observations can be held against it.
///
/// Of many rows, every k-th is counted, so that at most 50,000 are.
public struct DevelopmentProfile: Sendable, Equatable, Codable {
    /// Rows that were counted.
    public let rows: Int
    /// Calibrated log-odds in tenths.
    public let score: Distribution
    /// The inputs of a model that bins none of its own, in the order of its columns.
    public let inputs: [Distribution]

    /// Counts over bins.
    public struct Distribution: Sendable, Equatable, Codable {
        /// The variable.
        public let variable: String
        /// Where the bins of numbers meet, rising strictly; `nil` for categories.
        public let edges: [Double]?
        /// The levels that have a bin of their own; `nil` for numbers.
        public let levels: [String]?
        /// Rows by bin: the bins of numbers or levels, then others (levels only), then missing.
        public let counts: [Int]
    }

    /// Whether the counts are those of the bins.
    var isSound: Bool { score.edges != nil && score.isSound && inputs.allSatisfy(\.isSound) }

    /// The most rows that are counted.
    static let rowLimit = 50_000
    /// Bins of a number.
    static let bins = 10
    /// Levels with a bin of their own.
    static let levelLimit = 30

    /// The profile of training rows.
    ///
    /// - Parameters:
    ///   - logOdds: Calibrated, by row.
    ///   - columns: Inputs that the model bins in no way of its own.
    init(logOdds: [Double], table: Table, columns: [String]) {
        let step = max(1, (logOdds.count + Self.rowLimit - 1) / Self.rowLimit)
        let chosen = Array(stride(from: 0, to: logOdds.count, by: step))
        rows = chosen.count
        score = .init(numbers: chosen.map { logOdds[$0] }, variable: StabilityReport.score)
        inputs = columns.compactMap { name in
            table[name].map { Distribution($0.gathered(chosen)) }
        }
    }
}

extension DevelopmentProfile.Distribution {
    /// The distribution of a column.
    init(_ column: Column) {
        switch column.values {
        case .category, .text, .flag: self.init(levelsOf: column)
        case .double, .float, .integer, .day:
            guard let numbers = try? column.numbers() else {
                self.init(levelsOf: column)
                return
            }
            self.init(numbers: numbers, variable: column.name)
        }
    }

    /// Tenths of the finite numbers, by the values at their borders, and missing.
    init(numbers: [Double], variable: String) {
        let present = numbers.filter { !$0.isNaN }
        var edges: [Double] = []
        if let quantiles = try? SampleQuantiles(present) {
            for part in 1..<DevelopmentProfile.bins {
                let share = Double(part) / Double(DevelopmentProfile.bins)
                guard let edge = try? quantiles.value(share, rule: .inverseCDF), edge.isFinite else {
                    continue
                }
                if edge > edges.last ?? -.infinity { edges.append(edge) }
            }
        }
        self.variable = variable
        self.edges = edges
        levels = nil
        counts = Self.counts(numbers, edges)
    }

    private init(levelsOf column: Column) {
        let categories = CategoryCodes(column)
        var frequencies = [Int](repeating: 0, count: categories.levels.count)
        for code in categories.codes where code < frequencies.count { frequencies[Int(code)] += 1 }
        let order = frequencies.indices.filter { frequencies[$0] > 0 }.sorted { left, right in
            let (first, second) = (categories.levels[left], categories.levels[right])
            return frequencies[left] != frequencies[right]
                ? frequencies[left] > frequencies[right] : first < second
        }
        let levels = order.prefix(DevelopmentProfile.levelLimit).map { categories.levels[$0] }.sorted()
        variable = column.name
        edges = nil
        self.levels = levels
        counts = Self.counts(categories, levels)
    }

    /// The counts of other rows over the same bins; `nil` for a column of another type.
    func counts(of column: Column) -> [Int]? {
        if let levels { return Self.counts(CategoryCodes(column), levels) }
        guard let edges, let numbers = try? column.numbers() else { return nil }
        return Self.counts(numbers, edges)
    }

    /// The counts of numbers over the same bins.
    func counts(of numbers: [Double]) -> [Int]? { edges.map { Self.counts(numbers, $0) } }

    /// What a person calls the bins.
    var labels: [String] {
        if let levels { return levels + ["other", "missing"] }
        let texts = (edges ?? []).map { plain($0) }
        guard let first = texts.first, let last = texts.last else { return ["all", "missing"] }
        return ["below \(first)"] + zip(texts, texts.dropFirst()).map { "[\($0), \($1))" }
            + ["from \(last)", "missing"]
    }

    private static func counts(_ numbers: [Double], _ edges: [Double]) -> [Int] {
        var counts = [Int](repeating: 0, count: edges.count + 2)
        for number in numbers {
            guard !number.isNaN else {
                counts[edges.count + 1] += 1
                continue
            }
            var (low, high) = (0, edges.count)
            while low < high {
                let middle = (low + high) / 2
                if edges[middle] <= number { low = middle + 1 } else { high = middle }
            }
            counts[low] += 1
        }
        return counts
    }

    private static func counts(_ categories: CategoryCodes, _ levels: [String]) -> [Int] {
        let places = Dictionary(
            levels.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let bins = categories.levels.map { places[$0] ?? levels.count }
        var counts = [Int](repeating: 0, count: levels.count + 2)
        for code in categories.codes {
            counts[code < bins.count ? bins[Int(code)] : levels.count + 1] += 1
        }
        return counts
    }

    /// Whether the counts are those of the bins.
    fileprivate var isSound: Bool {
        guard counts.allSatisfy({ $0 >= 0 && $0 <= 1 << 40 }) else { return false }
        if let edges {
            return levels == nil && counts.count == edges.count + 2 && edges.allSatisfy(\.isFinite)
                && zip(edges, edges.dropFirst()).allSatisfy(<)
        }
        return levels.map { Set($0).count == $0.count && counts.count == $0.count + 2 } ?? false
    }
}

/// How far the score and every input have moved since development.
public struct StabilityReport: Sendable, Equatable {
    /// The score first, then the inputs in their order.
    public let variables: [Variable]

    /// The name of the score among variables.
    public static let score = "score"

    /// One variable.
    public struct Variable: Sendable, Equatable {
        /// "score", or the input.
        public let name: String
        /// PSI, or CSI of an input.
        public let index: Double
        /// What chance exceeds with the probability of the significance, at these numbers of obligors (χ²).
        public let critical: Double?
        /// The same by the normal law.
        public let normalCritical: Double?
        /// Σ (actual − expected) · points over the bins of a scorecard's characteristic: the points by which it has
        /// moved the mean score; `nil` for what has no points.
        public let pointShift: Double?
        /// What to make of it.
        public let verdict: ValidationTest.Verdict
        /// The bins with their shares.
        public let bins: [Bin]
    }

    /// One bin of a variable.
    public struct Bin: Sendable, Equatable {
        /// What a person calls it.
        public let label: String
        /// Share in development.
        public let expected: Double
        /// Share now.
        public let actual: Double
    }

    /// A shift that is worth a look.
    public static let noticeable = 0.10
    /// A shift to another population.
    public static let large = 0.25

    /// Compares observations with the development of a model.
    ///
    /// - Returns: `nil` where the model does not know its development.
    /// - Throws: ``ScoringError``.
    public init?(
        of model: ScoringModel, on table: Table, logOdds: [Double], significance: Double = 0.05
    ) throws(ScoringError) {
        guard let development = model.development else { return nil }
        var variables: [Variable] = []
        func add(
            _ name: String, _ labels: [String], _ before: [Int], _ now: [Int]?, points: [Double]? = nil
        ) {
            guard let now, let variable = Self.variable(name, labels, before, now, points, significance)
            else { return }
            variables.append(variable)
        }
        add(
            Self.score, development.score.labels, development.score.counts,
            development.score.counts(of: logOdds))
        let scorecard = model.scorecard
        for characteristic in scorecard?.characteristics ?? [] {
            guard let column = table[characteristic.name] else { continue }
            let binning = characteristic.binning
            let bins: [UInt16]
            do throws(BinningError) { bins = try binning.binIndices(of: column) } catch {
                throw .wrongType(column: characteristic.name, expected: "what was binned", found: "\(error)")
            }
            var counts = [Int](repeating: 0, count: binning.bins.count + 1)
            for bin in bins { counts[Int(bin)] += 1 }
            let rows = binning.table.rows
            add(
                characteristic.name, rows.map(\.label) + ["no bin"], rows.map(\.rows) + [0], counts,
                points: scorecard.map { scorecard in
                    counts.indices.map { scorecard.points(of: characteristic, bin: $0) }
                })
        }
        for input in development.inputs {
            guard let column = table[input.variable] else { continue }
            add(input.variable, input.labels, input.counts, input.counts(of: column))
        }
        self.variables = variables
    }

    private static func variable(
        _ name: String, _ labels: [String], _ before: [Int], _ now: [Int], _ points: [Double]?,
        _ significance: Double
    ) -> Variable? {
        // A bin that nobody was ever in says nothing and would cost a degree of freedom.
        let used = before.indices.filter { before[$0] > 0 || now[$0] > 0 }
        guard
            let stability = try? PopulationStability(
                expectedCounts: used.map { Double(before[$0]) }, actualCounts: used.map { Double(now[$0]) })
        else { return nil }
        let critical = (try? stability.chiSquaredCriticalValue(significance: significance)) ?? nil
        let index = stability.index
        let isBeyondChance = critical.map { index > $0 } ?? false
        let verdict: ValidationTest.Verdict =
            !isBeyondChance || index <= noticeable ? .pass : index <= large ? .warn : .fail
        return Variable(
            name: name, index: index, critical: critical,
            normalCritical: try? stability.normalCriticalValue(significance: significance),
            pointShift: points.map { points in
                zip(used, stability.bins).reduce(0) { $0 + ($1.1.actual - $1.1.expected) * points[$1.0] }
            }, verdict: verdict,
            bins: zip(used, stability.bins).map { place, bin in
                Bin(label: labels[place], expected: bin.expected, actual: bin.actual)
            })
    }
}
