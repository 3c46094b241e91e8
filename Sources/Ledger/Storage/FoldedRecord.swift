import Foundation
import Vocabulary

/// A record with texts or lists, which is packed as whole numbers with those beside it.
protocol FoldedRecord: AssembledRecord {
    /// The record without texts and lists, which stand in an annex: whole numbers, of which every pattern of bits is
    /// one.
    associatedtype Folded: BitwiseCopyable

    /// The record as whole numbers.
    func folded(_ annex: inout RecordAnnex) -> Folded

    /// The record again; `nil` if the numbers are none that ``folded(_:)`` gives.
    init?(_ folded: Folded, _ annex: RecordAnnex)
}

/// Texts and lists of some records.
struct RecordAnnex {
    private(set) var texts: [String] = []
    private(set) var numbers: [Int64] = []
    private var places: [String: Int32] = [:]

    /// The place of a text, each text once; −1 for none.
    mutating func place(of text: String?) -> Int32 {
        guard let text else { return -1 }
        if let place = places[text] { return place }
        let place = Int32(texts.count)
        texts.append(text)
        places[text] = place
        return place
    }

    /// Adds a list of numbers.
    mutating func add(_ list: [Int64]) { numbers += list }

    /// The text at a place, `nil` for −1; `nil` as a whole for a place that there is not.
    func text(_ place: Int32) -> String?? {
        if place == -1 { return .some(nil) }
        guard place >= 0, Int(place) < texts.count else { return nil }
        return .some(texts[Int(place)])
    }
}

extension RecordAnnex {
    /// Its bytes: how many texts, bytes of text and numbers there are, where texts end, the texts, the numbers.
    var bytes: Data {
        var packed = PackedTexts()
        for text in texts { packed.append(text) }
        let head = [UInt32(texts.count), UInt32(packed.bytes.count), UInt32(numbers.count)]
        return RecordBytes.bytes(of: head[...]) + RecordBytes.bytes(of: packed.ends[...]) + Data(packed.bytes)
            + RecordBytes.bytes(of: numbers[...])
    }

    /// An annex at the beginning of bytes, and what is behind it; `nil` if there is none.
    static func read(_ bytes: Data) -> (annex: RecordAnnex, rest: Data)? {
        var rest = bytes
        func take<Number: BitwiseCopyable>(_ count: UInt32, of type: Number.Type) -> [Number]? {
            let size = Int(count) * MemoryLayout<Number>.stride
            var numbers: [Number] = []
            guard size <= rest.count, RecordBytes.append(Data(rest.prefix(size)), to: &numbers) else {
                return nil
            }
            rest = rest.dropFirst(size)
            return numbers
        }
        guard let head = take(3, of: UInt32.self), let ends = take(head[0], of: UInt32.self),
            let text = take(head[1], of: UInt8.self), let numbers = take(head[2], of: Int64.self)
        else { return nil }
        var annex = RecordAnnex()
        annex.numbers = numbers
        var start = 0
        for end in ends {
            guard start <= Int(end), Int(end) <= text.count else { return nil }
            annex.texts.append(String(decoding: text[start..<Int(end)], as: UTF8.self))
            start = Int(end)
        }
        return (annex, Data(rest))
    }
}

extension FoldedRecord {
    /// Records as bytes: an annex, and the numbers.
    ///
    /// - Parameter gaps: Those in the numbers of a record, by ``RecordLayout/gaps(in:)``.
    static func foldedBytes(of records: ArraySlice<Self>, clearing gaps: [Int]) -> Data {
        var annex = RecordAnnex()
        let folded = records.map { $0.folded(&annex) }
        return annex.bytes + RecordBytes.bytes(of: folded[...], clearing: gaps)
    }

    /// The records in bytes; `nil` if those are no bytes of records.
    static func records(inFolded bytes: Data) -> [Self]? {
        guard let (annex, rest) = RecordAnnex.read(bytes) else { return nil }
        var folded: [Folded] = []
        guard RecordBytes.append(rest, to: &folded) else { return nil }
        var records: [Self] = []
        records.reserveCapacity(folded.count)
        for one in folded {
            guard let record = Self(one, annex) else { return nil }
            records.append(record)
        }
        return records
    }
}

/// Whole numbers that may be missing, as one less than any that occurs.
private enum Missing {
    static let number = Int64.min

    static func folded(_ number: Int?) -> Int64 { number.map { Int64($0) } ?? Self.number }
    static func unfolded(_ number: Int64) -> Int? { number == Self.number ? nil : Int(number) }
    static func folded(_ amount: Amount?) -> Int64 { amount?.minorUnits ?? number }
    static func unfolded(_ units: Int64, _ currency: Currency) -> Amount? {
        units == number ? nil : Amount(minorUnits: units, currency: currency)
    }
    static func folded(_ flag: Bool?) -> Int8 { flag.map { $0 ? 1 : 0 } ?? -1 }
    static func unfolded(_ flag: Int8) -> Bool? { flag < 0 ? nil : flag != 0 }
}

