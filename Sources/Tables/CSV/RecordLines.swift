/// The lines on which the records of a block begin, counted from 1 as an editor counts them.
public struct RecordLines: Sendable, Equatable {
    /// The line of the block's first byte.
    let firstLine: Int
    /// The line of every record; `nil` if each takes just one.
    let starts: [Int]?

    /// The line on which a record begins.
    ///
    /// - Parameter row: The record, counted in its block.
    public func line(ofRow row: Int) -> Int {
        if let starts { return starts[row] }
        return firstLine + row
    }

    /// Whether every record takes just one line, so that lines follow from rows.
    public var areRegular: Bool { starts == nil }
}

extension RecordLines {
    /// One record per line, from a line on.
    public static func regular(from firstLine: Int) -> RecordLines {
        RecordLines(firstLine: firstLine, starts: nil)
    }
}
