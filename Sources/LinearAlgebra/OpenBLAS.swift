import CBLAS

/// The door through which every call to BLAS and LAPACK gets its dimensions.
///
/// OpenBLAS is told once, before the first of them, to stay on the caller's thread: its own threads would cut
/// sums at places that depend on their number, and would compete with ours for the processors.
enum OpenBLAS {
    private static let singleThreaded: Void = openblas_set_num_threads(1)

    /// A dimension as the 32-bit integer that the C interface takes.
    static func dimension(_ count: Int) throws(LinearAlgebraError) -> Int32 {
        _ = singleThreaded
        guard let dimension = Int32(exactly: count) else { throw .tooLarge(dimension: count) }
        return dimension
    }

    /// The distance between columns; BLAS wants at least 1 even for an empty matrix.
    static func stride(_ rows: Int) throws(LinearAlgebraError) -> Int32 { try dimension(max(1, rows)) }

    /// How many threads OpenBLAS uses.
    static var threads: Int {
        _ = singleThreaded
        return Int(openblas_get_num_threads())
    }

    /// Translates the statuses that every LAPACKE routine shares; positive ones are left to the caller.
    ///
    /// - Parameters:
    ///   - status: What the routine returned; −k means that it rejected argument k, which no input can cause.
    ///   - routine: Its name, for the message.
    ///   - operation: What it was called for.
    static func check(
        _ status: Int32, from routine: StaticString, in operation: MatrixOperation
    ) throws(LinearAlgebraError) {
        // LAPACK_WORK_MEMORY_ERROR and LAPACK_TRANSPOSE_MEMORY_ERROR.
        if status == -1010 || status == -1011 { throw .outOfMemory(operation) }
        precondition(status >= 0, "\(routine) rejected argument \(-status)")
    }
}
