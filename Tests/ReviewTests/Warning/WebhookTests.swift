import Foundation
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Review

@Suite("Alerts reach receivers, or are kept", .serialized)
struct WebhookTests {
    static func events(_ count: Int, explanation: String = "pays late") -> [AlertEvent] {
        (0..<count).map { number in
            AlertEvent(
                obligor: "O\(number)", monitor: .unpaid, change: .opened, day: WatchFixture.day("2024-05-03"),
                opened: WatchFixture.day("2024-05-03"), since: WatchFixture.day("2024-04-20"),
                severity: .warning,
                falseAlarmRate: 0.01, observed: 41, usual: -5, spread: 4, explanation: explanation)
        }
    }

    /// Sends to a server; what was delivered, how long it waited, and the error if there was one.
    private func send(
        _ events: [AlertEvent], _ format: WebhookFormat, to server: LocalServer, timeout: Double = 5,
        attempts: Int = 4, path: String = "/hook?key=hidden", environment: [String: String] = [:]
    ) throws -> (delivered: Int, waits: [Double], error: WatchError?) {
        var patience = WebhookSender.Patience()
        patience.timeout = timeout
        patience.attempts = attempts
        let waits = Log()
        let sender = try WebhookSender(
            format,
            environment: environment.merging([WebhookSender.addressVariable: server.address(path)]) { $1 },
            patience: patience, wait: { waits.add($0) })
        var delivered = 0
        do {
            try sender.send(events) { delivered += $0.count }
            return (delivered, waits.all, nil)
        } catch let error as WatchError {
            return (delivered, waits.all, error)
        }
    }

    @Test func genericMessagesHoldAllEvents() throws {
        let server = try LocalServer([])
        let sent = try send(
            Self.events(3), .generic, to: server, environment: [WebhookSender.tokenVariable: "t0ken"])
        #expect(sent.delivered == 3 && sent.error == nil && sent.waits.isEmpty)
        let request = try #require(server.requests.first)
        #expect(request.line == "POST /hook?key=hidden HTTP/1.1")
        #expect(request.headers["content-type"] == "application/json; charset=utf-8")
        #expect(request.headers["authorization"] == "Bearer t0ken")
        #expect(request.headers["idempotency-key"]?.count == 32)
        let body = try JSONDecoder().decode([String: [AlertEvent]].self, from: request.body)
        #expect(body == ["alerts": Self.events(3)])
    }

    @Test func robotsGetMarkdown() throws {
        let server = try LocalServer([])
        #expect(try send(Self.events(1), .wecom, to: server).delivered == 1)
        #expect(try send(Self.events(2), .dingtalk, to: server).delivered == 2)
        let bodies = server.requests.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(
            bodies == [
                #"{"markdown":{"content":"- **warning** O0, unpaid, 2024-05-03: pays late"},"msgtype":"markdown"}"#,
                #"{"markdown":{"text":"- **warning** O0, unpaid, 2024-05-03: pays late\n- **warning** O1, unpaid, 2024-05-03: pays late","title":"2 alerts"},"msgtype":"markdown"}"#,
            ])
    }

    @Test func messagesStayWithinLimits() throws {
        let messages = try AlertMessage.messages(
            Self.events(90, explanation: String(repeating: "ä", count: 90)), .wecom)
        #expect(messages.count > 2)
        #expect(messages.flatMap(\.events) == Self.events(90, explanation: String(repeating: "ä", count: 90)))
        #expect(messages.allSatisfy { $0.body.count <= 4_096 + 60 })
        #expect(Set(messages.map(\.key)).count == messages.count)
        let long = try AlertMessage.messages(
            Self.events(1, explanation: String(repeating: "ä", count: 9_000)), .wecom)
        #expect(long.count == 1 && long[0].body.count < 4_096)
    }

