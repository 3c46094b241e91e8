import Glibc
import LinearAlgebra
import Parallelism

/// The negative log-likelihood of a logistic regression and its derivatives, on one set of observations.
///
/// With η = o + β₀ + Zβ, zⱼ = scaleⱼ · xⱼ + shiftⱼ, and coefficients ordered [β₀, β₁ … β_p]:
///
///     loss      ℓ(β) = Σᵢ wᵢ [log(1 + e^ηᵢ) − yᵢ ηᵢ]
///     gradient  Σᵢ wᵢ (pᵢ − yᵢ) zᵢ
///     hessian   Σᵢ wᵢ pᵢ (1 − pᵢ) zᵢ zᵢᵀ
///
/// where zᵢ starts with a 1 for the intercept. Penalties are the business of the solvers. Each call is one pass
/// over the features, in blocks of rows whose sums are added in the order of the blocks.
struct LogisticObjective: Sendable {
    /// X, shape (n, p), without the intercept column.
    let features: Matrix
    /// y as 0 or 1, length n.
    let outcomes: [Double]
    /// w ≥ 0, length n.
    let weights: [Double]
    /// o, length n; empty for none.
    let offset: [Double]
    /// Threads to spread blocks of rows over; the result does not depend on them.
    let workers: Workers
    /// The change of the columns that is applied while reading; the coefficients are those of the changed columns.
    let scaling: ColumnScaling
    /// The code that passes over the rows.
    let kernel: LogisticKernel
    /// How many rows of each block of ``blockSize`` count, from its first on; the rest is passed over.
    private(set) var rowsPerBlock = LogisticObjective.blockSize

    /// Rows in a block, the unit of work for a thread; part of the result's definition.
    static let blockSize = 8192

    /// What one pass over the data gives.
    struct Derivatives: Sendable {
        /// ℓ(β).
        var loss: Double
        /// Rows with w > 0 whose probability is below 1e-10 or above 1 − 1e-10.
        var extremeRows = 0
        /// Length p + 1, intercept first.
        var gradient: [Double]
        /// Shape (p + 1, p + 1), symmetric, intercept first.
        var hessian: Matrix
    }

    init(
        features: Matrix, outcomes: [Double], weights: [Double], offset: [Double], workers: Workers,
        scaling: ColumnScaling? = nil, kernel: LogisticKernel = .fastest
    ) {
        self.features = features
        self.outcomes = outcomes
        self.weights = weights
        self.offset = offset
        self.workers = workers
        self.scaling = scaling ?? .identity(columns: features.columns)
        self.kernel = kernel
    }

    /// Number of coefficients with the intercept, p + 1.
    var coefficientCount: Int { features.columns + 1 }

    /// η at the coefficients, length n.
    func logOdds(at coefficients: [Double]) -> [Double] {
        workers.fill(features.rows, blockSize: Self.blockSize, repeating: 0) { rows, block in
            logOdds(rows, at: coefficients, into: &block)
        }
    }

    /// ℓ at the coefficients.
    func loss(at coefficients: [Double]) -> Double { pass(at: coefficients, order: .loss)[0] }

    /// ℓ and its gradient at the coefficients.
    func lossAndGradient(at coefficients: [Double]) -> (loss: Double, gradient: [Double]) {
        let result = pass(at: coefficients, order: .gradient)
        return (result[0], Array(result[2..<2 + coefficientCount]))
    }

    /// ℓ, gradient and hessian at the coefficients.
    func derivatives(at coefficients: [Double]) -> Derivatives {
        let count = coefficientCount
        let result = pass(at: coefficients, order: .hessian)
        var hessian = Matrix(rows: count, columns: count)
        var position = 2 + count
        for column in 0..<count {
            for row in 0...column {
                hessian[row, column] = result[position]
                hessian[column, row] = result[position]
                position += 1
            }
        }
        return Derivatives(
            loss: result[0], extremeRows: Int(result[1]), gradient: Array(result[2..<2 + count]),
            hessian: hessian)
    }

    /// The same likelihood on the first `rows` rows of every block alone, without a copy.
    func sampled(rowsPerBlock rows: Int) -> LogisticObjective {
        precondition(rows >= 1 && rows <= Self.blockSize, "\(rows) rows of a block")
        var sample = self
        sample.rowsPerBlock = rows
        return sample
    }

    /// The rows that a sample counts.
    func sampledRows() -> [Range<Int>] {
        stride(from: 0, to: features.rows, by: Self.blockSize).map { start in
            start..<min(features.rows, start + rowsPerBlock)
        }
    }
}

extension LogisticObjective {
    /// The sum of the blocks' results, packed as ``Order`` has it.
    private func pass(at coefficients: [Double], order: Order) -> [Double] {
        let resultCount = order.resultCount(coefficients: coefficientCount)
        var total = [Double](repeating: 0, count: resultCount)
        let blocks = sampledRows()
        // Blocks are added in their order whatever the number in flight, which only bounds the memory: 32 MB.
        let inFlight = max(4 * workers.threads, 4_000_000 / resultCount)
        for first in stride(from: 0, to: blocks.count, by: inFlight) {
            let parts = workers.map(min(inFlight, blocks.count - first)) { part in
                let block = blocks[first + part]
                return kernel == .portable
                    ? portablePass(block, at: coefficients, order: order)
                    : vectorPass(block, at: coefficients, order: order)
            }
            for part in parts {
                for index in total.indices { total[index] += part[index] }
            }
        }
        return total
    }

    private func logOdds(
        _ rows: Range<Int>, at coefficients: [Double], into target: inout MutableSpan<Double>
    ) {
        if kernel == .portable {
            portableLogOdds(rows, at: coefficients, into: &target)
        } else {
            vectorLogOdds(rows, at: coefficients, into: &target)
        }
    }
}
