/// How much a model relies on one input: a row of `importance.csv`.
public struct ImportanceRecord: DelimitedRecord {
    /// The file in a run folder.
    public static let fileName = "importance.csv"
    /// The columns in order.
    public static let columns = Column.allCases.map(\.rawValue)

    /// A column, by its name in the file.
    public enum Column: String, Sendable, CaseIterable {
        case feature
        case lossRise = "loss_rise"
        case lower, upper
        case meanSize = "mean_size"
        case gain, cover, splits
    }

    /// The input.
    public let feature: String
    /// How much the mean log loss rises when the input's values are shuffled among the rows.
    public let lossRise: Double
    /// The lower end of its interval of 95 %.
    public let lower: Double
    /// The upper end of its interval of 95 %.
    public let upper: Double
    /// The mean size of what the input adds to the log-odds.
    public let meanSize: Double
    /// Its share of the gain of all splits; trees only.
    public let gain: Double?
    /// Its share of the rows that splits ask about; trees only.
    public let cover: Double?
    /// Its share of the number of splits; trees only.
    public let splits: Double?

    /// How much a model relies on one input.
    public init(
        feature: String, lossRise: Double, lower: Double, upper: Double, meanSize: Double,
        gain: Double? = nil, cover: Double? = nil, splits: Double? = nil
    ) {
        self.feature = feature
        self.lossRise = lossRise
        self.lower = lower
        self.upper = upper
        self.meanSize = meanSize
        self.gain = gain
        self.cover = cover
        self.splits = splits
    }
}

extension ImportanceRecord {
    /// The record in a row.
    public init(from row: inout RowReader) throws(RowFault) {
        feature = row.text()
        lossRise = try row.number()
        lower = try row.number()
        upper = try row.number()
        meanSize = try row.number()
        gain = try row.optionalNumber()
        cover = try row.optionalNumber()
        splits = try row.optionalNumber()
    }

    /// Appends the fields of the record.
    public func write(to row: inout RowWriter) {
        row.append(feature)
        row.append(lossRise)
        row.append(lower)
        row.append(upper)
        row.append(meanSize)
        row.append(gain)
        row.append(cover)
        row.append(splits)
    }
}
