/// The kinds of records that a ledger holds, in the order in which they are read: what others refer to comes first.
public enum RecordKind: String, CaseIterable, Sendable, Hashable, Codable {
    /// Who buys on credit.
    case obligors
    /// Terms and limits agreed with an obligor.
    case contracts
    /// What was ordered.
    case orders
    /// What was delivered.
    case deliveries
    /// What was billed.
    case invoices
    /// What was paid.
    case payments
    /// Which payment paid which invoice.
    case allocations
    /// What was taken back.
    case creditNotes = "credit_notes"
    /// When an obligor said that it would pay.
    case promises
    /// Financial statements.
    case statements
    /// What credit bureaus said.
    case bureau
    /// What happened to an obligor.
    case events
    /// Who supplies whom.
    case links
    /// Grades given.
    case ratings
    /// Exchange rates.
    case rates

    /// The name of its file, without `.csv` or `.csv.gz`.
    public var fileName: String { rawValue }
}

extension RecordKind {
    /// Whether records that are read after those of this kind refer to some of another kind.
    func isFollowed(byReferencesTo other: RecordKind) -> Bool {
        Self.allCases.drop { $0 != self }.dropFirst().contains { later in
            later.fields.contains { $0.content == .reference(other) }
        }
    }
}
