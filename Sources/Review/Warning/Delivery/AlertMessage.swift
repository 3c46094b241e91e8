import Crypto
public import Foundation

/// The forms in which receivers take alerts.
public enum WebhookFormat: String, CaseIterable, Sendable {
    /// A JSON object with all events.
    case generic
    /// A Markdown message of a WeCom group robot.
    case wecom
    /// A Markdown message of a DingTalk group robot.
    case dingtalk

    /// The most bytes of text in a message: WeCom takes 4,096, DingTalk 20,000.
    private var textLimit: Int {
        switch self {
        case .generic: 1 << 20
        case .wecom: 4_000
        case .dingtalk: 18_000
        }
    }

    private static let mostEvents = 100
}

/// One message to a receiver.
public struct AlertMessage: Sendable, Equatable {
    /// What it tells.
    public let events: [AlertEvent]
    /// The JSON that is sent.
    public let body: Data

    /// The same for the same events, so that a receiver knows a message that comes again.
    public var key: String {
        String(ContentDigest.of(Data(events.map(\.id).joined(separator: "\n").utf8)).prefix(32))
    }

    /// Puts events into as few messages as the form allows, in order.
    public static func messages(_ events: [AlertEvent], _ format: WebhookFormat) throws -> [AlertMessage] {
        var messages: [AlertMessage] = []
        var part: [AlertEvent] = []
        var bytes = 0
        for event in events {
            let length = line(event).utf8.count + 1
            if !part.isEmpty, bytes + length > format.limits.bytes || part.count >= format.limits.events {
                messages.append(try AlertMessage(part, format))
                part = []
                bytes = 0
            }
            part.append(event)
            bytes += length
        }
        if !part.isEmpty { messages.append(try AlertMessage(part, format)) }
        return messages
    }

    private init(_ events: [AlertEvent], _ format: WebhookFormat) throws {
        self.events = events
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = events.map(Self.line).joined(separator: "\n")
        switch format {
        case .generic: body = try encoder.encode(["alerts": events])
        case .wecom: body = try encoder.encode(WeComMessage(markdown: .init(content: text)))
        case .dingtalk:
            let title = events.count == 1 ? "1 alert" : "\(events.count) alerts"
            body = try encoder.encode(DingTalkMessage(markdown: .init(title: title, text: text)))
        }
    }

    /// "- **warning** O000123, unpaid, 2024-05-03: 3 invoices …".
    private static func line(_ event: AlertEvent) -> String {
        let state = event.change == .closed ? "closed" : event.severity.rawValue
        // An id of the ledger must not end the line or open a link.
        let obligor = event.obligor.map { "\n\r[]()<>*_`".contains($0) ? " " : String($0) }.joined()
        let text = "- **\(state)** \(obligor), \(event.monitor.rawValue), \(event.day): \(event.explanation)"
        return text.utf8.count <= longestLine ? text : String(text.prefix(longestLine / 4))
    }

    private static let longestLine = 1_200
}

extension WebhookFormat {
    /// The most bytes of text and events in a message.
    fileprivate var limits: (bytes: Int, events: Int) { (textLimit, Self.mostEvents) }
}

private struct WeComMessage: Encodable {
    struct Markdown: Encodable { let content: String }
    let msgtype = "markdown"
    let markdown: Markdown
}

private struct DingTalkMessage: Encodable {
    struct Markdown: Encodable {
        let title: String
        let text: String
    }
    let msgtype = "markdown"
    let markdown: Markdown
}

/// The signature that a DingTalk robot asks for.
public enum DingTalkSignature {
    /// The Base64 of HMAC-SHA256 with the secret as key over "timestamp, line feed, secret".
    ///
    /// - Parameter timestamp: Milliseconds since 1970; the robot refuses ones that are off by more than an hour.
    public static func value(secret: String, timestamp: Int64) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Data("\(timestamp)\n\(secret)".utf8), using: SymmetricKey(data: Data(secret.utf8)))
        return Data(code).base64EncodedString()
    }

    /// A robot's address with time and signature added.
    static func signed(_ url: URL, secret: String, timestamp: Int64) -> URL? {
        guard var parts = URLComponents(url: url, resolvingAgainstBaseURL: false) else { return nil }
        // Base64 has '+', '/' and '=', which mean something else in a query.
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        guard
            let sign = value(secret: secret, timestamp: timestamp)
                .addingPercentEncoding(withAllowedCharacters: allowed)
        else { return nil }
        let added = "timestamp=\(timestamp)&sign=\(sign)"
        parts.percentEncodedQuery = [parts.percentEncodedQuery, added].compactMap(\.self).joined(
            separator: "&")
        return parts.url
    }
}
