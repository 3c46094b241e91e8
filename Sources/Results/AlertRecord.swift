/// An alert of early warning: a row of `alerts.csv`.
public struct AlertRecord: DelimitedRecord, Encodable {
    /// The file in a run folder.
    public static let fileName = "alerts.csv"
    /// The columns in order.
    public static let columns = Column.allCases.map(\.rawValue)

    /// A column, by its name in the file.
    public enum Column: String, Sendable, CaseIterable {
        case alert, obligor, monitor, opened, closed, severity, since, observed, usual, spread
        case falseAlarmRate = "false_alarm_rate"
        case explanation
    }

    /// How strong the evidence was at its strongest.
    public enum Severity: String, Sendable, CaseIterable, Encodable {
        /// As rare in control as the chosen rate of false alarms.
        case notice
        /// Ten times rarer.
        case warning
        /// A hundred times rarer.
        case critical
    }

    /// Its name: obligor, monitor and day of opening.
    public let alert: String
    /// The obligor.
    public let obligor: String
    /// What was looked at, such as `unpaid` or `payment-delay`.
    public let monitor: String
    /// The day at whose end it was opened, ISO 8601.
    public let opened: String
    /// The day at whose end it was closed; `nil` while it is open.
    public let closed: String?
    /// How strong the evidence was at its strongest.
    public let severity: Severity
    /// The last day on which nothing was unusual.
    public let since: String
    /// What was observed when it was opened or last raised, in the monitor's unit: days of delay, days past due, or a
    /// fraction of the usual month's orders, of invoices, or of the credit limit.
    public let observed: Double
    /// What is usual for the obligor, in the same unit; of `unpaid`, days from due to settled.
    public let usual: Double
    /// How much the usual varies.
    public let spread: Double
    /// How often evidence as strong comes while nothing is wrong, per obligor and year.
    public let falseAlarmRate: Double
    /// The same in plain words.
    public let explanation: String

    /// An alert of early warning: a row of `alerts.csv`.
    public init(
        alert: String, obligor: String, monitor: String, opened: String, closed: String?, severity: Severity,
        since: String, observed: Double, usual: Double, spread: Double, falseAlarmRate: Double,
        explanation: String
    ) {
        self.alert = alert
        self.obligor = obligor
        self.monitor = monitor
        self.opened = opened
        self.closed = closed
        self.severity = severity
        self.since = since
        self.observed = observed
        self.usual = usual
        self.spread = spread
        self.falseAlarmRate = falseAlarmRate
        self.explanation = explanation
    }
}

extension AlertRecord {
    /// The record in a row.
    public init(from row: inout RowReader) throws(RowFault) {
        alert = row.text()
        obligor = row.text()
        monitor = row.text()
        opened = row.text()
        closed = row.optionalText()
        severity = try row.word(Severity.self)
        since = row.text()
        observed = try row.number()
        usual = try row.number()
        spread = try row.number()
        falseAlarmRate = try row.number()
        explanation = row.text()
    }

    /// Appends the fields of the record.
    public func write(to row: inout RowWriter) {
        row.append(alert)
        row.append(obligor)
        row.append(monitor)
        row.append(opened)
        row.append(closed)
        row.append(severity.rawValue)
        row.append(since)
        row.append(observed)
        row.append(usual)
        row.append(spread)
        row.append(falseAlarmRate)
        row.append(explanation)
    }
}
