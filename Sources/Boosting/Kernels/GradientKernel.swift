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

    /// w (pₖ − 1{y = k}) and w K ÷ (K − 1) pₖ (1 − pₖ) of the K-class log loss, a store for each class.
    ///
    /// - Parameter scores: Class after class, as many as there are outcomes each.
    static func softmax(
        _ gradients: [GradientStore], rows: Range<Int>, scores: AlignedBuffer<Double>, outcomes: [Float],
        weights: [Float], instructions: Instructions
    ) {
        let classes = gradients.count
        precondition(rows.lowerBound >= 0 && rows.upperBound <= outcomes.count && classes >= 2)
        precondition(scores.count == classes * outcomes.count)
        precondition(
            gradients.allSatisfy { rows.upperBound <= min($0.gradients.count, $0.hessians.count) })
        precondition(weights.isEmpty || rows.upperBound <= weights.count)
        // SAFETY: the range was checked against every array, and stores and scores outlive the call.
        let first = unsafe gradients.map { unsafe Optional($0.gradients.start) }
        let second = unsafe gradients.map { unsafe Optional($0.hessians.start) }
        unsafe outcomes.withUnsafeBufferPointer { outcomes in
            unsafe weights.withUnsafeBufferPointer { weights in
                guard let labels = outcomes.baseAddress else { return }
                unsafe obligor_softmax_gradients(
                    instructions.kernelValue, scores.start, outcomes.count, classes, labels,
                    weights.isEmpty ? nil : weights.baseAddress, rows.lowerBound, rows.count, first, second)
            }
        }
        withExtendedLifetime((gradients, scores)) {}
    }
}