    /// HMAC-SHA256 and Base64 by Python's hmac and base64 modules.
    @Test func signaturesAgreeWithPython() throws {
        #expect(
            DingTalkSignature.value(secret: "SECabc123", timestamp: 1_700_000_000_000)
                == "N5P09a4+p1AMJIJWnIvQd2Yxw9+fu/oEBnPrjCcsLXk=")
        let server = try LocalServer([])
        _ = try send(
            Self.events(1), .dingtalk, to: server, environment: [WebhookSender.secretVariable: "SECabc123"])
        let line = try #require(server.requests.first?.line)
        let parts = try #require(
            URLComponents(string: "http://x" + line.split(separator: " ")[1])?.queryItems)
        let values = Dictionary(uniqueKeysWithValues: parts.map { ($0.name, $0.value ?? "") })
        let timestamp = try #require(values["timestamp"].flatMap(Int64.init))
        #expect(values["key"] == "hidden")
        #expect(values["sign"] == DingTalkSignature.value(secret: "SECabc123", timestamp: timestamp))
        #expect(abs(Double(timestamp) / 1000 - Date().timeIntervalSince1970) < 60)
        #expect(!line.contains("SECabc123"))
    }

    @Test func triesAgainWhereTheServerFails() throws {
        let server = try LocalServer([.answer(500), .hangUp, .answer(503)])
        let sent = try send(Self.events(2), .generic, to: server)
        #expect(sent.delivered == 2 && sent.error == nil)
        #expect(sent.waits == [1, 2, 4])
        // The same message every time.
        #expect(Set(server.requests.map { $0.headers["idempotency-key"] }).count == 1)
        #expect(server.requests.count == 4)
    }

    @Test func waitsAsLongAsAskedTo() throws {
        let server = try LocalServer([
            .answer(429, headers: ["Retry-After: 7"]), .answer(429, headers: ["Retry-After: 100000"]),
            .answer(429, headers: ["Retry-After: soon"]),
        ])
        let sent = try send(Self.events(1), .generic, to: server)
        #expect(sent.delivered == 1)
        #expect(sent.waits == [7, 60, 4])
        let later = DateFormatter()
        later.locale = Locale(identifier: "en_US_POSIX")
        later.timeZone = TimeZone(identifier: "GMT")
        later.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        let seconds = try #require(
            WebhookSender.seconds(retryAfter: later.string(from: Date(timeIntervalSinceNow: 90))))
        #expect(seconds > 85 && seconds <= 90)
        #expect(WebhookSender.seconds(retryAfter: "-3") == nil)
    }

    @Test func aServerThatSaysNothingIsLeft() throws {
        let server = try LocalServer([.silence])
        let begin = ContinuousClock.now
        let sent = try send(Self.events(1), .generic, to: server, timeout: 1)
        #expect(sent.delivered == 1 && sent.waits == [1])
        #expect(ContinuousClock.now - begin < .seconds(10))
    }

    @Test func givesUpAndSaysSoWithoutSecrets() throws {
        let server = try LocalServer([.answer(500), .answer(500), .answer(500)])
        let sent = try send(Self.events(1), .wecom, to: server, attempts: 3)
        #expect(sent.delivered == 0)
        #expect(sent.error == .notDelivered(host: "127.0.0.1", reason: "status 500, 3 attempts"))
        #expect(sent.error?.description.contains("hidden") == false)
    }

    @Test(arguments: [(400, ""), (301, "Location: http://127.0.0.1:9/elsewhere"), (404, "")])
    func refusalsAreNotRepeated(status: Int, header: String) throws {
        let server = try LocalServer([.answer(status, headers: header.isEmpty ? [] : [header])])
        let sent = try send(Self.events(1), .generic, to: server)
        #expect(sent.error == .notDelivered(host: "127.0.0.1", reason: "status \(status)"))
        #expect(server.requests.count == 1)
    }

    @Test func robotsThatSayNoAreUnderstood() throws {
        let server = try LocalServer([
            .answer(200, body: #"{"errcode": 45009, "errmsg": "freq"}"#),
            .answer(200, body: #"{"errcode": 0}"#),
            .answer(200, body: #"{"errcode": 93000, "errmsg": "bad key"}"#), .answer(200, body: "<html>"),
        ])
        #expect(try send(Self.events(1), .wecom, to: server).waits == [1])
        #expect(
            try send(Self.events(1), .wecom, to: server).error
                == .notDelivered(host: "127.0.0.1", reason: "errcode 93000"))
        #expect(
            try send(Self.events(1), .wecom, to: server).error
                == .notDelivered(host: "127.0.0.1", reason: "an answer without errcode"))
    }

    @Test func anAddressIsNeeded() throws {
        for environment in [
            [:], [WebhookSender.addressVariable: "ftp://x"], [WebhookSender.addressVariable: ""],
        ] {
            #expect(throws: WatchError.noSecret(variable: WebhookSender.addressVariable)) {
                try WebhookSender(.generic, environment: environment)
            }
        }
    }

    /// Numbers that several threads may add.
    private final class Log: Sendable {
        private let values = Mutex<[Double]>([])
        func add(_ value: Double) { values.withLock { $0.append(value) } }
        var all: [Double] { values.withLock { $0 } }
    }
}
