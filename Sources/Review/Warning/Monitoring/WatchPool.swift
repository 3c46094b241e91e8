import Vocabulary

/// What monitors of all obligors share: how deviations are distributed, and what is usual for a segment.
///
/// Learned month by month from what was known before the month.
struct WatchPool: Sendable, Equatable, Codable {
    /// Deviations of single invoices' delays.
    var delays = DeviationLaw()
    /// Deviations of the mean delay of what was settled on a day.
    var settlements = DeviationLaw()
    var orders = DeviationLaw()
    var utilisation = DeviationLaw()
    /// By segment.
    var segments: [String: Segment] = [:]
    /// What is usual for obligors of unknown segments.
    var everybody = Segment()
    /// How much of a deviation in utilisation is left a month later.
    var persistence = 0.0

    /// What is usual in a line of business.
    struct Segment: Sendable, Equatable, Codable {
        /// Days between due and settled.
        var delay = Usual(mean: 0, spread: 10, strength: 0.2)
        /// Square root of a month's orders against the obligor's mean.
        var orders = Usual(mean: 0.95, spread: 0.3, strength: 2)
        var utilisation = Usual(mean: 0.3, spread: 0.15, strength: 0.5)
        /// The share of invoices that is disputed.
        var disputed = 0.02
        /// Sums of a calendar month's orders against obligors' means, and how many obligors that is, from January.
        var season = [SeasonSum](repeating: SeasonSum(), count: 12)
    }

    struct SeasonSum: Sendable, Equatable, Codable {
        var sum = 0.0
        var count = 0
    }

    /// A mean, a spread within an obligor, and how many observations the mean is worth for a new one.
    struct Usual: Sendable, Equatable, Codable {
        var mean: Double
        var spread: Double
        var strength: Double

        var baseline: Baseline { Baseline(mean: mean, strength: strength, spread: spread, degrees: 6) }
    }

    func segment(_ name: String) -> Segment { segments[name] ?? everybody }

    /// The orders of a calendar month (1 to 12) against the yearly mean; 1 until a season is known.
    func season(_ name: String, month: Int) -> Double {
        let sums = segment(name).season
        // A belief of 1 that 20 obligors' months outweigh.
        let factors = sums.map { ($0.sum + 20) / (Double($0.count) + 20) }
        let mean = factors.reduce(0, +) / 12
        return max(0.1, factors[month - 1] / mean)
    }
}

extension WatchPool {
    /// Learns from a month that is over, in the order of the obligors.
    mutating func learn(month: Int, from obligors: [ObligorWatch], segments names: [String]) {
        for law in PooledLaw.allCases {
            let cells = obligors.lazy.flatMap {
                $0.pending.lazy.filter { $0.law == law }.map { Int($0.cell) }
            }
            self[law].add(cells: cells)
        }
        var groups: [String: [Int]] = [:]
        for (place, name) in names.enumerated() { groups[name, default: []].append(place) }
        // In the order of names, since `everybody` sums over all.
        for name in groups.keys.sorted() {
            segments[name] = learned(segment(name), month, groups[name] ?? [], obligors)
        }
        everybody = learned(everybody, month, Array(obligors.indices), obligors)
        var (product, square) = (0.0, 0.0)
        for obligor in obligors {
            product += obligor.utilisationProduct
            square += obligor.utilisationSquare
        }
        persistence = max(0, min(0.9, product / (square + 1e-3)))
    }

    private func learned(
        _ segment: Segment, _ month: Int, _ places: [Int], _ obligors: [ObligorWatch]
    ) -> Segment {
        var next = segment
        next.delay = Self.usual(segment.delay, places.lazy.map { obligors[$0].delay }, least: 1)
        next.orders = Self.usual(segment.orders, places.lazy.map { obligors[$0].orderBaseline }, least: 0.02)
        next.utilisation = Self.usual(
            segment.utilisation, places.lazy.map { obligors[$0].utilisationBaseline }, least: 0.01)
        var (disputed, invoices) = (0.0, 0.0)
        for place in places {
            disputed += obligors[place].disputed
            invoices += obligors[place].invoices
            if let share = obligors[place].monthsShare {
                next.season[month - 1].sum += share
                next.season[month - 1].count += 1
            }
        }
        next.disputed = (disputed + 2) / (invoices + 100)
        return next
    }

    /// Mean over obligors with enough history, spread within and between them.
    private static func usual(
        _ before: Usual, _ baselines: some Sequence<Baseline>, least: Double
    ) -> Usual {
        var (count, sum, squares, within) = (0.0, 0.0, 0.0, 0.0)
        for baseline in baselines where baseline.count >= 8 {
            count += 1
            sum += baseline.mean
            squares += baseline.mean * baseline.mean
            within += baseline.spread * baseline.spread
        }
        guard count >= 10 else { return before }
        let mean = sum / count
        let between = max(0, squares / count - mean * mean)
        let variance = max(least * least, within / count)
        return Usual(
            mean: mean, spread: variance.squareRoot(),
            strength: max(0.1, min(5, variance / max(between, 1e-9))))
    }

    private subscript(law: PooledLaw) -> DeviationLaw {
        get {
            switch law {
            case .delays: delays
            case .settlements: settlements
            case .orders: orders
            case .utilisation: utilisation
            }
        }
        set {
            switch law {
            case .delays: delays = newValue
            case .settlements: settlements = newValue
            case .orders: orders = newValue
            case .utilisation: utilisation = newValue
            }
        }
    }
}

/// A law of the pool.
enum PooledLaw: UInt8, Sendable, Codable, CaseIterable {
    case delays, settlements, orders, utilisation
}

/// A deviation that the pool has not learned yet.
struct PendingDeviation: Sendable, Equatable, Codable {
    let law: PooledLaw
    let cell: UInt16

    init(_ law: PooledLaw, _ deviation: Double) {
        self.law = law
        cell = UInt16(DeviationLaw.cell(deviation))
    }
}
