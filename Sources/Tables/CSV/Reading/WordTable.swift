import CKernels

/// Short words as they stand in a file and the codes they mean, in the form in which a kernel looks them up.
///
/// The same word may mean one thing in quotes and another without: an empty field is missing, an empty text in quotes
/// is data.
struct WordTable: Sendable {
    /// A power of two of them, at least twice as many as there are words; none before the first word.
    private var places: [obligor_csv_word] = []
    private var count = 0

    /// The longest word that is kept, in bytes.
    private static let longest = Int(OBLIGOR_CSV_WORD)
    /// More words are not kept, so that the table stays in the second-level cache.
    private static let most = 1 << 12

    /// Adds a word if it is not in the table, unless it is too long or there are too many.
    mutating func add(_ text: Span<UInt8>, isQuoted: Bool, code: UInt32) {
        guard text.count <= Self.longest, count < Self.most else { return }
        if 2 * (count + 1) > places.count { grow() }
        let mask = places.count - 1
        // SAFETY: the kernel reads the bytes of the text, and finds one of the free places.
        count += unsafe text.withUnsafeBufferPointer { text in
            unsafe places.withUnsafeMutableBufferPointer { places in
                Int(
                    unsafe obligor_csv_add_word(
                        text.baseAddress, text.count, isQuoted ? 1 : 0, code, places.baseAddress, mask))
            }
        }
    }

    private mutating func grow() {
        let old = places
        places = [obligor_csv_word](repeating: obligor_csv_word(), count: max(256, 4 * old.count))
        let mask = places.count - 1
        // SAFETY: both arrays have the places that the masks stand for, and the new one more of them.
        unsafe places.withUnsafeMutableBufferPointer { places in
            unsafe obligor_csv_clear_words(places.baseAddress, mask)
            guard !old.isEmpty else { return }
            unsafe old.withUnsafeBufferPointer { old in
                unsafe obligor_csv_move_words(old.baseAddress, old.count - 1, places.baseAddress, mask)
            }
        }
    }

    /// Calls `body` with the places and the mask that a kernel expects, or not at all if there is no word.
    ///
    /// - Returns: What `body` returns.
    @unsafe func withPlaces(_ body: (UnsafePointer<obligor_csv_word>, _ mask: Int) -> Int) -> Int? {
        unsafe places.withUnsafeBufferPointer { places in
            unsafe places.baseAddress.map { unsafe body($0, places.count - 1) }
        }
    }
}
