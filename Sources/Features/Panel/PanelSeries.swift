public import Ledger
public import Parallelism
import Vocabulary

/// Panels of some of a ledger's obligors at a time, all on the same dates and of the same features.
///
/// The rows are those of a ``Panel`` of the whole ledger. Where features reach beyond the obligor, everybody's records
/// have to be gone through before anything can be said of one: all rows are then computed, and kept, at once.
public struct PanelSeries: Sendable {
    private let builder: PanelBuilder
    private let grid: AsOfGrid
    private let rates: AsOfRates
    /// The rows of everybody, where features reach beyond the obligor.
    private let everybody: [PanelBlock]?
    /// The times in default up to the last date of the obligors whose records were gone through.
    public let knownDefaults = KnownDefaults()

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
        everybody = try builder.everybody(grid, rates, knownDefaults)
    }

    private init(_ series: PanelSeries, reading ledger: TradeLedger) {
        builder = series.builder.reading(ledger)
        (grid, rates, everybody) = (series.grid, series.rates, nil)
    }

    /// The panel of some obligors, given by their places, in their order.
    ///
    /// - Throws: ``FeatureError``.
    public func panel(of places: [Int]) throws(FeatureError) -> Panel {
        try builder.panel(of: places, grid, rates, from: everybody, knownDefaults)
    }

    /// The series of a ledger that differs in the records of some obligors alone, with the same obligors and
    /// currencies; only for features that do not reach beyond the obligor.
    public func reading(_ ledger: TradeLedger) -> PanelSeries {
        precondition(everybody == nil, "features that reach beyond the obligor")
        return PanelSeries(self, reading: ledger)
    }
}
