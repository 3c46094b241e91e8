/// One step from the model's grade to the final one: a row of `rating-path.csv`.
public struct RatingStepRecord: DelimitedRecord, Encodable {
    /// The file in a run folder.
    public static let fileName = "rating-path.csv"
    /// The columns in order.
    public static let columns = Column.allCases.map(\.rawValue)

    /// A column, by its name in the file.
    public enum Column: String, Sendable, CaseIterable {
        case id, step, stage, rule
        case fromGrade = "from_grade"
        case toGrade = "to_grade"
        case effect, reason, author, expires
    }

    /// A station on the way to the final grade.
    public enum Stage: String, Sendable, CaseIterable, Encodable {
        case raw, rule, expert, final
    }

    /// What a step does to the grade.
    public enum Effect: String, Sendable, CaseIterable, Encodable {
        case none, cap, notch, block, documents
    }

    /// The obligor.
    public let id: String
    /// The number of the step, from 1.
    public let step: Int
    /// Where the step belongs.
    public let stage: Stage
    /// The rule that was applied, by its name.
    public let rule: String?
    /// The grade before; `nil` on the first step.
    public let fromGrade: String?
    /// The grade after.
    public let toGrade: String
    /// What the step did.
    public let effect: Effect
    /// Why.
    public let reason: String?
    /// Who decided, for an expert's step.
    public let author: String?
    /// Until when the step holds, ISO 8601.
    public let expires: String?

    /// One step from the model's grade to the final one: a row of `rating-path.csv`.
    public init(
        id: String, step: Int, stage: Stage, rule: String? = nil, fromGrade: String? = nil, toGrade: String,
        effect: Effect, reason: String? = nil, author: String? = nil, expires: String? = nil
    ) {
        self.id = id
        self.step = step
        self.stage = stage
        self.rule = rule
        self.fromGrade = fromGrade
        self.toGrade = toGrade
        self.effect = effect
        self.reason = reason
        self.author = author
        self.expires = expires
    }
}

extension RatingStepRecord {
    /// The record in a row.
    public init(from row: inout RowReader) throws(RowFault) {
        id = row.text()
        step = try row.integer()
        stage = try row.word(Stage.self)
        rule = row.optionalText()
        fromGrade = row.optionalText()
        toGrade = row.text()
        effect = try row.word(Effect.self)
        reason = row.optionalText()
        author = row.optionalText()
        expires = row.optionalText()
    }

    /// Appends the fields of the record.
    public func write(to row: inout RowWriter) {
        row.append(id)
        row.append(step)
        row.append(stage.rawValue)
        row.append(rule)
        row.append(fromGrade)
        row.append(toGrade)
        row.append(effect.rawValue)
        row.append(reason)
        row.append(author)
        row.append(expires)
    }
}
