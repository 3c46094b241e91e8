import CKernels

/// Calls of the vector kernels that add one column's contributions to the sums of a block of rows.
enum ContributionKernel {
    /// The instructions that a kernel may use; every choice gives the same bits.
    enum Instructions: UInt32, CaseIterable {
        case plain = 0
        case avx2 = 1
        case avx512 = 2

        /// The widest that this processor has.
        static let widest = Instructions(rawValue: obligor_widest_instructions().rawValue) ?? .plain

        fileprivate var kernelValue: obligor_instructions { obligor_instructions(rawValue: rawValue) }
    }

    /// The contributions of a stepwise column, in the layout of the kernels.
    struct Slots<Value: BinaryFloatingPoint & Sendable>: Sendable {
        /// Ascending edges.
        let edges: [Value]
        /// Special values.
        let specials: [Value]
        /// Bins, then missing, then special values.
        let contributions: [Double]
    }

    static func add(
        _ slots: Slots<Double>, of values: Span<Double>, to sums: inout MutableSpan<Double>,
        instructions: Instructions = .widest
    ) {
        precondition(values.count == sums.count)
        precondition(slots.contributions.count == slots.edges.count + 2 + slots.specials.count)
        // SAFETY: the kernel reads count values and the arrays whose lengths were just checked, and writes
        // count sums.
        unsafe values.withUnsafeBufferPointer { values in
            unsafe sums.withUnsafeMutableBufferPointer { sums in
                unsafe slots.edges.withUnsafeBufferPointer { edges in
                    unsafe slots.specials.withUnsafeBufferPointer { specials in
                        unsafe slots.contributions.withUnsafeBufferPointer { contributions in
                            let bins = unsafe obligor_bins_f64(
                                edges: edges.baseAddress, edge_count: edges.count,
                                specials: specials.baseAddress, special_count: specials.count,
                                contributions: contributions.baseAddress)
                            unsafe obligor_add_binned_f64(
                                instructions.kernelValue, values.baseAddress, values.count, bins,
                                sums.baseAddress)
                        }
                    }
                }
            }
        }
    }

    static func add(
        _ slots: Slots<Float>, of values: Span<Float>, to sums: inout MutableSpan<Double>,
        instructions: Instructions = .widest
    ) {
        precondition(values.count == sums.count)
        precondition(slots.contributions.count == slots.edges.count + 2 + slots.specials.count)
        // SAFETY: as above.
        unsafe values.withUnsafeBufferPointer { values in
            unsafe sums.withUnsafeMutableBufferPointer { sums in
                unsafe slots.edges.withUnsafeBufferPointer { edges in
                    unsafe slots.specials.withUnsafeBufferPointer { specials in
                        unsafe slots.contributions.withUnsafeBufferPointer { contributions in
                            let bins = unsafe obligor_bins_f32(
                                edges: edges.baseAddress, edge_count: edges.count,
                                specials: specials.baseAddress, special_count: specials.count,
                                contributions: contributions.baseAddress)
                            unsafe obligor_add_binned_f32(
                                instructions.kernelValue, values.baseAddress, values.count, bins,
                                sums.baseAddress)
                        }
                    }
                }
            }
        }
    }

    static func add(
        _ line: AdditiveScorer.Line, of values: Span<Double>, to sums: inout MutableSpan<Double>
    ) {
        precondition(values.count == sums.count)
        unsafe withKernelLine(line) { line in
            // SAFETY: the kernel reads count values and writes count sums.
            unsafe values.withUnsafeBufferPointer { values in
                unsafe sums.withUnsafeMutableBufferPointer { sums in
                    unsafe obligor_add_linear_f64(values.baseAddress, values.count, line, sums.baseAddress)
                }
            }
        }
    }

    static func add(
        _ line: AdditiveScorer.Line, of values: Span<Float>, to sums: inout MutableSpan<Double>
    ) {
        precondition(values.count == sums.count)
        unsafe withKernelLine(line) { line in
            // SAFETY: the kernel reads count values and writes count sums.
            unsafe values.withUnsafeBufferPointer { values in
                unsafe sums.withUnsafeMutableBufferPointer { sums in
                    unsafe obligor_add_linear_f32(values.baseAddress, values.count, line, sums.baseAddress)
                }
            }
        }
    }

    /// Adds contributions[code], or the last contribution for a code beyond the table.
    static func add(
        _ contributions: [Double], ofCodes codes: Span<UInt32>, to sums: inout MutableSpan<Double>
    ) {
        precondition(codes.count == sums.count && !contributions.isEmpty)
        // SAFETY: the kernel reads count codes, looks up at most the last contribution, and writes count sums.
        unsafe codes.withUnsafeBufferPointer { codes in
            unsafe sums.withUnsafeMutableBufferPointer { sums in
                unsafe contributions.withUnsafeBufferPointer { contributions in
                    unsafe obligor_add_codes_u32(
                        codes.baseAddress, codes.count, contributions.baseAddress, contributions.count - 1,
                        sums.baseAddress)
                }
            }
        }
    }

    /// Adds contributions[code]; the table has 256 entries, equal from entry `used` on.
    static func add(
        _ contributions: [Double], used: Int, ofCodes codes: Span<UInt8>,
        to sums: inout MutableSpan<Double>, instructions: Instructions = .widest
    ) {
        precondition(codes.count == sums.count && contributions.count == 256)
        // SAFETY: the kernel reads count codes, looks up one of 256 contributions, and writes count sums.
        unsafe codes.withUnsafeBufferPointer { codes in
            unsafe sums.withUnsafeMutableBufferPointer { sums in
                unsafe contributions.withUnsafeBufferPointer { contributions in
                    unsafe obligor_add_codes_u8(
                        instructions.kernelValue, codes.baseAddress, codes.count, contributions.baseAddress,
                        used,
                        sums.baseAddress)
                }
            }
        }
    }

    private static func withKernelLine(_ line: AdditiveScorer.Line, _ body: (obligor_line) -> Void) {
        // A slope of 0 contributes 0 even at ±∞, where the product would be NaN.
        let flat = line.slope == 0
        let values = line.specials.map(\.value)
        let contributions = line.specials.map(\.contribution)
        unsafe values.withUnsafeBufferPointer { values in
            unsafe contributions.withUnsafeBufferPointer { contributions in
                let kernelLine = unsafe obligor_line(
                    slope: line.slope, centre: line.centre,
                    lower: flat ? line.centre : line.lower ?? -.infinity,
                    upper: flat ? line.centre : line.upper ?? .infinity,
                    limit: AdditiveScorer.contributionLimit, missing: line.missing,
                    specials: values.baseAddress, special_contributions: contributions.baseAddress,
                    special_count: values.count)
                unsafe body(kernelLine)
            }
        }
    }
}
