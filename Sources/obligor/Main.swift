import Foundation

/// Where the program starts.
@main
enum Main {
    static func main() {
        let watches = Interruption.watch()
        let status = withExtendedLifetime(watches) {
            Program.run(Array(CommandLine.arguments.dropFirst()), on: ProcessConsole())
        }
        exit(status.rawValue)
    }
}
