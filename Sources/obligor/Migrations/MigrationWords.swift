import Features
import Migration
import Review

/// What predictions of grades look at, as an analyst speaks of it: features of the catalogue, and the obligor's history
/// of grades (``RatingHistories/historyNames``).
struct MigrationWords {
    private let analyst = AnalystWords()

    /// What the regression's flags of missing values end in.
    private static let missing = " missing"

    /// The feature that a column of the regression is made from.
    static func feature(_ column: String) -> String {
        column.hasSuffix(missing) ? String(column.dropLast(missing.count)) : column
    }

    /// A value as a subject and a figure, such as "upgrades within 2 years: 0 notches".
    func text(_ column: String, value: Double) -> String {
        let feature = Self.feature(column)
        guard feature == column else {
            let unknown = text(feature, value: .nan)
            guard value == 0, let colon = unknown.firstRange(of: ": not known") else { return unknown }
            return "\(unknown[..<colon.lowerBound]): known"
        }
        if let text = analyst.text(feature, value: value) { return text }
        guard let said = history(feature, value) else {
            return "\(feature): \(value.isNaN ? "not known" : Figures.fixed(value, decimals: 2))"
        }
        return "\(said.subject): \(value.isNaN ? "not known" : said.figure)"
    }

    /// A figure of a history of grades; above zero is worse in all that point somewhere.
    private func history(_ name: String, _ value: Double) -> (subject: String, figure: String)? {
        func windowed(_ stem: String) -> String? {
            guard name.hasPrefix(stem + "_"), let words = Self.windows[String(name.dropFirst(stem.count + 1))]
            else { return nil }
            return words
        }
        let size = Self.notches(abs(value))
        switch name {
        case "last_move":
            return ("last change of grade", value == 0 ? "none" : "\(size) \(value > 0 ? "down" : "up")")
        case "years_in_state": return ("time in the grade", FeatureUnit.years.text(value))
        case "years_rated": return ("time since the first grade", FeatureUnit.years.text(value))
        default: break
        }
        if let window = windowed("notches_down") { return ("downgrades within \(window)", size) }
        if let window = windowed("notches_up") { return ("upgrades within \(window)", size) }
        if let window = windowed("mean_state") {
            return (
                "mean grade of \(window) against today's",
                abs(value) < 0.05 ? "the same" : "\(size) \(value > 0 ? "worse" : "better")"
            )
        }
        return nil
    }

    /// A number of notches.
    static func notches(_ count: Int) -> String { "\(count) \(count == 1 ? "notch" : "notches")" }

    private static func notches(_ size: Double) -> String {
        if size == size.rounded(), size < 1000 { return notches(Int(size)) }
        return "\(Figures.fixed(size, decimals: 1)) notches"
    }

    private static let windows = ["6m": "6 months", "1y": "a year", "2y": "2 years"]
}
