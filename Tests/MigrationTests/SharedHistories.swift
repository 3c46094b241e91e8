import Foundation
import Migration
import TestSupport
import Testing

/// Rating histories of the shared reference data, prepared as its README says.
enum SharedHistories {
    /// Rows of a file as fields, without the header.
    static func rows(_ path: String) throws -> [[Substring]] {
        try SharedData.text("data/" + path).split(separator: "\n").dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
    }

    static func number(_ field: Substring) throws -> Double {
        try #require(Double(field.trimmingCharacters(in: .whitespaces)), "'\(field)' is no number")
    }

    /// `transition_matrix/rating_data`: eight grades, NR (0) ends observation or is a state.
    static func ratingData(withdrawnIsState: Bool) throws -> RatingHistories {
        let labels = ["AAA", "AA+", "A+", "BBB+", "BB+", "B+", "CCC+", "D"]
        let actions = try rows("transition_matrix/rating_data.csv.gz").map { row in
            let code = Int(try number(row[2]))
            return RatingAction(
                obligor: Int(try number(row[0])), time: try number(row[1]),
                state: withdrawnIsState ? code : code == 0 ? nil : code - 1)
        }
        return try RatingHistories(
            actions, scale: RatingScale((withdrawnIsState ? ["NR"] : []) + labels), end: 1)
    }

    /// `transition_matrix/synthetic_data7`: states 0 … 7 from exact times.
    static func synthetic7() throws -> RatingHistories {
        let actions = try rows("transition_matrix/synthetic_data7.csv").map { row in
            RatingAction(
                obligor: Int(try number(row[0])), time: try number(row[1]), state: Int(try number(row[3])))
        }
        let end = actions.map(\.time).max() ?? 0
        return try RatingHistories(actions, scale: RatingScale((0...7).map(String.init)), end: end)
    }

    /// `rating_histories/rtransprob_data`: seven grades, the last default.
    static func demonstration() throws -> RatingHistories {
        var numbers: [Substring: Int] = [:]
        let letters = ["A", "B", "C", "D", "E", "F", "G"]
        let actions = try rows("rating_histories/rtransprob_data.csv.gz").map { row in
            let obligor = numbers[row[0]] ?? numbers.count
            numbers[row[0]] = obligor
            return RatingAction(
                obligor: obligor, time: try number(row[1]) / 365.25,
                state: letters.firstIndex(of: String(row[2])))
        }
        return try RatingHistories(
            actions, scale: RatingScale(letters), end: actions.map(\.time).max() ?? 0)
    }

    /// `rating_histories/sovereign_rating_actions`: a history per country, agency and currency.
    static func sovereign() throws -> RatingHistories {
        var numbers: [String: Int] = [:]
        let actions = try SharedData.text("data/rating_histories/sovereign_rating_actions.csv.gz")
            .split(separator: "\n").dropFirst().map { line in
                let row = fields(line)
                let obligor = numbers[row[0] + "|" + row[1] + "|" + row[2]] ?? numbers.count
                numbers[row[0] + "|" + row[1] + "|" + row[2]] = obligor
                return RatingAction(obligor: obligor, time: years(row[3]), state: Double(row[7]).map(band))
            }
        let labels = ["24", "21-23", "18-20", "15-17", "12-14", "9-11", "4-8", "1-3 default"]
        return try RatingHistories(actions, scale: RatingScale(labels), end: years("2014-01-17"))
    }

    private static func band(_ translation: Double) -> Int {
        [24, 21, 18, 15, 12, 9, 3.5].firstIndex { translation >= $0 } ?? 7
    }

    /// Years since 1970 of an ISO day.
    static func years(_ text: String) -> Double {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let date = calendar.date(from: DateComponents(year: parts[0], month: parts[1], day: parts[2]))
        return ((date?.timeIntervalSince1970 ?? .nan) / 86_400).rounded() / 365.25
    }

    static func fields(_ line: Substring) -> [String] {
        var fields = [""]
        var isQuoted = false
        for character in line {
            if character == "\"" {
                isQuoted.toggle()
            } else if character == ",", !isQuoted {
                fields.append("")
            } else {
                fields[fields.count - 1].append(character)
            }
        }
        return fields
    }
}
