import Foundation
import GRDB
import Grading
import Ledger
import Results
import Review
import Vocabulary

/// A row of the store that does not hold what it should.
func damaged(_ reason: String) -> DatabaseError {
    DatabaseError(resultCode: .SQLITE_CORRUPT, message: reason)
}

/// Milliseconds since 1970 UTC, as times are kept.
func milliseconds(_ date: Date) -> Int64 { Int64((date.timeIntervalSince1970 * 1000).rounded()) }

/// The instant of milliseconds since 1970 UTC.
///
/// - Throws: If it is not of the years 0 to 9999, as every time is that a clock gives.
func date(_ milliseconds: Int64) throws -> Date {
    guard (-62_167_219_200_000..<253_402_300_800_000).contains(milliseconds) else {
        throw damaged("no time is \(milliseconds) milliseconds from 1970")
    }
    return Date(timeIntervalSince1970: Double(milliseconds) / 1000)
}

/// Lists and records that are kept as JSON text.
enum JSONForm {
    static func text(of value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// The same for a list of texts, of which there is one with every rating: put together here where nothing has to be
    /// escaped, since an encoder for each takes longer than writing the row.
    static func text(ofList texts: [String]) throws -> String {
        let isPlain = texts.allSatisfy { text in
            text.utf8.allSatisfy {
                $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
            }
        }
        guard isPlain else { return try text(of: texts) }
        return "[" + texts.map { "\"\($0)\"" }.joined(separator: ",") + "]"
    }

    static func value<Value: Decodable>(_ type: Value.Type, of text: String) throws -> Value {
        do { return try JSONDecoder().decode(type, from: Data(text.utf8)) } catch {
            throw damaged("'\(text.prefix(40))' is not the JSON that it should be")
        }
    }
}

extension Row {
    /// The value of a column; throws where the column holds something else, as GRDB's subscript does not.
    func value<Value: DatabaseValueConvertible>(_ column: String) throws -> Value {
        try decode(Value.self, forColumn: column)
    }

    /// A word of an enumeration.
    func word<Word: RawRepresentable>(_ column: String, of type: Word.Type) throws -> Word
    where Word.RawValue == String {
        let text: String = try value(column)
        guard let word = Word(rawValue: text) else { throw damaged("\(column) '\(text)' is not known") }
        return word
    }

    /// A calendar day.
    func day(_ column: String) throws -> CalendarDay { CalendarDay(daysSince1970: try value(column)) }
}

extension StoredRun {
    init(row: Row) throws {
        let finished: Int64? = try row.value("finished")
        try self.init(
            plan: RunPlan(
                digest: row.value("digest"), job: row.value("job"), asOf: row.day("as_of"),
                model: row.value("model"),
                features: try JSONForm.value([String].self, of: row.value("features")),
                author: row.value("author")),
            begun: date(row.value("begun")), finished: finished.map(date), summary: row.value("summary"))
    }
}

extension StoredRating {
    init(row: Row) throws {
        let modelGrade: String? = try row.value("model_grade")
        let reviewDue: Int32? = try row.value("review_due")
        let code: String = try row.value("currency")
        guard let currency = Currency(code: code) else {
            throw damaged("a rating in no currency")
        }
        try self.init(
            obligor: ObligorID(row.value("obligor")), asOf: row.day("as_of"),
            grade: try row.word("grade", of: Grade.self),
            modelGrade: modelGrade == nil ? nil : try row.word("model_grade", of: Grade.self),
            pd: row.value("pd"), logOdds: row.value("log_odds"), score: row.value("score"),
            currency: currency,
            exposure: row.value("exposure"), limit: row.value("credit_limit"),
            termsDays: row.value("terms_days"),
            reviewDue: reviewDue.map(CalendarDay.init(daysSince1970:)), isInterim: row.value("is_interim"),
            reasons: try JSONForm.value([String].self, of: row.value("reasons")))
    }
}

extension RatingStepRecord {
    init(row: Row) throws {
        try self.init(
            id: row.value("obligor"), step: row.value("step"), stage: try row.word("stage", of: Stage.self),
            rule: row.value("rule"), fromGrade: row.value("from_grade"), toGrade: row.value("to_grade"),
            effect: try row.word("effect", of: Effect.self), reason: row.value("reason"),
            author: row.value("author"),
            expires: row.value("expires"))
    }
}

extension FeatureSnapshot {
    init(row: Row) throws {
        let bytes: Data = try row.value("features")
        guard bytes.count.isMultiple(of: 8) else { throw damaged("a snapshot of \(bytes.count) bytes") }
        let octets = [UInt8](bytes)
        let values = stride(from: 0, to: octets.count, by: 8).map { start in
            Double(
                bitPattern: (0..<8).reduce(UInt64(0)) { $0 | UInt64(octets[start + $1]) << (8 * $1) })
        }
        try self.init(obligor: ObligorID(row.value("obligor")), asOf: row.day("as_of"), values: values)
    }
}

extension StoredAlert {
    init(row: Row) throws {
        let obligor: String? = try row.value("obligor")
        try self.init(
            key: row.value("alert"), obligor: obligor.map(ObligorID.init(_:)), day: row.day("day"),
            kind: row.value("kind"),
            severity: row.value("severity"), text: row.value("text"), details: row.value("details"))
    }
}

extension ReceivedEvent {
    init(row: Row) throws {
        try self.init(
            key: row.value("event"), obligor: ObligorID(row.value("obligor")), occurred: row.day("occurred"),
            kind: row.value("kind"), run: row.value("run"), content: row.value("content"))
    }
}

extension ReviewerDecision {
    init(row: Row) throws {
        let form = try JSONForm.value(VerdictForm.self, of: row.value("verdict"))
        if let notches = form.maximumNotches, notches < 0 {
            throw damaged("a decision may move a grade by \(notches) notches at most")
        }
        try self.init(
            key: row.value("decision"), obligor: ObligorID(row.value("obligor")), verdict: form.verdict(),
            author: row.value("author"), reason: row.value("reason"), decided: row.day("decided"),
            maximumNotches: form.maximumNotches)
    }
}

/// A verdict as it is kept.
struct VerdictForm: Codable {
    var kind: String
    var grade: String?
    var notches: Int?
    var expires: Int32?
    var alert: String?
    var given: String?
    var suggested: Int32?
    var maximumNotches: Int?

