import CKernels
import Vocabulary

/// Calls of the vector kernels that compare columns.
enum ConditionKernel {
    /// The instructions that a kernel may use; every choice gives the same bits.
    enum Instructions: UInt32, CaseIterable {
        case plain = 0
        case avx2 = 1
        case avx512 = 2

        /// The widest that this processor has.
        static let widest = Instructions(rawValue: obligor_widest_instructions().rawValue) ?? .plain

        /// The kernels' own name for it.
        var kernelValue: obligor_instructions { obligor_instructions(rawValue: rawValue) }
    }

    /// What is asked of a value.
    enum Question: UInt32, CaseIterable {
        case below = 0
        case atMost = 1
        case equal = 2
        case unequal = 3
        case atLeast = 4
        case above = 5
        case missing = 6
        case present = 7

        init(_ comparison: FactExpression.Comparison) {
            self =
                switch comparison {
                case .below: .below
                case .atMost: .atMost
                case .equal: .equal
                case .unequal: .unequal
                case .atLeast: .atLeast
                case .above: .above
                }
        }

        fileprivate var kernelValue: obligor_comparison { obligor_comparison(rawValue: rawValue) }
    }

    /// One bit per value, 64 to a word, the first value lowest: what `question` says of it and a number.
    static func bits(
        _ question: Question, _ values: Span<Double>, _ number: Double,
        instructions: Instructions = .widest
    ) -> [UInt64] {
        var bits = [UInt64](repeating: 0, count: (values.count + 63) / 64)
        // SAFETY: the kernel reads count values and writes one word for every 64 of them.
        unsafe values.withUnsafeBufferPointer { values in
            unsafe bits.withUnsafeMutableBufferPointer { bits in
                guard let source = values.baseAddress, let target = bits.baseAddress else { return }
                unsafe obligor_compare_f64(
                    instructions.kernelValue, question.kernelValue, source, values.count, number, target)
            }
        }
        return bits
    }

    /// The same of single-precision values, each widened first.
    static func bits(
        _ question: Question, _ values: Span<Float>, _ number: Double,
        instructions: Instructions = .widest
    ) -> [UInt64] {
        var bits = [UInt64](repeating: 0, count: (values.count + 63) / 64)
        // SAFETY: as above.
        unsafe values.withUnsafeBufferPointer { values in
            unsafe bits.withUnsafeMutableBufferPointer { bits in
                guard let source = values.baseAddress, let target = bits.baseAddress else { return }
                unsafe obligor_compare_f32(
                    instructions.kernelValue, question.kernelValue, source, values.count, number, target)
            }
        }
        return bits
    }

    /// The same of the values of two columns.
    static func bits(
        _ question: Question, _ left: Span<Double>, _ right: Span<Double>,
        instructions: Instructions = .widest
    ) -> [UInt64] {
        precondition(left.count == right.count)
        var bits = [UInt64](repeating: 0, count: (left.count + 63) / 64)
        // SAFETY: as above; the columns are equally long.
        unsafe left.withUnsafeBufferPointer { left in
            unsafe right.withUnsafeBufferPointer { right in
                unsafe bits.withUnsafeMutableBufferPointer { bits in
                    guard let first = left.baseAddress, let second = right.baseAddress,
                        let target = bits.baseAddress
                    else { return }
                    unsafe obligor_compare_columns(
                        instructions.kernelValue, question.kernelValue, first, second, left.count, target)
                }
            }
        }
        return bits
    }

    /// For each value how many of the bounds it reaches, value ≥ bound; 0 for a missing one.
    static func reachedBounds(
        _ values: Span<Double>, bounds: [Double], into reached: inout MutableSpan<UInt8>,
        instructions: Instructions = .widest
    ) {
        precondition(reached.count == values.count && bounds.count < 256)
        // SAFETY: the kernel reads count values and all bounds, and writes count numbers.
        unsafe values.withUnsafeBufferPointer { values in
            unsafe bounds.withUnsafeBufferPointer { bounds in
                unsafe reached.withUnsafeMutableBufferPointer { reached in
                    guard let source = values.baseAddress, let target = reached.baseAddress else { return }
                    unsafe obligor_reached_bounds(
                        instructions.kernelValue, source, values.count, bounds.baseAddress, bounds.count,
                        target)
                }
            }
        }
    }

    /// The place of the first value that is no number from 0 to 1; `nil` where all are.
    static func firstNoFraction(_ values: Span<Double>, instructions: Instructions = .widest) -> Int? {
        // SAFETY: the kernel reads count values.
        let place = unsafe values.withUnsafeBufferPointer { values in
            unsafe values.baseAddress.map { source in
                unsafe obligor_first_outside(instructions.kernelValue, source, values.count, 0, 1)
            }
        }
        return place.flatMap { $0 < values.count ? $0 : nil }
    }

    /// Lets rules act on ranks of grades, each on what the one before it left.
    ///
    /// - Parameters:
    ///   - rules: The rules in their order.
    ///   - masks: By rule, one behind the other, one bit per row, 64 to a word: whether it acts; bits beyond the rows
    ///     are 0.
    ///   - maximumNotches: The most ranks that all `down` together may cost.
    ///   - ranks: By row, changed in place.
    ///   - blocked: One bit per row, set where a rule blocks.
    static func apply(
        _ rules: [PlannedEffect], masks: [UInt64], maximumNotches: Int, to ranks: inout [UInt8],
        blocked: inout [UInt64], instructions: Instructions = .widest
    ) {
        let words = (ranks.count + 63) / 64
        precondition(masks.count == rules.count * words && blocked.count == words)
        precondition((0...255).contains(maximumNotches))
        let effects = rules.map { obligor_rule(kind: UInt8($0.kind.rawValue), value: UInt8($0.value)) }
        let rows = ranks.count
        // SAFETY: the kernel reads a word of every rule for 64 rows and changes as many ranks as there are rows.
        unsafe effects.withUnsafeBufferPointer { effects in
            unsafe masks.withUnsafeBufferPointer { masks in
                unsafe ranks.withUnsafeMutableBufferPointer { ranks in
                    unsafe blocked.withUnsafeMutableBufferPointer { blocked in
                        guard let rules = effects.baseAddress, let source = masks.baseAddress,
                            let target = ranks.baseAddress, let stopped = blocked.baseAddress
                        else { return }
                        unsafe obligor_apply_rules(
                            instructions.kernelValue, rules, effects.count, source, rows,
                            UInt8(maximumNotches), UInt8(Grade.performing.count - 1), target, stopped)
                    }
                }
            }
        }
    }
}
