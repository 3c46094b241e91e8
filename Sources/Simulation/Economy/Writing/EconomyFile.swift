import Ledger

/// The files that a simulated economy is written to.
enum EconomyFile: Int, CaseIterable, Sendable {
    case obligors, contracts, orders, deliveries, invoices, payments, allocations, promises, statements,
        bureau
    case events, links, ratings, rates
    case creditNotes
    case trueObligors, trueStates, trueTransitions, trueDefaults, trueContagion

    /// Whether it is the truth, rather than a record of the ledger.
    var isTruth: Bool { rawValue >= Self.trueObligors.rawValue }

    /// The name of the file without ending.
    var name: String {
        truth?.name ?? (self == .creditNotes ? RecordKind.creditNotes.fileName : "\(self)")
    }

    /// The kind of the ledger's records that it holds; nothing for the truth.
    var kind: RecordKind? { isTruth ? nil : RecordKind(rawValue: name) }

    /// The columns of the file.
    var columns: [String] { kind?.fields.map(\.name) ?? truth?.columns.map(\.name) ?? [] }

    /// What it holds of the truth; nothing for records of the ledger.
    private var truth: TruthFile? {
        switch self {
        case .trueObligors: .obligors
        case .trueStates: .states
        case .trueTransitions: .transitions
        case .trueDefaults: .defaults
        case .trueContagion: .contagion
        default: nil
        }
    }
}

/// The texts of all files for one community.
struct EconomyTexts: Sendable {
    private var texts: [RecordText]

    init(days: DayTexts) {
        texts = EconomyFile.allCases.map { _ in RecordText(days: days) }
    }

    subscript(file: EconomyFile) -> RecordText {
        get { texts[file.rawValue] }
        _modify { yield &texts[file.rawValue] }
    }
}
