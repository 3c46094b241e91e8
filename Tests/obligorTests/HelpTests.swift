import ArgumentParser
import TestSupport
import Testing

@testable import obligor

@Suite("Help is kept as text")
struct HelpTests {
    static let verbs = Obligor.configuration.subcommands.map { $0._commandName }

    @Test(arguments: verbs)
    func everyVerbExplainsItself(verb: String) throws {
        let help = Run(verb, "--help")
        #expect(help.status == .done)
        #expect(help.error.isEmpty)
        #expect(help.output == Run("help", verb).output)
        #expect(help.output.contains("  obligor \(verb) "), "no example")
        try Golden.expect(help.output, in: "Tests/obligorTests/Fixtures/help/\(verb).txt")
    }

    @Test func theRootNamesEveryVerb() throws {
        let help = Run("--help")
        #expect(help.status == .done)
        #expect(help.output == Run().output)
        for verb in Self.verbs { #expect(help.output.contains("  \(verb) ")) }
        try Golden.expect(help.output, in: "Tests/obligorTests/Fixtures/help/obligor.txt")
    }

    @Test func theVersionIsPrinted() {
        let version = Run("--version")
        #expect(version.status == .done)
        #expect(version.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
    }
}
