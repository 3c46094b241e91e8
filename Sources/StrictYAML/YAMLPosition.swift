/// A place in a YAML document.
public struct YAMLPosition: Sendable, Hashable {
    /// The file as the caller named it; `nil` for text that came from none.
    public let file: String?
    /// The line, counted from 1.
    public let line: Int
    /// The character within the line, counted from 1.
    public let column: Int

    /// A place in a document.
    public init(file: String?, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }
}

extension YAMLPosition: CustomStringConvertible {
    /// The place in the form that editors understand, such as "recipe.yaml:12:5".
    public var description: String { "\(file ?? "YAML"):\(line):\(column)" }
}
