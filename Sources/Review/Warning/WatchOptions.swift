public import Ledger
public import Vocabulary

/// How a ledger is watched.
public struct WatchOptions: Sendable, Equatable {
    /// False alarms per obligor and year without an open alert, of all monitors together, in (0, 10].
    public var falseAlarmRate: Double
    /// What counts as default; obligors in default are not watched.
    public var definition: DefaultDefinition
    /// The day from which alerts are opened; before it monitors learn, and on it their thresholds are calibrated.
    public var begins: CalendarDay
    /// Seed of the calibration's reshuffling.
    public var seed: UInt64

    /// Options.
    public init(
        begins: CalendarDay, falseAlarmRate: Double = 0.02, definition: DefaultDefinition = .tradeCredit,
        seed: UInt64 = 1
    ) {
        self.begins = begins
        self.falseAlarmRate = falseAlarmRate
        self.definition = definition
        self.seed = seed
    }

    /// The options, checked.
    func validated() throws(WatchError) -> WatchOptions {
        guard falseAlarmRate > 0, falseAlarmRate <= 10 else { throw .badRate(falseAlarmRate) }
        return self
    }
}

/// Why a ledger could not be watched.
public enum WatchError: Error, Sendable, Equatable {
    /// A false-alarm rate that is no rate, or so high that nothing else would be seen.
    case badRate(Double)
    /// There is no invoice and no order by a day.
    case nothingKnown(by: CalendarDay)
    /// The ledger cannot be used, or lacks an exchange rate.
    case ledger(LedgerError)
    /// A state was kept with other options.
    case otherOptions(path: String, name: String)
    /// A state file cannot be used.
    case badState(path: String, reason: String)
    /// A state file was written by a later version of the engine.
    case newerState(path: String, version: Int, supported: Int)
    /// A record of a stream cannot be used.
    case badRecord(line: Int, reason: String)
    /// A day that has been watched already.
    case past(CalendarDay, last: CalendarDay)
    /// A receiver of alerts did not take them.
    case notDelivered(host: String, reason: String)
    /// An environment variable that must be set.
    case noSecret(variable: String)
}

extension WatchError: CustomStringConvertible {
    /// One line: the fact and the remedy.
    public var description: String {
        switch self {
        case .badRate(let rate):
            "a false-alarm rate of \(rate): give alarms per obligor and year above 0 and up to 10"
        case .nothingKnown(let day): "no invoice or order is known by \(day): give a later day"
        case .ledger(let error): error.description
        case .otherOptions(let path, let name):
            "\(path): was kept with another \(name): give the same, or another file"
        case .badState(let path, let reason): "\(path): \(reason): remove it and watch from the start"
        case .newerState(let path, let version, let supported):
            "\(path): format version \(version), this engine reads up to \(supported): use a newer engine"
        case .badRecord(let line, let reason): "line \(line): \(reason)"
        case .past(let day, let last):
            "\(day) is not after \(last), which has been watched already: give a later day, or another state file"
        case .notDelivered(let host, let reason):
            "\(host) did not take the alerts (\(reason)): they are kept and sent again by the next run with the state "
                + "file"
        case .noSecret(let variable):
            "the environment variable \(variable) is not set: it says where alerts go"
        }
    }
}
