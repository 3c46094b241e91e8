extension Calibration: CustomStringConvertible {
    /// The steps in words, such as "platt on 1,500 rows (crossFitted): 0.12 + 0.94 · log-odds".
    public var description: String {
        let source =
            "fitted on \(basis.rows) unseen rows with \(basis.defaults) defaults (\(basis.fittedOn.rawValue))"
        return ([source] + steps.map { "\($0.purpose.rawValue): \($0.map)" }).joined(separator: "; ")
    }
}

extension Calibration.Map: CustomStringConvertible {
    /// The map in a few words.
    public var description: String {
        switch self {
        case .line(let line):
            "\(Wording.number(line.intercept)) + \(Wording.number(line.slope)) · log-odds"
        case .beta(let curve):
            "\(Wording.number(curve.a)) ln PD - \(Wording.number(curve.b)) ln (1 - PD) + \(Wording.number(curve.c))"
        case .points(let points): "a curve through \(points.logOdds.count) points"
        case .cycle(let shift):
            "\(shift.direction == .toPointInTime ? "to a year" : "from a year") of factor "
                + "\(Wording.number(shift.factor)) at an asset correlation of "
                + Wording.percent(shift.assetCorrelation)
        case .margin(let margin):
            (margin.margins.map { part in
                let size =
                    part.relative > 0
                    ? "\(Wording.percent(part.relative)) of the PD" : Wording.percent(part.absolute)
                return "\(part.category.rawValue) \(size) (\(part.reason))"
            } + ["floor \(Wording.percent(margin.floor))"]).joined(separator: ", ")
        }
    }
}
