import CKernels

/// The instructions that a kernel may use; every choice gives the same bits.
enum Instructions: UInt32, Sendable, CaseIterable {
    case plain = 0
    case avx2 = 1
    case avx512 = 2

    /// The widest that this processor has for forests, or fewer if `OBLIGOR_KERNELS` says so.
    static let widest = Instructions(rawValue: obligor_forest_instructions().rawValue) ?? .plain

    /// Those that this processor has.
    static var available: [Instructions] { allCases.filter { $0.rawValue <= widest.rawValue } }

    var kernelValue: obligor_instructions { obligor_instructions(rawValue: rawValue) }
}
