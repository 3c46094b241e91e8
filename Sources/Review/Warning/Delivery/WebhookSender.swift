import Dispatch
public import Foundation
import FoundationNetworking
import Synchronization

/// Sends alerts to a receiver over HTTP, again and again for a bounded while where it does not take them.
public struct WebhookSender: Sendable {
    /// How patient it is.
    public struct Patience: Sendable, Equatable {
        /// How often a message is sent at most.
        public var attempts = 6
        /// Seconds before the second attempt; each later one waits twice as long.
        public var firstDelay = 1.0
        /// The most seconds between two attempts, also where the receiver asks for more.
        public var longestDelay = 60.0
        /// Seconds until an attempt counts as failed.
        public var timeout = 10.0

        /// The defaults: up to about half a minute of waiting, or what the receiver asks for.
        public init() {}
    }

    /// The variable that holds the address.
    public static let addressVariable = "OBLIGOR_WEBHOOK_URL"
    /// The variable that holds a bearer token for the generic form, if there is one.
    public static let tokenVariable = "OBLIGOR_WEBHOOK_TOKEN"
    /// The variable that holds the secret of a DingTalk robot that checks signatures.
    public static let secretVariable = "OBLIGOR_DINGTALK_SECRET"

    private let format: WebhookFormat
    private let url: URL
    private let token: String?
    private let secret: String?
    private let patience: Patience
    private let wait: @Sendable (Double) -> Void

    /// A sender whose address and secrets come from environment variables, and from nowhere else.
    ///
    /// - Parameter wait: How it waits between attempts.
    /// - Throws: ``WatchError/noSecret(variable:)`` if the address is not set or is none of HTTP.
    public init(
        _ format: WebhookFormat, environment: [String: String] = ProcessInfo.processInfo.environment,
        patience: Patience = Patience(),
        wait: @escaping @Sendable (Double) -> Void = Thread.sleep(forTimeInterval:)
    ) throws(WatchError) {
        guard let address = environment[Self.addressVariable], let url = URL(string: address),
            ["http", "https"].contains(url.scheme?.lowercased() ?? ""), url.host != nil
        else { throw .noSecret(variable: Self.addressVariable) }
        self.format = format
        self.url = url
        token = environment[Self.tokenVariable].flatMap { $0.isEmpty ? nil : $0 }
        secret = environment[Self.secretVariable].flatMap { $0.isEmpty ? nil : $0 }
        self.patience = patience
        self.wait = wait
    }

    /// Where alerts go, without the path and query, which may hold a key.
    public var host: String { url.host ?? "" }

    /// Sends events, message by message in order.
    ///
    /// - Parameter delivered: Called with the events of each message that was taken.
    /// - Throws: ``WatchError/notDelivered(host:reason:)`` at the first message that is not taken; or what `delivered`
    ///   throws.
    public func send(_ events: [AlertEvent], delivered: ([AlertEvent]) throws -> Void) throws {
        for message in try AlertMessage.messages(events, format) {
            try send(message)
            try delivered(message.events)
        }
    }
}

extension WebhookSender {
    /// What came of an attempt.
    private enum Outcome {
        case taken
        /// Another attempt may do better, after so many seconds if the receiver said.
        case busy(reason: String, after: Double?)
        case refused(reason: String)
    }

    private func send(_ message: AlertMessage) throws(WatchError) {
        var delay = patience.firstDelay
        var attempt = 1
        while true {
            switch post(message) {
            case .taken: return
            case .refused(let reason): throw .notDelivered(host: host, reason: reason)
            case .busy(let reason, let after):
                guard attempt < patience.attempts else {
                    throw .notDelivered(host: host, reason: "\(reason), \(attempt) attempts")
                }
                wait(min(patience.longestDelay, max(0, after ?? delay)))
                delay = min(patience.longestDelay, 2 * delay)
                attempt += 1
            }
        }
    }

    private func post(_ message: AlertMessage) -> Outcome {
        var address = url
        if format == .dingtalk, let secret {
            let now = Int64(Date().timeIntervalSince1970 * 1000)
            guard let signed = DingTalkSignature.signed(url, secret: secret, timestamp: now) else {
                return .refused(reason: "the address cannot be signed")
            }
            address = signed
        }
        var request = URLRequest(url: address, timeoutInterval: patience.timeout)
        request.httpMethod = "POST"
        request.httpBody = message.body
        request.setValue("application/json; charset=utf-8", forHTTPHeaderField: "Content-Type")
        request.setValue(message.key, forHTTPHeaderField: "Idempotency-Key")
        if format == .generic, let token {
            request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        }
        guard let (response, data) = Exchange.run(request, timeout: patience.timeout) else {
            return .busy(
                reason: "no answer within \(Int(patience.timeout.rounded(.up))) s or no connection",
                after: nil)
        }
        return outcome(response, data)
    }

    private func outcome(_ response: HTTPURLResponse, _ data: Data) -> Outcome {
        let status = response.statusCode
        switch status {
        case 200..<300: return robotOutcome(data)
        case 408, 425, 429, 500...:
            return .busy(
                reason: "status \(status)",
                after: response.value(forHTTPHeaderField: "Retry-After").flatMap(Self.seconds(retryAfter:)))
        default: return .refused(reason: "status \(status)")
        }
    }

    /// What a robot says in its answer, which has status 200 either way.
    private func robotOutcome(_ data: Data) -> Outcome {
        guard format != .generic else { return .taken }
        struct Answer: Decodable { let errcode: Int }
        guard let code = (try? JSONDecoder().decode(Answer.self, from: data))?.errcode else {
            return .refused(reason: "an answer without errcode")
        }
        // Busy or too many messages a minute: −1 and 45009 of WeCom, −1, 130101 and 410100 of DingTalk.
        if [-1, 45_009, 130_101, 410_100].contains(code) {
            return .busy(reason: "errcode \(code)", after: nil)
        }
        return code == 0 ? .taken : .refused(reason: "errcode \(code)")
    }

    /// Seconds of a Retry-After header: a number, or a date of HTTP.
    static func seconds(retryAfter text: String) -> Double? {
        let text = text.trimmingCharacters(in: .whitespaces)
        if let seconds = Double(text) { return seconds.isFinite && seconds >= 0 ? seconds : nil }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return format.date(from: text).map { max(0, $0.timeIntervalSinceNow) }
    }
}

/// One request and its answer.
private final class Exchange: NSObject, URLSessionTaskDelegate, Sendable {
    private let answer = Mutex<(HTTPURLResponse, Data)?>(nil)

    /// The answer; `nil` if there is none in time.
    static func run(_ request: URLRequest, timeout: Double) -> (HTTPURLResponse, Data)? {
        let exchange = Exchange()
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = timeout
        configuration.timeoutIntervalForResource = timeout
        let session = URLSession(configuration: configuration, delegate: exchange, delegateQueue: nil)
        let done = DispatchSemaphore(value: 0)
        let task = session.dataTask(with: request) { data, response, _ in
            if let response = response as? HTTPURLResponse {
                exchange.answer.withLock { $0 = (response, data ?? Data()) }
            }
            done.signal()
        }
        task.resume()
        let result = done.wait(timeout: .now() + timeout + 1)
        if result == .timedOut { task.cancel() }
        session.invalidateAndCancel()
        return exchange.answer.withLock { $0 }
    }

    /// Follows nobody: an alert goes where it was addressed to, or nowhere.
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }
}
