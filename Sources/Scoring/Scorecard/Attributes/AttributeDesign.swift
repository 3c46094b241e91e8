import Glibc
import LinearAlgebra
import Parallelism

/// The negative log-likelihood of a regression on the attributes of binned characteristics.
///
///     ηᵢ = α + Σⱼ (βⱼ · WOE(aᵢⱼ) + δ(aᵢⱼ))       aᵢⱼ the attribute of row i in characteristic j
///     loss = Σᵢ wᵢ [log(1 + e^ηᵢ) − yᵢ ηᵢ]
///
/// Coefficients are ordered [α, β₁ … β_J, δ of every attribute]. A row in no bin of a characteristic gets nothing from
/// it. The pass over the rows adds up cells of attribute pairs, O(n·J²), and never forms the one-hot columns.
struct AttributeDesign: Sendable {
    /// Which attributes belong to each of the J characteristics; they follow each other.
    let characteristics: [Range<Int>]
    /// WOE of every attribute, length q.
    let woes: [Double]
    /// The attribute of every row and characteristic, row by row; q for none.
    let attributes: [UInt32]
    /// y as 0 or 1, length n.
    let outcomes: [Double]
    /// w ≥ 0, length n.
    let weights: [Double]
    /// Threads; the result does not depend on them.
    let workers: Workers

    /// Loss, gradient and hessian in [α, β, δ].
    struct Derivatives {
        let loss: Double
        let gradient: [Double]
        let hessian: Matrix
    }

    /// A design from the bins of every characteristic.
    ///
    /// - Parameters:
    ///   - woes: WOE by characteristic and bin.
    ///   - bins: The bin of every row by characteristic; the count of its bins for none.
    init(woes: [[Double]], bins: [[UInt16]], defaulted: [Bool], weights: [Double]?, workers: Workers) {
        precondition(woes.count == bins.count, "\(woes.count) characteristics, \(bins.count) columns of bins")
        precondition(bins.allSatisfy { $0.count == defaulted.count }, "bins and outcomes differ in number")
        var characteristics: [Range<Int>] = []
        var first = 0
        for ofBins in woes {
            characteristics.append(first..<first + ofBins.count)
            first += ofBins.count
        }
        var attributes = [UInt32](repeating: UInt32(first), count: defaulted.count * woes.count)
        for (place, column) in bins.enumerated() {
            let range = characteristics[place]
            for (row, bin) in column.enumerated() where Int(bin) < range.count {
                attributes[row * woes.count + place] = UInt32(range.lowerBound) + UInt32(bin)
            }
        }
        self.characteristics = characteristics
        self.woes = woes.flatMap { $0 }
        self.attributes = attributes
        outcomes = defaulted.map { $0 ? 1 : 0 }
        self.weights = weights ?? Array(repeating: 1, count: defaulted.count)
        self.workers = workers
    }

    /// 1 + J + q.
    var coefficientCount: Int { 1 + characteristics.count + woes.count }

    /// The place of an attribute's δ among the coefficients.
    func place(ofAttribute attribute: Int) -> Int { 1 + characteristics.count + attribute }

    /// β · WOE + δ of every attribute.
    func contributions(at coefficients: [Double]) -> [Double] {
        var contributions = woes
        for (place, range) in characteristics.enumerated() {
            for attribute in range {
                contributions[attribute] =
                    coefficients[1 + place] * woes[attribute]
                    + coefficients[self.place(ofAttribute: attribute)]
            }
        }
        return contributions
    }

