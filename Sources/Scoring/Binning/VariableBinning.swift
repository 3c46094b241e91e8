/// The bins of one variable: the table of what was observed in them and the transform of values to WOE, in one
/// value, so that they cannot disagree.
///
/// Ordinary bins come first, by value for a number and by default rate for categories; then a pool of rare levels
/// kept apart, special codes, −∞, +∞ and missing. The last four exist only if they occurred. Where they did not,
/// a value is treated as ``unseen`` and ``unseenMissing`` say, except that an infinity falls into the outermost
/// interval.
public struct VariableBinning: Sendable, Equatable {
    /// The variable's name.
    public let name: String
    /// Whether bins are intervals or sets of levels.
    public let kind: VariableKind
    /// The course of the default rate that the bins were chosen under; never automatic.
    public let trend: BinningTrend
    /// The bins, at least one.
    public let bins: [Bin]
    /// Values that stand for a state, whether they occurred or not.
    public let specialCodes: [SpecialCode]
    /// c, added to both counts of a bin that lacks defaults or non-defaults.
    public let zeroCellAddition: Double
    /// Treatment of a value for which there is no bin.
    public let unseen: UnseenTreatment
    /// Treatment of a missing value where there is no bin for it.
    public let unseenMissing: UnseenTreatment
    /// What was worth a second look when the bins were made.
    public let diagnostics: [BinningDiagnostic]

    /// Where values go; follows from the rest.
    let lookup: BinLookup

    /// Puts bins together from what was counted in them.
    ///
    /// The groups must describe every value at most once, intervals must tile the line, and both classes must occur.
    init(
        name: String, kind: VariableKind, trend: BinningTrend, groups: [BinGroup], options: BinningOptions,
        diagnostics: [BinningDiagnostic]
    ) {
        let nonDefaults = groups.reduce(0) { $0 + $1.counts.nonDefaults }
        let defaults = groups.reduce(0) { $0 + $1.counts.defaults }
        let evidence = WeightOfEvidence(
            nonDefaults: nonDefaults, defaults: defaults, zeroCellAddition: options.zeroCellAddition)
        self.init(
            name: name, kind: kind, trend: trend,
            bins: groups.map { group in
                Bin(
                    members: group.members, rows: group.counts.rows, nonDefaults: group.counts.nonDefaults,
                    defaults: group.counts.defaults,
                    woe: evidence.woe(
                        nonDefaults: group.counts.nonDefaults, defaults: group.counts.defaults))
            },
            specialCodes: options.specialCodes, zeroCellAddition: options.zeroCellAddition,
            unseen: options.unseen, unseenMissing: options.unseenMissing, diagnostics: diagnostics)
    }

    init(
        name: String, kind: VariableKind, trend: BinningTrend, bins: [Bin], specialCodes: [SpecialCode],
        zeroCellAddition: Double, unseen: UnseenTreatment, unseenMissing: UnseenTreatment,
        diagnostics: [BinningDiagnostic]
    ) {
        self.name = name
        self.kind = kind
        self.trend = trend
        self.bins = bins
        self.specialCodes = specialCodes
        self.zeroCellAddition = zeroCellAddition
        self.unseen = unseen
        self.unseenMissing = unseenMissing
        self.diagnostics = diagnostics
        lookup = BinLookup(
            bins: bins, specialCodes: specialCodes, unseen: unseen, unseenMissing: unseenMissing)
    }
}

extension VariableBinning {
    /// The index that stands for "neutral, in no bin": one past the last bin.
    public var neutralIndex: Int { bins.count }

    /// The index of the bin that a number belongs to, or ``neutralIndex``; NaN is missing.
    ///
    /// A categorical variable looks the number up by its text.
    public func binIndex(of number: Double) -> Int {
        switch kind {
        case .numeric: lookup.bin(of: number)
        case .categorical: lookup.bin(ofLevel: number.isNaN ? nil : CategoryCodes.name(of: number))
        }
    }

    /// The index of the bin that a category belongs to, or ``neutralIndex``; `nil` is missing.
    public func binIndex(ofLevel level: String?) -> Int {
        lookup.bin(ofLevel: level)
    }

