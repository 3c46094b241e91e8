public import LinearAlgebra

/// The transition matrix over a stretch of time, estimated without assuming constant rates, with its covariance.
///
///     P̂(s, t) = ∏_{s < u ≤ t} (I + ΔÂ(u)),   ΔÂᵢⱼ(u) = dNᵢⱼ(u) ÷ Yᵢ(u),   ΔÂᵢᵢ = −Σⱼ ΔÂᵢⱼ
///
/// where Yᵢ(u) are the obligors observed in state i just before u. The covariance is of Greenwood's type, built up
/// with the product:
///
///     cov(P̂ᵢ·) ← (I + ΔÂ)ᵀ cov(P̂ᵢ·) (I + ΔÂ) + Σₕ p̂ᵢₕ² cov(ΔÂₕ·),   cov(ΔÂₕ·) multinomial with Yₕ trials
///
/// Late entry and withdrawal are natural: an obligor counts while it is observed.
///
/// Source: Andersen, Borgan, Gill & Keiding (1993), *Statistical Models Based on Counting Processes*, §IV.4, eq.
/// 4.4.19.
public struct AalenJohansen: Sendable {
    /// P̂(s, t).
    public let matrix: TransitionMatrix
    /// s and t, in years.
    public let window: ClosedRange<Double>
    /// Distinct times in the window at which anybody moved.
    public let jumpTimes: [Double]
    /// cov(p̂ᵢⱼ, p̂ᵢₗ) at [(j · K + l) · lanes + i / 8][i % 8].
    private let covariances: [SIMD8<Double>]
    private let lanes: Int

    /// Estimates from histories.
    ///
    /// - Parameters:
    ///   - histories: The histories.
    ///   - window: s and t, in years.
    /// - Throws: ``MigrationError/time(_:expected:)`` if the window is empty; ``MigrationError/noObservations(what:)``.
    /// - Complexity: O(n log n) for n spells, and O(K²) vector operations for every time at which anybody moves.
    public init(_ histories: RatingHistories, window: ClosedRange<Double>) throws(MigrationError) {
        guard window.upperBound > window.lowerBound else {
            throw .time(window.upperBound, expected: "later than the start, \(window.lowerBound)")
        }
        var events = RiskSet(histories, window: window)
        guard !events.isEmpty else { throw .noObservations(what: "no obligor was rated in the window") }
        var product = ProductIntegral(order: histories.scale.count)
        var times: [Double] = []
        while let time = events.next() {
            if let move = events.moves.first, events.moves.count == 1 {
                product.multiply(move, atRisk: events.atRisk[move.from])
            } else {
                product.multiply(events.moves, atRisk: events.atRisk)
            }
            times.append(time)
        }
        matrix = TransitionMatrix(computed: product.matrix, scale: histories.scale)
        self.window = window
        jumpTimes = times
        covariances = product.covariances
        lanes = product.lanes
    }

    /// The covariance of two probabilities of moving from one state.
    public func covariance(from: Int, to first: Int, and second: Int) -> Double {
        let order = matrix.scale.count
        precondition(
            [from, first, second].allSatisfy { (0..<order).contains($0) },
            "states \(from), \(first), \(second)")
        return covariances[(first * order + second) * lanes + from / 8][from % 8]
    }

    /// Standard errors of P̂, shape (K, K).
    public var standardErrors: Matrix {
        let order = matrix.scale.count
        var errors = Matrix(rows: order, columns: order)
        for row in 0..<order {
            for column in 0..<order {
                errors[row, column] = max(0, covariance(from: row, to: column, and: column)).squareRoot()
            }
        }
        return errors
    }
}

/// The product integral and the covariance of its rows, one vector lane for every state that a row starts from.
private struct ProductIntegral {
    let order: Int
    let lanes: Int
    /// p̂ᵢⱼ at [j · lanes + i / 8][i % 8].
    private var probabilities: [SIMD8<Double>]
    private(set) var covariances: [SIMD8<Double>]
    /// By state left, a vector read before it changes.
    private var leaving: [SIMD8<Double>]

    init(order: Int) {
        self.order = order
        lanes = (order + 7) / 8
        probabilities = [SIMD8<Double>](repeating: .zero, count: order * lanes)
        covariances = [SIMD8<Double>](repeating: .zero, count: order * order * lanes)
        leaving = [SIMD8<Double>](repeating: .zero, count: order)
        for state in 0..<order { probabilities[state * lanes + state / 8][state % 8] = 1 }
    }

    var matrix: Matrix {
        var result = Matrix(rows: order, columns: order)
        for row in 0..<order {
            for column in 0..<order { result[row, column] = probabilities[column * lanes + row / 8][row % 8] }
        }
        return result
    }

