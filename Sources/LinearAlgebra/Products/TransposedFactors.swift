/// Which factors of a product of two matrices are taken transposed.
public enum TransposedFactors: Sendable, Hashable {
    /// A·B
    case neither
    /// Aᵀ·B
    case left
    /// A·Bᵀ
    case right
    /// Aᵀ·Bᵀ
    case both

    var isLeft: Bool { self == .left || self == .both }
    var isRight: Bool { self == .right || self == .both }
}
