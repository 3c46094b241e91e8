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

    /// Adds the contributions of several columns for some rows.
    static func add(
        _ columns: FittedColumns, _ rows: Range<Int>, to sums: inout MutableSpan<Double>,
        instructions: Instructions = .widest
    ) {
        precondition(rows.count == sums.count && columns.hold(rows))
        unsafe withAddresses(of: columns.values) { values in
            // SAFETY: every column has the rows, and there are as many bins as columns.
            unsafe sums.withUnsafeMutableBufferPointer { sums in
                unsafe columns.bins.withUnsafeBufferPointer { bins in
                    unsafe obligor_add_fitted_f32(
                        instructions.kernelValue, values.baseAddress, bins.baseAddress, bins.count,
                        rows.lowerBound, rows.count, sums.baseAddress)
                }
            }
        }
    }

    /// Adds tables[column][code] of several columns for some rows; tables have 256 entries, equal from `used` on.
    static func add(
        _ tables: [[Double]], used: Int, ofCodes codes: [[UInt8]], _ rows: Range<Int>,
        to sums: inout MutableSpan<Double>, instructions: Instructions = .widest
    ) {
        precondition(rows.count == sums.count && tables.count == codes.count)
        precondition(
            tables.allSatisfy { $0.count == 256 } && codes.allSatisfy { $0.count >= rows.upperBound })
        for start in stride(from: 0, to: codes.count, by: FittedColumns.most) {
            let part = start..<min(start + FittedColumns.most, codes.count)
            unsafe withAddresses(of: Array(tables[part])) { tables in
                unsafe withAddresses(of: Array(codes[part])) { codes in
                    // SAFETY: every column has the rows, and its table an entry for every byte.
                    unsafe sums.withUnsafeMutableBufferPointer { sums in
                        unsafe obligor_add_tables_u8(
                            instructions.kernelValue, codes.baseAddress, tables.baseAddress, used, part.count,
                            rows.lowerBound, rows.count, sums.baseAddress)
                    }
                }
            }
        }
    }

    /// Writes the `count` terms that cost each of some rows most.
    ///
    /// - Parameters:
    ///   - contributions: Of each term for all rows, one term behind the other.
    ///   - references: What a term's contributions are compared with.
    ///   - scale: Points lost per unit of contribution above the reference.
    ///   - reasons: `count` places for each row, from `place` on.
    static func rank(
        _ contributions: Span<Double>, references: [Double], scale: Double, count: Int,
        into reasons: inout MutableSpan<ReasonCode>, at place: Int, instructions: Instructions = .widest
    ) {
        precondition(count >= 1 && count <= Int(OBLIGOR_MOST_REASONS), "\(count) reasons")
        let rows = contributions.count / max(1, references.count)
        precondition(rows * references.count == contributions.count)
        precondition(place >= 0 && place + rows * count <= reasons.count)
        // SAFETY: the kernel reads as many contributions as there are terms and rows, and writes count reasons for
        // each row; a reason is laid out as the kernel's.
        unsafe contributions.withUnsafeBufferPointer { contributions in
            unsafe references.withUnsafeBufferPointer { references in
                unsafe reasons.withUnsafeMutableBufferPointer { reasons in
                    unsafe reasons.withMemoryRebound(to: obligor_reason.self) { reasons in
                        unsafe obligor_rank_losses(
                            instructions.kernelValue, contributions.baseAddress, references.baseAddress,
                            scale,
                            references.count, rows, count, reasons.baseAddress.map { unsafe $0 + place })
                    }
                }
            }
        }
    }

    /// Calls `body` with the addresses of the elements of several arrays, which hold inside it alone.
    private static func withAddresses<Element>(
        of arrays: [[Element]], _ body: (UnsafeBufferPointer<UnsafePointer<Element>?>) -> Void
    ) {
        var addresses: [UnsafePointer<Element>?] = unsafe []
        unsafe addresses.reserveCapacity(arrays.count)
        // The closures that make an address valid must all be entered at once, hence one within the other.
        func enter(_ index: Int) {
            guard index < arrays.count else { return unsafe addresses.withUnsafeBufferPointer(body) }
            unsafe arrays[index].withUnsafeBufferPointer { elements in
                unsafe addresses.append(elements.baseAddress)
                enter(index + 1)
            }
        }
        enter(0)
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

/// Stepwise columns of single precision, of at most 16 slots each, that one kernel adds together.
struct FittedColumns: Sendable {
    /// The most columns, so that their addresses can be had at once.
    static let most = 32

    /// The values of every column.
    private(set) var values: [[Float]]
    /// The bins of every column.
    fileprivate private(set) var bins: [obligor_fitted_f32]

    /// One column; `nil` if it has too many slots.
    init?(_ values: [Float], _ slots: ContributionKernel.Slots<Float>) {
        precondition(slots.contributions.count == slots.edges.count + 2 + slots.specials.count)
        var fitted = obligor_fitted_f32()
        // SAFETY: the kernel reads the arrays whose lengths were just checked.
        let fits = unsafe slots.edges.withUnsafeBufferPointer { edges in
            unsafe slots.specials.withUnsafeBufferPointer { specials in
                unsafe slots.contributions.withUnsafeBufferPointer { contributions in
                    let bins = unsafe obligor_bins_f32(
                        edges: edges.baseAddress, edge_count: edges.count, specials: specials.baseAddress,
                        special_count: specials.count, contributions: contributions.baseAddress)
                    return unsafe obligor_fit_bins_f32(bins, &fitted) != 0
                }
            }
        }
        guard fits else { return nil }
        self.values = [values]
        bins = [fitted]
    }

    /// Takes other columns behind these; false if they are too many.
    mutating func append(_ other: FittedColumns) -> Bool {
        guard bins.count + other.bins.count <= Self.most else { return false }
        values += other.values
        bins += other.bins
        return true
    }

    /// Whether every column has these rows.
    fileprivate func hold(_ rows: Range<Int>) -> Bool {
        rows.lowerBound >= 0 && values.allSatisfy { $0.count >= rows.upperBound }
    }
}
