/// Which records of a ledger are read.
public struct LedgerScope: Sendable, Hashable {
    /// The kinds.
    public let kinds: Set<RecordKind>

    /// All records.
    public static let everything = LedgerScope(Set(RecordKind.allCases))

    /// Records of some kinds, with obligors and with those that they cannot do without, such as the payments and
    /// invoices of allocations.
    public init(_ kinds: Set<RecordKind>) {
        var all = kinds.union([.obligors])
        var rest = Array(all)
        while let kind = rest.popLast() {
            for field in kind.fields where field.isRequired {
                if case .reference(let other) = field.content, all.insert(other).inserted {
                    rest.append(other)
                }
            }
        }
        self.kinds = all
    }

    /// Whether records of a kind are read.
    public func contains(_ kind: RecordKind) -> Bool { kinds.contains(kind) }

    /// The columns of a kind that are read: all but references to records that are not.
    public func fields(of kind: RecordKind) -> [FieldDeclaration] {
        kind.fields.filter { field in
            if case .reference(let other) = field.content { return contains(other) }
            return true
        }
    }
}
