/// What must hold for the bins of one variable, checked on bins that come from a file.
struct BinningInvariants {
    let kind: VariableKind
    let bins: [Bin]
    let specialCodes: [SpecialCode]
    let zeroCellAddition: Double

    /// The most bins: indices are stored in 16 bits, one more stands for "in no bin".
    static let maximumBins = Int(UInt16.max)

    /// The first violation in words, `nil` if there is none.
    var fault: String? {
        if bins.isEmpty { return "there are none" }
        if bins.count > Self.maximumBins { return "\(bins.count) are more than \(Self.maximumBins)" }
        if !(zeroCellAddition > 0 && zeroCellAddition.isFinite) {
            return "\(zeroCellAddition) is no addition to zero cells"
        }
        var codes = BinningOptions()
        codes.specialCodes = specialCodes
        do throws(BinningError) { _ = try codes.validated() } catch { return error.description }
        return countsFault ?? membersFault ?? intervalsFault
    }

    private var countsFault: String? {
        for bin in bins {
            let counts = [bin.nonDefaults, bin.defaults]
            if bin.rows < 0 || !counts.allSatisfy({ $0 >= 0 && $0.isFinite }) {
                return "a count is negative or not finite"
            }
        }
        let nonDefaults = bins.reduce(0) { $0 + $1.nonDefaults }
        let defaults = bins.reduce(0) { $0 + $1.defaults }
        guard nonDefaults > 0, defaults > 0, (nonDefaults + defaults).isFinite else {
            return "one class is absent or a total not finite"
        }
        let evidence = WeightOfEvidence(
            nonDefaults: nonDefaults, defaults: defaults, zeroCellAddition: zeroCellAddition)
        for (index, bin) in bins.enumerated() {
            let expected = evidence.woe(nonDefaults: bin.nonDefaults, defaults: bin.defaults)
            // Another mathematical library may differ in the last digits of a logarithm, no more.
            if !(abs(bin.woe - expected) <= 1e-9 * max(1, abs(expected))) {
                return "the WOE of bin \(index + 1) is \(bin.woe), its counts give \(expected)"
            }
        }
        return nil
    }

    private var membersFault: String? {
        var seen: Set<BinMember> = []
        var levels = Set(specialCodes.flatMap(\.levels))
        let names = Set(specialCodes.map(\.name))
        for (index, bin) in bins.enumerated() {
            if bin.members.isEmpty { return "bin \(index + 1) has no members" }
            for member in bin.members {
                if !seen.insert(member).inserted { return "'\(member.label)' appears twice" }
                switch member {
                case .level(let level), .rareLevel(let level):
                    if kind == .numeric { return "a number with a level '\(level)'" }
                    if !levels.insert(level).inserted { return "the level '\(level)' appears twice" }
                case .interval, .negativeInfinity, .positiveInfinity:
                    if kind == .categorical { return "categories with an interval" }
                case .special(let name):
                    if !names.contains(name) { return "'\(name)' is no special code" }
                case .missing: break
                }
            }
        }
        return nil
    }

    private var intervalsFault: String? {
        let intervals = bins.flatMap(\.members).compactMap { member in
            if case .interval(let interval) = member { interval } else { nil }
        }.sorted { ($0.lower ?? -.infinity) < ($1.lower ?? -.infinity) }
        guard let first = intervals.first, let last = intervals.last else { return nil }
        if first.lower != nil || last.upper != nil { return "the intervals do not cover all numbers" }
        for (left, right) in zip(intervals, intervals.dropFirst()) {
            guard let upper = left.upper, upper == right.lower, left.lower ?? -.infinity < upper else {
                return "the intervals leave a gap or overlap"
            }
        }
        return nil
    }
}
