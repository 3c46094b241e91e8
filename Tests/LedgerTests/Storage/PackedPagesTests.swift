import Foundation
import Parallelism
import Statistics
import Testing
import Vocabulary

@testable import Ledger

@Suite("A ledger that is read page by page is the ledger that is read as a whole")
struct PackedPagesTests {
    private let source: TableLedgerSource
    private let whole: TradeLedger

    init() throws {
        source = TableLedgerSource(try RandomLedger(seed: 5, obligors: 50).tables, baseCurrency: .euro)
        whole = try TradeLedger.read(from: source).ledger
    }

    private func paged(_ size: Int) throws -> TradeLedger {
        try #require(try TradeLedger.readPacked(from: PackedCopy(source, pageSize: size))).ledger
    }

    /// The position of a record among an obligor's own; −1 for none.
    private static func position<Record>(_ place: Int32, in own: ArraySlice<Record>) -> Int32 {
        own.indices.contains(Int(place)) ? place - Int32(own.startIndex) : -1
    }

    /// What a view shows, references as positions among the obligor's own records.
    private static func expectSame(_ one: ObligorView, _ other: ObligorView) {
        func orders(_ view: ObligorView) -> [Order] {
            view.orders.map { order in
                var order = order
                order.contractPlace = position(order.contractPlace, in: view.contracts)
                return order
            }
        }
        func deliveries(_ view: ObligorView) -> [Delivery] {
            view.deliveries.map { delivery in
                var delivery = delivery
                delivery.orderPlace = position(delivery.orderPlace, in: view.orders)
                return delivery
            }
        }
        func invoices(_ view: ObligorView) -> [Invoice] {
            view.invoices.map { invoice in
                var invoice = invoice
                invoice.contractPlace = position(invoice.contractPlace, in: view.contracts)
                invoice.deliveryPlace = position(invoice.deliveryPlace, in: view.deliveries)
                return invoice
            }
        }
        func allocations(_ view: ObligorView) -> [Allocation] {
            view.allocations.map { allocation in
                var allocation = allocation
                allocation.payment = position(allocation.payment, in: view.payments)
                allocation.invoice = position(allocation.invoice, in: view.invoices)
                return allocation
            }
        }
        func creditNotes(_ view: ObligorView) -> [CreditNote] {
            view.creditNotes.map { note in
                var note = note
                note.invoicePlace = position(note.invoicePlace, in: view.invoices)
                return note
            }
        }
        func promises(_ view: ObligorView) -> [Promise] {
            view.promises.map { promise in
                var promise = promise
                promise.invoicePlace = position(promise.invoicePlace, in: view.invoices)
                return promise
            }
        }
        #expect(one.id == other.id && one.obligor == other.obligor)
        #expect(Array(one.contracts) == Array(other.contracts))
        #expect(orders(one) == orders(other))
        #expect(deliveries(one) == deliveries(other))
        #expect(invoices(one) == invoices(other))
        #expect(Array(one.payments) == Array(other.payments))
        #expect(allocations(one) == allocations(other))
        #expect(creditNotes(one) == creditNotes(other))
        #expect(promises(one) == promises(other))
        #expect(Array(one.statements) == Array(other.statements))
        #expect(Array(one.bureau) == Array(other.bureau))
        #expect(Array(one.ratings) == Array(other.ratings))
        #expect(Array(one.events) == Array(other.events))
        #expect(Array(one.linksToBuyers) == Array(other.linksToBuyers))
        #expect(Array(one.linksToSuppliers) == Array(other.linksToSuppliers))
    }

    /// Pages of one obligor are more than are kept, so that they are read again and again.
    @Test(arguments: [1, 3, 64])
    func everyViewIsTheSame(size: Int) throws {
        let ledger = try paged(size)
        for day in [CalendarDay(daysSince1970: 18_150), .never] {
            for place in 0..<whole.obligorCount {
                Self.expectSame(
                    ledger.view(of: place, asOf: AsOf(day)), whole.view(of: place, asOf: AsOf(day)))
            }
        }
        for kind in RecordKind.allCases {
            #expect(ledger.count(of: kind) == whole.count(of: kind), "\(kind)")
            #expect(ledger.count(of: kind) > 0, "\(kind)")
        }
        #expect(ledger.span == whole.span)
        try ledger.requireRead()
    }

    @Test(arguments: [1, 3, 64], [1, 3])
    func whatFollowsFromRecordsIsTheSame(size: Int, threads: Int) throws {
        let ledger = try paged(size)
        let rates = whole.exchangeRates()
        let asOf = AsOf(CalendarDay(daysSince1970: 18_350))
        let same = Workers(threads: threads).map(whole.obligorCount) { place in
            func items(_ ledger: TradeLedger) -> [[Int64]] {
                let first = ledger.view(of: place, asOf: asOf).invoices.startIndex
                return ledger.allocationHistory(of: place).openItems(asOf: asOf).map {
                    [Int64(Int($0.invoice) - first), $0.amount.minorUnits, Int64($0.due.daysSince1970)]
                }
            }
            func spells(_ ledger: TradeLedger) -> [DefaultSpell]? {
                try? ledger.defaultHistory(of: place, by: .tradeCredit, rates: rates, asOf: asOf)
                    .spells(asOf: asOf)
            }
            return items(ledger) == items(whole) && spells(ledger) == spells(whole)
                && spells(whole) != nil
        }
        #expect(!same.contains(false))
        try ledger.requireRead()
    }

