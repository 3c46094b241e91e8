import Parallelism

/// What a characteristic's points are compared with to say how many were lost.
public enum ReasonReference: String, Sendable, Hashable, Codable, CaseIterable {
    /// The most points that any training row got for it.
    case maximum
    /// The mean of the points that the training rows got for it.
    case mean
    /// The points of a value that says nothing: WOE 0 on a scorecard, the training mean in a logistic model, and for
    /// trees the mean score, which their contributions are counted from.
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

/// Ranks the columns of a scorer by the points that they cost.
///
/// With reference rⱼ and contribution cⱼ of column j, the points lost are scale · (cⱼ − rⱼ).
struct ReasonRanking: Sendable {
    let references: [Double]
    let scale: Double
    let count: Int

    /// Rows whose contributions stay in the second-level cache.
    private static let blockRows = 256

    /// The reasons of many rows, `count` places for each.
    ///
    /// - Parameter contribute: Appends the contributions of some rows, one column behind the other.
    func codes(
        rows: Int, workers: Workers,
        contribute: @Sendable (_ rows: Range<Int>, _ contributions: inout [Double]) -> Void
    ) -> [ReasonCode] {
        workers.fill(rows * count, blockSize: BoundScorer.blockRows * count, repeating: ReasonCode.none) {
            places, reasons in
            let first = places.lowerBound / count
            let end = places.upperBound / count
            var contributions: [Double] = []
            contributions.reserveCapacity(Self.blockRows * references.count)
            for start in stride(from: first, to: end, by: Self.blockRows) {
                contributions.removeAll(keepingCapacity: true)
                contribute(start..<min(start + Self.blockRows, end), &contributions)
                ContributionKernel.rank(
                    contributions.span, references: references, scale: scale, count: count, into: &reasons,
                    at: (start - first) * count)
            }
        }
    }
}
