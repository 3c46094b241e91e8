/// Up to so many levels for each row, which a CSV file holds in one field with a separator between them.
public struct LevelLists: Sendable {
    /// The levels.
    public let levels: [String]
    /// `width` places for every row, filled from the left with places in `levels`, then ``Column/missingCode``; a row
    /// without levels is missing.
    public let codes: [UInt32]
    /// The most levels of one row, at least 1.
    public let width: Int
    /// What stands between levels.
    public let separator: Character

    /// Lists from their parts; the separator is one character of ASCII.
    public init(levels: [String], codes: [UInt32], width: Int, separator: Character) {
        precondition(width >= 1 && codes.count % width == 0, "\(codes.count) codes for lists of \(width)")
        precondition(separator.asciiValue != nil, "the separator is no character of ASCII")
        self.levels = levels
        self.codes = codes
        self.width = width
        self.separator = separator
    }

    /// The levels of a row in one text.
    func text(ofRow row: Int) -> String {
        let codes = codes[row * width..<(row + 1) * width].prefix { $0 != Column.missingCode }
        return codes.map { levels[Int($0)] }.joined(separator: String(separator))
    }
}