    /// Loss with its derivatives.
    func derivatives(at coefficients: [Double]) -> Derivatives {
        let sums = sums(intercept: coefficients[0], contributions: contributions(at: coefficients) + [0])
        let (slopes, count) = (characteristics.count, coefficientCount)
        let stride = woes.count + 1
        let cells = sums.cells.span
        var hessian = Matrix(rows: count, columns: count)
        hessian[0, 0] = sums.curvature
        for column in woes.indices {
            for row in 0...column {
                let cell = cells[column * stride + row]
                hessian[1 + slopes + row, 1 + slopes + column] = cell
                hessian[1 + slopes + column, 1 + slopes + row] = cell
            }
            // The sum over a row's own cell is that of the rows with the attribute.
            hessian[0, 1 + slopes + column] = cells[column * stride + column]
            hessian[1 + slopes + column, 0] = cells[column * stride + column]
        }
        var gradient = [Double](repeating: 0, count: count)
        gradient[0] = sums.slope
        // Sums in a fixed order, not products by OpenBLAS, so that no last digit depends on the processor.
        for (place, range) in characteristics.enumerated() {
            for attribute in range {
                let (woe, index) = (woes[attribute], 1 + slopes + attribute)
                gradient[1 + place] += woe * sums.slopes[attribute]
                gradient[index] = sums.slopes[attribute]
                for other in 0..<count where other == 0 || other > slopes {
                    hessian[other, 1 + place] += woe * hessian[other, index]
                }
            }
        }
        for (place, range) in characteristics.enumerated() {
            for attribute in range {
                for other in 0..<slopes {
                    hessian[1 + place, 1 + other] +=
                        woes[attribute] * hessian[1 + slopes + attribute, 1 + other]
                }
            }
            for other in 0..<count where other == 0 || other > slopes {
                hessian[1 + place, other] = hessian[other, 1 + place]
            }
        }
        return Derivatives(loss: sums.loss, gradient: gradient, hessian: hessian)
    }
}

extension AttributeDesign {
    /// Sums over rows.
    private struct Sums: Sendable {
        var loss = 0.0
        /// Σ w (p − y), and the same by attribute.
        var slope = 0.0
        var slopes: [Double]
        /// Σ w p (1 − p), and the same by pair of attributes, the upper triangle column by column.
        var curvature = 0.0
        var cells: [Double]

        init(loss: Double, slope: Double, slopes: [Double], curvature: Double, cells: [Double]) {
            self.loss = loss
            self.slope = slope
            self.slopes = slopes
            self.curvature = curvature
            self.cells = cells
        }

        /// No rows.
        init(zero count: Int) {
            slopes = Array(repeating: 0, count: count)
            cells = Array(repeating: 0, count: count * count)
        }

        mutating func add(_ other: Sums) {
            loss += other.loss
            slope += other.slope
            curvature += other.curvature
            for index in slopes.indices { slopes[index] += other.slopes[index] }
            for index in cells.indices { cells[index] += other.cells[index] }
        }
    }

    /// The sums at given contributions, of which the last is that of no attribute.
    private func sums(intercept: Double, contributions: [Double]) -> Sums {
        // At most 32 blocks, so that their cells stay small beside the rows; cut by the number of rows alone.
        let blockSize = max(8192, (outcomes.count + 31) / 32)
        return workers.reduce(
            outcomes.count, blockSize: blockSize, into: Sums(zero: contributions.count)
        ) { rows in
            part(rows, intercept, contributions.span, attributes.span, outcomes.span, weights.span)
        } combine: { total, part in
            total.add(part)
        }
    }

    private func part(
        _ rows: Range<Int>, _ intercept: Double, _ contributions: Span<Double>, _ attributes: Span<UInt32>,
        _ outcomes: Span<Double>, _ weights: Span<Double>
    ) -> Sums {
        var slopeSums = [Double](repeating: 0, count: contributions.count)
        var cellSums = [Double](repeating: 0, count: contributions.count * contributions.count)
        let width = characteristics.count
        let stride = contributions.count
        var slopes = slopeSums.mutableSpan
        var cells = cellSums.mutableSpan
        var (loss, slope, curvature) = (0.0, 0.0, 0.0)
        for row in rows {
            let start = row &* width
            var logOdds = intercept
            for place in start..<start &+ width { logOdds += contributions[Int(attributes[place])] }
            let (outcome, weight) = (outcomes[row], weights[row])
            // e^−|η| cannot overflow.
            let small = exp(-abs(logOdds))
            let pd = logOdds >= 0 ? 1 / (1 + small) : small / (1 + small)
            loss += weight * (max(logOdds, 0) + log1p(small) - outcome * logOdds)
            let residual = weight * (pd - outcome)
            let information = weight * pd * (1 - pd)
            slope += residual
            curvature += information
            for place in start..<start &+ width {
                let attribute = Int(attributes[place])
                slopes[attribute] += residual
                let column = attribute &* stride
                for other in start...place { cells[column &+ Int(attributes[other])] += information }
            }
        }
        return Sums(loss: loss, slope: slope, slopes: slopeSums, curvature: curvature, cells: cellSums)
    }
}
