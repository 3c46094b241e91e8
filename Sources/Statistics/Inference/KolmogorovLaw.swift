import Glibc

/// The distribution of the gap between the distribution function of n independent numbers and their true one.
///
/// Source: Simard & L'Ecuyer (2011), "Computing the two-sided Kolmogorov–Smirnov distribution", *Journal of Statistical
/// Software* 39(11), for the choice of method.
enum KolmogorovLaw {
    /// P(D ≥ d).
    static func survival(_ d: Double, count n: Int) -> Double {
        if d >= 1 { return 0 }
        if d <= 0.5 / Double(n) { return 1 }
        let square = Double(n) * d * d
        // The sample can hardly leave on both sides at once, and beyond ½ not at all.
        if d >= 0.5 || square >= (n <= 140 ? 4 : 2.2) { return min(1, 2 * oneSided(d, count: n)) }
        return n <= 140 ? 1 - exactCDF(d, count: n) : expansion(d, count: Double(n))
    }

    /// P(D⁺ ≥ d) = d Σⱼ C(n, j) (d + j/n)ʲ⁻¹ (1 − d − j/n)ⁿ⁻ʲ over j ≤ n (1 − d).
    ///
    /// Source: Birnbaum & Tingey (1951), *Annals of Mathematical Statistics* 22.
    private static func oneSided(_ d: Double, count: Int) -> Double {
        let n = Double(count)
        var sum = 0.0
        for j in 0...Int(n * (1 - d)) {
            let share = d + Double(j) / n
            guard share < 1 else { break }
            let binomial = logGamma(n + 1) - logGamma(Double(j) + 1) - logGamma(n - Double(j) + 1)
            sum += exp(binomial + Double(j - 1) * log(share) + (n - Double(j)) * log1p(-share))
        }
        return d * sum
    }

    /// P(D < d) = n! ÷ nⁿ (Hⁿ)ₖₖ with Durbin's matrix of order 2k − 1, k = ⌊n d⌋ + 1, for n ≤ 140.
    ///
    /// Source: Marsaglia, Tsang & Wang (2003), *Journal of Statistical Software* 8(18).
    private static func exactCDF(_ d: Double, count n: Int) -> Double {
        let k = Int(Double(n) * d) + 1
        let order = 2 * k - 1
        let h = Double(k) - Double(n) * d
        var matrix = Array(repeating: Array(repeating: 0.0, count: order), count: order)
        for i in 0..<order {
            for j in 0..<order where i - j + 1 >= 0 { matrix[i][j] = 1 }
        }
        for i in 0..<order {
            matrix[i][0] -= pow(h, Double(i + 1))
            matrix[order - 1][i] -= pow(h, Double(order - i))
        }
        if 2 * h > 1 { matrix[order - 1][0] += pow(2 * h - 1, Double(order)) }
        for i in 0..<order {
            for j in 0..<order where i - j + 1 > 0 { matrix[i][j] /= tgamma(Double(i - j + 2)) }
        }
        // Elements are at most 1 and the order at most 47, so no power up to 140 overflows.
        let share = (1...n).reduce(1.0) { $0 * (Double($1) / Double(n)) }
        return share * power(matrix, n)[k - 1][k - 1]
    }

    /// By squaring, exponent ≥ 1.
    private static func power(_ matrix: [[Double]], _ exponent: Int) -> [[Double]] {
        if exponent == 1 { return matrix }
        let root = power(matrix, exponent / 2)
        let square = multiplied(root, root)
        return exponent % 2 == 0 ? square : multiplied(square, matrix)
    }

    private static func multiplied(_ left: [[Double]], _ right: [[Double]]) -> [[Double]] {
        left.map { row in
            var product = Array(repeating: 0.0, count: right.count)
            for (inner, factor) in row.enumerated() where factor != 0 {
                let other = right[inner]
                for column in product.indices { product[column] += factor * other[column] }
            }
            return product
        }
    }

    /// P(D ≥ d) by the limit law and its corrections in 1/√n, 1/n and 1/n√n; within 5e-6 from 141 on.
    ///
    /// Source: Pelz & Good (1976), *Journal of the Royal Statistical Society* B 38.
    private static func expansion(_ d: Double, count n: Double) -> Double {
        let z = d * n.squareRoot()
        let (z2, z4) = (z * z, z * z * z * z)
        let z6 = z4 * z2
        var (limit, first, second, third) = (0.0, 0.0, 0.0, 0.0)
        // At z = 1.5, the largest there is here, terms beyond the tenth are below 1e-16.
        for k in 0..<20 {
            // Sums over all integers: k + ½ stands for −k − ½ too, and k for −k.
            let halves = squaredPi * (Double(k) + 0.5) * (Double(k) + 0.5)
            let weight = 2 * exp(-halves / (2 * z2))
            limit += weight
            first += weight * (halves - z2)
            second +=
                weight * (6 * z6 + 2 * z4 + halves * (2 * z4 - 5 * z2) + halves * halves * (1 - 2 * z2))
            let cubic = halves * halves * (halves * (5 - 30 * z2) - 60 * z2 + 212 * z4)
            third += weight * (cubic + halves * (135 * z4 - 96 * z6) - 30 * z6 - 90 * z4 * z4)
            let wholes = squaredPi * Double(k) * Double(k)
            let wholeWeight = 2 * exp(-wholes / (2 * z2))
            second -= 2 * z4 * wholeWeight * wholes
            third += 60 * z4 * wholeWeight * wholes * (3 * z2 - wholes)
        }
        let factor = (Double.pi / 2).squareRoot()
        let cdf =
            factor
            * (limit / z + first / (6 * z4 * n.squareRoot()) + second / (72 * z6 * z * n)
                + third / (6480 * z6 * z4 * n * n.squareRoot()))
        return min(1, max(0, 1 - cdf))
    }

    private static let squaredPi = Double.pi * Double.pi
}
