import Foundation
import Ledger
import TestSupport
import Testing
import Vocabulary

@testable import Review

@Suite("Tags cut figures where their names say")
struct ObligorTagTests {
    @Test(arguments: [(200.0, "< 12 m"), (400, "12–24 m"), (800, "> 24 m")])
    func agesOfStatementsAreInDays(days: Double, level: String) throws {
        let folder = try LedgerFolder(Golden.checkout.appending(path: "datasets/sample-ledger"))
        let ledger = try TradeLedger.read(from: folder).ledger
        let day = try #require(CalendarDay(iso8601: "2024-12-31"))
        let obligor = try #require(ledger.view(of: 0, asOf: AsOf(day)).obligor)
        let figures = ["statement_age": days]
        #expect(ObligorTag.statementAge.value(of: obligor) { figures[$0] } == level)
        #expect(ObligorTag.statementAge.value(of: obligor) { _ in nil } == "none")
    }
}
