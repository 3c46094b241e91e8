import Vocabulary

// Of decisions on one subject the last counts, so that one that was taken back can be made again.
extension ReviewerDecision {
    /// What a decision is on.
    private enum Subject: Hashable {
        /// The grade from a day on.
        case rating(from: CalendarDay)
        case alert(String?)
        case correction(suggested: CalendarDay)
    }

    private var subject: Subject {
        switch verdict {
        case .override, .confirmed: .rating(from: decided)
        case .acknowledged(let alert): .alert(alert)
        case .dismissed(let alert): .alert(alert)
        case .correction(_, _, let suggested, _, _): .correction(suggested: suggested)
        }
    }

    /// Whether two decisions differ in nothing but their keys.
    public func saysTheSame(as other: ReviewerDecision) -> Bool {
        obligor == other.obligor && verdict == other.verdict && author == other.author
            && reason == other.reason && decided == other.decided && maximumNotches == other.maximumNotches
    }

    /// The decision as it is kept behind earlier ones: with a key of its own, also where one of them says the same and
    /// another has been made on its subject since.
    ///
    /// - Parameter earlier: Decisions in the order in which they were kept, all of those on the obligor among them.
    /// - Returns: `nil` if it changes nothing: the last one on its subject says the same, or its key is that of
    ///   another.
    public func kept(behind earlier: [ReviewerDecision]) -> ReviewerDecision? {
        let own = earlier.filter { $0.obligor == obligor && $0.subject == subject }
        let same = earlier.count { $0.saysTheSame(as: self) }
        if own.last?.saysTheSame(as: self) ?? false { return nil }
        guard same > 0 else { return earlier.contains { $0.key == key } ? nil : self }
        return ReviewerDecision(
            key: "\(key)-\(same + 1)", obligor: obligor, verdict: verdict, author: author, reason: reason,
            decided: decided, maximumNotches: maximumNotches)
    }
}