    /// The WOE of a number: that of its bin, or 0.
    public func woe(of number: Double) -> Double {
        woe(ofBin: binIndex(of: number))
    }

    /// The WOE of a category: that of its bin, or 0.
    public func woe(ofLevel level: String?) -> Double {
        woe(ofBin: binIndex(ofLevel: level))
    }

    /// The WOE of a bin by index; 0 for ``neutralIndex``.
    public func woe(ofBin index: Int) -> Double {
        index == neutralIndex ? 0 : bins[index].woe
    }

    /// Weight of all observations that did not default.
    public var nonDefaults: Double { bins.reduce(0) { $0 + $1.nonDefaults } }

    /// Weight of all observations that defaulted.
    public var defaults: Double { bins.reduce(0) { $0 + $1.defaults } }

    /// Cut points between the intervals of a number, ascending.
    public var cuts: [Double] { lookup.cuts }

    /// Information value over all bins, Σ (share of non-defaults − share of defaults) · WOE.
    public var iv: Double {
        let evidence = evidence
        return bins.reduce(0) { $0 + evidence.iv(nonDefaults: $1.nonDefaults, defaults: $1.defaults) }
    }

    /// Information value over the ordinary bins with shares of their own totals: what the choice of bins maximises.
    ///
    /// Missing values, special codes, infinities and a pool of rare levels of its own are left out; 0 if one class is
    /// absent among the rest.
    public var ordinaryIV: Double {
        let ordinary = bins.filter { $0.isOrdinary && !$0.isRarePool }
        let evidence = WeightOfEvidence(
            nonDefaults: ordinary.reduce(0) { $0 + $1.nonDefaults },
            defaults: ordinary.reduce(0) { $0 + $1.defaults }, zeroCellAddition: zeroCellAddition)
        guard evidence.nonDefaults > 0, evidence.defaults > 0 else { return 0 }
        return ordinary.reduce(0) { $0 + evidence.iv(nonDefaults: $1.nonDefaults, defaults: $1.defaults) }
    }

    /// What turns counts into WOE here.
    var evidence: WeightOfEvidence {
        WeightOfEvidence(nonDefaults: nonDefaults, defaults: defaults, zeroCellAddition: zeroCellAddition)
    }
}

/// Something worth a second look about the bins of a variable.
public enum BinningDiagnostic: Sendable, Hashable, Codable {
    /// All values are missing or special.
    case noOrdinaryValues
    /// No admissible partition has more than one ordinary bin.
    case singleBin
    /// The constraints cannot all be met (fixed cuts, few rows), so this one was given up.
    case constraintGivenUp(BinningConstraint)
    /// The minimum number of bins cannot be reached under the other constraints.
    case fewerBinsThanAsked(asked: Int, reached: Int)
    /// Levels that were pooled because each was rare.
    case pooledLevels(count: Int)
    /// A bin that was to be joined by hand does not exist, since its value did not occur.
    case notJoined(value: String)
}

/// The constraints that may have to be given up, the first to go first.
public enum BinningConstraint: String, Sendable, Hashable, Codable, CaseIterable {
    /// The largest p-value of neighbours.
    case maximumPValue
    /// The least difference of default rates.
    case minimumRateGap
    /// The course of the default rate.
    case trend
    /// The least defaults and non-defaults of a bin.
    case classCounts
    /// The least and largest share and weight of a bin.
    case binSize
    /// The most bins.
    case maximumBins
}

/// What was counted in a group of values.
struct ClassCounts: Sendable, Equatable {
    /// Observations with positive weight.
    var rows = 0
    /// Their weight by outcome.
    var nonDefaults = 0.0
    var defaults = 0.0

    var weight: Double { nonDefaults + defaults }

    static func + (left: ClassCounts, right: ClassCounts) -> ClassCounts {
        ClassCounts(
            rows: left.rows + right.rows, nonDefaults: left.nonDefaults + right.nonDefaults,
            defaults: left.defaults + right.defaults)
    }

    /// Counts one observation.
    mutating func add(defaulted: Bool, weight: Double) {
        rows += 1
        if defaulted { defaults += weight } else { nonDefaults += weight }
    }
}

/// Values that are to be one bin, with their counts.
struct BinGroup: Sendable {
    var members: [BinMember]
    var counts: ClassCounts
}