extension Statement: FoldedRecord {
    struct Folded: BitwiseCopyable {
        let periodEnd: CalendarDay
        let published: CalendarDay
        let known: CalendarDay
        let months: Int64
        let obligor: Int32
        let row: Int32
        /// Where its items begin.
        let start: Int32
        let currency: Currency
        let isAudited: Int8
    }

    func folded(_ annex: inout RecordAnnex) -> Folded {
        let start = Int32(annex.numbers.count)
        annex.add(items)
        return Folded(
            periodEnd: periodEnd, published: published, known: known, months: Int64(months), obligor: obligor,
            row: row, start: start, currency: currency, isAudited: Missing.folded(isAudited))
    }

    init?(_ folded: Folded, _ annex: RecordAnnex) {
        let (start, count) = (Int(folded.start), StatementItem.allCases.count)
        guard folded.currency.isSound, start >= 0, start + count <= annex.numbers.count else { return nil }
        self.init(
            periodEnd: folded.periodEnd, published: folded.published, months: Int(folded.months),
            currency: folded.currency, isAudited: Missing.unfolded(folded.isAudited), known: folded.known,
            obligor: folded.obligor, row: folded.row, items: Array(annex.numbers[start..<start + count]))
    }
}

extension BureauRecord: FoldedRecord {
    struct Folded: BitwiseCopyable {
        let observed: CalendarDay
        let known: CalendarDay
        let externalScore: Double
        let judgments: Int64
        let employees: Int64
        let taxArrears: Int64
        let guaranteesGiven: Int64
        let registeredCapital: Int64
        let source: Int32
        let obligor: Int32
        let row: Int32
        let currency: Currency
        let isDishonestDebtor: Int8
        let hasScore: Int8
    }

    func folded(_ annex: inout RecordAnnex) -> Folded {
        Folded(
            observed: observed, known: known, externalScore: externalScore ?? 0,
            judgments: Missing.folded(judgments), employees: Missing.folded(employees),
            taxArrears: Missing.folded(taxArrears), guaranteesGiven: Missing.folded(guaranteesGiven),
            registeredCapital: Missing.folded(registeredCapital), source: annex.place(of: source),
            obligor: obligor, row: row, currency: currency,
            isDishonestDebtor: Missing.folded(isDishonestDebtor), hasScore: externalScore == nil ? 0 : 1)
    }

    init?(_ folded: Folded, _ annex: RecordAnnex) {
        let unit = folded.currency
        guard unit.isSound, case .some(.some(let source)) = annex.text(folded.source) else { return nil }
        self.init(
            source: source, observed: folded.observed,
            externalScore: folded.hasScore == 0 ? nil : folded.externalScore,
            judgments: Missing.unfolded(folded.judgments),
            taxArrears: Missing.unfolded(folded.taxArrears, unit),
            guaranteesGiven: Missing.unfolded(folded.guaranteesGiven, unit),
            registeredCapital: Missing.unfolded(folded.registeredCapital, unit),
            employees: Missing.unfolded(folded.employees),
            isDishonestDebtor: Missing.unfolded(folded.isDishonestDebtor), known: folded.known,
            obligor: folded.obligor, row: folded.row, currency: unit)
    }
}

extension Rating: FoldedRecord {
    struct Folded: BitwiseCopyable {
        let date: CalendarDay
        let known: CalendarDay
        let author: Int32
        let model: Int32
        let reason: Int32
        let obligor: Int32
        let row: Int32
        let grade: UInt8
        let origin: UInt8
    }

    func folded(_ annex: inout RecordAnnex) -> Folded {
        Folded(
            date: date, known: known, author: annex.place(of: author), model: annex.place(of: model),
            reason: annex.place(of: reason), obligor: obligor, row: row, grade: UInt8(grade.rank),
            origin: origin == .model ? 0 : 1)
    }

    init?(_ folded: Folded, _ annex: RecordAnnex) {
        guard Int(folded.grade) < Grade.allCases.count, folded.origin < 2,
            let author = annex.text(folded.author), let model = annex.text(folded.model),
            let reason = annex.text(folded.reason)
        else { return nil }
        self.init(
            date: folded.date, grade: Grade.allCases[Int(folded.grade)],
            origin: folded.origin == 0 ? .model : .analyst, author: author, model: model, reason: reason,
            known: folded.known, obligor: folded.obligor, row: folded.row)
    }
}
