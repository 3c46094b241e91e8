public import Vocabulary

/// Which observations train a model and which test it.
public struct PanelSplit: Sendable, Hashable {
    /// Where an observation belongs.
    public enum Part: String, CaseIterable, Sendable {
        /// A model is trained on it.
        case train
        /// A model is tested on it.
        case test
        /// Its outcome was not known before the cut, though it was made before; or its obligor is of the other part.
        case neither
    }

    /// Share of the obligors that are tested on; `nil` if obligors may be in both parts.
    public let testShare: Double?
    /// Which obligors those are.
    public let seed: UInt64
    /// Tested is what is observed from this day on, trained what was known before it; `nil` if time plays no part.
    public let cut: CalendarDay?

    /// A split by obligor, by time or by both.
    ///
    /// - Returns: `nil` if the share is not between 0 and 1, or neither is given.
    public init?(testShare: Double? = nil, seed: UInt64 = 0, cut: CalendarDay? = nil) {
        if let testShare { guard testShare > 0, testShare < 1 else { return nil } }
        guard testShare != nil || cut != nil else { return nil }
        self.testShare = testShare
        self.seed = seed
        self.cut = cut
    }

    /// Where an observation belongs.
    ///
    /// - Parameters:
    ///   - obligor: The obligor's name, which alone decides its part, whatever else is in the ledger.
    ///   - asOf: The as-of date.
    ///   - outcomeKnownOn: The day by whose end its outcome is known.
    public func part(obligor: String, asOf: CalendarDay, outcomeKnownOn: CalendarDay) -> Part {
        let isTestObligor = testShare.map { Self.position(of: obligor, seed: seed) < $0 }
        guard let cut else { return isTestObligor == true ? .test : .train }
        if asOf >= cut { return isTestObligor == false ? .neither : .test }
        guard outcomeKnownOn < cut else { return .neither }
        return isTestObligor == true ? .neither : .train
    }

    /// A number from [0, 1) made of a name: FNV-1a, then the finaliser of MurmurHash3 to spread near names.
    ///
    /// The generator of `Statistics` hashes the names of its streams by FNV-1a too, but this room does not import it.
    static func position(of name: String, seed: UInt64) -> Double {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ (seed &* 0x9E37_79B9_7F4A_7C15)
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ (hash >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        hash ^= hash >> 33
        return Double(hash >> 11) * 0x1p-53
    }
}
