public import Tables
import Vocabulary

extension RecordKind {
    /// The columns of its file, in order.
    public var fields: [FieldDeclaration] {
        switch self {
        case .obligors: Self.obligorFields
        case .contracts: Self.contractFields
        case .orders: Self.orderFields
        case .deliveries: Self.deliveryFields
        case .invoices: Self.invoiceFields
        case .payments: Self.paymentFields
        case .allocations: Self.allocationFields
        case .creditNotes: Self.creditNoteFields
        case .promises: Self.promiseFields
        case .statements: Self.statementFields
        case .bureau: Self.bureauFields
        case .events: Self.eventFields
        case .links: Self.linkFields
        case .ratings: Self.ratingFields
        case .rates: Self.rateFields
        }
    }

    /// The column of a name, or `nil`.
    public func field(_ name: String) -> FieldDeclaration? { fields.first { $0.name == name } }

    /// What a reader of tables should know of the file.
    public var schema: Schema {
        get throws(TableError) { try Schema(fields.map(\.schema)) }
    }

    /// What a record of this kind is, for the dictionary.
    public var meaning: String {
        switch self {
        case .obligors: "Who buys on credit."
        case .contracts: "Terms and credit limits agreed with an obligor; the latest that is valid counts."
        case .orders: "What was ordered; a cancellation becomes known on its day."
        case .deliveries: "What was delivered on an order."
        case .invoices: "What was billed; a dispute becomes known when it begins, its end when it ends."
        case .payments: "Money received."
        case .allocations:
            "Which payment paid which invoice, where the books say so; elsewhere the oldest due is paid first."
        case .creditNotes: "What was taken back, from an invoice or in general."
        case .promises: "When an obligor said that it would pay."
        case .statements: "Financial statements, known from the day they were published."
        case .bureau: "What a credit bureau said, known from the day it was observed."
        case .events: "What happened to an obligor."
        case .links: "Who supplies whom; the end of a link becomes known on its day."
        case .ratings: "Grades given, by a model or an analyst."
        case .rates: "Exchange rates: one unit of currency is worth this much of base."
        }
    }

    private static func required(
        _ name: String, _ content: FieldDeclaration.Content, _ meaning: String
    ) -> FieldDeclaration {
        FieldDeclaration(name: name, content: content, isRequired: true, meaning: meaning)
    }

    private static func optional(
        _ name: String, _ content: FieldDeclaration.Content, _ meaning: String
    ) -> FieldDeclaration {
        FieldDeclaration(name: name, content: content, isRequired: false, meaning: meaning)
    }

    private static let obligor = required("obligor", .reference(.obligors), "who")
    private static let currency = optional("currency", .currency, "currency of the amounts")

    private static func known(_ otherwise: String) -> FieldDeclaration {
        optional("known", .known(otherwise: otherwise), "when the record became known")
    }

    private static let fromZero = ColumnSchema.ValueRange(minimum: 0)
    private static let fraction = ColumnSchema.ValueRange(0...1)

    private static let obligorFields = [
        required("obligor", .identifier, "what the ledger calls it"),
        optional("name", .text, "its name"),
        optional("industry", .text, "main line of business"),
        optional("region", .text, "where it is based"),
        optional("founded", .day, "when the business was founded"),
        optional("registered_capital", .amount, "registered capital"),
        currency,
        optional("employees", .whole(unit: "persons", fromZero), "people employed"),
        optional("group", .text, "the group of companies that it belongs to"),
        required("onboarded", .day, "since when it is a customer"),
        optional("salesperson", .text, "who looks after it"),
        optional("tags", .tags, "anything else"),
        known("onboarded"),
    ]

    private static let contractFields = [
        required("contract", .identifier, "the contract"),
        obligor,
        required("signed", .day, "when it was signed"),
        optional(
            "terms_days", .whole(unit: "days", ColumnSchema.ValueRange(0...3650)), "days to pay from issue"),
        optional("credit_limit", .amount, "the most that may be open"),
        currency,
        optional("valid_from", .day, "first day of validity; where empty, signed"),
        optional("valid_to", .day, "last day of validity; open where empty"),
        known("signed"),
    ]

    private static let orderFields = [
        required("order", .identifier, "the order"),
        obligor,
        required("ordered", .day, "when it was placed"),
        required("amount", .amount, "what was ordered"),
        currency,
        optional("contract", .reference(.contracts), "under which contract"),
        optional("cancelled", .day, "when it was cancelled; empty if it was not"),
        known("ordered"),
    ]

    private static let deliveryFields = [
        required("delivery", .identifier, "the delivery"),
        obligor,
        optional("order", .reference(.orders), "on which order"),
        required("delivered", .day, "when it arrived"),
        known("delivered"),
    ]

