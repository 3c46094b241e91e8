import ArgumentParser
import Foundation
import Tables

/// Runs one command line: parses it, performs it, and says in one line what went wrong.
enum Program {
    /// Runs a command line.
    ///
    /// - Parameters:
    ///   - arguments: What follows the program's name.
    ///   - now: The clock that what comes in is held against.
    static func run(
        _ arguments: [String], on console: any Console, now: @escaping @Sendable () -> Date = { Date() }
    ) -> CommandStatus {
        let command: any ParsableCommand
        do {
            var parsed = try Obligor.parseAsRoot(arguments)
            guard parsed is any Verb else {
                try parsed.run()
                return .done
            }
            command = parsed
        } catch {
            return answer(error, to: arguments, on: console)
        }
        guard let verb = command as? any Verb else { return .done }
        do {
            try verb.perform(Invocation(arguments: arguments, console: console, now: now))
            return .done
        } catch {
            console.note("obligor: \(oneLine("\(error)"))\(hint(for: error, to: verb))")
            return CommandStatus(of: error)
        }
    }

    /// Parses and performs a command line that must be a verb's.
    static func perform(_ arguments: [String], on console: any Console) throws {
        let command = try Obligor.parseAsRoot(arguments)
        guard let verb = command as? any Verb else {
            throw CommandFailure.usage("'\(arguments.joined(separator: " "))' names no verb")
        }
        try verb.perform(Invocation(arguments: arguments, console: console))
    }

    /// Help and version, which arrive as errors that end well, or why the command line cannot be used.
    private static func answer(
        _ error: any Error, to arguments: [String], on console: any Console
    ) -> CommandStatus {
        guard Obligor.exitCode(for: error) != .success else {
            let text = Obligor.fullMessage(for: error, columns: console.outputWidth)
            do { try console.print(text) } catch { return .failed }
            return .done
        }
        let verb = arguments.first { name in
            Obligor.configuration.subcommands.contains { $0._commandName == name }
        }
        let command = ["obligor", verb].compactMap(\.self).joined(separator: " ")
        console.note("obligor: \(oneLine(Obligor.message(for: error))) (see '\(command) --help')")
        return .usage
    }

    /// The option that does what a message about a file asks for, if the verb has it.
    private static func hint(for error: any Error, to verb: any Verb) -> String {
        guard Mirror(reflecting: verb).children.contains(where: { $0.value is OptionGroup<DialectOptions> }),
            let error = error as? TableError
        else { return "" }
        return switch error {
        case .raggedRow: " (--delimiter, or file: delimiter in the recipe)"
        case .mixedDecimalMarks: " (--decimal-mark, or file: decimalMark in the recipe)"
        case .fieldTooLong: " (--field-limit, or file: fieldLimit in the recipe)"
        default: ""
        }
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .joined(separator: " ")
    }
}
