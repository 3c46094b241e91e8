import ArgumentParser
import Foundation
import Grading
import Ledger
import Results
import Review
import Store
import StrictYAML
import Vocabulary

/// `obligor decide`: what people decide about ratings and alerts, kept with the portfolio.
struct DecideCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "decide",
        abstract: "Keep what a person decided about a rating, an alert or a suggested correction.",
        discussion: """
            The next review of the store applies decisions about ratings as those of experts: within the notches that \
            experts may move a grade and --max-notches, and no better than a cap that binds experts too. A decision \
            made after an event ends its interim cap. An alert that was acknowledged or dismissed no longer makes its \
            obligor due. A correction that a review suggested (corrections.csv) is accepted, with --until as a \
            decision on the grade, or dismissed; the next review and its report show it. Who, when and why are kept in \
            the audit trail; the same decision again changes nothing; of several on one subject the last counts. \
            Without a decision, all are listed.

              obligor decide portfolio.db --obligor O000123 --grade BBB --until 2025-03-31 --by "A. Analyst" \
            --because "guarantee of the parent, seen on 2024-09-12"
              obligor decide portfolio.db --obligor O000123 --down 1 --until 2025-03-31 --by "A. Analyst" \
            --because "see note 12"
              obligor decide portfolio.db --dismiss O000123/unpaid/2024-05-03 --by "A. Analyst" \
            --because "invoice sent twice"
              obligor decide portfolio.db --dismiss-correction O000123 --of runs/2024-q3 --by "A. Analyst" \
            --because "new owner"
              obligor decide portfolio.db --file models/policies/expert_overrides.yaml
              obligor decide portfolio.db
            """)

    @Argument(help: "The store.", completion: .file())
    var store: String

    @Option(help: ArgumentHelp("The obligor whose grade is decided on.", valueName: "id"))
    var obligor: String?

    @Option(help: ArgumentHelp("The grade that it deserves, AAA to C.", valueName: "grade"))
    var grade: String?

    @Option(help: ArgumentHelp("Grades better than by model and rules.", valueName: "notches"))
    var up: Int?

    @Option(help: ArgumentHelp("Grades worse than by model and rules.", valueName: "notches"))
    var down: Int?

    @Option(
        help: ArgumentHelp("The most notches that the decision may move the grade.", valueName: "notches"))
    var maxNotches: Int?

    @Option(
        help: ArgumentHelp("The obligor whose suggested correction (--of) is followed.", valueName: "id"))
    var acceptCorrection: String?

    @Option(
        help: ArgumentHelp("The obligor whose suggested correction (--of) is not followed.", valueName: "id"))
    var dismissCorrection: String?

    @Option(help: ArgumentHelp("The run that suggested the correction.", valueName: "run"))
    var of: String?

    @Option(help: ArgumentHelp("The first day that the decision holds. (default: today)", valueName: "day"))
    var from: String?

    @Option(help: ArgumentHelp("The last day that it holds.", valueName: "day"))
    var until: String?

    @Option(help: ArgumentHelp("An alert that is right and has been dealt with.", valueName: "alert"))
    var acknowledge: String?

    @Option(help: ArgumentHelp("An alert that is not followed.", valueName: "alert"))
    var dismiss: String?

    @Option(help: ArgumentHelp("Decisions in the form of experts' overrides (YAML).", valueName: "file"))
    var file: String?

    @Option(help: ArgumentHelp("Why.", valueName: "reason"))
    var because: String?

    @OptionGroup var storing: StoreOptions
    @OptionGroup var results: ResultOptions
    @OptionGroup var shared: SharedOptions

    /// The obligor whose correction is decided on.
    private var correction: String? { acceptCorrection ?? dismissCorrection }

    private var isDecision: Bool {
        obligor != nil || acknowledge != nil || dismiss != nil || correction != nil
    }

    func validate() throws {
        let asked = [obligor, acknowledge, dismiss, acceptCorrection, dismissCorrection, file].count {
            $0 != nil
        }
        guard asked < 2 else {
            throw ValidationError(
                "Give one of --obligor, --acknowledge, --dismiss, --accept-correction, --dismiss-correction and --file."
            )
        }
        guard (correction == nil) == (of == nil) else {
            throw ValidationError(
                "Say which run suggested it: --accept-correction or --dismiss-correction with --of RUN.")
        }
        let wanted = [grade != nil, up != nil, down != nil].count { $0 }
        guard wanted == (obligor == nil ? 0 : 1) else {
            throw ValidationError(
                "Say what the obligor deserves: --obligor with one of --grade, --up, --down.")
        }
        if obligor != nil, until == nil {
            throw ValidationError("Say how long the decision holds: --until DAY.")
        }
        if obligor == nil, acceptCorrection == nil || until == nil, until != nil || maxNotches != nil {
            throw ValidationError("'--until' and '--max-notches' belong to a decision on a grade.")
        }
        for notches in [up, down, maxNotches].compactMap(\.self) where !(1...8).contains(notches) {
            throw ValidationError("'\(notches)' notches: give a number from 1 to 8.")
        }
        if isDecision {
            guard storing.by != nil, let because, !because.isEmpty else {
                throw ValidationError("Say who decides and why: --by NAME --because REASON.")
            }
        }
    }

    func perform(_ invocation: Invocation) throws {
        let opened = try SQLiteStore(obligorFile(store))
        guard isDecision || file != nil else { return try list(opened.decisions(), invocation) }
        let decisions = try file.map(Self.read) ?? [decision(in: opened)]
        try check(decisions, against: opened)
        let lock = try opened.lock(for: "decide", waiting: storing.wait)
        defer { lock.release() }
        // A file says what it said before, also where somebody has decided otherwise since.
        let known = try file == nil ? [] : opened.decisions()
        var kept: [ReviewerDecision] = []
        for decision in decisions where !known.contains(where: decision.saysTheSame) {
            if try opened.decide(decision) { kept.append(decision) }
        }
        if results.json {
            try invocation.console.write(JSONText.of(kept.map(Entry.init)))
        } else if !shared.quiet {
            let known = decisions.count - kept.count
            for decision in kept {
                try invocation.console.print("Kept: \(decision.words).")
            }
            if known > 0 { try invocation.console.print("\(known) kept before: nothing was changed.") }
        }
    }

    /// The decision of the command line.
    private func decision(in store: SQLiteStore) throws -> ReviewerDecision {
        let today = CalendarDay(daysSince1970: Int32(Date().timeIntervalSince1970 / 86_400))
        let first = try from.map { try CalendarDay(option: "--from", $0) } ?? today
        let subject: ObligorID
        let verdict: ReviewerDecision.Verdict
        let last = try until.map { try CalendarDay(option: "--until", $0) }
        if let last, last < first {
            throw CommandFailure.usage(
                "'--until \(last)' is before \(first), the first day: give a later day")
        }
        if let obligor, let last {
            subject = ObligorID(obligor)
            verdict = .override(try wanted(), expires: last)
        } else if let correction, let of {
            subject = ObligorID(correction)
            verdict = try suggestion(for: correction, of: of, until: last)
        } else {
            let name = acknowledge ?? dismiss ?? ""
            let alert = try store.warnings(asOf: .never).first { $0.alert == name }
            guard let alert else {
                throw CommandFailure.badData(
                    "\(self.store) has no alert '\(name)': 'obligor watch' names them in alerts.csv")
            }
            subject = ObligorID(alert.obligor)
            verdict = acknowledge != nil ? .acknowledged(alert: name) : .dismissed(alert: name)
        }
        return ReviewerDecision(
            of: subject, verdict: verdict, author: storing.author, reason: because ?? "", decided: first,
            maximumNotches: maxNotches)
    }

    /// The decision on what a run suggested for an obligor.
    private func suggestion(
        for id: String, of run: String, until last: CalendarDay?
    ) throws -> ReviewerDecision.Verdict {
        guard let suggested = try RunFolder(obligorFile(run)).corrections() else {
            throw CommandFailure.badData(
                "\(run) suggests no corrections: name a run of 'obligor review' or 'obligor migrate'")
        }
        guard let one = suggested.first(where: { $0.id == id }) else {
            throw CommandFailure.badData("\(run) suggests no correction for '\(id)', see its corrections.csv")
        }
        guard let given = Grade(rawValue: one.givenGrade),
            let supported = Grade(rawValue: one.supportedGrade),
            let day = CalendarDay(iso8601: one.asOf)
        else {
            throw CommandFailure.badData("\(run): '\(id)' has grades of another scale than AAA to D")
        }
        if acceptCorrection != nil, given == supported || supported == .d {
            throw CommandFailure.badData(
                "'\(id)': \(run) supports \(supported.rawValue) for the given \(given.rawValue): decide on the grade "
                    + "by --obligor"
            )
        }
        return .correction(
            given: given, supported: supported, suggested: day, isAccepted: acceptCorrection != nil,
            expires: last)
    }

    private func wanted() throws -> ExpertOverride.Decision {
        if let up { return .notch(-up) }
        if let down { return .notch(down) }
        guard let grade = grade.flatMap(Grade.init(rawValue:)), grade != .d else {
            throw CommandFailure.usage("'--grade \(self.grade ?? "")': give a grade from AAA to C")
        }
        return .grade(grade)
    }

    /// The decisions of a file.
    private static func read(_ path: String) throws -> [ReviewerDecision] {
        let overrides = try ExpertOverrides(yaml: YAMLReader().read(obligorFile(path)))
        return overrides.entries.map { entry in
            ReviewerDecision(
                of: entry.obligor, verdict: .override(entry.decision, expires: entry.expires),
                author: entry.author, reason: entry.reason, decided: entry.decided,
                maximumNotches: overrides.maximumNotches)
        }
    }

    /// Refuses decisions on obligors that the ledger does not know, and those that go farther than they may.
    private func check(_ decisions: [ReviewerDecision], against store: SQLiteStore) throws {
        let ledger = try TradeLedger.read(
            from: store.ledger(), scope: LedgerScope([]), workers: shared.workers
        ).ledger
        for decision in decisions {
            let id = decision.obligor
            guard ledger.place(of: id) != nil else {
                throw CommandFailure.badData("\(self.store): the ledger has no obligor '\(id)'")
            }
            let wanted: Grade
            switch decision.verdict {
            case .override(.grade(let grade), _): wanted = grade
            case .correction(_, let grade, _, true, .some): wanted = grade
            default: continue
            }
            guard
                let most = decision.maximumNotches,
                let last = try store.ratings(of: id).first(where: { $0.modelGrade != nil }),
                let model = last.modelGrade
            else { continue }
            let notches = abs(wanted.rank - model.rank)
            guard notches <= most else {
                throw CommandFailure.badData(
                    "'\(id)': \(wanted.rawValue) is \(notches) notches from the model's \(model.rawValue) of "
                        + "\(last.asOf), at most \(most) are allowed: decide on less, or allow more")
            }
        }
    }

    private func list(_ decisions: [ReviewerDecision], _ invocation: Invocation) throws {
        if results.json {
            try invocation.console.write(JSONText.of(decisions.map(Entry.init)))
            return
        }
        var summary = Summary(for: invocation.console)
        var grid = TextGrid([
            .left("obligor"), .left("decision"), .left("from"), .left("until"), .left("by"), .left("because"),
        ])
        for decision in decisions {
            let entry = DecisionRecord(decision)
            grid.rows.append([
                entry.id, decision.verdict.words, entry.decided, entry.until ?? "", entry.author,
                AuditText.short(entry.reason),
            ])
        }
        summary.table(grid)
        try summary.print(on: invocation.console)
    }

    /// A decision as JSON.
    private struct Entry: Encodable {
        let decision: String
        let obligor: String
        let verdict: String
        let author: String
        let reason: String
        let from: String
        let until: String?
        let maximumNotches: Int?

        init(_ one: ReviewerDecision) {
            decision = one.key
            obligor = one.obligor.text
            verdict = one.verdict.words
            author = one.author
            reason = one.reason
            from = "\(one.decided)"
            until = one.verdict.last.map { "\($0)" }
            maximumNotches = one.maximumNotches
        }
    }
}

