/// Which quantities are asked for, and in which column of a block each is kept.
struct QuantityPlan: Sendable {
    /// The quantities, column by column.
    let quantities: [Quantity]
    /// The column of each.
    let slots: [Quantity: Int]
    /// The windows that the sums are kept for.
    let windows: WindowPlan

    /// - Parameters:
    ///   - quantities: What is asked for; each once.
    ///   - also: What a second pass needs, which gets no column.
    init(_ quantities: [Quantity], also: [Quantity] = []) {
        self.quantities = quantities
        slots = Dictionary(uniqueKeysWithValues: quantities.enumerated().map { ($1, $0) })
        windows = WindowPlan(quantities + also)
    }
}

/// The windows that each family of sums is kept for.
struct WindowPlan: Sendable {
    private(set) var paid: [Window] = []
    private(set) var due: [Window] = []
    private(set) var billed: [Window] = []
    private(set) var disputed: [Window] = []
    private(set) var credited: [Window] = []
    private(set) var ordered: [Window] = []
    private(set) var promised: [Window] = []
    private(set) var events: [Window] = []
    private(set) var peakDelay: [Window] = []
    private(set) var peakInvoice: [Window] = []

    init(_ quantities: [Quantity]) {
        func add(_ window: Window, to windows: inout [Window]) {
            if !windows.contains(window) { windows.append(window) }
        }
        for quantity in quantities {
            switch quantity {
            case .paid(_, let window): add(window, to: &paid)
            case .due(_, let window): add(window, to: &due)
            case .billed(_, let window): add(window, to: &billed)
            case .disputed(_, let window): add(window, to: &disputed)
            case .credited(_, let window): add(window, to: &credited)
            case .ordered(_, let window): add(window, to: &ordered)
            case .promised(_, let window): add(window, to: &promised)
            case .events(_, let window): add(window, to: &events)
            case .peak(.delay, let window): add(window, to: &peakDelay)
            case .peak(.invoice, let window): add(window, to: &peakInvoice)
            default: break
            }
        }
    }
}
