public import Vocabulary

/// How strong the evidence of an alert is, by how much rarer it is in control than the chosen rate of false alarms.
public enum AlertSeverity: String, CaseIterable, Sendable, Codable, Comparable {
    /// As rare as chosen.
    case notice
    /// Ten times rarer.
    case warning
    /// A hundred times rarer.
    case critical

    /// The severity of evidence that is so many times rarer than chosen.
    init(rarity: Double) { self = rarity >= 100 ? .critical : rarity >= 10 ? .warning : .notice }

    private var order: Int { self == .notice ? 0 : self == .warning ? 1 : 2 }

    /// Orders by strength.
    public static func < (left: Self, right: Self) -> Bool { left.order < right.order }
}

/// Something that happened to an alert.
public struct AlertEvent: Sendable, Equatable, Codable {
    /// What happened.
    public enum Change: String, Sendable, Codable, CaseIterable {
        /// The evidence became strong enough.
        case opened
        /// It became stronger by a step of severity.
        case raised
        /// What was unusual is over.
        case closed
    }

    /// The obligor.
    public let obligor: String
    /// What was looked at.
    public let monitor: Monitor
    /// What happened.
    public let change: Change
    /// The day at whose end it happened.
    public let day: CalendarDay
    /// The day on which the alert was opened.
    public let opened: CalendarDay
    /// The last day on which nothing was unusual.
    public let since: CalendarDay
    /// How strong the evidence is; of a closed alert, how strong it was at its peak.
    public let severity: AlertSeverity
    /// In control, evidence as strong as this comes so many times per obligor and year.
    public let falseAlarmRate: Double
    /// What was observed, in the monitor's unit.
    public let observed: Double
    /// What is usual, in the same unit.
    public let usual: Double
    /// How much the usual varies.
    public let spread: Double
    /// The same in plain words.
    public let explanation: String

    /// The alert's name: obligor, monitor and day of opening.
    public var alert: String { "\(obligor)/\(monitor.rawValue)/\(opened)" }
    /// The event's own name, by which a receiver knows one that it has seen.
    public var id: String {
        "\(alert)/\(change.rawValue)" + (change == .raised ? "/\(severity.rawValue)" : "")
    }
}

extension AlertEvent {
    private enum CodingKeys: String, CodingKey {
        case id, alert, obligor, monitor, change, day, opened, since, severity
        case falseAlarmRate = "false_alarm_rate"
        case observed, usual, spread, explanation
    }

    /// Reads an event; its names follow from the rest.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func day(_ key: CodingKeys) throws -> CalendarDay {
            guard let day = CalendarDay(iso8601: try values.decode(String.self, forKey: key)) else {
                throw DecodingError.dataCorruptedError(forKey: key, in: values, debugDescription: "no day")
            }
            return day
        }
        obligor = try values.decode(String.self, forKey: .obligor)
        monitor = try values.decode(Monitor.self, forKey: .monitor)
        change = try values.decode(Change.self, forKey: .change)
        self.day = try day(.day)
        opened = try day(.opened)
        since = try day(.since)
        severity = try values.decode(AlertSeverity.self, forKey: .severity)
        falseAlarmRate = try values.decode(Double.self, forKey: .falseAlarmRate)
        observed = try values.decode(Double.self, forKey: .observed)
        usual = try values.decode(Double.self, forKey: .usual)
        spread = try values.decode(Double.self, forKey: .spread)
        explanation = try values.decode(String.self, forKey: .explanation)
    }

    /// Writes an event with its names.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(id, forKey: .id)
        try values.encode(alert, forKey: .alert)
        try values.encode(obligor, forKey: .obligor)
        try values.encode(monitor, forKey: .monitor)
        try values.encode(change, forKey: .change)
        try values.encode(day.description, forKey: .day)
        try values.encode(opened.description, forKey: .opened)
        try values.encode(since.description, forKey: .since)
        try values.encode(severity, forKey: .severity)
        try values.encode(falseAlarmRate, forKey: .falseAlarmRate)
        try values.encode(observed, forKey: .observed)
        try values.encode(usual, forKey: .usual)
        try values.encode(spread, forKey: .spread)
        try values.encode(explanation, forKey: .explanation)
    }
}
