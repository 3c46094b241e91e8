import Statistics
public import Tables
import Vocabulary

extension ValidationSample.Dimension {
    /// A column as a way to part observations.
    ///
    /// Categories, text, flags and whole numbers of at most twenty values are their own parts; other numbers, such as a
    /// size, are parted at their quintiles, and days by period.
    public init(_ column: Column) {
        switch column.values {
        case .day: self.init(name: column.name, levels: column.periods)
        case .integer where CategoryCodes(column).levels.count > Self.mostLevels, .double, .float:
            self.init(name: column.name, levels: Self.quintiles(column))
        case .category, .text, .flag, .integer:
            let categories = CategoryCodes(column)
            self.init(
                name: column.name,
                levels: categories.codes.map { code in
                    code < categories.levels.count ? categories.levels[Int(code)] : nil
                })
        }
    }

    private static let mostLevels = 20

    private static func quintiles(_ column: Column) -> [String?] {
        let numbers = (try? column.numbers()) ?? []
        guard let quantiles = try? SampleQuantiles(numbers.filter { !$0.isNaN }) else {
            return Array(repeating: nil, count: column.count)
        }
        var edges: [Double] = []
        for part in 1..<5 {
            guard let edge = try? quantiles.value(Double(part) / 5, rule: .inverseCDF), edge.isFinite else {
                continue
            }
            if edge > edges.last ?? -.infinity { edges.append(edge) }
        }
        let texts = edges.map { plain($0) }
        return numbers.map { number in
            if number.isNaN { return nil }
            let bin = edges.count { $0 <= number }
            // Numbered, so that parts in the order of their names are in the order of size.
            guard let first = texts.first, let last = texts.last else { return "all" }
            if bin == 0 { return "1: below \(first)" }
            return bin == edges.count
                ? "\(bin + 1): from \(last)" : "\(bin + 1): [\(texts[bin - 1]), \(texts[bin]))"
        }
    }
}

extension Column {
    /// The period of every row, in the order of time by name.
    ///
    /// Days become years, or quarters where they fall into fewer than three years; whole numbers and text are taken as
    /// they are written.
    public var periods: [String?] {
        guard case .day(let days) = values else {
            return (0..<count).map { text(at: $0) }
        }
        let dates = days.map { $0 == Column.missingDay ? nil : Optional($0.parts) }
        let years = Set(dates.compactMap { $0?.year })
        return dates.map { date in
            date.map { years.count >= 3 ? "\($0.year)" : "\($0.year)-Q\(($0.month + 2) / 3)" }
        }
    }
}
