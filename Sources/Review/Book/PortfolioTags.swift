import Ledger
public import Results
import Vocabulary

/// What a portfolio's obligors are told apart by: the tags of every ledger, why an obligor was looked at, and the tags
/// that the ledger itself gives.
struct PortfolioTags: Sendable {
    private let free: [String]
    private let reasons: [DueSelection.Reason?]

    /// - Parameter reasons: Why obligors are looked at, by place.
    init(of ledger: TradeLedger, asOf day: CalendarDay, reasons: [DueSelection.Reason?]) {
        var given: Set<String> = []
        for place in 0..<ledger.obligorCount {
            given.formUnion(ledger.view(of: place, asOf: AsOf(day)).obligor?.tags.keys.map(\.self) ?? [])
        }
        free = given.subtracting(Self.ofEveryLedger).sorted()
        self.reasons = reasons
    }

    private static let ofEveryLedger = ObligorTag.allCases.map(\.rawValue) + [PortfolioReview.reasonTag]

    /// The names in the order of values.
    var names: [String] { Self.ofEveryLedger + free }

    /// The values of an obligor.
    ///
    /// - Parameter figure: A feature of the obligor by its name; `nil` where missing.
    func values(of obligor: Obligor, at place: Int, _ figure: (String) -> Double?) -> [String] {
        ObligorTag.allCases.map { $0.value(of: obligor, figure) }
            + [reasons[place]?.rawValue ?? ""] + free.map { obligor.tags[$0] ?? "" }
    }
}

extension Portfolio {
    /// How many of the obligors were looked at in a review, by why, or were not due.
    public var reviewReasons: [String: Int] {
        guard let tag = tags.firstIndex(of: PortfolioReview.reasonTag) else { return [:] }
        let reasons = obligors.map { $0.tags[tag] }.filter { !$0.isEmpty }
        return Dictionary(reasons.map { ($0, 1) }, uniquingKeysWith: +)
    }
}
