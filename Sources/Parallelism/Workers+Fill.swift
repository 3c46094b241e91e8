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

    /// An array made block by block, each block appended by one thread and in place, and what `body` returns for every
    /// block, in their order.
    ///
    /// Spares the first value that ``fill(_:blockSize:repeating:_:)`` gives every element.
    ///
    /// - Parameters:
    ///   - count: Length of the array.
    ///   - blockSize: Elements in a block (the last may be shorter).
    ///   - body: Appends all elements of one block, those at `positions`.
    @inlinable
    public func build<Element: BitwiseCopyable & Sendable, Value: Sendable>(
        _ count: Int, blockSize: Int,
        _ body: @Sendable (_ positions: Range<Int>, _ block: inout OutputSpan<Element>) -> Value
    ) -> (elements: [Element], values: [Value]) {
        precondition(blockSize >= 1, "blocks of \(blockSize) elements")
        var values: [Value] = []
        let elements = unsafe Array<Element>(unsafeUninitializedCapacity: count) { buffer, filled in
            unsafe preferLargePages(UnsafeMutableRawBufferPointer(buffer))
            let target = unsafe FillTarget(elements: buffer)
            values = map((count + blockSize - 1) / blockSize) { block in
                let positions = block * blockSize..<min(count, (block + 1) * blockSize)
                return target.withOutput(positions) { body(positions, &$0) }
            }
            filled = count
        }
        return (elements, values)
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

    @inlinable
    func withOutput<Value>(
        _ positions: Range<Int>, _ body: (inout OutputSpan<Element>) -> Value
    ) -> Value {
        // SAFETY: the positions are inside the buffer, and every element has a value once their number is checked.
        let block = unsafe UnsafeMutableBufferPointer(rebasing: elements[positions])
        var output = unsafe OutputSpan(buffer: block, initializedCount: 0)
        let value = body(&output)
        let appended = unsafe output.finalize(for: block)
        precondition(appended == positions.count, "\(appended) of \(positions.count) elements")
        return value
    }
}
