import Parallelism

/// Memory for numbers that starts on a cache line and is not filled before it is first written.
///
/// Arrays are zeroed and may move; the buffers of training are tens of megabytes that are written once.
@safe
final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
    // Sendable holds because the owner hands disjoint parts to threads and joins them before it reads.

    /// Number of elements.
    let count: Int
    /// The first element; valid as long as the buffer lives.
    @unsafe let start: UnsafeMutablePointer<Element>
    private let raw: UnsafeMutableRawPointer

    /// Room for a number of elements, with a spare cache line behind the last.
    init(count: Int) {
        self.count = count
        let bytes = (count * MemoryLayout<Element>.stride + 127) & ~63
        unsafe raw = .allocate(byteCount: bytes, alignment: 64)
        unsafe start = raw.bindMemory(to: Element.self, capacity: max(1, count))
        unsafe preferLargePages(UnsafeMutableRawBufferPointer(start: raw, count: bytes))
    }

    /// Room for elements that all start as one value.
    convenience init(repeating value: Element, count: Int) {
        self.init(count: count)
        unsafe start.update(repeating: value, count: count)
    }

    deinit { unsafe raw.deallocate() }

    /// The element at an index.
    subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < count)
            return unsafe start[index]
        }
        set {
            precondition(index >= 0 && index < count)
            unsafe start[index] = newValue
        }
    }

    /// Reads a range of elements without a copy.
    func withSpan<Value>(_ range: Range<Int>, _ body: (Span<Element>) -> Value) -> Value {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        // SAFETY: the range was checked, and the buffer outlives the call.
        return unsafe body(Span(_unsafeStart: start + range.lowerBound, count: range.count))
    }

    /// Writes a range of elements in place.
    func withMutableSpan<Value>(_ range: Range<Int>, _ body: (inout MutableSpan<Element>) -> Value) -> Value {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        // SAFETY: the range was checked, and the buffer outlives the call.
        var span = unsafe MutableSpan(_unsafeStart: start + range.lowerBound, count: range.count)
        return body(&span)
    }
}
