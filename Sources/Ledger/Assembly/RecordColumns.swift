import Tables
import Vocabulary

/// What the records of a block may refer to.
struct AssemblyContext: Sendable {
    let policy: CheckPolicy
    /// Which records are read; references to others are left empty.
    let scope: LedgerScope
    /// The records read before.
    var ledger: TradeLedger
    /// The ids of those that others refer to.
    var indices: [RecordKind: IDIndex] = [:]
}

/// The columns of a block of records of one kind, and what is found wrong while they are read row by row.
///
/// An accessor always gives a value; where there is none that can be used, it notes that, and the record is left out.
/// Used by one thread.
final class RecordColumns {
    let kind: RecordKind
    let table: Table
    let context: AssemblyContext
    private(set) var findings: [Finding] = []
    private var isLeftOut = false
    private let fields: [String: Int]
    /// Values that cannot be read, which the table has as missing.
    private var unread: Set<Unread> = []
    /// Rows that would be another record without a value that cannot be read.
    private var unusable: Set<Int> = []

    /// A value by row and column; the column is −1 for whatever else decides about the row.
    private struct Unread: Hashable {
        let row: Int
        let field: Int
    }

    /// Fields whose absence says something, such as "known when it happened" or "until further notice": left empty,
    /// they would make another record.
    private static let telling: Set<String> = [
        "known", "disputed_from", "disputed_to", "cancelled", "valid_from", "valid_to", "from", "to",
        "months",
    ]

    init(_ kind: RecordKind, _ block: RecordBlock, _ context: AssemblyContext) {
        self.kind = kind
        table = block.table
        self.context = context
        fields = Dictionary(
            uniqueKeysWithValues: kind.fields.enumerated().map { ($0.element.name, $0.offset) })
        for value in block.unread {
            let field = value.field.map(place) ?? -1
            guard unread.insert(Unread(row: value.row, field: field)).inserted else { continue }
            if let name = value.field, Self.telling.contains(name) {
                unusable.insert(value.row)
            }
            findings.append(Finding(check: .badValue, row: Int32(value.row), field: Int16(field)))
        }
    }

    /// Reads a row, and keeps it unless something is wrong that leaves it out.
    func row<Record>(_ row: Int, _ read: () -> Record, keep: (Record) -> Void) {
        isLeftOut =
            !unread.isEmpty && (unread.contains(Unread(row: row, field: -1)) || unusable.contains(row))
        let record = read()
        if !isLeftOut { keep(record) }
    }

    /// Whether something was noted that leaves the present row out.
    var isRowLeftOut: Bool { isLeftOut }

    /// The place of a column among the fields of the kind, which must have it.
    func place(_ name: String) -> Int {
        guard let place = fields[name] else {
            preconditionFailure("\(kind.rawValue) have no column '\(name)'")
        }
        return place
    }

    /// Notes a fault, and says whether the record stays as it is, is put right, or is left out.
    ///
    /// - Parameter leavesOut: Whether the repair is to leave the record out.
    @discardableResult
    func note(_ check: CheckKind, row: Int, field: Int, leavesOut: Bool) -> Severity {
        var check = check
        if check == .missingValue, !unread.isEmpty, unread.contains(Unread(row: row, field: field)) {
            // It has been noted as what it is.
            check = .badValue
        } else {
            findings.append(Finding(check: check, row: Int32(row), field: Int16(field)))
        }
        let severity = context.policy[check]
        if leavesOut && severity != .warning { isLeftOut = true }
        return severity
    }
}

// Columns by type.
extension RecordColumns {
    func day(_ name: String) -> DayField {
        if case .day(let days) = table[name]?.values {
            return DayField(columns: self, field: place(name), days: days)
        }
        return DayField(columns: self, field: place(name), days: [])
    }

    func text(_ name: String) -> TextField {
        switch table[name]?.values {
        case .text(let texts): return TextField(columns: self, field: place(name), texts: texts)
        case .category(let codes, let levels):
            let texts = codes.map { $0 == Column.missingCode ? nil : levels[Int($0)] }
            return TextField(columns: self, field: place(name), texts: texts)
        default: return TextField(columns: self, field: place(name), texts: [])
        }
    }

