import Ledger
import Parallelism
import Vocabulary

/// Computes panels: sweeps every obligor's records once for all as-of dates, in blocks of obligors shared out to
/// threads, then brings in what other obligors say.
///
/// A block's numbers depend on its obligors alone, and what is summed over obligors is summed in their order, so that
/// the panel is the same for any number of threads.
struct PanelBuilder: Sendable {
    /// Obligors in a block.
    static let blockSize = 32
    /// Blocks that the second pass has in hand.
    private static let blocksAtATime = 256

    private var reader: HistoryReader
    private let options: PanelOptions
    private let workers: Workers
    private let features: [Feature]
    /// Positions of the features that need other obligors, and of those that do not.
    private let cross: [Int]
    private let own: [Int]
    private let plan: QuantityPlan
    /// The quantities that the second pass finds in a block, and those that it adds.
    private let keptPlan: QuantityPlan
    private let observedUntil: CalendarDay

    init(
        _ reader: HistoryReader, _ options: PanelOptions, observedUntil: CalendarDay, workers: Workers
    ) {
        self.reader = reader
        self.options = options
        self.workers = workers
        features = options.features ?? PanelOptions.catalogue(for: options.occasion)
        let reaches = features.map(\.reachesBeyondTheObligor)
        cross = reaches.indices.filter { reaches[$0] }
        own = reaches.indices.filter { !reaches[$0] }
        let crossFormulas = cross.map { [features] in features[$0].formula }
        let all = Self.union(features.map(\.formula))
        let needsStates: [Quantity] = cross.isEmpty ? [] : [.paid(.amount, .m12)]
        plan = QuantityPlan(all.filter { !$0.reachesBeyondTheObligor }, also: needsStates)
        let kept = Self.union(crossFormulas)
        keptPlan = QuantityPlan(
            kept.filter { !$0.reachesBeyondTheObligor } + kept.filter(\.reachesBeyondTheObligor))
        self.observedUntil = observedUntil
    }

    private static func union(_ formulas: [Formula]) -> [Quantity] {
        var seen: Set<Quantity> = []
        return formulas.flatMap(\.quantities).filter { seen.insert($0).inserted }
    }

    /// Computes the panel.
    func build(progress: @Sendable (_ done: Int, _ total: Int) -> Void) throws(FeatureError) -> Panel {
        let blocks =
            switch options.occasion {
            case .days(let days): try panelOfObligors(days, progress)
            case .invoiceIssue: try panelOfInvoices(progress)
            }
        return Panel(
            features: features, blocks: blocks, reader: reader,
            isOfInvoices: options.occasion == .invoiceIssue, hasOutcomes: options.hasOutcomes,
            observedUntil: observedUntil)
    }

    private func obligors(ofBlock block: Int) -> Range<Int> {
        block * Self.blockSize..<min(reader.obligorCount, (block + 1) * Self.blockSize)
    }

    private var blockCount: Int { (reader.obligorCount + Self.blockSize - 1) / Self.blockSize }

    private func programs(_ indices: [Int], slots: [Quantity: Int]) -> [FormulaProgram] {
        indices.map {
            FormulaProgram(features[$0].formula, slots: slots, minorUnits: reader.minorUnits)
        }
    }

    /// Evaluates formulas into the columns of their features.
    private static func evaluate(
        _ programs: [FormulaProgram], for features: [Int], on block: QuantityBlock,
        into values: inout [Double]
    ) {
        let rows = block.rows
        let depth = programs.map(\.depth).max() ?? 0
        var stack = [Double](repeating: 0, count: depth * rows)
        for (program, feature) in zip(programs, features) {
            program.evaluate(block, stack: &stack)
            for row in 0..<rows { values[feature * rows + row] = stack[row] }
        }
    }
}

extension PanelBuilder {
    /// Tables of days and rates for as-of dates.
    func dates(_ days: [CalendarDay]) throws(FeatureError) -> (AsOfGrid, AsOfRates) {
        guard let last = days.last, zip(days, days.dropFirst()).allSatisfy(<) else {
            throw .badDates("Give at least one as-of date, in order and each once.")
        }
        if reader.firstKnown.map({ $0 > last }) ?? true {
            throw .nothingKnown(lastDate: last, firstKnown: reader.firstKnown)
        }
        let grid = AsOfGrid(days)
        return (grid, reader.rates(on: grid))
    }

    /// One row for each obligor and day.
    private func panelOfObligors(
        _ days: [CalendarDay], _ progress: @Sendable (Int, Int) -> Void
    ) throws(FeatureError) -> [PanelBlock] {
        let (grid, rates) = try dates(days)
        let programs = programs(own, slots: plan.slots)
        let results = try workers.tryMap(blockCount) { block throws(FeatureError) in
            let result = try sweep(obligors(ofBlock: block), grid, rates, programs)
            progress(min(reader.obligorCount, (block + 1) * Self.blockSize), reader.obligorCount)
            return result
        }
        guard !cross.isEmpty else { return results.map(\.block) }
        let network = Network(reader, states: results.flatMap(\.states), grid, rates)
        return try withOthers(results.map(\.block), network, grid)
    }

