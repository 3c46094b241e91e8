import CKernels

/// The search for the best threshold in one feature's histogram, many thresholds at a time.
enum ThresholdKernel {
    /// A way to part a leaf's rows at a threshold.
    struct Threshold: Sendable, Equatable {
        /// Reduction of twice the objective.
        var gain: Double
        /// The last bin on the left.
        var bin: Int
        /// Whether missing values go left; `nil` where the leaf has none.
        var missingGoesLeft: Bool?
        /// Gradient and hessian of the left side, in units of the histogram.
        var left: SIMD2<Double>

        fileprivate init?(_ found: obligor_threshold) {
            guard found.gain >= 0 else { return nil }
            gain = found.gain
            bin = Int(found.bin)
            missingGoesLeft = found.missing_left < 0 ? nil : found.missing_left == 1
            left = SIMD2(found.left_gradient, found.left_hessian)
        }
    }

    /// Numbers of scratch room that a search needs for every bin.
    static let scratchPerBin = Int(OBLIGOR_THRESHOLD_SCRATCH)

    /// Searches packed sums: one per value bin, and behind them that of missing values.
    ///
    /// - Parameters:
    ///   - counts: Rows by bin, or `nil` to share them out as the hessian is.
    ///   - toBeat: A gain that another feature has; a threshold that gains no more need not be found.
    ///   - scratch: At least ``scratchPerBin`` numbers per bin.
    static func best(
        packed: Span<Int64>, counts: [UInt32]?, terms: SplitTerms, toBeat: Double = 0,
        scratch: inout [Double], instructions: Instructions
    ) -> Threshold? {
        let bins = packed.count - 1
        precondition(bins >= 1 && scratch.count >= scratchPerBin * bins)
        precondition(counts.map { $0.count > bins } != false)
        // SAFETY: the kernel reads bins + 1 sums and counts and writes scratchPerBin · bins numbers, as checked.
        let found = unsafe packed.withUnsafeBufferPointer { sums in
            unsafe scratch.withUnsafeMutableBufferPointer { scratch in
                unsafe withOptionalPointer(counts) { counts in
                    unsafe obligor_best_threshold_packed(
                        instructions.kernelValue, sums.baseAddress, counts, bins,
                        terms.kernelValue(toBeat: toBeat),
                        scratch.baseAddress)
                }
            }
        }
        return Threshold(found)
    }

    /// Searches sums in pairs of doubles; otherwise as for packed ones.
    static func best(
        exact: Span<Double>, counts: [UInt32]?, terms: SplitTerms, toBeat: Double = 0,
        scratch: inout [Double], instructions: Instructions
    ) -> Threshold? {
        let bins = exact.count / 2 - 1
        precondition(bins >= 1 && scratch.count >= scratchPerBin * bins)
        precondition(counts.map { $0.count > bins } != false)
        // SAFETY: as above, with two numbers a sum.
        let found = unsafe exact.withUnsafeBufferPointer { sums in
            unsafe scratch.withUnsafeMutableBufferPointer { scratch in
                unsafe withOptionalPointer(counts) { counts in
                    unsafe obligor_best_threshold_exact(
                        instructions.kernelValue, sums.baseAddress, counts, bins,
                        terms.kernelValue(toBeat: toBeat),
                        scratch.baseAddress)
                }
            }
        }
        return Threshold(found)
    }

    private static func withOptionalPointer<Value>(
        _ values: [UInt32]?, _ body: (UnsafePointer<UInt32>?) -> Value
    ) -> Value {
        guard let values else { return body(nil) }
        return unsafe values.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
    }
}

extension SplitTerms {
    fileprivate func kernelValue(toBeat: Double) -> obligor_split_terms {
        obligor_split_terms(
            gradient: total.x, hessian: total.y, rows: rows, gradient_unit: unit.x, hessian_unit: unit.y,
            minimum_rows: minimumRows, minimum_hessian: minimumHessian, l1: l1, l2: l2, lower: bounds.lower,
            upper: bounds.upper, direction: Int32(direction), parent_worth: parentWorth,
            minimum_gain: minimumGain, to_beat: toBeat)
    }
}
