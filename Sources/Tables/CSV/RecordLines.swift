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

extension RecordLines {
    /// The lines of some of the records, in the order given.
    public func gathered(_ rows: [Int]) -> RecordLines {
        RecordLines(firstLine: firstLine, starts: rows.map { line(ofRow: $0) })
    }
}

extension RecordLines {
    /// Records on lines of their own.
    public static func stated(_ lines: [Int]) -> RecordLines {
        RecordLines(firstLine: lines.first ?? 1, starts: lines)
    }
}