    /// The rows of all obligors where features reach beyond the obligor; `nil` where none does.
    func everybody(
        _ grid: AsOfGrid, _ rates: AsOfRates, _ knownDefaults: KnownDefaults
    ) throws(FeatureError) -> [PanelBlock]? {
        guard !cross.isEmpty else { return nil }
        let programs = programs(own, slots: plan.slots)
        let results = try workers.tryMap(blockCount) { block throws(FeatureError) in
            try sweep(obligors(ofBlock: block), grid, rates, programs, noting: knownDefaults)
        }
        let network = Network(reader, states: results.flatMap(\.states), grid, rates)
        return try withOthers(results.map(\.block), network, grid)
    }

    /// The panel of some obligors.
    func panel(
        of places: [Int], _ grid: AsOfGrid, _ rates: AsOfRates, from everybody: [PanelBlock]?,
        _ knownDefaults: KnownDefaults
    ) throws(FeatureError) -> Panel {
        let programs = programs(own, slots: plan.slots)
        let count = (places.count + Self.blockSize - 1) / Self.blockSize
        let blocks = try workers.tryMap(count) { block throws(FeatureError) in
            let part = places[block * Self.blockSize..<min(places.count, (block + 1) * Self.blockSize)]
            if let everybody {
                return PanelBlock(
                    of: part, from: everybody, size: Self.blockSize, features: features.count)
            }
            return try sweep(part, grid, rates, programs, noting: knownDefaults).block
        }
        return Panel(
            features: features, blocks: blocks, reader: reader, isOfInvoices: false,
            hasOutcomes: options.hasOutcomes, observedUntil: observedUntil)
    }

    /// The same for a ledger that differs in the records of some obligors alone.
    func reading(_ ledger: TradeLedger) -> PanelBuilder {
        var builder = self
        builder.reader.ledger = ledger
        return builder
    }

    private func sweep(
        _ obligors: some Collection<Int>, _ grid: AsOfGrid, _ rates: AsOfRates, _ programs: [FormulaProgram],
        noting knownDefaults: KnownDefaults? = nil
    ) throws(FeatureError) -> (block: PanelBlock, states: [ObligorState]) {
        var sweep = ObligorSweep(grid, rates, currencies: reader.currencies.count, plan: plan)
        var quantities = QuantityBlock(rows: obligors.count * grid.count, columns: plan.quantities.count)
        var rows: [PanelBlock.Row] = []
        var outcomes: [Outcome] = []
        var states: [ObligorState] = []
        var found: [KnownDefaults.Finding] = []
        var inDefault = 0
        for obligor in obligors {
            let history = try reader.history(of: obligor)
            sweep.run(history)
            if let gap = sweep.gap { throw error(for: gap, grid) }
            let known = Array(sweep.firstKnown..<grid.count)
            var dates = known.filter { !sweep.isInDefault($0) }
            if knownDefaults != nil {
                found.append(finding(of: history, inDefaultAt: known.filter(sweep.isInDefault), grid))
            }
            inDefault += known.count - dates.count
            if let includes = options.includes {
                dates.removeAll { !includes(obligor, CalendarDay(daysSince1970: grid.days[$0])) }
            }
            for (column, quantity) in plan.quantities.enumerated() {
                sweep.write(quantity, to: column, of: &quantities, from: rows.count, at: dates)
            }
            let reading =
                options.hasOutcomes
                ? OutcomeReader(history, observedUntil: observedUntil.daysSince1970) : nil
            for asOf in dates {
                let day = CalendarDay(daysSince1970: grid.days[asOf])
                rows.append(PanelBlock.Row(obligor: obligor, asOf: asOf, day: day, invoice: nil))
                if let reading { outcomes.append(reading.outcome(asOf: day, window: options.window)) }
            }
            if !cross.isEmpty { states += (0..<grid.count).map(sweep.state) }
        }
        let trimmed = quantities.prefix(rows: rows.count)
        var values = [Double](repeating: .nan, count: features.count * rows.count)
        Self.evaluate(programs, for: own, on: trimmed, into: &values)
        let block = PanelBlock(
            rows: rows, values: values, outcomes: options.hasOutcomes ? .obligors(outcomes) : .none,
            inDefault: inDefault,
            kept: trimmed.columns(keptPlan.quantities.compactMap { plan.slots[$0] }))
        knownDefaults?.add(found, of: obligors)
        return (block, states)
    }

    /// What is found of an obligor on the way.
    private func finding(
        of history: ObligorHistory, inDefaultAt dates: [Int], _ grid: AsOfGrid
    ) -> KnownDefaults.Finding {
        var finding = KnownDefaults.Finding(spells: history.spells)
        for asOf in dates {
            let day = CalendarDay(daysSince1970: grid.days[asOf])
            finding.owed[day] = try? history.allocation?.owed(on: day, rates: reader.exchange)
        }
        return finding
    }