    /// As of every day: no currency is seen before a record of it is known.
    @Test func currenciesAreThoseOfTheRecords() throws {
        let ledger = try paged(7)
        var found: Set<Set<Currency>> = []
        for day in stride(from: Int32(17_900), through: 18_500, by: 5) {
            let asOf = AsOf(CalendarDay(daysSince1970: day))
            let known = ledger.currencies(asOf: asOf)
            #expect(known == whole.currencies(asOf: asOf, workers: Workers(threads: 2)), "\(day)")
            found.insert(known)
        }
        #expect(found.count > 1)
    }

    @Test func eventsAreAddedToPagesToo() throws {
        let day = CalendarDay(daysSince1970: 18_100)
        func added(_ ledger: TradeLedger) -> TradeLedger {
            ledger.adding([AddedEvent(.judgment, of: ledger.id(ofObligor: 17), occurred: day, known: day)])
        }
        let (one, other) = (added(try paged(3)), added(whole))
        for place in 15..<20 {
            Self.expectSame(
                one.view(of: place, asOf: AsOf(.never)), other.view(of: place, asOf: AsOf(.never)))
        }
    }

    @Test(arguments: PackedRecords.kinds)
    func whatCannotBeReadIsMissingAndSaid(kind: RecordKind) throws {
        var copy = try PackedCopy(source, pageSize: 3)
        copy.unreadable = [kind]
        let ledger = try #require(try TradeLedger.readPacked(from: copy)).ledger
        try ledger.requireRead()
        for place in 0..<ledger.obligorCount {
            let view = ledger.view(of: place, asOf: AsOf(.never))
            _ = ledger.allocationHistory(of: place).openItems(asOf: AsOf(.never))
            _ = view.contracts.count + view.orders.count + view.deliveries.count + view.promises.count
            _ = view.statements.count + view.bureau.count + view.ratings.count
        }
        let error = #expect(throws: LedgerError.self) { try ledger.requireRead() }
        #expect(error?.description.contains("lost") == true)
        #expect(error?.description.contains(kind.fileName) == true)
    }

    /// A page in the place of another one has obligors that are not its own.
    @Test func pagesDoNotStandForEachOther() throws {
        var copy = try PackedCopy(source, pageSize: 10)
        let other = copy.records[.payments]?[1]
        copy.records[.payments]?[0] = other
        let ledger = try #require(try TradeLedger.readPacked(from: copy)).ledger
        #expect(ledger.view(of: 0, asOf: AsOf(.never)).payments.isEmpty)
        let error = #expect(throws: LedgerError.self) { try ledger.requireRead() }
        #expect(error?.description.contains("import the ledger into a new store") == true)
    }

    /// What is asked for again and again stays, whatever else is looked at in between.
    @Test func pagesAskedForLastStay() throws {
        let copy = try PackedCopy(source, pageSize: 1)
        let ledger = try #require(try TradeLedger.readPacked(from: copy, workers: .single)).ledger
        func look(_ place: Int) { _ = ledger.view(of: place, asOf: AsOf(.never)).payments.count }
        let places = placesWithPayments
        try #require(places.count > 30)
        for other in places.dropFirst() {
            look(places[0])
            look(other)
        }
        #expect(copy.reads.pages(of: .payments) == places)
        // What was looked at long ago is read again.
        look(places[1])
        #expect(copy.reads.pages(of: .payments) == places + [places[1]])
    }

    private var placesWithPayments: [Int] {
        (0..<whole.obligorCount).filter { !whole.view(of: $0, asOf: AsOf(.never)).payments.isEmpty }
    }

