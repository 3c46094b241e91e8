import ArgumentParser
import Foundation
import Logging

/// How a job says what it does, line by line on standard error.
enum LogForm: String, CaseIterable, ExpressibleByArgument {
    /// Not at all.
    case none
    /// Time, level, what happened, and key=value for the rest.
    case text
    /// The same as JSON.
    case json
}

extension Logger {
    /// The log of a job.
    static func ofJob(_ job: String, _ form: LogForm, on console: any Console) -> Logger {
        var logger = Logger(label: job) { label -> any LogHandler in
            if form == .none { return SwiftLogNoOpLogHandler() }
            return LineLogHandler(job: label, form: form, console: console)
        }
        logger.logLevel = .info
        return logger
    }
}

/// Writes each entry of a log as a line to a console's standard error.
struct LineLogHandler: LogHandler {
    let job: String
    let form: LogForm
    let console: any Console
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata
        for (key, value) in event.metadata ?? [:] { fields[key] = value }
        let time = Date().formatted(.iso8601)
        let sorted = fields.sorted { $0.key < $1.key }
        if form == .json {
            var line = [
                "\"time\":\(quoted(time))", "\"level\":\(quoted("\(event.level)"))", "\"job\":\(quoted(job))",
                "\"message\":\(quoted("\(event.message)"))",
            ]
            line += sorted.map { "\(quoted($0.key)):\(quoted("\($0.value)"))" }
            console.note("{" + line.joined(separator: ",") + "}")
        } else {
            let rest = sorted.map { " \($0.key)=\($0.value)" }.joined()
            console.note("\(time) \(event.level) \(job): \(event.message)\(rest)")
        }
    }

    /// A text as JSON has it.
    private func quoted(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}