    private func error(for gap: RateGap, _ grid: AsOfGrid) -> FeatureError {
        .missingRate(
            currency: reader.currencies[gap.currency.index], base: reader.currencies[0],
            day: CalendarDay(daysSince1970: grid.days[gap.asOf]))
    }

    /// The second pass: what other obligors say.
    private func withOthers(
        _ blocks: consuming [PanelBlock], _ network: Network, _ grid: AsOfGrid
    ) throws(FeatureError) -> [PanelBlock] {
        let programs = programs(cross, slots: keptPlan.slots)
        // Some at a time, each in the place of what it was: all values are not to be there twice.
        for start in stride(from: 0, to: blocks.count, by: Self.blocksAtATime) {
            let some = start..<min(blocks.count, start + Self.blocksAtATime)
            blocks.replaceSubrange(
                some, with: try withOthers(Array(blocks[some]), programs, network, grid))
        }
        return blocks
    }

    private func withOthers(
        _ blocks: [PanelBlock], _ programs: [FormulaProgram], _ network: Network, _ grid: AsOfGrid
    ) throws(FeatureError) -> [PanelBlock] {
        try workers.tryMap(blocks.count) { index throws(FeatureError) in
            var block = blocks[index]
            let own = block.kept.columnCount
            var quantities = block.kept.widened(to: keptPlan.quantities.count)
            var gap: RateGap?
            for (column, quantity) in keptPlan.quantities.enumerated() where column >= own {
                for (row, observation) in block.rows.enumerated() {
                    quantities[column, row] = network.value(
                        quantity, of: observation.obligor, at: observation.asOf, gap: &gap)
                }
            }
            if let gap { throw error(for: gap, grid) }
            Self.evaluate(programs, for: cross, on: quantities, into: &block.values)
            block.kept = QuantityBlock(rows: block.rows.count, columns: 0)
            return block
        }
    }
}

extension PanelBuilder {
    /// One row for each invoice, on the day that it became known.
    private func panelOfInvoices(
        _ progress: @Sendable (Int, Int) -> Void
    ) throws(FeatureError) -> [PanelBlock] {
        let programs = programs(own, slots: plan.slots)
        return try workers.tryMap(blockCount) { index throws(FeatureError) in
            var rows: [PanelBlock.Row] = []
            var outcomes: [InvoiceOutcome] = []
            var parts: [QuantityBlock] = []
            for obligor in obligors(ofBlock: index) {
                let history = try reader.history(of: obligor)
                let days = history.invoices.map(\.known)
                guard !days.isEmpty else { continue }
                let grid = AsOfGrid(Set(days).sorted().map(CalendarDay.init(daysSince1970:)))
                var sweep = ObligorSweep(
                    grid, reader.rates(on: grid), currencies: reader.currencies.count, plan: plan)
                sweep.run(history)
                if let gap = sweep.gap { throw error(for: gap, grid) }
                let dates = days.map(grid.first(onOrAfter:))
                var part = QuantityBlock(rows: dates.count, columns: plan.quantities.count)
                let reading =
                    options.hasOutcomes
                    ? OutcomeReader(history, observedUntil: observedUntil.daysSince1970) : nil
                for (column, quantity) in plan.quantities.enumerated() {
                    sweep.write(quantity, to: column, of: &part, from: 0, at: dates)
                    guard case .invoice(let figure) = quantity else { continue }
                    for (row, invoice) in history.invoices.enumerated() {
                        part[column, row] = invoice.value(figure)
                    }
                }
                for (position, asOf) in dates.enumerated() {
                    let day = CalendarDay(daysSince1970: days[position])
                    rows.append(PanelBlock.Row(obligor: obligor, asOf: asOf, day: day, invoice: position))
                    if let reading { outcomes.append(reading.outcome(ofInvoice: position)) }
                }
                parts.append(part)
            }
            let quantities = QuantityBlock(stacking: parts, columns: plan.quantities.count)
            var values = [Double](repeating: .nan, count: features.count * rows.count)
            Self.evaluate(programs, for: own, on: quantities, into: &values)
            progress(min(reader.obligorCount, (index + 1) * Self.blockSize), reader.obligorCount)
            return PanelBlock(
                rows: rows, values: values, outcomes: options.hasOutcomes ? .invoices(outcomes) : .none,
                inDefault: 0,
                kept: QuantityBlock(rows: rows.count, columns: 0))
        }
    }
}

extension Valued<Invoice> {
    /// A figure of the invoice itself.
    func value(_ figure: InvoiceFigure) -> Double {
        switch figure {
        case .amount: base
        case .given: Double(Int(due) - Int(issued))
        case .month: Double(record.issued.parts.month)
        // 1970-01-01 was a Thursday.
        case .weekday: Double(((Int(issued) + 3) % 7 + 7) % 7 + 1)
        }
    }
}
