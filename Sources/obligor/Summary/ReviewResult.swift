import Grading
import Ledger
import Results
import Review
import Vocabulary

/// What a review came to, as `--json` prints it.
///
/// A review is counted from its run folder, so that the same review says the same whenever it is asked for.
struct ReviewResult: Encodable {
    /// What was done.
    enum Status: String, Encodable {
        case done
        /// The run folder had this review.
        case alreadyDone = "already-done"
        case dryRun = "dry-run"
    }

    /// Inputs of a kind to bring up to date.
    struct Requests: Encodable {
        let input: String
        let stale: Int
        let missing: Int
        let expiring: Int
    }

    /// Obligors set aside for one reason.
    struct Reason: Encodable {
        let reason: String
        let obligors: Int
    }

    /// What the monitoring of the model found.
    struct Monitoring: Encodable {
        let warn: Int
        let alarm: Int
    }

    let status: Status
    let asOf: String?
    private(set) var folder: String?
    private(set) var report: String?
    private(set) var digest: String?
    private(set) var model: String?
    private(set) var rated: Int?
    let setAside: Int
    private(set) var setAsideReasons: [Reason]?
    private(set) var currency: String?
    private(set) var exposure: Double?
    private(set) var expectedLoss: Double?
    /// All grades, the best first.
    private(set) var grades: [PortfolioCounts.GradeLine]?
    private(set) var movements: [String: Int]?
    /// Obligors by why they were looked at, or that they were not due.
    let reviewed: [String: Int]
    let refreshRequests: [Requests]
    /// Days without new records by kind, where they never paused for so long in two years; else 0.
    let silentDays: [String: Int]?
    private(set) var monitoring: Monitoring?
}

extension ReviewResult {
    /// What a review would look at.
    init(of outlook: ReviewOutlook, setAside: Int, _ silences: [Silence], on day: CalendarDay) {
        let quality = DataQualityRecord(
            checks: silences.map(\.check), missing: [], statementAges: [], refused: [])
        self.init(
            status: .dryRun, asOf: "\(day)", setAside: setAside, reviewed: outlook.reasons,
            refreshRequests: Self.counts(outlook.requests), silentDays: Silence.days(of: quality))
    }

    /// What a review found.
    ///
    /// - Parameters:
    ///   - folder: The run folder, as it was named.
    ///   - report: The folder of its report, where one was asked for.
    init(of run: RunFolder, _ status: Status, at folder: String, report: String?) throws {
        let portfolio = try run.portfolio()
        let obligors = portfolio?.obligors ?? []
        let quality = try run.dataQuality()
        let refused = quality?.refused ?? []
        self.init(
            status: status, asOf: run.record.asOf, setAside: refused.reduce(0) { $0 + $1.count },
            reviewed: portfolio?.reviewReasons ?? [:],
            refreshRequests: Self.counts(try run.refreshRequests() ?? []),
            silentDays: quality.map(Silence.days))
        self.folder = folder
        self.report = report
        digest = run.record.digest
        model = run.record.model
        setAsideReasons = refused.map { Reason(reason: $0.reason, obligors: $0.count) }
        let counts = PortfolioCounts(obligors)
        grades = counts.grades
        rated = counts.grades.reduce(0) { $0 + $1.obligors }
        currency = obligors.first?.currency
        exposure = counts.grades.reduce(0) { $0 + $1.exposure }
        expectedLoss = counts.grades.reduce(0) { $0 + $1.expectedLoss }
        movements = Dictionary(
            uniqueKeysWithValues: counts.movements.map { ($0.movement.rawValue, $0.obligors) })
        monitoring = try run.monitoring().map { record in
            Monitoring(
                warn: record.entries.count { $0.verdict == .warn },
                alarm: record.entries.count { $0.verdict == .alarm })
        }
    }

    private static func counts(_ requests: [RefreshRequestRecord]) -> [Requests] {
        InputClock.Input.allCases.map { input in
            let own = requests.filter { $0.input == input.rawValue }
            func count(_ state: RefreshRequestRecord.State) -> Int { own.count { $0.state == state } }
            return Requests(
                input: input.rawValue, stale: count(.stale), missing: count(.missing),
                expiring: count(.expiring))
        }
    }
}