/// A file named on the command line; the verb has an option of the usual name.
private func obligorFile(_ path: String) -> URL { URL(filePath: path) }

extension ReviewerDecision {
    /// "O000123 grade BBB from 2024-10-01 until 2025-03-31".
    fileprivate var words: String {
        var text = "\(obligor) \(verdict.words) from \(decided)"
        if let last = verdict.last { text += " until \(last)" }
        return text
    }
}

extension ReviewerDecision.Verdict {
    /// "grade BBB", "1 down", "dismissed O000123/unpaid/2024-05-03".
    fileprivate var words: String {
        switch self {
        case .override(.grade(let grade), _): "grade \(grade.rawValue)"
        case .override(.notch(let notches), _): notches < 0 ? "\(-notches) up" : "\(notches) down"
        case .confirmed: "confirmed"
        case .acknowledged(let alert): "acknowledged \(alert)"
        case .dismissed(let alert): "dismissed \(alert ?? "the correction")"
        case .correction(let given, let supported, let day, let isAccepted, _):
            "\(isAccepted ? "accepted" : "dismissed") the correction of \(day), \(given.rawValue) to "
                + "\(supported.rawValue)"
        }
    }

    /// The last day that it holds; `nil` where it has no end.
    fileprivate var last: CalendarDay? {
        switch self {
        case .override(_, let last): last
        case .correction(_, _, _, _, let last): last
        case .confirmed, .acknowledged, .dismissed: nil
        }
    }
}

extension DecisionRecord {
    /// A decision as a run folder shows it.
    init(_ one: ReviewerDecision) {
        var (subject, verdict, about): (Subject, String, String?) = (.rating, one.verdict.words, nil)
        var (given, supported): (Grade?, Grade?)
        switch one.verdict {
        case .override, .confirmed: break
        case .acknowledged(let alert): (subject, verdict, about) = (.alert, "acknowledged", alert)
        case .dismissed(let alert): (subject, verdict, about) = (.alert, Self.dismissed, alert)
        case .correction(let from, let to, let day, let isAccepted, _):
            (subject, verdict, about) = (
                .correction, isAccepted ? Self.accepted : Self.dismissed, "\(day)"
            )
            (given, supported) = (from, to)
        }
        self.init(
            decision: one.key, id: one.obligor.text, subject: subject, verdict: verdict, about: about,
            givenGrade: given?.rawValue, supportedGrade: supported?.rawValue, author: one.author,
            decided: "\(one.decided)", until: one.verdict.last.map { "\($0)" }, reason: one.reason)
    }
}
