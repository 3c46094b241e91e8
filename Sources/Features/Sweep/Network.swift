/// What other obligors say of an obligor, as of every date.
struct Network: Sendable {
    private let states: [ObligorState]
    private let grid: AsOfGrid
    private let rates: AsOfRates
    private let circles: [Circle: CircleSums]
    private let links: [LinkSide: LinkTable]
    private let places: Places

    /// - Parameter states: By obligor and date.
    init(_ reader: HistoryReader, states: [ObligorState], _ grid: AsOfGrid, _ rates: AsOfRates) {
        self.states = states
        self.grid = grid
        self.rates = rates
        var circles: [Circle: CircleSums] = [:]
        for circle in Circle.allCases {
            let membership = reader.membership(circle)
            circles[circle] = CircleSums(
                members: membership.codes, circles: membership.levels.count, states: states, dates: grid.count
            )
        }
        self.circles = circles
        links = Dictionary(uniqueKeysWithValues: LinkSide.allCases.map { ($0, reader.links(on: $0)) })
        places = Places(states: states, dates: grid.count)
    }

    /// A quantity of an obligor as of a date; NaN where it is missing.
    func value(_ quantity: Quantity, of obligor: Int, at asOf: Int, gap: inout RateGap?) -> Double {
        let state = states[obligor * grid.count + asOf]
        switch quantity {
        case .others(let circle, let sum):
            return circles[circle]?.others(sum, of: obligor, state, at: asOf) ?? .nan
        case .links(let side, let figure):
            return links[side]?.figures(of: obligor, at: asOf, grid, states, rates, gap: &gap)[figure.lane]
                ?? .nan
        case .place(let figure): return places.value(figure, state, at: asOf)
        default: return .nan
        }
    }
}
