import Ledger
import Statistics
import Testing
import Vocabulary

@Suite("Default and allocation are what a walk over the days finds")
struct PlainDefaultsTests {
    /// The presets, and definitions with everything otherwise.
    private static func definitions(_ seed: UInt64) -> [DefaultDefinition] {
        var generator = SeededGenerator(seed: seed)
        var other = seed % 2 == 0 ? DefaultDefinition.eba : .tradeCredit
        other.daysPastDue = generator.integer(below: 60)
        other.absoluteMateriality = Double(generator.integer(below: 800))
        other.relativeMateriality = Double(generator.integer(below: 40)) / 100
        other.probationMonths = generator.integer(below: 7)
        other.events = [.insolvency, .writeOff, .lawsuit, .restructuring]
        other.probationAfter = [.lawsuit: generator.integer(below: 10)]
        other.permanentEvents = seed % 3 == 0 ? [.writeOff] : []
        return [.tradeCredit, .eba, other]
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func spells(seed: UInt64) throws {
        let plain = PlainLedger.random(seed: seed, obligors: 5, isInOneCurrency: seed % 3 == 0)
        let ledger = try plain.tradeLedger()
        let rates = ledger.exchangeRates()
        let books = PlainBooks(plain)
        var found = 0
        for definition in Self.definitions(seed) {
            let defaults = PlainDefaults(plain, books, definition)
            for place in 0..<ledger.obligorCount {
                let end = AsOf(CalendarDay(daysSince1970: Int32(PlainLedger.lastDay + 60)))
                let history = try ledger.defaultHistory(of: place, by: definition, rates: rates, asOf: end)
                let engine = history.spells(asOf: end).map { "\($0.start) \($0.end?.description ?? "…")" }
                let walked = defaults.spells(
                    of: ledger.id(ofObligor: place).text, until: Int(end.day.daysSince1970)
                ).map { spell in
                    let days = [spell.start, spell.end].map { day in
                        day.map { CalendarDay(daysSince1970: Int32($0)).description } ?? "…"
                    }
                    return days.joined(separator: " ")
                }
                #expect(engine == walked, "\(definition.name) \(place)")
                found += walked.count
            }
        }
        #expect(found > 5)
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func movements(seed: UInt64) throws {
        let plain = PlainLedger.random(seed: seed, isInOneCurrency: seed % 2 == 0)
        let ledger = try plain.tradeLedger()
        let never = AsOf(CalendarDay(daysSince1970: 40_000))
        var engine: [String] = []
        for place in 0..<ledger.obligorCount {
            for movement in ledger.allocationHistory(of: place).movements(asOf: never) {
                let invoice = ledger.id(ofInvoice: Int(movement.invoice))
                engine.append(
                    "\(invoice) \(movement.source) \(movement.day) \(movement.known) \(movement.minorUnits)")
            }
        }
        let walked = PlainBooks(plain).movements.map { movement in
            let source: Movement.Source = movement.isPayment ? .payment : .creditNote
            let days = [movement.day, movement.known].map {
                CalendarDay(daysSince1970: Int32($0)).description
            }
            return "\(movement.invoice.id) \(source) \(days[0]) \(days[1]) \(movement.units)"
        }
        // Within a day the currencies may come in another order.
        #expect(engine.sorted() == walked.sorted())
        #expect(walked.count > 100)
        #expect(walked.contains { $0.contains(" -") } && walked.contains { $0.contains("creditNote") })
    }
}
