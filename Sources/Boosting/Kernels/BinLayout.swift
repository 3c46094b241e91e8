import CKernels

/// Which features' histograms are filled, and where each begins in a slot.
struct BinLayout: Sendable {
    /// The features, rising.
    let features: [Int]
    /// Whether these are consecutive features of the data.
    private let isContiguous: Bool
    /// By place in ``features``, the first bin of the feature in a slot.
    private let offsets: [UInt32]
    private let places: [UInt32]
    private let stride: Int
    private let isStrided: Bool

    /// Bins from one histogram to the next where all have the same room.
    static let binStride = Int(OBLIGOR_BIN_STRIDE)

    /// The layout of some features.
    ///
    /// - Parameters:
    ///   - offsets: By feature of the data, its first bin in a slot.
    ///   - stride: Bins from one row's line to the next.
    init(_ features: [Int], offsets: [Int], stride: Int) {
        self.features = features
        isContiguous = Self.areConsecutive(features)
        places = features.map { UInt32($0) }
        self.offsets = features.map { UInt32(offsets[$0]) }
        self.stride = stride
        isStrided = offsets.indices.allSatisfy { offsets[$0] == $0 * Self.binStride }
    }

    /// The part of the layout that one of several threads works on.
    func part(_ piece: Int, of pieces: Int) -> BinLayout {
        BinLayout(self, range: features.indices.piece(piece, of: pieces))
    }

    /// Features whose histograms lie in the cache nearest to the processor together with what is added to them.
    static let featuresAtOnce = Int(OBLIGOR_FEATURES_AT_ONCE)

    /// The layout in parts of up to ``featuresAtOnce`` features, as many for every thread.
    func parts(threads: Int) -> [BinLayout] {
        let fewest = (features.count + Self.featuresAtOnce - 1) / Self.featuresAtOnce
        let pieces = min(features.count, (fewest + threads - 1) / threads * threads)
        return (0..<pieces).map { part($0, of: pieces) }
    }

    private init(_ whole: BinLayout, range: Range<Int>) {
        features = Array(whole.features[range])
        isContiguous = Self.areConsecutive(features)
        offsets = Array(whole.offsets[range])
        places = Array(whole.places[range])
        stride = whole.stride
        isStrided = whole.isStrided
    }

    private static func areConsecutive(_ features: [Int]) -> Bool {
        guard let first = features.first, let last = features.last else { return true }
        return last - first == features.count - 1
    }

    /// Hands the layout to a kernel.
    func withKernelValue<Value>(_ body: (obligor_bin_layout) -> Value) -> Value {
        // SAFETY: the kernel reads `count` entries of either array, which outlive the call.
        unsafe places.withUnsafeBufferPointer { places in
            unsafe offsets.withUnsafeBufferPointer { offsets in
                unsafe body(
                    obligor_bin_layout(
                        stride: stride, count: places.count, start: features.first ?? 0,
                        features: isContiguous ? nil : places.baseAddress, offsets: offsets.baseAddress,
                        is_strided: isStrided ? 1 : 0))
            }
        }
    }
}
