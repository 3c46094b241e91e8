/// What a characteristic's points are compared with to say how many were lost.
public enum ReasonReference: String, Sendable, Hashable, Codable, CaseIterable {
    /// The most points that any training row got for it.
    case maximum
    /// The mean of the points that the training rows got for it.
    case mean
    /// The points of a value that says nothing: WOE 0 on a scorecard, the training mean in a logistic model.
    case neutral
}

/// How many reasons are given, and against what.
public struct ReasonOptions: Sendable, Hashable, Codable {
    /// The most reasons for one row.
    public var count: Int
    /// What points are compared with.
    public var reference: ReasonReference

    /// Options with their defaults.
    public init(count: Int = 4, reference: ReasonReference = .maximum) {
        self.count = count
        self.reference = reference
    }

    /// The most reasons that can be asked for.
    public static let maximumCount = 100
}

/// One reason for a row's score: a characteristic and the points it cost against its reference.
public struct ReasonCode: Sendable, Hashable, BitwiseCopyable {
    /// Position of the characteristic among the model's terms; ``none`` where there are no more reasons.
    public let characteristic: Int32
    /// Points lost against the reference, > 0.
    public let pointsLost: Float

    /// Fills the places after a row's last reason.
    public static let none = ReasonCode(characteristic: -1, pointsLost: 0)

    /// Whether this is a reason.
    public var isNone: Bool { characteristic < 0 }
}

/// The reasons of many rows, the costliest first.
///
/// Equal losses stand in the order of the characteristics; a characteristic without a loss is never a reason.
public struct ReasonTable: Sendable, Equatable {
    /// The most reasons of one row.
    public let count: Int
    /// Names of the characteristics.
    public let characteristics: [String]
    /// `count` places for every row, filled from the left, then ``ReasonCode/none``.
    public let codes: [ReasonCode]

    /// The reasons of a row.
    public func reasons(ofRow row: Int) -> ArraySlice<ReasonCode> {
        codes[row * count..<(row + 1) * count].prefix { !$0.isNone }
    }

    /// The names of the characteristics that a row lost points for.
    public func names(ofRow row: Int) -> [String] {
        reasons(ofRow: row).map { characteristics[Int($0.characteristic)] }
    }
}

/// Ranks the terms of a scorer by the points that they cost.
///
/// With reference rⱼ and contribution cⱼ of term j, the points lost are scale · (cⱼ − rⱼ).
struct ReasonRanking: Sendable {
    let bound: BoundScorer
    let references: [Double]
    let scale: Double
    let count: Int

    /// Rows whose contributions stay in the second-level cache.
    private static let blockRows = 256

    /// Writes the reasons of a block of rows, `count` places for each.
    func rank(_ rows: Range<Int>, into reasons: inout MutableSpan<ReasonCode>) {
        var contributions: [Double] = []
        contributions.reserveCapacity(Self.blockRows * bound.terms.count)
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.blockRows) {
            let part = start..<min(start + Self.blockRows, rows.upperBound)
            contributions.removeAll(keepingCapacity: true)
            for term in bound.terms {
                var own = [Double](repeating: 0, count: part.count)
                var sums = own.mutableSpan
                term.add(part, to: &sums)
                contributions += own
            }
            ContributionKernel.rank(
                contributions.span, references: references, scale: scale, count: count, into: &reasons,
                at: (start - rows.lowerBound) * count)
        }
    }
}
