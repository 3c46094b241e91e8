import Vocabulary

/// Some observations with their features and outcomes: those of a fixed number of obligors.
struct PanelBlock: Sendable {
    /// One observation.
    struct Row: Sendable {
        /// The obligor's row in the ledger.
        let obligor: Int
        /// The as-of date, and its position among the dates.
        let asOf: Int
        let day: CalendarDay
        /// The invoice's position among the obligor's, for a panel of invoices.
        let invoice: Int?
    }

    /// What came after.
    enum Outcomes: Sendable {
        case obligors([Outcome])
        case invoices([InvoiceOutcome])
        /// Nobody asks for them.
        case none
    }

    let rows: [Row]
    /// Feature by feature, each with a value per row.
    var values: [Double]
    let outcomes: Outcomes
    /// Observations left out because the obligor was in default.
    let inDefault: Int
    /// What the second pass needs.
    var kept: QuantityBlock

    /// The day by whose end the outcome of a row is known, and whether it can be learned from.
    func outcome(of row: Int) -> (isComplete: Bool, knownOn: CalendarDay) {
        switch outcomes {
        case .obligors(let list):
            (list[row].status == .complete, CalendarDay(daysSince1970: list[row].knownOn))
        case .invoices(let list):
            (list[row].isComplete, CalendarDay(daysSince1970: list[row].knownOn))
        case .none: (false, .never)
        }
    }
}

extension PanelBlock {
    /// The rows of some obligors out of blocks that hold those of all obligors, so many to a block.
    ///
    /// - Parameters:
    ///   - places: The obligors, in the order of the result.
    ///   - blocks: Of obligors, not of invoices.
    ///   - features: How many there are.
    init(of places: some Collection<Int>, from blocks: [PanelBlock], size: Int, features: Int) {
        var sources: [(block: Int, row: Int)] = []
        for place in places {
            let block = place / size
            for (row, entry) in blocks[block].rows.enumerated() where entry.obligor == place {
                sources.append((block, row))
            }
        }
        rows = sources.map { blocks[$0.block].rows[$0.row] }
        var values: [Double] = []
        values.reserveCapacity(features * sources.count)
        for feature in 0..<features {
            for (block, row) in sources {
                values.append(blocks[block].values[feature * blocks[block].rows.count + row])
            }
        }
        self.values = values
        let known = sources.compactMap { source -> Outcome? in
            guard case .obligors(let list) = blocks[source.block].outcomes else { return nil }
            return list[source.row]
        }
        outcomes = known.count == sources.count ? .obligors(known) : .none
        inDefault = 0
        kept = QuantityBlock(rows: sources.count, columns: 0)
    }
}
