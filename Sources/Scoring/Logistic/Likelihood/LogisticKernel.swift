import CKernels
import LinearAlgebra

/// The code that passes over the rows of a logistic regression.
///
/// The vector versions all give the same bits; the portable one, over OpenBLAS, differs from them by rounding.
enum LogisticKernel: UInt32, Sendable, CaseIterable {
    /// The kernel in whatever instructions the compiler takes for granted; without fused multiply-add it is slow.
    case plain = 0
    /// The kernel in 256-bit instructions.
    case avx2 = 1
    /// The kernel in 512-bit instructions.
    case avx512 = 2
    /// Blocks of rows through OpenBLAS.
    case portable = 3

    /// The fastest this processor can run.
    static let fastest: LogisticKernel = {
        let widest = obligor_widest_instructions().rawValue
        return widest == LogisticKernel.plain.rawValue
            ? .portable : LogisticKernel(rawValue: widest) ?? .portable
    }()

    /// Every kernel this processor can run.
    static var available: [LogisticKernel] {
        let widest = obligor_widest_instructions().rawValue
        return allCases.filter { $0 == .portable || $0.rawValue <= widest }
    }
}

extension LogisticObjective {
    /// How much a pass works out.
    enum Order: UInt32, Sendable {
        /// The loss alone.
        case loss = 0
        /// The loss and its gradient.
        case gradient = 1
        /// The loss, its gradient and its hessian.
        case hessian = 2

        /// Numbers in a packed result: the loss, the number of extreme rows, then `count` of the gradient, then the
        /// hessian's upper triangle.
        func resultCount(coefficients count: Int) -> Int {
            switch self {
            case .loss: 2
            case .gradient: 2 + count
            case .hessian: 2 + count + count * (count + 1) / 2
            }
        }
    }

    /// Loss, gradient and hessian of some rows through a vector kernel, packed as ``Order`` has it.
    func vectorPass(_ rows: Range<Int>, at coefficients: [Double], order: Order) -> [Double] {
        checkShapes(rows, coefficients)
        let order = obligor_logistic_order(order.rawValue)
        let instructions = obligor_instructions(kernel.rawValue)
        let columns = Int64(features.columns)
        var scratch = [Double](repeating: 0, count: Int(obligor_logistic_scratch(columns, order)))
        var result = [Double](
            repeating: 0, count: Order.hessian.resultCount(coefficients: coefficientCount))
        // SAFETY: the kernel reads the rows in `rows`, which lie inside every array (checked above), and writes
        // only `scratch`, of the length it asked for, and `result`, which has room for the highest order.
        unsafe obligor_logistic_pass(
            instructions, features.elements, Int64(features.rows), columns, Int64(rows.lowerBound),
            Int64(rows.count), scaling.scale, scaling.shift, outcomes, weights, offset.isEmpty ? nil : offset,
            coefficients, order, &scratch, &result)
        return result
    }

    /// η of some rows through a vector kernel.
    func vectorLogOdds(_ rows: Range<Int>, at coefficients: [Double], into target: inout MutableSpan<Double>)
    {
        checkShapes(rows, coefficients)
        precondition(target.count == rows.count)
        let instructions = obligor_instructions(kernel.rawValue)
        // SAFETY: the kernel reads the rows in `rows`, which lie inside every array (checked above), and writes
        // one number for each into `target`, whose length was just checked.
        unsafe target.withUnsafeMutableBufferPointer { logOdds in
            unsafe obligor_logistic_log_odds(
                instructions, features.elements, Int64(features.rows), Int64(features.columns),
                Int64(rows.lowerBound), Int64(rows.count), scaling.scale, scaling.shift,
                offset.isEmpty ? nil : offset, coefficients, logOdds.baseAddress)
        }
    }

    /// Traps unless the arrays are as long as the kernels take them to be.
    private func checkShapes(_ rows: Range<Int>, _ coefficients: [Double]) {
        let count = features.rows
        precondition(rows.lowerBound >= 0 && rows.upperBound <= count, "rows \(rows) of \(count)")
        precondition(
            outcomes.count == count && weights.count == count && (offset.isEmpty || offset.count == count),
            "outcomes, weights or offset do not match \(count) rows")
        precondition(
            coefficients.count == coefficientCount && scaling.scale.count == features.columns
                && scaling.shift.count == features.columns,
            "\(coefficients.count) coefficients for \(features.columns) columns")
    }
}
