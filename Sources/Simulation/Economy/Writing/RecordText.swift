import Vocabulary

/// The text of one CSV file while it is put together, field by field.
///
/// A general formatter takes columns; here records of a dozen kinds arise obligor by obligor, a few of each. Texts must
/// need no quotes.
struct RecordText: Sendable {
    private(set) var bytes: [UInt8] = []
    private(set) var rows = 0
    private var isAtStart = true
    private let days: DayTexts

    init(days: DayTexts) { self.days = days }

    /// Ends the record.
    mutating func end() {
        bytes.append(UInt8(ascii: "\n"))
        rows += 1
        isAtStart = true
    }

    /// Adds a field without commas, quotes and line breaks.
    mutating func add(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    /// Adds an empty field.
    mutating func addNothing() { separate() }

    /// Adds a whole number.
    mutating func add(_ number: Int) {
        separate()
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        digits(UInt64(number.magnitude), atLeast: 1)
    }

    /// Adds a number in its shortest form.
    mutating func add(_ number: Double) {
        separate()
        bytes.append(contentsOf: number.description.utf8)
    }

    /// Adds a day, or nothing.
    mutating func add(day: Int32?) {
        separate()
        if let day { days.append(day, to: &bytes) }
    }

    /// Adds an amount in minor units as decimal major units.
    mutating func add(amount: Int64, _ currency: TradeCurrency) {
        separate()
        if amount < 0 { bytes.append(UInt8(ascii: "-")) }
        guard currency.decimals == 2 else { return digits(amount.magnitude, atLeast: 1) }
        digits(amount.magnitude / 100, atLeast: 1)
        bytes.append(UInt8(ascii: "."))
        digits(amount.magnitude % 100, atLeast: 2)
    }

    /// Adds the identifier of an obligor by its place in the population.
    mutating func add(obligor number: Int) {
        separate()
        identifier(UInt8(ascii: "O"), number)
    }

    /// Adds the identifier of a record by its letter, its obligor and its place among the obligor's.
    mutating func add(_ letter: Unicode.Scalar, _ obligor: Int, _ place: Int) {
        separate()
        identifier(UInt8(ascii: letter), obligor)
        bytes.append(UInt8(ascii: "-"))
        digits(UInt64(place + 1), atLeast: 4)
    }

    private mutating func identifier(_ letter: UInt8, _ obligor: Int) {
        bytes.append(letter)
        digits(UInt64(obligor + 1), atLeast: 6)
    }

    private mutating func separate() {
        if isAtStart { isAtStart = false } else { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func digits(_ value: UInt64, atLeast width: Int) {
        var power: UInt64 = 1
        var count = 1
        while count < width || (value / power >= 10 && count < 20) {
            power *= 10
            count += 1
        }
        while power > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(value / power % 10))
            power /= 10
        }
    }
}

/// Days as ISO 8601 text, looked up where they are near the records.
struct DayTexts: Sendable {
    private let first: Int32
    private let texts: [UInt8]

    init(from first: Int32, through last: Int32) {
        self.first = first
        texts = (first...last).flatMap { Array(CalendarDay(daysSince1970: $0).description.utf8) }
    }

    func append(_ day: Int32, to bytes: inout [UInt8]) {
        let start = 10 * Int(day - first)
        if day >= first, start + 10 <= texts.count {
            bytes.append(contentsOf: texts[start..<start + 10])
        } else {
            bytes.append(contentsOf: CalendarDay(daysSince1970: day).description.utf8)
        }
    }
}
