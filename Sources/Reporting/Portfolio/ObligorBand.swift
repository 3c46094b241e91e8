import Results

/// What obligors can be filtered by besides the portfolio's own tags: figures cut into bands.
enum ObligorBand: String, CaseIterable {
    case grade, previousGrade, movement, pd, exposure, overdueShare, daysBeyondTerms, utilisation, terms
    case reviewDue, currency

    /// The level of an obligor; empty where it is not known.
    func level(_ obligor: PortfolioRecord) -> String {
        switch self {
        case .grade: obligor.grade ?? ""
        case .previousGrade: obligor.previousGrade ?? ""
        case .movement: obligor.movement.rawValue
        case .pd: band(obligor.pd.map { $0 * 100 }, [0.1, 0.5, 1, 2, 5, 10, 20], unit: "%")
        case .exposure: band(obligor.exposure, [0, 1e4, 1e5, 1e6, 1e7])
        case .overdueShare:
            band(
                obligor.exposure > 0 ? obligor.overdue / obligor.exposure * 100 : nil, [0, 5, 20, 50, 80],
                unit: "%")
        case .daysBeyondTerms: band(obligor.daysBeyondTerms, [0, 10, 30, 60, 90])
        case .utilisation:
            band(
                obligor.limit.flatMap { $0 > 0 ? obligor.exposure / $0 * 100 : nil }, [25, 50, 75, 100],
                unit: "%")
        case .terms: obligor.termsDays.map(String.init) ?? ""
        case .reviewDue: obligor.reviewDue.map { String($0.prefix(7)) } ?? ""
        case .currency: obligor.currency
        }
    }

    /// The order of the levels where it is not that of the alphabet.
    var order: [String] {
        switch self {
        case .grade, .previousGrade: PageContext.grades
        case .movement: PortfolioRecord.Movement.allCases.map(\.rawValue)
        case .pd: Self.bands([0.1, 0.5, 1, 2, 5, 10, 20], unit: "%")
        case .exposure: Self.bands([0, 1e4, 1e5, 1e6, 1e7])
        case .overdueShare: Self.bands([0, 5, 20, 50, 80], unit: "%")
        case .daysBeyondTerms: Self.bands([0, 10, 30, 60, 90])
        case .utilisation: Self.bands([25, 50, 75, 100], unit: "%")
        case .terms: (0...400).map(String.init)
        case .reviewDue, .currency: []
        }
    }

    private func band(_ value: Double?, _ cuts: [Double], unit: String = "") -> String {
        guard let value, value.isFinite else { return "" }
        return Self.bands(cuts, unit: unit)[cuts.firstIndex { value <= $0 } ?? cuts.count]
    }

    /// The names of the bands between cuts: the first up to the lowest, the last above the highest.
    private static func bands(_ cuts: [Double], unit: String = "") -> [String] {
        func text(_ cut: Double) -> String {
            switch cut {
            case 1e6...: "\(Int(cut / 1e6))M"
            case 1e3...: "\(Int(cut / 1e3))k"
            default: cut == cut.rounded() ? String(Int(cut)) : String(cut)
            }
        }
        var names = ["≤ \(text(cuts[0]))\(unit)"]
        for (lower, upper) in zip(cuts, cuts.dropFirst()) {
            names.append("\(text(lower))–\(text(upper))\(unit)")
        }
        names.append("> \(text(cuts[cuts.count - 1]))\(unit)")
        return names
    }
}
