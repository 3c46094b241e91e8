/// Where values go: the transform behind ``VariableBinning``, derived from its bins.
///
/// Bins are given by index; one past the last stands for "neutral, in no bin".
struct BinLookup: Sendable, Equatable {
    /// Cut points between intervals, ascending; empty if there are fewer than two intervals.
    let cuts: [Double]
    /// The bin of each interval, `cuts.count + 1` of them, or none if there are no intervals.
    let intervalBins: [Int]
    /// The cut points, filled up with +∞ to a power of two above their number, for a search in even steps.
    let searchCuts: [Double]
    /// Special numbers and the bin of each.
    let specialNumbers: [Double]
    let specialBins: [Int]
    /// The bin of each level, special levels included.
    let levels: [String: Int]
    /// The bins of −∞ and +∞, of missing values, and of what has no bin.
    let negativeInfinity: Int
    let positiveInfinity: Int
    let missing: Int
    let unseen: Int

    init(
        bins: [Bin], specialCodes: [SpecialCode], unseen: UnseenTreatment, unseenMissing: UnseenTreatment
    ) {
        var intervals: [(lower: Double, upper: Double?, bin: Int)] = []
        var levels: [String: Int] = [:]
        var special: [String: Int] = [:]
        var infinities: (negative: Int?, positive: Int?) = (nil, nil)
        var missing: Int?
        for (index, bin) in bins.enumerated() {
            for member in bin.members {
                switch member {
                case .interval(let interval):
                    intervals.append((interval.lower ?? -.infinity, interval.upper, index))
                case .level(let level), .rareLevel(let level): levels[level] = index
                case .special(let name): special[name] = index
                case .negativeInfinity: infinities.negative = index
                case .positiveInfinity: infinities.positive = index
                case .missing: missing = index
                }
            }
        }
        intervals.sort { $0.lower < $1.lower }
        let nowhere = Self.bin(for: unseen, in: bins)
        cuts = intervals.dropLast().compactMap(\.upper)
        intervalBins = intervals.map(\.bin)
        var size = 1
        while size <= cuts.count { size *= 2 }
        searchCuts = cuts + Array(repeating: .infinity, count: size - cuts.count)
        var specialNumbers: [Double] = []
        var specialBins: [Int] = []
        for code in specialCodes {
            let bin = special[code.name] ?? nowhere
            for number in code.numbers {
                specialNumbers.append(number)
                specialBins.append(bin)
                levels[CategoryCodes.name(of: number)] = bin
            }
            for level in code.levels { levels[level] = bin }
        }
        self.specialNumbers = specialNumbers
        self.specialBins = specialBins
        self.levels = levels
        self.unseen = nowhere
        self.missing = missing ?? Self.bin(for: unseenMissing, in: bins)
        negativeInfinity = infinities.negative ?? intervals.first?.bin ?? nowhere
        positiveInfinity = infinities.positive ?? intervals.last?.bin ?? nowhere
    }

    /// The bin that a treatment names; ties go to the first.
    private static func bin(for treatment: UnseenTreatment, in bins: [Bin]) -> Int {
        let chosen: Int? =
            switch treatment {
            case .neutral: nil
            case .worst: bins.indices.min { bins[$0].woe < bins[$1].woe }
            case .mostFrequent: bins.indices.max { bins[$0].weight < bins[$1].weight }
            case .rareLevels:
                bins.firstIndex { bin in
                    bin.members.contains { if case .rareLevel = $0 { true } else { false } }
                }
            }
        return chosen ?? bins.count
    }

    /// The bin of a number; NaN is missing.
    func bin(of number: Double) -> Int {
        if number.isNaN { return missing }
        if let code = specialNumbers.firstIndex(of: number) { return specialBins[code] }
        if number == .infinity { return positiveInfinity }
        if number == -.infinity { return negativeInfinity }
        guard !intervalBins.isEmpty else { return unseen }
        return intervalBins[min(Self.interval(of: number, among: searchCuts.span), cuts.count)]
    }

    /// The bin of a category; `nil` is missing.
    func bin(ofLevel level: String?) -> Int {
        guard let level else { return missing }
        return levels[level] ?? unseen
    }

    /// How many of a power of two of cuts are ≤ a number, 0 for NaN.
    @inline(__always)
    static func interval(of number: Double, among cuts: Span<Double>) -> Int {
        var position = 0
        var step = cuts.count / 2
        while step > 0 {
            position &+= cuts[position &+ step &- 1] <= number ? step : 0
            step /= 2
        }
        return position
    }
}
