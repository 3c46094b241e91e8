import LinearAlgebra

@testable import Scoring

/// The vector kernel's pass over rows in plain Swift: the same operations in the same order, hence the same bits.
enum LogisticPassReference {
    private static let lanes = 8

    /// The packed result of ``LogisticObjective/vectorPass(_:at:order:)`` with the hessian.
    static func pass(_ objective: LogisticObjective, _ rows: Range<Int>, at b: [Double]) -> [Double] {
        let columns = objective.features.columns
        let count = columns + 1
        var loss = [Double](repeating: 0, count: lanes)
        var extremes = 0.0
        var residuals = loss
        var curvatures = loss
        var gradient = [[Double]](repeating: loss, count: columns)
        var border = gradient
        var hessian = [[Double]](repeating: loss, count: columns * columns)
        for (position, row) in rows.enumerated() {
            let lane = position % lanes
            let z = scaledRow(objective, row)
            let terms = rowTerms(
                logOdds(objective, row, z, b), objective.outcomes[row], objective.weights[row])
            loss[lane] += terms.loss
            if abs(logOdds(objective, row, z, b)) > 23.025850929840457 && objective.weights[row] > 0 {
                extremes += 1
            }
            residuals[lane] += terms.residual
            curvatures[lane] += terms.curvature
            for j in 0..<columns {
                gradient[j][lane].addProduct(terms.residual, z[j])
                border[j][lane].addProduct(terms.curvature, z[j])
                let weighted = terms.curvature * z[j]
                for k in j..<columns { hessian[j * columns + k][lane].addProduct(weighted, z[k]) }
            }
        }
        var result = [laneSum(loss), extremes, laneSum(residuals)] + gradient.map(laneSum)
        for column in 0..<count {
            for row in 0...column {
                if column == 0 {
                    result.append(laneSum(curvatures))
                } else if row == 0 {
                    result.append(laneSum(border[column - 1]))
                } else {
                    result.append(laneSum(hessian[(row - 1) * columns + column - 1]))
                }
            }
        }
        return result
    }

    /// η of one row.
    static func logOdds(_ objective: LogisticObjective, _ row: Int, at b: [Double]) -> Double {
        logOdds(objective, row, scaledRow(objective, row), b)
    }

    private static func scaledRow(_ objective: LogisticObjective, _ row: Int) -> [Double] {
        (0..<objective.features.columns).map {
            objective.scaling.shift[$0].addingProduct(
                objective.features[row, $0], objective.scaling.scale[$0])
        }
    }

    private static func logOdds(
        _ objective: LogisticObjective, _ row: Int, _ z: [Double], _ b: [Double]
    ) -> Double {
        var sum = objective.offset.isEmpty ? b[0] : b[0] + objective.offset[row]
        for j in z.indices { sum.addProduct(b[j + 1], z[j]) }
        return sum
    }

    /// Loss, residual and curvature of one row.
    static func rowTerms(
        _ logOdds: Double, _ y: Double, _ w: Double
    ) -> (loss: Double, residual: Double, curvature: Double) {
        let isPositive = logOdds > 0
        let e = expOfMinus(isPositive ? logOdds : -logOdds)
        let larger = 1 / (1 + e)
        let smaller = e * larger
        let p = isPositive ? larger : smaller
        let notP = isPositive ? smaller : larger
        let linear = isPositive ? logOdds : 0
        return (
            w * (linear.addingProduct(-y, logOdds) + logOnePlus(e)), w * ((1 - y) * p - y * notP),
            w * (larger * smaller)
        )
    }

    /// exp(−x) for x ≥ 0.
    static func expOfMinus(_ x: Double) -> Double {
        let y = x > 708 ? -708 : -x
        let magic = 0x1.8p52
        let shifted = magic.addingProduct(y, 0x1.71547652b82fep0)
        let k = shifted - magic
        var t = y.addingProduct(k, -0x1.62e42fefa39efp-1)
        t = t.addingProduct(k, -0x1.abc9e3b39803fp-56)
        var factorial = 6_227_020_800.0
        var sum = 1 / factorial
        for power in stride(from: 13.0, through: 1, by: -1) {
            factorial /= power
            sum = (1 / factorial).addingProduct(sum, t)
        }
        return Double(bitPattern: sum.bitPattern &+ shifted.bitPattern &<< 52)
    }

    /// log(1 + e) for e in 0 … 1.
    static func logOnePlus(_ e: Double) -> Double {
        let s = e / (2 + e)
        let square = s * s
        var sum = 1.0 / 33
        for odd in stride(from: 31.0, through: 3, by: -2) { sum = (1 / odd).addingProduct(sum, square) }
        let half = s.addingProduct(sum, s * square)
        return half + half
    }

    private static func laneSum(_ l: [Double]) -> Double {
        ((l[0] + l[4]) + (l[2] + l[6])) + ((l[1] + l[5]) + (l[3] + l[7]))
    }
}
