import Glibc
import Statistics

/// What is usual for one obligor: a normal law whose mean and variance are learned, beginning with what is usual for
/// its segment.
///
/// Mean and variance have the conjugate (normal, inverse gamma) law with mean m, κ observations' worth of it, and ν
/// observations' worth of the variance S ÷ ν. The next value is then t-distributed with scale √(S ÷ ν · (1 + 1 ÷ κ)),
/// which allows for both being estimated. Beyond ``memory`` observations old ones are forgotten.
///
/// Source: Gelman et al. (2013), *Bayesian Data Analysis*, 3rd ed., §3.3; Hawkins (1987), "Self-starting Cusum charts".
struct Baseline: Sendable, Equatable, Codable {
    /// The usual value.
    private(set) var mean: Double
    private var strength: Double
    private var degrees: Double
    private var squares: Double
    /// Observations learned.
    private(set) var count = 0

    init(mean: Double, strength: Double, spread: Double, degrees: Double) {
        self.mean = mean
        self.strength = strength
        self.degrees = degrees
        squares = degrees * spread * spread
    }

    /// The usual deviation from the mean.
    var spread: Double { (squares / degrees).squareRoot() }

    /// The spread of the next value, with what is not known of the mean.
    var scale: Double { (squares / degrees * (1 + 1 / strength)).squareRoot() }

    /// Deviations beyond this many spreads are learned as if they were this large, so that one invoice does not decide.
    private static let learnedDeviation = 3.0

    mutating func learn(_ value: Double, memory: Double) {
        let limit = Self.learnedDeviation * spread
        let deviation = max(-limit, min(limit, value - mean))
        squares += deviation * deviation * strength / (strength + 1)
        mean += deviation / (strength + 1)
        strength = min(memory, strength + 1)
        degrees += 1
        if degrees > memory {
            squares *= memory / degrees
            degrees = memory
        }
        count += 1
    }
}

/// How deviations from the usual, in scales of the baseline, are distributed over all obligors: a histogram of what was
/// seen before, so that skewed, discrete and heavy-tailed data get the probabilities that they have.
struct DeviationLaw: Sendable, Equatable, Codable {
    static let lowest = -8.0
    static let width = 0.1
    static let cells = 280
    private static let belief = 200.0
    private static let largestScore = 3.0

    private var counts: [Double]
    /// −ln P(deviation ≥ lower end), by cell, and of the end of the last.
    private var hazards: [Double] = []

    /// A law that begins as normal with a heavy upper tail, worth 200 deviations.
    init() {
        counts = (0..<Self.cells).map { cell in
            let z = Self.lowest + (Double(cell) + 0.5) * Self.width
            let body = 0.95 * NormalDistribution.standard.density(z)
            let tail = z > 0 ? 0.025 * exp(-z / 2) : 0
            return Self.belief * Self.width * (body + tail)
        }
        tabulate()
    }

    private enum CodingKeys: CodingKey { case counts }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        counts = try values.decode([Double].self, forKey: .counts)
        guard counts.count == Self.cells, counts.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
            throw DecodingError.dataCorruptedError(
                forKey: .counts, in: values, debugDescription: "no histogram")
        }
        tabulate()
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(counts, forKey: .counts)
    }

    /// The cell of a deviation.
    static func cell(_ deviation: Double) -> Int {
        Int(max(0, min(Double(cells) - 1, (deviation - lowest) / width)))
    }

    /// Adds deviations by their cells.
    mutating func add(cells: some Sequence<Int>) {
        for cell in cells { counts[cell] += 1 }
        tabulate()
    }

    private mutating func tabulate() {
        let total = counts.reduce(0, +)
        var above = 0.0
        hazards = [Double](repeating: 0, count: Self.cells + 1)
        hazards[Self.cells] = -log(0.5 / (total + 1))
        for cell in stride(from: Self.cells - 1, through: 0, by: -1) {
            above += counts[cell]
            hazards[cell] = -log((above + 0.5) / (total + 1))
        }
    }

    /// The cumulative hazard −ln P(deviation > z), a straight line within a cell.
    func hazard(_ deviation: Double) -> Double {
        let place = max(0, min(Double(Self.cells) - 1e-9, (deviation - Self.lowest) / Self.width))
        let cell = Int(place)
        return hazards[cell] + (place - Double(cell)) * (hazards[cell + 1] - hazards[cell])
    }

    /// The deviation as a standard normal score with the same probability above it, within ± 3.
    func score(_ deviation: Double) -> Double {
        let tail = exp(-hazard(deviation))
        let score = -NormalDistribution.standard.quantile(min(1 - 1e-9, max(1e-9, tail)))
        return max(-Self.largestScore, min(Self.largestScore, score))
    }
}
