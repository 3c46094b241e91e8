import Statistics
import Vocabulary

/// A ledger as plain lists, from which both the engine's ledger and the plain features are made.
///
/// Days are days since 1970, amounts minor units of currencies with two decimals.
struct PlainLedger {
    struct Money: Equatable {
        var units: Int
        var currency = "EUR"
    }
    struct Obligor {
        var id: String
        var industry: String?
        var region: String?
        var group: String?
        var founded: Int?
        var capital: Money?
        var employees: Int?
        var onboarded: Int
        var known: Int
    }
    struct Contract {
        var id: String
        var obligor: String
        var signed: Int
        var terms: Int?
        var limit: Int?
        var currency = "EUR"
        var from: Int
        var to: Int?
        var known: Int
    }
    struct Order {
        var id: String
        var obligor: String
        var ordered: Int
        var amount: Money
        var cancelled: Int?
        var known: Int
    }
    struct Delivery {
        var id: String
        var obligor: String
        var order: String
        var delivered: Int
        var known: Int
    }
    struct Invoice {
        var id: String
        var obligor: String
        var issued: Int
        var due: Int
        var amount: Money
        var disputedFrom: Int?
        var disputedTo: Int?
        var known: Int
    }
    struct Payment {
        var id: String
        var obligor: String
        var paid: Int
        var amount: Money
        var known: Int
    }
    struct Allocation {
        var payment: String
        var invoice: String
        var allocated: Int
        var units: Int
        var known: Int
    }
    struct CreditNote {
        var id: String
        var obligor: String
        var issued: Int
        var amount: Money
        var invoice: String?
        var known: Int
    }
    struct Promise {
        var id: String
        var obligor: String
        var invoice: String?
        var made: Int
        var payBy: Int
        var amount: Money
        var known: Int
    }
    struct Statement {
        var id: String
        var obligor: String
        var periodEnd: Int
        var published: Int
        var months: Int
        var currency: String
        /// By column name; minor units.
        var items: [String: Int]
        var audited: Bool?
        var known: Int
    }
    struct BureauRecord {
        var obligor: String
        var source: String
        var observed: Int
        var score: Double?
        var judgments: Int?
        var arrears: Int?
        var guarantees: Int?
        var capital: Int?
        var employees: Int?
        var dishonest: Bool?
        var known: Int
    }
    struct Event {
        var id: String
        var obligor: String
        var occurred: Int
        var kind: String
        var known: Int
    }
    struct Link {
        var supplier: String
        var buyer: String
        var share: Double?
        var exposure: Int?
        var from: Int
        var to: Int?
        var known: Int
    }
    struct Rating {
        var obligor: String
        var date: Int
        var grade: Grade
        var known: Int
    }
    struct Rate {
        var day: Int
        var currency: String
        var rate: Double
        var known: Int
    }

    var obligors: [Obligor] = []
    var contracts: [Contract] = []
    var orders: [Order] = []
    var deliveries: [Delivery] = []
    var invoices: [Invoice] = []
    var payments: [Payment] = []
    var allocations: [Allocation] = []
    var creditNotes: [CreditNote] = []
    var promises: [Promise] = []
    var statements: [Statement] = []
    var bureau: [BureauRecord] = []
    var events: [Event] = []
    var links: [Link] = []
    var ratings: [Rating] = []
    var rates: [Rate] = []
}

extension PlainLedger {
    /// What was known by the end of a day: later records do not exist, and neither do later facts inside of records.
    func known(by day: Int) -> PlainLedger {
        var view = self
        view.obligors.removeAll { $0.known > day }
        view.contracts.removeAll { $0.known > day }
        view.orders.removeAll { $0.known > day }
        view.deliveries.removeAll { $0.known > day }
        view.invoices.removeAll { $0.known > day }
        view.payments.removeAll { $0.known > day }
        view.allocations.removeAll { $0.known > day }
        view.creditNotes.removeAll { $0.known > day }
        view.promises.removeAll { $0.known > day }
        view.statements.removeAll { $0.known > day }
        view.bureau.removeAll { $0.known > day }
        view.events.removeAll { $0.known > day }
        view.links.removeAll { $0.known > day }
        view.ratings.removeAll { $0.known > day }
        view.rates.removeAll { $0.known > day }
        for index in view.contracts.indices { Self.hide(&view.contracts[index].to, after: day) }
        for index in view.orders.indices { Self.hide(&view.orders[index].cancelled, after: day) }
        for index in view.links.indices { Self.hide(&view.links[index].to, after: day) }
        for index in view.invoices.indices {
            Self.hide(&view.invoices[index].disputedFrom, after: day)
            Self.hide(&view.invoices[index].disputedTo, after: day)
        }
        return view
    }

    private static func hide(_ fact: inout Int?, after day: Int) {
        if let value = fact, value > day { fact = nil }
    }
}

extension PlainLedger {
    /// Whether any record is of an obligor.
    func names(_ id: String) -> Bool {
        contracts.contains { $0.obligor == id } || orders.contains { $0.obligor == id }
            || deliveries.contains { $0.obligor == id } || invoices.contains { $0.obligor == id }
            || payments.contains { $0.obligor == id } || creditNotes.contains { $0.obligor == id }
            || promises.contains { $0.obligor == id } || statements.contains { $0.obligor == id }
            || bureau.contains { $0.obligor == id } || events.contains { $0.obligor == id }
            || links.contains { $0.supplier == id || $0.buyer == id } || ratings.contains { $0.obligor == id }
    }
}