    private static let invoiceFields = [
        required("invoice", .identifier, "the invoice"),
        obligor,
        required("issued", .day, "when it was issued"),
        required("due", .day, "the last day to pay in time"),
        required("amount", .amount, "what was billed"),
        currency,
        optional("contract", .reference(.contracts), "under which contract"),
        optional("delivery", .reference(.deliveries), "for which delivery"),
        optional("disputed_from", .day, "since when it is disputed; empty if it never was"),
        optional("disputed_to", .day, "when the dispute ended; empty if it goes on"),
        known("issued"),
    ]

    private static let paymentFields = [
        required("payment", .identifier, "the payment"),
        obligor,
        required("paid", .day, "when the money arrived"),
        required("amount", .amount, "what was paid"),
        currency,
        known("paid"),
    ]

    private static let allocationFields = [
        required("payment", .reference(.payments), "the payment"),
        required("invoice", .reference(.invoices), "the invoice that it pays"),
        required("allocated", .day, "when it was booked"),
        required("amount", .amount, "how much of the payment, in the currency of the invoice"),
        known("allocated"),
    ]

    private static let creditNoteFields = [
        required("credit_note", .identifier, "the credit note"),
        obligor,
        required("issued", .day, "when it was issued"),
        required("amount", .amount, "what was taken back, a positive number"),
        currency,
        optional(
            "invoice", .reference(.invoices), "from which invoice; where empty it counts as money received"),
        known("issued"),
    ]

    private static let promiseFields = [
        required("promise", .identifier, "the promise"),
        obligor,
        optional("invoice", .reference(.invoices), "for which invoice; where empty for whatever is open"),
        required("made", .day, "when it was given"),
        required("pay_by", .day, "until when the obligor said it would pay"),
        required("amount", .amount, "how much"),
        currency,
        known("made"),
    ]

    private static let statementFields =
        [
            required("statement", .identifier, "the statement"),
            obligor,
            required("period_end", .day, "last day of the period"),
            required("published", .day, "when it was published"),
            optional(
                "months", .whole(unit: "months", ColumnSchema.ValueRange(1...24)),
                "length of the period; 12 where empty"),
            currency,
        ] + StatementItem.allCases.map { optional($0.rawValue, .amount, $0.meaning) } + [
            optional("audited", .flag, "whether an auditor confirmed it"),
            known("published"),
        ]

    private static let bureauFields = [
        obligor,
        required("source", .text, "which bureau"),
        required("observed", .day, "when it said so"),
        optional(
            "external_score", .number(unit: "points", ColumnSchema.ValueRange()), "its score, higher is safer"
        ),
        optional("judgments", .whole(unit: "judgments", fromZero), "court judgments against the obligor"),
        optional("tax_arrears", .amount, "unpaid taxes"),
        optional("guarantees_given", .amount, "guarantees given for others"),
        optional("registered_capital", .amount, "registered capital that it finds"),
        currency,
        optional("employees", .whole(unit: "persons", fromZero), "people employed that it finds"),
        optional("dishonest_debtor", .flag, "whether it is listed as a dishonest debtor"),
        known("observed"),
    ]

    private static let eventFields = [
        required("event", .identifier, "the event"),
        obligor,
        required("occurred", .day, "when it happened"),
        required("kind", .word(EventKind.allCases.map(\.rawValue)), "what happened"),
        optional("amount", .amount, "how much is at stake"),
        currency,
        optional("counterparty", .text, "who else took part"),
        known("occurred"),
    ]

    private static let linkFields = [
        required("supplier", .reference(.obligors), "who supplies"),
        required("buyer", .reference(.obligors), "who buys"),
        optional(
            "share_of_trade", .number(unit: "fraction", fraction), "the buyer's share of the supplier's sales"
        ),
        optional("exposure", .amount, "what the buyer usually owes the supplier"),
        currency,
        required("from", .day, "first day"),
        optional("to", .day, "last day; open where empty"),
        known("from"),
    ]

    private static let ratingFields = [
        obligor,
        required("date", .day, "when it was given"),
        required("grade", .word(Grade.allCases.map(\.rawValue)), "the grade"),
        required("origin", .word(RatingOrigin.allCases.map(\.rawValue)), "who decided"),
        optional("author", .text, "the analyst"),
        optional("model", .text, "the model and its version"),
        optional("reason", .text, "why"),
        known("date"),
    ]

    private static let rateFields = [
        required("day", .day, "the day"),
        required("currency", .currency, "the currency that is priced"),
        required("base", .currency, "the currency that it is priced in"),
        required(
            "rate", .number(unit: "base per currency", ColumnSchema.ValueRange(minimum: 0)),
            "units of base for one unit of currency"),
        known("day"),
    ]
}
