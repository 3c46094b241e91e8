import Foundation
import Glibc

/// What tells this process from all others, on this machine and on others.
struct ProcessIdentity: Equatable {
    let process: Int32
    /// When the process started, in ticks since the machine did; empty where the system does not say.
    let start: String
    let host: String
    /// The machine's present start, and the name space that numbers of processes belong to.
    let boot: String

    /// This process.
    static var current: ProcessIdentity {
        let process = getpid()
        let boot = text("/proc/sys/kernel/random/boot_id")
        let space = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? ""
        return ProcessIdentity(
            process: process, start: start(of: process) ?? "", host: text("/proc/sys/kernel/hostname"),
            boot: "\(boot) \(space)")
    }

    /// When a process started; `nil` if there is none of that number, or only its remains.
    static func start(of process: Int32) -> String? {
        // The name of the program, in parentheses, may hold anything; state and start are the 1st and 20th field after
        // it.
        let fields = text("/proc/\(process)/stat").split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
        return String(fields[19])
    }

    private static func text(_ path: String) -> String {
        let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8)
        return (text ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
