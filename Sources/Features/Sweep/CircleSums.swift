/// Sums over the obligors of every industry, region or group, as of every date, from which one obligor can be left out.
struct CircleSums: Sendable {
    private typealias Lanes = SIMD16<Double>

    private let members: [Int32]
    private let dates: Int
    private var sums: [Lanes]

    /// - Parameters:
    ///   - members: The circle of each obligor, or −1.
    ///   - circles: Number of circles.
    ///   - states: By obligor and date.
    ///   - dates: Number of as-of dates.
    init(members: [Int32], circles: Int, states: [ObligorState], dates: Int) {
        self.members = members
        self.dates = dates
        sums = [Lanes](repeating: .zero, count: circles * dates)
        for (obligor, circle) in members.enumerated() where circle >= 0 {
            for asOf in 0..<dates {
                sums[Int(circle) * dates + asOf] += Self.lanes(states[obligor * dates + asOf])
            }
        }
    }

    private static func lanes(_ state: ObligorState) -> Lanes {
        var lanes = Lanes.zero
        guard state.isKnown else { return lanes }
        lanes[OthersSum.count.lane] = 1
        lanes[OthersSum.performing.lane] = state.isInDefault ? 0 : 1
        lanes[OthersSum.paid.lane] = state.paid
        lanes[OthersSum.delay.lane] = state.delay
        lanes[OthersSum.late.lane] = state.late
        lanes[OthersSum.open.lane] = state.open
        lanes[OthersSum.overdue.lane] = state.overdue
        lanes[OthersSum.overdue30.lane] = state.overdue30 > 0 ? 1 : 0
        lanes[OthersSum.defaulted.lane] = state.enteredDefault ? 1 : 0
        return lanes
    }

    /// A sum over the others of an obligor's circle; NaN if it has none.
    func others(_ sum: OthersSum, of obligor: Int, _ state: ObligorState, at asOf: Int) -> Double {
        let circle = members[obligor]
        guard circle >= 0 else { return .nan }
        return sums[Int(circle) * dates + asOf][sum.lane] - Self.lanes(state)[sum.lane]
    }
}
