/// What a person decided about a rating, an alert or a suggested correction: a row of `decisions.csv`.
public struct DecisionRecord: DelimitedRecord, Encodable {
    /// The file in a run folder.
    public static let fileName = "decisions.csv"
    /// The columns in order.
    public static let columns = Column.allCases.map(\.rawValue)

    /// A column, by its name in the file.
    public enum Column: String, Sendable, CaseIterable {
        case decision, id, subject, verdict, about
        case givenGrade = "given_grade"
        case supportedGrade = "supported_grade"
        case author, decided, until, reason
    }

    /// What was decided on.
    public enum Subject: String, Sendable, CaseIterable, Encodable {
        case rating, alert, correction
    }

    /// What tells it from all others.
    public let decision: String
    /// The obligor.
    public let id: String
    /// What was decided on.
    public let subject: Subject
    /// What was decided, such as "grade BBB", "acknowledged" or "accepted".
    public let verdict: String
    /// The alert, or the date of the review that suggested the correction; `nil` for a rating.
    public let about: String?
    /// Of a correction, the grade that was given by hand.
    public let givenGrade: String?
    /// Of a correction, the grade that the evidence supports.
    public let supportedGrade: String?
    /// Who decided.
    public let author: String
    /// The first day it holds, ISO 8601.
    public let decided: String
    /// The last day it holds, ISO 8601; `nil` where it has no end.
    public let until: String?
    /// Why.
    public let reason: String

    /// The verdict on a correction that is followed.
    public static let accepted = "accepted"
    /// The verdict on a correction or an alert that is not followed.
    public static let dismissed = "dismissed"

    /// What a person decided.
    public init(
        decision: String, id: String, subject: Subject, verdict: String, about: String? = nil,
        givenGrade: String? = nil, supportedGrade: String? = nil, author: String, decided: String,
        until: String? = nil, reason: String
    ) {
        self.decision = decision
        self.id = id
        self.subject = subject
        self.verdict = verdict
        self.about = about
        self.givenGrade = givenGrade
        self.supportedGrade = supportedGrade
        self.author = author
        self.decided = decided
        self.until = until
        self.reason = reason
    }
}

extension DecisionRecord {
    /// The record in a row.
    public init(from row: inout RowReader) throws(RowFault) {
        decision = row.text()
        id = row.text()
        subject = try row.word(Subject.self)
        verdict = row.text()
        about = row.optionalText()
        givenGrade = row.optionalText()
        supportedGrade = row.optionalText()
        author = row.text()
        decided = row.text()
        until = row.optionalText()
        reason = row.text()
    }

    /// Appends the fields of the record.
    public func write(to row: inout RowWriter) {
        row.append(decision)
        row.append(id)
        row.append(subject.rawValue)
        row.append(verdict)
        row.append(about)
        row.append(givenGrade)
        row.append(supportedGrade)
        row.append(author)
        row.append(decided)
        row.append(until)
        row.append(reason)
    }
}
