import Glibc

/// The states of many obligors over time.
///
/// A state is in force from its time until the next action of the obligor, or the end of observation; default, where
/// the scale ends in it, for ever. In a stretch without rating (NR) an obligor is not observed; a later rating starts
/// observation anew.
public struct RatingHistories: Sendable {
    /// The states.
    public let scale: RatingScale
    /// What was not taken as it stood.
    public let remarks: HistoryRemarks
    /// When observation ends, in years.
    public let end: Double
    /// By obligor, the start of its actions in `times` and `states`; one more than there are obligors.
    let offsets: [Int]
    /// When actions begin; rising within an obligor.
    let times: [Double]
    /// The state from then on, or ``unrated``.
    let states: [UInt8]

    /// Marks a stretch without rating.
    static let unrated = UInt8.max

    /// Histories from rating actions in any order.
    ///
    /// - Parameters:
    ///   - actions: The actions; of several for one obligor and time the last in the list counts.
    ///   - scale: The states.
    ///   - end: When observation ends, in years; later actions are left out.
    /// - Throws: ``MigrationError/time(_:expected:)``, ``MigrationError/state(_:states:)``,
    ///   ``MigrationError/noObservations(what:)``.
    public init(_ actions: [RatingAction], scale: RatingScale, end: Double) throws(MigrationError) {
        guard end.isFinite else { throw .time(end, expected: "a finite end of observation") }
        guard !actions.isEmpty else { throw .noObservations(what: "no rating actions") }
        var isSorted = true
        for (index, action) in actions.enumerated() {
            guard action.time.isFinite else { throw .time(action.time, expected: "finite") }
            if let state = action.state, !(0..<scale.count).contains(state) {
                throw .state(state, states: scale.count)
            }
            guard action.obligor >= 0 else {
                throw .noObservations(what: "an obligor with a negative number")
            }
            if index > 0 {
                let before = actions[index - 1]
                if before.obligor > action.obligor
                    || before.obligor == action.obligor && before.time > action.time
                {
                    isSorted = false
                }
            }
        }
        var builder = HistoryBuilder(scale: scale, end: end, capacity: actions.count)
        if isSorted {
            for action in actions { builder.take(action) }
        } else {
            builder.remarks.outOfOrder = Self.outOfOrder(actions)
            // The position in the list decides between equal times.
            let order = actions.indices.sorted {
                let (left, right) = (actions[$0], actions[$1])
                if left.obligor != right.obligor { return left.obligor < right.obligor }
                return left.time != right.time ? left.time < right.time : $0 < $1
            }
            for index in order { builder.take(actions[index]) }
        }
        builder.finish()
        self.scale = scale
        self.end = end
        remarks = builder.remarks
        offsets = builder.offsets
        times = builder.times
        states = builder.states
    }

    private static func outOfOrder(_ actions: [RatingAction]) -> Int {
        var latest: [Int: Double] = [:]
        var count = 0
        for action in actions {
            if let time = latest[action.obligor], time > action.time { count += 1 }
            latest[action.obligor] = max(latest[action.obligor] ?? -.infinity, action.time)
        }
        return count
    }

    /// Number of obligors that were rated at some time.
    public var obligorCount: Int { offsets.count - 1 }
}

/// Turns sorted actions into histories.
private struct HistoryBuilder {
    let scale: RatingScale
    let end: Double
    var remarks = HistoryRemarks()
    var offsets: [Int] = []
    var times: [Double] = []
    var states: [UInt8] = []
    private var obligor = -1

    init(scale: RatingScale, end: Double, capacity: Int) {
        self.scale = scale
        self.end = end
        times.reserveCapacity(capacity)
        states.reserveCapacity(capacity)
    }

    mutating func take(_ action: RatingAction) {
        if action.obligor != obligor { close() }
        obligor = action.obligor
        let state = action.state.map { UInt8($0) } ?? RatingHistories.unrated
        guard action.time <= end else {
            remarks.afterEnd += 1
            return
        }
        let start = offsets.last ?? 0
        if times.count > start, times[times.count - 1] == action.time {
            if states[states.count - 1] != state { remarks.contradictory += 1 } else { remarks.repeated += 1 }
            times.removeLast()
            states.removeLast()
        }
        times.append(action.time)
        states.append(state)
    }

    mutating func finish() {
        close()
        if offsets.isEmpty { offsets = [0] }
    }

    /// Drops from the open obligor what says nothing, once all its actions are there.
    private mutating func close() {
        if offsets.isEmpty {
            offsets.append(0)
            if times.isEmpty { return }
        }
        let start = offsets[offsets.count - 1]
        var kept = start
        for index in start..<times.count {
            let state = states[index]
            let inForce = kept > start ? states[kept - 1] : RatingHistories.unrated
            if let last = scale.defaultState, kept > start, Int(inForce) == last {
                remarks.afterDefault += 1
            } else if state == inForce {
                if state == RatingHistories.unrated {
                    remarks.withdrawnUnrated += 1
                } else {
                    remarks.repeated += 1
                }
            } else {
                times[kept] = times[index]
                states[kept] = state
                kept += 1
            }
        }
        times.removeLast(times.count - kept)
        states.removeLast(states.count - kept)
        if kept > start { offsets.append(kept) }
    }
}

extension RatingHistories {
    /// A stretch in one state, and what ended it.
    struct Spell {
        var obligor: Int
        var state: Int
        var entry: Double
        var exit: Double
        /// The state entered at `exit`; `nil` if observation ended.
        var next: Int?
    }

    /// Calls `body` with every observed stretch in a state that can be left, obligor by obligor.
    func forEachSpell(_ body: (Spell) -> Void) {
        let absorbing = scale.defaultState ?? -1
        for obligor in 0..<obligorCount {
            let last = offsets[obligor + 1] - 1
            for index in offsets[obligor]...last {
                let state = states[index]
                guard state != Self.unrated, Int(state) != absorbing else { continue }
                let next = index < last ? states[index + 1] : Self.unrated
                body(
                    Spell(
                        obligor: obligor, state: Int(state), entry: times[index],
                        exit: index < last ? times[index + 1] : end,
                        next: next == Self.unrated ? nil : Int(next)))
            }
        }
    }
}