    func word<Word: RawRepresentable>(_ name: String, of type: Word.Type) -> WordField<Word>
    where Word.RawValue == String {
        let words: [Word?]
        if case .category(let codes, let levels) = table[name]?.values {
            let known = levels.map(Word.init(rawValue:))
            words = codes.map { $0 == Column.missingCode ? nil : known[Int($0)] }
        } else {
            words = text(name).texts.map { $0.flatMap(Word.init(rawValue:)) }
        }
        return WordField(columns: self, field: place(name), words: words)
    }

    func number(_ name: String) -> NumberField {
        NumberField(field: place(name), numbers: table[name]?.doubles ?? [])
    }

    func flag(_ name: String) -> FlagField {
        let field = place(name)
        if case .flag(let flags) = table[name]?.values { return FlagField(field: field, flags: flags) }
        return FlagField(field: field, flags: [])
    }

    func currency(_ name: String = "currency") -> CurrencyField {
        let text = table[name]
        guard case .category(let codes, let levels) = text?.values else {
            let texts = self.text(name).texts
            return CurrencyField(
                columns: self, field: place(name), codes: [], currencies: [],
                others: texts.map { $0.map { Currency(code: $0) } })
        }
        return CurrencyField(
            columns: self, field: place(name), codes: codes, currencies: levels.map { Currency(code: $0) },
            others: [])
    }

    func amount(_ name: String) -> AmountField {
        AmountField(columns: self, field: place(name), numbers: table[name]?.doubles ?? [])
    }

    func reference(_ name: String, to kind: RecordKind) -> ReferenceField {
        let isRead = context.scope.contains(kind)
        let texts = isRead ? text(name) : TextField(columns: self, field: place(name), texts: [])
        return ReferenceField(text: texts, kind: kind, index: context.indices[kind])
    }

    /// When records became known, given when they happened.
    func known() -> KnownField { KnownField(day: day("known")) }
}

struct DayField {
    let columns: RecordColumns
    let field: Int
    let days: [CalendarDay]

    /// The day, or ``CalendarDay/never``.
    func optional(_ row: Int) -> CalendarDay {
        guard !days.isEmpty, days[row] != Column.missingDay else { return .never }
        return days[row]
    }

    /// The day, which must be there.
    func required(_ row: Int) -> CalendarDay {
        let day = optional(row)
        if day == .never { columns.note(.missingValue, row: row, field: field, leavesOut: true) }
        return day
    }

    /// The day, which should not be before another.
    func optional(_ row: Int, notBefore earlier: CalendarDay) -> CalendarDay {
        ordered(optional(row), row, earlier)
    }

    /// The day, which must be there and should not be before another.
    func required(_ row: Int, notBefore earlier: CalendarDay) -> CalendarDay {
        ordered(required(row), row, earlier)
    }

    private func ordered(_ day: CalendarDay, _ row: Int, _ earlier: CalendarDay) -> CalendarDay {
        guard day < earlier, earlier != .never else { return day }
        let severity = columns.note(.reversedDates, row: row, field: field, leavesOut: false)
        return severity == .repair ? earlier : day
    }
}

struct KnownField {
    let day: DayField

    /// When a record that happened on a day became known.
    func value(_ row: Int, happened: CalendarDay) -> CalendarDay {
        let known = day.optional(row)
        if known == .never { return happened }
        guard known < happened, happened != .never else { return known }
        day.columns.note(.knownTooEarly, row: row, field: day.field, leavesOut: false)
        return happened
    }
}

struct TextField {
    let columns: RecordColumns
    let field: Int
    let texts: [String?]

    func optional(_ row: Int) -> String? {
        guard !texts.isEmpty, let text = texts[row], !text.isEmpty else { return nil }
        return text
    }

    func required(_ row: Int) -> String {
        if let text = optional(row) { return text }
        columns.note(.missingValue, row: row, field: field, leavesOut: true)
        return ""
    }
}

struct WordField<Word> {
    let columns: RecordColumns
    let field: Int
    let words: [Word?]

