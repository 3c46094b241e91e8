import Glibc

extension LU {
    /// ln |det A|.
    public var logAbsoluteDeterminant: Double { factors.diagonal.reduce(0) { $0 + log(abs($1)) } }

    /// The sign of det A: 1 or −1.
    public var determinantSign: Double {
        var sign = 1.0
        for (index, pivot) in pivots.enumerated() where Int(pivot) - 1 != index { sign = -sign }
        for value in factors.diagonal where value < 0 { sign = -sign }
        return sign
    }

    /// det A; overflows and underflows where its logarithm does not.
    public var determinant: Double { determinantSign * exp(logAbsoluteDeterminant) }
}
