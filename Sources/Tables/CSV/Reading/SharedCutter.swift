import Synchronization

/// A cutter that several threads take blocks from.
final class SharedCutter: @unchecked Sendable {
    // Sendable holds because the cutter is used only by the thread that holds the turn.
    private let turn = Mutex(())
    private let cutter: BlockCutter

    init(_ cutter: BlockCutter) {
        self.cutter = cutter
    }

    /// Fills a block with the next records; false if there are no more or none are wanted any longer.
    func next(into block: TextBlock, unless isOver: () -> Bool) throws(TableError) -> Bool {
        try turn.withLock { (_) throws(TableError) in
            if isOver() { return false }
            return try cutter.next(into: block)
        }
    }
}
