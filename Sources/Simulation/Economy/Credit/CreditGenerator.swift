import Glibc
import Vocabulary

/// The true law of migration: intensities between the ten grades, per year.
///
/// In a quarter in which an obligor's hazards are tilted by z, the intensity from g to a worse grade (default is the
/// worst) is q · e^z and to a better one q · e^(−z/2). A quarter counts as a quarter of a year whatever its
/// number of days. Tilts are held to multiples of 1 ÷ ``stepsPerUnit`` within ± ``largestTilt``, which is part of the
/// law: there are finitely many matrices, and all are exact.
public enum CreditGenerator {
    /// Grades, default among them.
    static let grades = Grade.allCases.count
    /// The rank of default.
    static let defaulted = Grade.d.rank
    /// Tilts per unit.
    static let stepsPerUnit = 32.0
    /// The largest tilt in absolute value.
    static let largestTilt = 3.0

    /// Intensities per year without tilt, row from, column to, rows sum to 0; the row of default is 0.
    public static let perYear: [[Double]] = {
        /// One notch up, one notch down, straight to default, for AAA to C. From C one notch down is default.
        let intensities: [(up: Double, down: Double, out: Double)] = [
            (0, 0.10, 0.0002), (0.04, 0.11, 0.0004), (0.05, 0.13, 0.0009), (0.08, 0.15, 0.0025),
            (0.13, 0.16, 0.008), (0.19, 0.19, 0.028), (0.26, 0.26, 0.085), (0.32, 0.28, 0.20),
            (0.40, 0, 0.50),
        ]
        /// Two notches at once, against one.
        let double = 0.15
        var rows = [[Double]](repeating: [Double](repeating: 0, count: grades), count: grades)
        for (from, rate) in intensities.enumerated() {
            if from >= 1 { rows[from][from - 1] += rate.up }
            if from >= 2 { rows[from][from - 2] += double * rate.up }
            if from + 1 < defaulted { rows[from][from + 1] += rate.down }
            if from + 2 < defaulted { rows[from][from + 2] += double * rate.down }
            rows[from][defaulted] += rate.out
            rows[from][from] = -rows[from].reduce(0, +)
        }
        return rows
    }()

    /// Share of grades among those who become customers.
    static let entry = [0.02, 0.06, 0.14, 0.25, 0.25, 0.175, 0.07, 0.025, 0.01]

    /// The number of a tilt among those that there are.
    static func step(of tilt: Double) -> Int {
        Int((min(largestTilt, max(-largestTilt, tilt)) * stepsPerUnit).rounded())
    }

    /// The intensities per year under a tilt.
    static func tilted(step: Int) -> [[Double]] {
        let worse = exp(Double(step) / stepsPerUnit)
        let better = exp(-Double(step) / stepsPerUnit / 2)
        var rows = perYear
        for from in rows.indices {
            for to in rows.indices where to != from { rows[from][to] *= to > from ? worse : better }
            rows[from][from] = 0
            rows[from][from] = -rows[from].reduce(0, +)
        }
        return rows
    }

    /// Transition probabilities of one quarter under a tilt, rows sum to 1, row-major.
    static func quarterMatrix(step: Int) -> [Double] {
        quarterMatrices[step + Int(largestTilt * stepsPerUnit)]
    }

    /// The probability of each grade's default during `steps.count` quarters under their tilts.
    static func defaultProbabilities(steps: some BidirectionalCollection<Int>) -> [Double] {
        var probabilities = atDefault
        for step in steps.reversed() { probabilities = expected(probabilities, after: step) }
        return probabilities
    }

    /// 1 for default, 0 for the rest.
    static let atDefault = [Double](repeating: 0, count: grades - 1) + [1]

    /// What a value of the grade at the end of a quarter is expected to be, by the grade at its start.
    static func expected(_ values: [Double], after step: Int) -> [Double] {
        let matrix = quarterMatrix(step: step)
        return (0..<grades).map { from in
            var sum = 0.0
            for to in 0..<grades { sum += matrix[from * grades + to] * values[to] }
            return sum
        }
    }

    private static let quarterMatrices: [[Double]] = {
        let last = Int(largestTilt * stepsPerUnit)
        return (-last...last).map { exponential(of: tilted(step: $0), over: 0.25) }
    }()

    /// e^(Q t) by uniformisation: Σₖ Poisson(k; λt) (I + Q ÷ λ)ᵏ with λ the largest exit rate; all terms are
    /// positive, so nothing cancels.
    ///
    /// Source: Jensen (1953), "Markoff chains as an aid in the study of Markoff processes".
    static func exponential(of generator: [[Double]], over years: Double) -> [Double] {
        let count = generator.count
        let rate = max(1e-300, generator.indices.map { -generator[$0][$0] }.max() ?? 0)
        var jump = [Double](repeating: 0, count: count * count)
        var power = jump
        for from in 0..<count {
            power[from * count + from] = 1
            for to in 0..<count {
                jump[from * count + to] = generator[from][to] / rate + (from == to ? 1 : 0)
            }
        }
        var sum = [Double](repeating: 0, count: count * count)
        var weight = exp(-rate * years)
        var term = 0.0
        // Beyond this the Poisson weights are below 1e-18 of the whole.
        let terms = rate * years + 12 * (rate * years).squareRoot() + 24
        while term < terms {
            for place in sum.indices { sum[place] += weight * power[place] }
            term += 1
            weight *= rate * years / term
            power = product(power, jump, count)
        }
        return sum
    }

    private static func product(_ left: [Double], _ right: [Double], _ count: Int) -> [Double] {
        var result = [Double](repeating: 0, count: count * count)
        for row in 0..<count {
            for inner in 0..<count where left[row * count + inner] != 0 {
                let factor = left[row * count + inner]
                for column in 0..<count {
                    result[row * count + column] += factor * right[inner * count + column]
                }
            }
        }
        return result
    }
}
