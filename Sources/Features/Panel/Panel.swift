public import Ledger
public import Parallelism
public import Tables
public import Vocabulary

/// Observations: one row for each obligor and as-of date, or for each invoice, with features and outcomes.
public struct Panel: Sendable {
    /// The features, in the order of their columns.
    public let features: [Feature]
    /// Number of observations.
    public let rowCount: Int
    /// Observations left out because the obligor was in default.
    public let inDefault: Int
    /// The last day that outcomes were looked for.
    public let observedUntil: CalendarDay

    private let blocks: [PanelBlock]
    private let reader: HistoryReader
    private let isOfInvoices: Bool
    private let hasOutcomes: Bool

    /// Computes the panel of a ledger.
    ///
    /// The same for any number of threads. Cost: linear in the records, plus the open invoices on each date; a double
    /// for each feature and observation is kept.
    ///
    /// - Parameters:
    ///   - definition: What counts as default.
    ///   - progress: Told how many obligors are done, of how many; from any thread.
    /// - Throws: ``FeatureError``.
    public init(
        of ledger: TradeLedger, _ options: PanelOptions, default definition: DefaultDefinition,
        workers: Workers = .allProcessors,
        progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(FeatureError) {
        let lastDay = ledger.span?.upperBound ?? CalendarDay(daysSince1970: 0)
        let observedUntil = options.observedUntil ?? lastDay
        var horizon = observedUntil
        switch options.occasion {
        case .days(let days): horizon = max(horizon, days.last ?? horizon)
        case .invoiceIssue: horizon = max(horizon, lastDay)
        }
        let reader = HistoryReader(
            ledger, definition, horizon: horizon, rateAge: options.rateAge, workers: workers)
        let builder = PanelBuilder(reader, options, observedUntil: observedUntil, workers: workers)
        self = try builder.build(progress: progress)
    }

    init(
        features: [Feature], blocks: [PanelBlock], reader: HistoryReader, isOfInvoices: Bool,
        hasOutcomes: Bool, observedUntil: CalendarDay
    ) {
        self.features = features
        self.blocks = blocks
        self.reader = reader
        self.isOfInvoices = isOfInvoices
        self.hasOutcomes = hasOutcomes
        self.observedUntil = observedUntil
        rowCount = blocks.reduce(0) { $0 + $1.rows.count }
        inDefault = blocks.reduce(0) { $0 + $1.inDefault }
    }

    /// The names of the columns.
    public var columnNames: [String] {
        ["obligor", "as_of"] + (isOfInvoices ? ["invoice"] : []) + ["industry", "region", "group"]
            + features.map(\.name) + outcomeColumns.map(\.name)
    }

    private var outcomeColumns: [OutcomeColumn] {
        guard hasOutcomes else { return [] }
        return isOfInvoices ? OutcomeColumn.invoice : OutcomeColumn.obligor
    }

    /// Number of tables that the observations are handed out in.
    public var tableCount: Int { blocks.count }

    /// Some of the observations as a table.
    ///
    /// - Parameters:
    ///   - index: Which, below ``tableCount``.
    ///   - part: Only complete observations of this part of a split; `nil` for all.
    /// - Throws: ``TableError`` if two features have the same name.
    public func table(
        _ index: Int, part: (split: PanelSplit, part: PanelSplit.Part)? = nil
    ) throws(TableError)
        -> Table
    {
        let block = blocks[index]
        let rows = block.rows.indices.filter { row in
            guard let (split, wanted) = part else { return true }
            let (isComplete, knownOn) = block.outcome(of: row)
            return isComplete
                && split.part(
                    obligor: reader.name(of: block.rows[row].obligor), asOf: block.rows[row].day,
                    outcomeKnownOn: knownOn) == wanted
        }
        return try Table(
            columns: keys(block, rows) + values(block, rows) + outcomes(block, rows))
    }

    private func keys(_ block: PanelBlock, _ rows: [Int]) -> [Column] {
        let obligors = rows.map { block.rows[$0].obligor }
        var columns = [
            Column(name: "obligor", values: .text(obligors.map(reader.name(of:)))),
            Column(name: "as_of", values: .day(rows.map { block.rows[$0].day })),
        ]
        if isOfInvoices {
            let names = rows.map { row -> String? in
                block.rows[row].invoice.map { reader.invoiceName($0, of: block.rows[row].obligor) }
            }
            columns.append(Column(name: "invoice", values: .text(names)))
        }
        // An invoice may be known before its obligor's own record is.
        let isKnown = rows.map { row in
            !isOfInvoices
                || reader.ledger.view(of: block.rows[row].obligor, asOf: AsOf(block.rows[row].day)).obligor
                    != nil
        }
        for (name, circle) in [("industry", Circle.industry), ("region", .region), ("group", .group)] {
            let membership = reader.membership(circle)
            let codes = zip(obligors, isKnown).map { obligor, isKnown in
                isKnown
                    ? UInt32(exactly: membership.codes[obligor]) ?? Column.missingCode : Column.missingCode
            }
            columns.append(
                Column(name: name, values: .category(codes: codes, levels: membership.levels)))
        }
        return columns
    }

    private func values(_ block: PanelBlock, _ rows: [Int]) -> [Column] {
        features.enumerated().map { index, feature in
            let start = index * block.rows.count
            return Column(
                name: feature.name, values: .double(rows.map { block.values[start + $0] }))
        }
    }

    private func outcomes(_ block: PanelBlock, _ rows: [Int]) -> [Column] {
        guard hasOutcomes else { return [] }
        return switch block.outcomes {
        case .obligors(let list): Self.columns(rows.map { list[$0] })
        case .invoices(let list): Self.columns(rows.map { list[$0] })
        case .none: []
        }
    }

    private static func columns(_ outcomes: [Outcome]) -> [Column] {
        let levels = Outcome.Status.allCases.map(\.rawValue)
        let codes = outcomes.map { outcome in
            UInt32(levels.firstIndex(of: outcome.status.rawValue) ?? 0)
        }
        let defaulted = outcomes.map { outcome -> UInt8 in
            switch outcome.status {
            case .complete: outcome.defaulted ? 1 : 0
            case .incomplete: outcome.defaulted ? 1 : Column.missingFlag
            }
        }
        let grades = Grade.allCases.map(\.rawValue)
        return [
            Column(name: "outcome", values: .category(codes: codes, levels: levels)),
            Column(name: "defaulted", values: .flag(defaulted)),
            Column(
                name: "days_to_default",
                values: .integer(outcomes.map { $0.daysToDefault.map(Int64.init) ?? Column.missingInteger })),
            Column(name: "days_observed", values: .integer(outcomes.map { Int64($0.daysObserved) })),
            Column(
                name: "next_grade",
                values: .category(
                    codes: outcomes.map { $0.nextGradeRank.map(UInt32.init) ?? Column.missingCode },
                    levels: grades)),
            Column(
                name: "late_share",
                values: .double(outcomes.map { $0.status == .complete ? $0.lateShare : .nan })),
        ]
    }

    private static func columns(_ outcomes: [InvoiceOutcome]) -> [Column] {
        let levels = [Outcome.Status.complete.rawValue, Outcome.Status.incomplete.rawValue]
        return [
            Column(
                name: "outcome",
                values: .category(codes: outcomes.map { $0.isComplete ? 0 : 1 }, levels: levels)),
            Column(
                name: "paid_late",
                values: .flag(
                    outcomes.map { $0.isComplete ? ($0.paidLate ? 1 : 0) : Column.missingFlag })),
            Column(
                name: "days_late",
                values: .integer(outcomes.map { $0.daysLate.map(Int64.init) ?? Column.missingInteger })),
        ]
    }
}