    @Test(arguments: [1, 4])
    func soManyPagesStay(threads: Int) throws {
        let ledger = try #require(
            try TradeLedger.readPacked(
                from: PackedCopy(source, pageSize: 1), workers: Workers(threads: threads))
        ).ledger
        let packed = try #require(ledger.packed)
        struct Weak { weak var page: LedgerPage? }
        let pages = (0..<50).map { Weak(page: packed.page(of: $0)) }
        #expect(packed.capacity == 16 + 2 * threads)
        #expect(pages.count { $0.page != nil } == packed.capacity)
        #expect(pages.suffix(packed.capacity).allSatisfy { $0.page != nil })
    }

    /// A page needs nothing but itself.
    @Test func aPageOutlivesItsLedger() throws {
        let place = placesWithPayments[0]
        let page = try #require(try paged(3).packed?.page(of: place))
        let payments = whole.view(of: place, asOf: AsOf(.never)).payments
        #expect(Array(page.payments.of(place)) == Array(payments))
    }

    /// A view shows what it has shown, and nothing that does not fit it, whatever can be read by then.
    @Test func aViewIsOfOneReading() throws {
        let copy = try PackedCopy(source, pageSize: 1)
        let ledger = try #require(try TradeLedger.readPacked(from: copy, workers: .single)).ledger
        // More than are kept.
        let views = (0..<50).map { ledger.view(of: $0, asOf: AsOf(.never)) }
        for (place, view) in views.enumerated() {
            #expect(view.invoices.count == whole.view(of: place, asOf: AsOf(.never)).invoices.count)
        }
        copy.reads.lose()
        for (place, view) in views.enumerated() {
            let same = whole.view(of: place, asOf: AsOf(.never))
            #expect(view.invoices.map(\.amount) == same.invoices.map(\.amount))
            let allocation = view.allocationHistory()
            #expect(allocation.invoices.count == view.invoices.count && allocation.all.isEmpty)
            // Another look finds nothing any more.
            let again = ledger.view(of: place, asOf: AsOf(.never))
            _ = again.allocationHistory().all.map { again.invoices[Int($0.invoice)] }
            _ = try? ledger.defaultHistory(
                of: place, by: .tradeCredit, rates: whole.exchangeRates(), asOf: AsOf(.never),
                allocation: allocation)
        }
        #expect(throws: LedgerError.self) { try ledger.requireRead() }
    }

    /// Numbers of an index that are others are refused, or what is read by them is, or they do no harm.
    @Test func damagedIndexesAreRefusedOrHarmless() throws {
        let others = [
            "-1", "0", "1", "7", "2147483647", "2147483648", "4611686018427387904", "9223372036854775807",
            "-9223372036854775808", "0.5", "null",
        ]
        var copy = try PackedCopy(source, pageSize: 8)
        let text = try Self.text(of: copy.index)
        #expect(copy.index.isSound)
        // Days on which records became known are many numbers: some of them are enough.
        let days = try #require(text.firstMatch(of: /"known":{[^}]*}/)).range
        let all = text.matches(of: /-?[0-9]+/)
        let numbers =
            all.filter { !days.contains($0.range.lowerBound) }
            + all.filter { days.contains($0.range.lowerBound) }.prefix(10)
        var random = SeededGenerator(seed: 60)
        var (unsound, unfit, harmless) = (0, 0, 0)
        for _ in 0..<60 {
            let number = numbers[Int(random.uniform() * Double(numbers.count))]
            let damaged = text.replacingCharacters(
                in: number.range, with: others[Int(random.uniform() * Double(others.count))])
            guard let index = try? JSONDecoder().decode(PackedIndex.self, from: Data(damaged.utf8)),
                index.isSound
            else {
                unsound += 1
                continue
            }
            copy.index = index
            do {
                let ledger = try #require(try TradeLedger.readPacked(from: copy)).ledger
                for place in 0..<ledger.obligorCount {
                    let view = ledger.view(of: place, asOf: AsOf(.never))
                    _ = view.allocationHistory().openItems(asOf: AsOf(.never)).count
                    _ = view.orders.count + view.deliveries.count + view.promises.count + view.contracts.count
                    _ = view.statements.count + view.bureau.count + view.ratings.count
                }
                _ = ledger.span.map { $0.upperBound.parts }
                _ = ledger.currencies(asOf: AsOf(.never))
                try ledger.requireRead()
                harmless += 1
            } catch let error as LedgerError {
                #expect("\(error)".contains("does not fit"), "\(error)")
                unfit += 1
            }
        }
        #expect(unsound > 0 && unfit > 0 && harmless > 0, "\(unsound), \(unfit), \(harmless)")
    }

    private static func text(of index: PackedIndex) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(index), as: UTF8.self)
    }

    /// None of these may be computed with.
    @Test(arguments: [
        ("\"pageSize\":8", "\"pageSize\":9223372036854775807"), ("\"pageSize\":8", "\"pageSize\":0"),
        ("\"pageSize\":8", "\"pageSize\":-8"),
        ("\"obligorCount\":50", "\"obligorCount\":9223372036854775807"),
        ("\"obligorCount\":50", "\"obligorCount\":-1"), ("\"obligorCount\":50", "\"obligorCount\":58"),
        ("\"days\":[", "\"days\":[2147483647,"), ("\"payments\":[", "\"payments\":[1,"),
        ("\"payments\":[", "\"payments\":[],\"dreams\":["),
    ])
    func unsoundIndexesAreKnown(passage: String, other: String) throws {
        let text = try Self.text(of: PackedCopy(source, pageSize: 8).index)
        let damaged = text.replacing(passage, with: other)
        #expect(damaged != text)
        #expect(try !JSONDecoder().decode(PackedIndex.self, from: Data(damaged.utf8)).isSound)
    }
}
