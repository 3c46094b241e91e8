public import Foundation
import Glibc
import Synchronization

/// A server of HTTP on 127.0.0.1 that answers requests by a script and keeps what it was asked.
public final class LocalServer: Sendable {
    /// What it does with a request.
    public enum Reply: Sendable {
        /// Answers with a status, more header lines and a body.
        case answer(Int, headers: [String] = [], body: String = "")
        /// Keeps the connection and says nothing.
        case silence
        /// Closes the connection without a word.
        case hangUp
    }

    /// A request.
    public struct Request: Sendable {
        /// The first line, such as "POST /hook HTTP/1.1".
        public let line: String
        /// Header lines by name in small letters.
        public let headers: [String: String]
        /// What follows the header.
        public let body: Data
    }

    private let socket: Int32
    private let port: UInt16
    private let script: Mutex<[Reply]>
    private let received = Mutex<[Request]>([])
    private let silent = Mutex<[Int32]>([])

    /// Begins to listen; after the script has ended it answers 200.
    public init(_ script: [Reply]) throws {
        self.script = Mutex(script)
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw POSIXError(.ENOTSOCK) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // SAFETY: the address lives through the calls, which read or write no more than its size.
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(socket, generic, length) == 0 && listen(socket, 16) == 0
                    && getsockname(socket, generic, &length) == 0
            }
        }
        guard isBound else {
            close(socket)
            throw POSIXError(.EADDRNOTAVAIL)
        }
        self.socket = socket
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(socket, nil, nil)
                guard connection >= 0, let self else { return }
                self.serve(connection)
            }
        }
    }

    deinit { stop() }

    /// Stops listening.
    public func stop() {
        shutdown(socket, Int32(SHUT_RDWR))
        close(socket)
        silent.withLock { connections in
            for connection in connections { close(connection) }
            connections = []
        }
    }

    /// Its address with a path.
    public func address(_ path: String = "/hook") -> String { "http://127.0.0.1:\(port)\(path)" }

    /// What it was asked so far.
    public var requests: [Request] { received.withLock { $0 } }

    private func serve(_ connection: Int32) {
        guard let request = Self.read(connection) else {
            close(connection)
            return
        }
        received.withLock { $0.append(request) }
        let reply = script.withLock { $0.isEmpty ? .answer(200, body: "{\"errcode\": 0}") : $0.removeFirst() }
        switch reply {
        case .hangUp: close(connection)
        case .silence: silent.withLock { $0.append(connection) }
        case .answer(let status, let headers, let body):
            let head =
                ["HTTP/1.1 \(status) Reply", "Content-Length: \(body.utf8.count)", "Connection: close"]
                + headers
            var bytes = Array((head.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
            // SAFETY: as many bytes are read as there are.
            _ = unsafe bytes.withUnsafeMutableBytes {
                unsafe send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            close(connection)
        }
    }

    private static func read(_ connection: Int32) -> Request? {
        var data = Data()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let request = request(data) { return request }
            // SAFETY: no more bytes are written than the buffer holds.
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe recv(connection, $0.baseAddress, $0.count, 0)
            }
            guard count > 0 else { return nil }
            data += buffer[..<count]
        }
    }

    private static func request(_ data: Data) -> Request? {
        guard let end = data.firstRange(of: Data("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: data[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        let body = data[end.upperBound...]
        guard body.count >= Int(headers["content-length"] ?? "0") ?? 0 else { return nil }
        return Request(line: lines.first ?? "", headers: headers, body: Data(body))
    }
}
