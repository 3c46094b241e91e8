import Glibc
public import LinearAlgebra
import Statistics

/// What a second look at grades given by hand is worth, and which to look at first.
public struct SecondLook: Sendable {
    /// What a change is, and what finding one is worth.
    public struct Terms: Sendable, Equatable {
        /// What it is worth to have changed a grade in time.
        public enum Worth: Sendable, Equatable {
            /// The notches by which it was off.
            case notches
            /// Exposure · LGD · |PD of what came − PD of what was given|, with the PD that each state stands for, 1 for
            /// default.
            case loss(pds: [Double], lossGivenDefault: Double)
        }

        /// A grade has to be changed if the state a year later is so many notches away, ≥ 1.
        public var notches: Int
        /// What finding a change is worth.
        public var worth: Worth
        /// What a second look costs, in the unit of the worth.
        public var reviewCost: Double

        /// Terms of their parts.
        public init(notches: Int = 3, worth: Worth = .notches, reviewCost: Double = 0) {
            self.notches = notches
            self.worth = worth
            self.reviewCost = reviewCost
        }

        /// What it is worth to have changed a grade in time; 0 for what is no change.
        public func worth(given: Int, came: Int, exposure: Double) -> Double {
            guard isChange(given: given, came: came) else { return 0 }
            return switch worth {
            case .notches: Double(abs(came - given))
            case .loss(let pds, let share): exposure * share * abs(pds[came] - pds[given])
            }
        }

        /// Whether the given state would have had to be changed.
        public func isChange(given: Int, came: Int) -> Bool { abs(came - given) >= notches }
    }

    /// What is said of one grade.
    public struct Suggestion: Sendable, Equatable {
        /// The row in the sample.
        public let row: Int
        /// The state given.
        public let given: Int
        /// The state that the evidence supports: the median of the distribution at the shortest horizon.
        public let supported: Int
        /// P(the state a year later calls for a change).
        public let probability: Double
        /// The parts towards better and worse states.
        public let better: Double
        /// See `better`.
        public let worse: Double
        /// Expected worth of a change less the cost of the look.
        public let expectedValue: Double
    }

    /// The suggestions, the most valuable look first.
    public let queue: [Suggestion]

    /// Values a second look at every row.
    ///
    /// - Parameters:
    ///   - origins: The states given, length n.
    ///   - now: Distributions at the shortest horizon, shape (n, K).
    ///   - later: Distributions at a year, shape (n, K).
    ///   - exposures: Length n; absent: all 1.
    public init(
        origins: [Int], now: Matrix, later: Matrix, exposures: [Double]? = nil, terms: Terms
    ) {
        precondition(
            now.rows == origins.count && later.rows == origins.count,
            "\(origins.count) rows, \(now.rows) and \(later.rows) predictions")
        var suggestions: [Suggestion] = []
        for (row, given) in origins.enumerated() {
            var (better, worse, worth) = (0.0, 0.0, 0.0)
            for state in 0..<later.columns where terms.isChange(given: given, came: state) {
                if state < given { better += later[row, state] } else { worse += later[row, state] }
                worth +=
                    later[row, state] * terms.worth(given: given, came: state, exposure: exposures?[row] ?? 1)
            }
            var cumulative = 0.0
            var supported = now.columns - 1
            for state in 0..<now.columns {
                cumulative += now[row, state]
                if cumulative >= 0.5 {
                    supported = state
                    break
                }
            }
            suggestions.append(
                Suggestion(
                    row: row, given: given, supported: supported, probability: better + worse, better: better,
                    worse: worse, expectedValue: worth - terms.reviewCost))
        }
        queue = suggestions.sorted {
            ($1.expectedValue, $1.probability, $0.row) < ($0.expectedValue, $0.probability, $1.row)
        }
    }
}

/// How a queue came out: whether those at its top had to be changed.
public struct QueueRecord: Sendable, Equatable {
    /// Grades in the queue whose outcome is known.
    public let cases: Int
    /// Share of them that had to be changed.
    public let baseRate: Double
    /// By tenth of the queue, the share of changes as a multiple of the base rate.
    public let liftByDecile: [Double]
    /// Grades whose look was worth more than its cost, and how many of them had to be changed.
    public let suggested: Int
    /// See `suggested`.
    public let changed: Int
    /// What those changes were worth, and what the looks cost.
    public let saved: Double
    /// See `saved`.
    public let cost: Double

