import Ledger
import Vocabulary

/// The supply links of every obligor, on one side.
struct LinkTable: Sendable {
    /// A link to a neighbour.
    struct Link: Sendable {
        let link: Valued<SupplyLink>
        /// The neighbour, or −1 if it is not an obligor of the ledger.
        let neighbour: Int32

        init(_ link: Valued<SupplyLink>, neighbour: Int32) {
            self.link = link
            self.neighbour = neighbour
        }
    }

    private let links: [Link]
    /// Where each obligor's links begin; one more than obligors.
    private let offsets: [Int]

    /// - Parameters:
    ///   - links: With the obligor whose they are, in the order in which they became known.
    ///   - obligors: Number of obligors.
    init(_ links: [(obligor: Int, link: Link)], obligors: Int) {
        var offsets = [Int](repeating: 0, count: obligors + 1)
        for (obligor, _) in links { offsets[obligor + 1] += 1 }
        for obligor in 0..<obligors { offsets[obligor + 1] += offsets[obligor] }
        var next = offsets
        var order = [Int](repeating: 0, count: links.count)
        for (index, entry) in links.enumerated() {
            order[next[entry.obligor]] = index
            next[entry.obligor] += 1
        }
        self.links = order.map { links[$0].link }
        self.offsets = offsets
    }

    /// The figures of an obligor's links as of a date, lanes as in ``LinkFigure``.
    func figures(
        of obligor: Int, at asOf: Int, _ grid: AsOfGrid, _ states: [ObligorState], _ rates: AsOfRates,
        gap: inout RateGap?
    ) -> SIMD16<Double> {
        let today = grid.days[asOf]
        var lanes = SIMD16<Double>.zero
        for index in offsets[obligor]..<offsets[obligor + 1] {
            let (link, neighbour) = (links[index].link, links[index].neighbour)
            guard link.known <= today, link.record.from.daysSince1970 <= today, link.to >= today else {
                continue
            }
            lanes[LinkFigure.count.lane] += 1
            let share = link.record.shareOfTrade ?? 0
            let money = link.amount
            let exposure = money.amount.isNaN ? 0 : rates.base(money, at: asOf, gap: &gap)
            lanes[LinkFigure.share.lane] += share
            lanes[LinkFigure.largestShare.lane] = max(lanes[LinkFigure.largestShare.lane], share)
            lanes[LinkFigure.exposure.lane] += exposure
            guard neighbour >= 0 else { continue }
            let state = states[Int(neighbour) * grid.count + asOf]
            guard state.isKnown else { continue }
            if state.overdue30 > 0 { lanes[LinkFigure.overdueShare.lane] += share }
            if state.isInDefault { lanes[LinkFigure.defaultedShare.lane] += share }
            if state.overdue30 > 0 || state.isInDefault {
                lanes[LinkFigure.overdueExposure.lane] += exposure
            }
            guard state.paid > 0 else { continue }
            lanes[LinkFigure.paidShare.lane] += share
            lanes[LinkFigure.delay.lane] += share * (state.delay / state.paid)
        }
        if lanes[LinkFigure.count.lane] == 0 { lanes[LinkFigure.largestShare.lane] = .nan }
        return lanes
    }
}
