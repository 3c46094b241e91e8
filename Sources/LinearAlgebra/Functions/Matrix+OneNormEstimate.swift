import CLAPACKE

extension Matrix {
    /// An estimate of ‖A₁·A₂·…‖₁ from below, without forming the product; usually exact or within a factor 3.
    ///
    /// Source: Higham (1988), "FORTRAN codes for estimating the one-norm of a real or complex matrix"; LAPACK's
    /// dlacn2, which asks for products with a vector until it is content.
    static func estimatedOneNorm(ofProduct factors: [Matrix]) throws(LinearAlgebraError) -> Double {
        let order = factors.first?.rows ?? 0
        precondition(
            factors.allSatisfy { $0.isSquare && $0.rows == order }, "factors of different orders")
        let n = try OpenBLAS.dimension(order)
        guard order > 0 else { return 0 }
        var scratch = [Double](repeating: 0, count: order)
        var vector = scratch
        var signs = [Int32](repeating: 0, count: order)
        var state: [Int32] = [0, 0, 0]
        var estimate = 0.0
        var request: Int32 = 0
        while true {
            // SAFETY: the vectors hold `order` elements and the state three; dlacn2 writes only there.
            let status = unsafe LAPACKE_dlacn2(n, &scratch, &vector, &signs, &estimate, &request, &state)
            try OpenBLAS.check(status, from: "dlacn2", in: .exponential)
            switch request {
            case 1: for factor in factors.reversed() { vector = try factor.times(vector) }
            case 2: for factor in factors { vector = try factor.transposedTimes(vector) }
            default: return estimate
            }
        }
    }
}