    func required(_ row: Int, otherwise word: Word) -> Word {
        if !words.isEmpty, let word = words[row] { return word }
        columns.note(.missingValue, row: row, field: field, leavesOut: true)
        return word
    }
}

struct NumberField {
    let field: Int
    let numbers: [Double]

    func optional(_ row: Int) -> Double? {
        guard !numbers.isEmpty, !numbers[row].isNaN else { return nil }
        return numbers[row]
    }

    func whole(_ row: Int) -> Int? { optional(row).flatMap { Int(exactly: $0) } }
}

struct FlagField {
    let field: Int
    let flags: [UInt8]

    func optional(_ row: Int) -> Bool? {
        guard !flags.isEmpty, flags[row] != Column.missingFlag else { return nil }
        return flags[row] != 0
    }
}

struct CurrencyField {
    let columns: RecordColumns
    let field: Int
    let codes: [UInt32]
    let currencies: [Currency?]
    /// Where the column is text: the currency of each row that has a code.
    let others: [Currency??]

    /// The currency of a row, which is the base currency where none is named.
    func value(_ row: Int) -> Currency {
        let stated: Currency?
        if !codes.isEmpty {
            if codes[row] == Column.missingCode { return columns.context.ledger.baseCurrency }
            stated = currencies[Int(codes[row])]
        } else {
            guard !others.isEmpty, let other = others[row] else { return columns.context.ledger.baseCurrency }
            stated = other
        }
        if let stated { return stated }
        columns.note(.unknownCurrency, row: row, field: field, leavesOut: true)
        return columns.context.ledger.baseCurrency
    }
}

struct AmountField {
    let columns: RecordColumns
    let field: Int
    let numbers: [Double]

    /// An amount that must be there and above zero.
    func required(_ row: Int, _ currency: Currency) -> Amount {
        guard let amount = optional(row, currency) else {
            columns.note(.missingValue, row: row, field: field, leavesOut: true)
            return Amount(minorUnits: 0, currency: currency)
        }
        if amount.minorUnits == 0 { columns.note(.zeroAmount, row: row, field: field, leavesOut: true) }
        return amount
    }

    /// An amount that may be missing, and is not below zero where it is there.
    func optional(_ row: Int, _ currency: Currency) -> Amount? {
        guard let amount = signed(row, currency) else { return nil }
        if amount.minorUnits < 0 { columns.note(.negativeAmount, row: row, field: field, leavesOut: true) }
        return amount
    }

    /// An amount of either sign that may be missing.
    func signed(_ row: Int, _ currency: Currency) -> Amount? {
        guard !numbers.isEmpty, !numbers[row].isNaN else { return nil }
        if let amount = Amount(majorUnits: numbers[row], currency: currency) { return amount }
        let rounded = Amount(roundingMajorUnits: numbers[row], currency: currency)
        columns.note(.inexactAmount, row: row, field: field, leavesOut: rounded == nil)
        return rounded ?? Amount(minorUnits: 0, currency: currency)
    }
}

struct ReferenceField {
    let text: TextField
    let kind: RecordKind
    let index: IDIndex?
    private let cursor = Cursor()

    init(text: TextField, kind: RecordKind, index: IDIndex?) {
        self.text = text
        self.kind = kind
        self.index = index
    }

    /// The place that was found last.
    private final class Cursor {
        var last: Int32 = 0
    }

    private func find(_ id: String) -> Int32? {
        guard let place = index?.number(of: id, near: cursor.last) else { return nil }
        cursor.last = place
        return place
    }

    /// The place of the record that is referred to, which must be there.
    func required(_ row: Int) -> Int32 {
        let id = text.required(row)
        if id.isEmpty { return 0 }
        if let place = find(id) { return place }
        let check: CheckKind = kind == .obligors ? .orphanObligor : .orphanReference
        text.columns.note(check, row: row, field: text.field, leavesOut: true)
        return 0
    }

    /// The place of the record that is referred to, or −1 where there is none.
    func optional(_ row: Int) -> Int32 {
        guard let id = text.optional(row) else { return -1 }
        if let place = find(id) { return place }
        text.columns.note(.orphanReference, row: row, field: text.field, leavesOut: false)
        return -1
    }
}
