import CKernels
import Parallelism

/// First and second derivatives of the loss by row for one output, exact and packed for histograms.
@safe
final class GradientStore: @unchecked Sendable {
    // Sendable holds because blocks of rows are written by one thread each and read after the join.

    /// By row.
    let gradients: AlignedBuffer<Float>
    /// By row, ≥ 0.
    let hessians: AlignedBuffer<Float>
    /// By row, both rounded to 16 bits; filled by ``pack(key:leafRows:workers:instructions:)``.
    let packed: AlignedBuffer<Int32>
    /// What one unit of a packed gradient and of a packed hessian stands for.
    private(set) var unit = SIMD2<Double>(1, 1)

    private let blockRows = 8192

    init(rowCount: Int) {
        gradients = AlignedBuffer(count: rowCount)
        hessians = AlignedBuffer(count: rowCount)
        packed = AlignedBuffer(count: rowCount)
    }

    /// Sums over rows that decide whether rounding would be felt.
    struct Extent: Sendable, Equatable {
        /// The largest absolute gradient and the largest hessian.
        var largest = SIMD2<Float>(0, 0)
        /// Sums of absolute gradients and of hessians.
        var sum = SIMD2<Double>(0, 0)
        /// Sum of squared gradients.
        var squares = 0.0
    }

    /// Rounds gradients to 16 bits, unless that would add noticeable noise.
    ///
    /// Rounding up or down at random keeps every sum unbiased. Its variance is at most u·Σ|g| for a unit u, to be
    /// compared with Σg², the sampling variance of the sum itself; that of a hessian is at most u·H, to be compared
    /// with H² in the smallest leaf. Where either is above 1 %, as with weights of very different size, histograms are
    /// built from the exact values.
    ///
    /// - Parameters:
    ///   - key: Names the stream of roundings, one for every tree.
    ///   - leafRows: Rows of the smallest leaf.
    /// - Returns: Whether the packed values may be used.
    func pack(key: UInt64, leafRows: Int, workers: Workers, instructions: Instructions) -> Bool {
        let rows = gradients.count
        let extent = workers.reduce(rows, blockSize: blockRows, into: Extent()) { range in
            self.extent(of: range, instructions: instructions)
        } combine: { total, part in
            total.largest = pointwiseMax(total.largest, part.largest)
            total.sum += part.sum
            total.squares += part.squares
        }
        guard extent.largest.x > 0, extent.largest.y > 0, extent.largest.x.isFinite, extent.largest.y.isFinite
        else { return false }
        let levels = Float(Self.levels(rows: rows))
        guard levels >= 8 else { return false }
        let scale = SIMD2(levels, levels) / extent.largest
        guard scale.x.isFinite, scale.y.isFinite else { return false }
        unit = SIMD2<Double>(1 / Double(scale.x), 1 / Double(scale.y))
        let noise = unit * extent.sum
        let smallestLeaf = extent.sum.y * min(1, Double(leafRows) / Double(rows))
        guard noise.x <= 0.01 * extent.squares, unit.y <= 0.01 * smallestLeaf else { return false }
        let mixed = UInt32(truncatingIfNeeded: SplitMix.hash(key))
        workers.forEach((rows + blockRows - 1) / blockRows) { block in
            let first = block * self.blockRows
            // SAFETY: the block lies inside all three buffers, which have one element per row.
            unsafe obligor_pack_gradients(
                instructions.kernelValue, self.gradients.start + first, self.hessians.start + first, first,
                min(self.blockRows, rows - first), scale.x, scale.y, mixed, self.packed.start + first)
        }
        return true
    }

    /// Steps to either side of 0 that gradients are rounded to.
    ///
    /// The high half of a packed sum holds all gradients with their sign, even if all have the largest: n rows of L + 1
    /// steps (rounding may go one up) stay below 2³¹. The low half holds the hessians as well, which are not negative.
    static func levels(rows: Int) -> Int { min(32_000, ((1 << 31) - 1) / max(1, rows) - 1) }

    /// The extent of a range of rows.
    func extent(of rows: Range<Int>, instructions: Instructions) -> Extent {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= gradients.count)
        // SAFETY: the rows lie inside both buffers.
        let found = unsafe obligor_extent_of_gradients(
            instructions.kernelValue, gradients.start + rows.lowerBound, hessians.start + rows.lowerBound,
            rows.count)
        return Extent(
            largest: SIMD2(found.largest_gradient, found.largest_hessian),
            sum: SIMD2(found.gradients, found.hessians), squares: found.squares)
    }

    /// Gradient and hessian summed over listed rows, in their order.
    func sum(over rows: AlignedBuffer<UInt32>, _ range: Range<Int>) -> SIMD2<Double> {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows.count)
        var sum = SIMD2<Double>(0, 0)
        for position in range {
            // SAFETY: row numbers are below the row count by construction.
            let row = unsafe Int(rows.start[position])
            sum += unsafe SIMD2(Double(gradients.start[row]), Double(hessians.start[row]))
        }
        return sum
    }
}
