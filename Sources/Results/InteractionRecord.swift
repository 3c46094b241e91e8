/// How much two inputs of a model act together: a row of `interactions.csv`.
public struct InteractionRecord: DelimitedRecord {
    /// The file in a run folder.
    public static let fileName = "interactions.csv"
    /// The columns in order.
    public static let columns = Column.allCases.map(\.rawValue)

    /// A column, by its name in the file.
    public enum Column: String, Sendable, CaseIterable {
        case first, second
        case meanSize = "mean_size"
    }

    /// One input.
    public let first: String
    /// The other; the same for what an input does alone.
    public let second: String
    /// The mean size in log-odds of what both add together beyond what each adds alone.
    public let meanSize: Double

    /// How much two inputs of a model act together.
    public init(first: String, second: String, meanSize: Double) {
        self.first = first
        self.second = second
        self.meanSize = meanSize
    }
}

extension InteractionRecord {
    /// The record in a row.
    public init(from row: inout RowReader) throws(RowFault) {
        first = row.text()
        second = row.text()
        meanSize = try row.number()
    }

    /// Appends the fields of the record.
    public func write(to row: inout RowWriter) {
        row.append(first)
        row.append(second)
        row.append(meanSize)
    }
}