    init(_ decision: ReviewerDecision) {
        maximumNotches = decision.maximumNotches
        switch decision.verdict {
        case .override(let wanted, let last):
            kind = "override"
            expires = last.daysSince1970
            switch wanted {
            case .grade(let wanted): grade = wanted.rawValue
            case .notch(let steps): notches = steps
            }
        case .confirmed: kind = "confirmed"
        case .acknowledged(let key):
            kind = "acknowledged"
            alert = key
        case .dismissed(let key):
            kind = "dismissed"
            alert = key
        case .correction(let given, let supported, let suggested, let isAccepted, let last):
            kind = isAccepted ? "correction accepted" : "correction dismissed"
            self.given = given.rawValue
            grade = supported.rawValue
            self.suggested = suggested.daysSince1970
            expires = last?.daysSince1970
        }
    }

    func verdict() throws -> ReviewerDecision.Verdict {
        switch kind {
        case "override":
            guard let expires else { throw damaged("an override without an end") }
            let last = CalendarDay(daysSince1970: expires)
            if let grade = grade.flatMap(Grade.init(rawValue:)) {
                return .override(.grade(grade), expires: last)
            }
            guard let notches else { throw damaged("an override without a grade") }
            return .override(.notch(notches), expires: last)
        case "confirmed": return .confirmed
        case "acknowledged":
            guard let alert else { throw damaged("an acknowledgement of nothing") }
            return .acknowledged(alert: alert)
        case "dismissed": return .dismissed(alert: alert)
        case "correction accepted", "correction dismissed":
            guard let given = given.flatMap(Grade.init(rawValue:)),
                let supported = grade.flatMap(Grade.init(rawValue:)), let suggested
            else { throw damaged("a decision on no correction") }
            return .correction(
                given: given, supported: supported, suggested: CalendarDay(daysSince1970: suggested),
                isAccepted: kind == "correction accepted",
                expires: expires.map(CalendarDay.init(daysSince1970:)))
        default: throw damaged("a verdict '\(kind)'")
        }
    }
}

extension LeftOut {
    /// What the import of the present ledger left out; `nil` if it took all records.
    static func read(_ database: Database) throws -> LeftOut? {
        try Row.fetchOne(database, sql: "SELECT * FROM ledger_left_out").map { row in
            let report = try JSONForm.value(CheckReport.self, of: row.value("report"))
            guard report.isSound else { throw damaged("what an import left out is not counted") }
            return LeftOut(
                report: report,
                setAside: try JSONForm.value([String: String].self, of: row.value("set_aside")),
                faults: try row.value("faults"))
        }
    }

    /// Keeps what an import left out in place of what the one before did.
    static func keep(_ leftOut: LeftOut?, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM ledger_left_out")
        guard let leftOut else { return }
        try database.execute(
            sql: "INSERT INTO ledger_left_out VALUES (1, ?, ?, ?)",
            arguments: [
                try JSONForm.text(of: leftOut.report), try JSONForm.text(of: leftOut.setAside),
                leftOut.faults,
            ])
    }
}
