public import Ledger
public import Parallelism
import Vocabulary

/// Panels of some of a ledger's obligors at a time, all on the same dates and of the same features.
///
/// The rows are those of a ``Panel`` of the whole ledger. Where features reach beyond the obligor, what the others say
/// is found once for all panels of the series, which costs about as much as a panel of everybody.
public struct PanelSeries: Sendable {
    private let builder: PanelBuilder
    private let grid: AsOfGrid
    private let rates: AsOfRates
    private let network: Network?

    /// A series of panels.
    ///
    /// - Parameters:
    ///   - options: The dates and features; the occasion must be days.
    ///   - definition: What counts as default.
    /// - Throws: ``FeatureError``.
    public init(
        of ledger: TradeLedger, _ options: PanelOptions, default definition: DefaultDefinition,
        workers: Workers = .allProcessors
    ) throws(FeatureError) {
        guard case .days(let days) = options.occasion else {
            throw .badDates("A series of panels is of days, not of invoices.")
        }
        let observedUntil = options.observedUntil ?? days.last ?? CalendarDay(daysSince1970: 0)
        let horizon = max(observedUntil, days.last ?? observedUntil)
        let reader = HistoryReader(
            ledger, definition, horizon: horizon, rateAge: options.rateAge, workers: workers)
        builder = PanelBuilder(reader, options, observedUntil: observedUntil, workers: workers)
        (grid, rates) = try builder.dates(days)
        network = try builder.network(grid, rates)
    }

    private init(_ builder: PanelBuilder, _ grid: AsOfGrid, _ rates: AsOfRates, _ network: Network?) {
        self.builder = builder
        self.grid = grid
        self.rates = rates
        self.network = network
    }

    /// The panel of some obligors, given by their places, in their order.
    ///
    /// - Throws: ``FeatureError``.
    public func panel(of places: [Int]) throws(FeatureError) -> Panel {
        try builder.panel(of: places, grid, rates, network)
    }

    /// The series of a ledger that differs in the records of some obligors alone, with the same obligors and
    /// currencies: what other obligors say stays as it was.
    public func reading(_ ledger: TradeLedger) -> PanelSeries {
        PanelSeries(builder.reading(ledger), grid, rates, network)
    }
}
