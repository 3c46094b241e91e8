import Foundation
import Review
import Vocabulary

extension AlertEvent {
    /// "2024-05-03 opened warning O000123, unpaid: 3 invoices …".
    var line: String {
        "\(day) \(change.rawValue) \(severity.rawValue) \(obligor), \(monitor.rawValue): \(explanation)"
    }

    /// The event as a store keeps it.
    func stored() throws -> StoredAlert {
        StoredAlert(
            key: id, obligor: ObligorID(obligor), day: day, kind: monitor.rawValue,
            severity: severity.rawValue, text: "\(change.rawValue): \(explanation)", details: try json())
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
