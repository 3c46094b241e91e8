import Grading
public import Ledger
public import Parallelism
public import Results
import Vocabulary

/// What a review would look at, without doing it.
public struct ReviewOutlook: Sendable {
    /// How many obligors would be looked at, by why; without those that are set aside.
    public let reasons: [String: Int]
    /// The inputs that would be asked for.
    public let requests: [RefreshRequestRecord]

    /// Looks at who is due.
    ///
    /// - Throws: ``ReviewError``.
    public init(
        of ledger: TradeLedger, by basis: RatingBasis, _ options: ReviewOptions,
        since earlier: EarlierReview? = nil, log: EventLog = EventLog(), workers: Workers = .allProcessors
    ) throws(ReviewError) {
        _ = try FactColumns(of: [basis] + [earlier?.basis].compactMap(\.self))
        let selection = try DueSelection(
            ledger, basis, options, earlier: earlier, log: log, workers: workers)
        let setAside = Set(options.setAside.keys.compactMap { ledger.place(of: ObligorID($0)) })
        reasons = Dictionary(
            selection.reasons.enumerated().compactMap { place, reason in
                setAside.contains(place) ? nil : reason.map { ($0.rawValue, 1) }
            }, uniquingKeysWith: +)
        let clocks = basis.policy?.clocks ?? []
        requests = selection.reasons.indices.filter { selection.reasons[$0] != nil }.flatMap { place in
            let view = ledger.view(of: place, asOf: AsOf(options.asOf))
            return clocks.compactMap { $0.request(view) }
        }
    }
}
