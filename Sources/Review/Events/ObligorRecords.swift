public import Ledger
public import Vocabulary

/// Where the records of single obligors are read from.
public protocol ObligorRecords: Sendable {
    /// A ledger that has all records of some obligors and what concerns everybody, such as exchange rates; none of an
    /// id that is not known.
    func ledger(of obligors: Set<ObligorID>) throws -> TradeLedger

    /// Who supplies an obligor, by links of any time.
    func suppliers(of obligor: ObligorID) throws -> Set<ObligorID>
}
