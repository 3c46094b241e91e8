import CKernels

/// Derivatives of losses over a range of rows.
enum GradientKernel {
    /// w (p − y) and w p (1 − p) of the binary log loss.
    static func binary(
        _ gradients: GradientStore, rows: Range<Int>, scores: AlignedBuffer<Double>, outcomes: [Float],
        weights: [Float], instructions: Instructions
    ) {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= min(scores.count, outcomes.count))
        precondition(rows.upperBound <= gradients.gradients.count)
        precondition(weights.isEmpty || rows.upperBound <= weights.count)
        let first = rows.lowerBound
        // SAFETY: the range was checked against every array.
        unsafe outcomes.withUnsafeBufferPointer { outcomes in
            unsafe weights.withUnsafeBufferPointer { weights in
                guard let outcomes = outcomes.baseAddress else { return }
                let weights = unsafe weights.isEmpty ? nil : weights.baseAddress.map { unsafe $0 + first }
                unsafe obligor_binary_gradients(
                    instructions.kernelValue, scores.start + first, outcomes + first, weights, rows.count,
                    gradients.gradients.start + first, gradients.hessians.start + first)
            }
        }
    }
}
