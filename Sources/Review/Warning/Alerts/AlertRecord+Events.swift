public import Results
import Vocabulary

extension AlertRecord {
    /// Alerts from what happened to them, in the order of opening.
    public static func alerts(of events: some Sequence<AlertEvent>) -> [AlertRecord] {
        var order: [String] = []
        var latest: [String: AlertEvent] = [:]
        var closed: [String: String] = [:]
        for event in events {
            if event.change == .closed {
                closed[event.alert] = event.day.description
            } else {
                if latest[event.alert] == nil { order.append(event.alert) }
                latest[event.alert] = event
            }
        }
        return order.compactMap { name in
            latest[name].map { event in
                AlertRecord(
                    alert: name, obligor: event.obligor, monitor: event.monitor.rawValue,
                    opened: event.opened.description, closed: closed[name],
                    severity: Severity(event.severity), since: event.since.description,
                    observed: event.observed, usual: event.usual, spread: event.spread,
                    falseAlarmRate: event.falseAlarmRate, explanation: event.explanation)
            }
        }
    }
}

extension AlertRecord.Severity {
    fileprivate init(_ severity: AlertSeverity) {
        switch severity {
        case .notice: self = .notice
        case .warning: self = .warning
        case .critical: self = .critical
        }
    }
}