    /// Holds queues against what came.
    ///
    /// - Parameters:
    ///   - queues: The queues of some past days, most valuable first.
    ///   - came: By queue and row, the state a year later; `nil` if it is not known.
    ///   - exposures: By queue and row.
    ///   - share: The part of each queue that counts as suggested, if its value is positive.
    public init(
        _ queues: [[SecondLook.Suggestion]], came: [[Int?]], exposures: [[Double]], terms: SecondLook.Terms,
        share: Double = 0.1
    ) {
        var hits = [Double](repeating: 0, count: 10)
        var seen = hits
        var (suggested, changed, saved) = (0, 0, 0.0)
        for (day, queue) in queues.enumerated() {
            let known = queue.filter { came[day][$0.row] != nil }
            for (rank, suggestion) in known.enumerated() {
                guard let state = came[day][suggestion.row] else { continue }
                let decile = min(9, 10 * rank / known.count)
                let isChange = terms.isChange(given: suggestion.given, came: state)
                seen[decile] += 1
                if isChange { hits[decile] += 1 }
                if Double(rank) < share * Double(known.count), suggestion.expectedValue > 0 {
                    suggested += 1
                    if isChange { changed += 1 }
                    saved += terms.worth(
                        given: suggestion.given, came: state, exposure: exposures[day][suggestion.row])
                }
            }
        }
        let total = seen.reduce(0, +)
        let rate = total > 0 ? hits.reduce(0, +) / total : 0
        cases = Int(total)
        baseRate = rate
        liftByDecile = zip(hits, seen).map { $1 > 0 && rate > 0 ? $0 / $1 / rate : 0 }
        self.suggested = suggested
        self.changed = changed
        self.saved = saved
        cost = terms.reviewCost * Double(suggested)
    }
}

/// Finds the past cases that are most like a present one.
public struct SimilarCases: Sendable {
    /// Case after case, its coordinates in their standard deviations.
    private let points: [Double]
    private let scales: [Double]
    private let owners: [Int]

    /// Past cases by coordinates of equal number; each is measured in its standard deviations.
    ///
    /// - Parameter owners: Whose each case is.
    public init(_ points: [[Double]], owners: [Int]) {
        let width = points.first?.count ?? 0
        precondition(
            points.count == owners.count && points.allSatisfy { $0.count == width },
            "\(points.count) cases, \(owners.count) owners")
        let scales = (0..<width).map { place in
            let values = points.map { $0[place] }
            let mean = values.reduce(0, +) / Double(values.count)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
            return variance > 0 ? variance.squareRoot() : 1
        }
        self.points = points.flatMap { zip($0, scales).map { $0 / $1 } }
        self.scales = scales
        self.owners = owners
    }

    /// The nearest cases by Euclidean distance, one of each owner, the nearest first; the earlier one of equals.
    ///
    /// A case without a distance is not near.
    ///
    /// - Parameter allowed: Which cases count.
    public func nearest(_ count: Int, to point: [Double], where allowed: (Int) -> Bool) -> [Int] {
        precondition(owners.isEmpty || point.count == scales.count, "\(point.count) coordinates")
        let target = zip(point, scales).map { $0 / $1 }
        var found: [(distance: Double, place: Int)] = []
        for place in owners.indices where allowed(place) {
            var distance = 0.0
            for axis in target.indices {
                let gap = points[place * target.count + axis] - target[axis]
                distance += gap * gap
            }
            if distance.isNaN { continue }
            if found.count == count, let last = found.last, distance >= last.distance { continue }
            if let own = found.firstIndex(where: { owners[$0.place] == owners[place] }) {
                if distance >= found[own].distance { continue }
                found.remove(at: own)
            }
            let rank = found.firstIndex { distance < $0.distance } ?? found.count
            found.insert((distance, place), at: rank)
            if found.count > count { found.removeLast() }
        }
        return found.map(\.place)
    }
}