    /// Multiplies by I + ΔÂ where all moves of a time are between the same two states, which is nearly always so: the
    /// same sums as for many, in a few loops over the rows and columns of the two.
    mutating func multiply(_ move: RiskSet.Move, atRisk: Double) {
        Self.multiply(move, atRisk: atRisk, &covariances, &probabilities, order: order, lanes: lanes)
    }

    private static func multiply(
        _ move: RiskSet.Move, atRisk: Double, _ variances: inout [SIMD8<Double>],
        _ means: inout [SIMD8<Double>], order: Int, lanes: Int
    ) {
        let share = move.count / atRisk
        let variance = (share - share * share) / atRisk
        let (from, to) = (move.from * lanes, move.to * lanes)
        let stride = order * lanes
        var covariances = variances.mutableSpan
        var probabilities = means.mutableSpan
        // From one side: rows of the covariance, each of all states and lanes.
        for place in 0..<stride {
            let left = covariances[from * order + place]
            covariances[to * order + place] += left * share
            covariances[from * order + place] -= left * share
        }
        // From the other: columns.
        for row in 0..<order {
            let start = row * stride
            for lane in 0..<lanes {
                let left = covariances[start + from + lane]
                covariances[start + to + lane] += left * share
                covariances[start + from + lane] -= left * share
            }
        }
        for lane in 0..<lanes {
            let weight = probabilities[from + lane]
            let added = weight * weight * variance
            covariances[to * order + to + lane] += added
            covariances[to * order + from + lane] -= added
            covariances[from * order + to + lane] -= added
            covariances[from * order + from + lane] += added
            probabilities[to + lane] += weight * share
            probabilities[from + lane] -= weight * share
        }
    }

    /// Multiplies by I + ΔÂ of the moves at one time, sorted by the state left.
    mutating func multiply(_ moves: [RiskSet.Move], atRisk: [Double]) {
        let left = Self.shares(moves, atRisk: atRisk)
        carry(left) { order, lanes, state, other in (state * order + other) * lanes }
        carry(left) { order, lanes, state, other in (other * order + state) * lanes }
        for group in left { addSampling(of: group, atRisk: atRisk[group.from]) }
        // All states are left at the same instant, so each change reads the probabilities from before.
        let before = probabilities
        for group in left {
            for (state, share) in group.entered {
                for lane in 0..<lanes {
                    probabilities[state * lanes + lane] += before[group.from * lanes + lane] * share
                }
            }
            for lane in 0..<lanes {
                probabilities[group.from * lanes + lane] -= before[group.from * lanes + lane] * group.leaving
            }
        }
    }

    /// The states left at one time, and which share of those at risk entered which other.
    private struct Group {
        var from: Int
        var entered: [(state: Int, share: Double)]
        var leaving: Double
    }

    private static func shares(_ moves: [RiskSet.Move], atRisk: [Double]) -> [Group] {
        var groups: [Group] = []
        for move in moves {
            let share = move.count / atRisk[move.from]
            if groups.last?.from != move.from {
                groups.append(Group(from: move.from, entered: [], leaving: 0))
            }
            groups[groups.count - 1].entered.append((move.to, share))
            groups[groups.count - 1].leaving += share
        }
        return groups
    }

    /// Multiplies every covariance by I + ΔÂ from one side.
    ///
    /// - Parameter place: Where the vector of a state and any other begins: rows for one side, columns for the other.
    private mutating func carry(_ left: [Group], place: (_ order: Int, _ lanes: Int, Int, Int) -> Int) {
        for other in 0..<order {
            for lane in 0..<lanes {
                // Read all before any is changed, since a state left may be entered at the same instant.
                for (position, group) in left.enumerated() {
                    leaving[position] = covariances[place(order, lanes, group.from, other) + lane]
                }
                for (position, group) in left.enumerated() {
                    for (state, share) in group.entered {
                        covariances[place(order, lanes, state, other) + lane] += leaving[position] * share
                    }
                    covariances[place(order, lanes, group.from, other) + lane] -=
                        leaving[position] * group.leaving
                }
            }
        }
    }

    /// Adds p̂ᵢₕ² cov(ΔÂₕ·) of a state h that was left.
    private mutating func addSampling(of group: Group, atRisk: Double) {
        // The multinomial's shares: of the states entered, and of those who stay.
        let shares = group.entered + [(group.from, 1 - group.leaving)]
        for (first, firstShare) in shares {
            for (second, secondShare) in shares {
                let variance = ((first == second ? firstShare : 0) - firstShare * secondShare) / atRisk
                for lane in 0..<lanes {
                    let weight = probabilities[group.from * lanes + lane]
                    covariances[(first * order + second) * lanes + lane] += weight * weight * variance
                }
            }
        }
    }
}
