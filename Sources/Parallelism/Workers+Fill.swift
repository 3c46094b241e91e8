extension Workers {
    /// An array made block by block, each block by one thread and in place, without joining parts afterwards.
    ///
    /// - Parameters:
    ///   - count: Length of the array.
    ///   - blockSize: Elements in a block (the last may be shorter).
    ///   - initial: What every element of a block holds when `body` is called for it.
    ///   - body: Fills one block; `block[0]` is the element at `positions.lowerBound`.
    @inlinable
    public func fill<Element: BitwiseCopyable & Sendable>(
        _ count: Int, blockSize: Int, repeating initial: Element,
        _ body: @Sendable (_ positions: Range<Int>, _ block: inout MutableSpan<Element>) -> Void
    ) -> [Element] {
        precondition(blockSize >= 1, "blocks of \(blockSize) elements")
        return unsafe Array(unsafeUninitializedCapacity: count) { buffer, filled in
            unsafe preferLargePages(UnsafeMutableRawBufferPointer(buffer))
            let target = unsafe FillTarget(elements: buffer)
            forEach((count + blockSize - 1) / blockSize) { block in
                let positions = block * blockSize..<min(count, (block + 1) * blockSize)
                target.withBlock(positions, initial: initial) { body(positions, &$0) }
            }
            filled = count
        }
    }
}

/// The uninitialised memory that the blocks of one fill share.
@safe
@usableFromInline
struct FillTarget<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
    // Sendable holds because every block is taken once, blocks do not overlap, and nobody reads before the join.
    @usableFromInline let elements: UnsafeMutableBufferPointer<Element>

    @inlinable
    @unsafe init(elements: UnsafeMutableBufferPointer<Element>) {
        unsafe self.elements = elements
    }

    @inlinable
    func withBlock(
        _ positions: Range<Int>, initial: Element, _ body: (inout MutableSpan<Element>) -> Void
    ) {
        // SAFETY: the positions are inside the buffer, and initialised before the span is formed.
        let block = unsafe UnsafeMutableBufferPointer(rebasing: elements[positions])
        unsafe block.initialize(repeating: initial)
        var span = unsafe block.mutableSpan
        body(&span)
    }
}
