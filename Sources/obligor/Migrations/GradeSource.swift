import Foundation
import Ledger
import Migration
import Statistics
import StrictYAML
import Tables
import Vocabulary

/// Histories of grades with the names of whose they are.
struct GradeSource {
    /// The states.
    let scale: RatingScale
    /// Names by number of the obligor; one that returned after default has a number for each time.
    private(set) var names: [String]
    /// All grades.
    let actions: [RatingAction]
    /// Grades that are given on the last day: predictions start from them, and nothing is learned from them.
    private(set) var starts: [RatingAction] = []
    /// What was not taken as it stood.
    let remarks: [String]
    /// Grades given by the model alone; empty if the source does not tell.
    let modelActions: [RatingAction]
    /// What the evidence says; empty if the source does not tell.
    ///
    /// The model's grades and default, with the grades given by hand only until the model's first. Obligors are
    /// numbered as in `actions`.
    let evidence: [RatingAction]
    /// Grades given by hand.
    let handGrades: [HandGrade]
    /// By obligor: industry and region, where they are known.
    private(set) var circles: [(industry: String?, region: String?)]
    /// The last day that the source covers.
    let end: CalendarDay

    /// A grade given by an analyst.
    struct HandGrade {
        let obligor: Int
        let day: CalendarDay
        let state: Int
        let author: String?
    }

    /// Histories until a day; observation ends just after it, so that its own grades are in force at its snapshot.
    func histories(until day: CalendarDay) throws(MigrationError) -> RatingHistories {
        try RatingHistories(actions, scale: scale, end: Self.years(day).nextUp)
    }

    /// The same with the grades that were given on a day by who asks for predictions.
    ///
    /// Who has no grade here, or was in default last, begins anew.
    func starting(from grades: [(name: String, grade: Grade)], on day: CalendarDay) -> GradeSource {
        var source = self
        let ended = Set(actions.filter { $0.state == scale.defaultState }.map(\.obligor))
        var numbers: [String: Int] = [:]
        // Of several lives the last counts.
        for (number, name) in names.enumerated() { numbers[name] = number }
        for one in grades where one.grade != .d {
            let known = numbers[one.name]
            var number = source.names.count
            if let known, !ended.contains(known) {
                number = known
            } else {
                source.names.append(one.name)
                source.circles.append(known.map { circles[$0] } ?? (nil, nil))
            }
            source.starts.append(
                RatingAction(obligor: number, time: Self.years(day), state: one.grade.rank))
        }
        return source
    }

    /// Years since 1970 of the end of a day.
    static func years(_ day: CalendarDay) -> Double { Double(day.daysSince1970) / 365.25 }
}

// MARK: From a ledger

extension GradeSource {
    /// Reads the grades of a ledger as they became known.
    ///
    /// With `ofModelAlone` grades given by hand are passed over. Default counts from the day on which the records show
    /// it, by the definition. A grade that is not renewed for `staleAfter` months is withdrawn. An obligor that is
    /// cured of default begins anew, as an obligor of its own.
    ///
    /// - Parameter setAside: Obligors of which records are missing: nothing is learned from them, since a payment that
    ///   was left out looks like a default.
    init(
        ledger: TradeLedger, definition: DefaultDefinition, end: CalendarDay, staleAfter months: Int,
        ofModelAlone: Bool, settingAside setAside: Set<String> = []
    ) throws {
        var names: [String] = []
        var circles: [(industry: String?, region: String?)] = []
        var actions: [RatingAction] = []
        var modelActions: [RatingAction] = []
        var evidence: [RatingAction] = []
        var handGrades: [HandGrade] = []
        let rates = ledger.exchangeRates()
        let view = AsOf(end)
        let defaulted = Grade.d.rank
        for place in 0..<ledger.obligorCount where !setAside.contains(ledger.id(ofObligor: place).text) {
            let known = ledger.view(of: place, asOf: view)
            let ratings = known.ratings.filter { $0.grade != .d && (!ofModelAlone || $0.origin == .model) }
                // On one day the grade given by hand changes the model's.
                .sorted {
                    ($0.known, $0.origin == .model ? 0 : 1, $0.row)
                        < ($1.known, $1.origin == .model ? 0 : 1, $1.row)
                }
            let spells = try ledger.defaultHistory(of: place, by: definition, rates: rates, asOf: view)
                .spells(asOf: view).sorted { $0.start < $1.start }
            // Each stretch outside default is a life of its own.
            var lives: [(from: CalendarDay, to: CalendarDay)] = []
            var from = CalendarDay(daysSince1970: .min)
            for spell in spells {
                lives.append((from, spell.start))
                from = spell.end ?? .never
            }
            if from < .never { lives.append((from, .never)) }
            for life in lives {
                let own = ratings.filter { $0.known >= life.from && $0.known < life.to }
                guard let last = own.last else { continue }
                let number = names.count
                names.append(known.id.text)
                circles.append((known.obligor?.industry, known.obligor?.region))
                func history(_ ratings: [(known: CalendarDay, state: Int)]) -> [RatingAction] {
                    var history: [RatingAction] = []
                    for (index, rating) in ratings.enumerated() {
                        history.append(
                            RatingAction(obligor: number, time: Self.years(rating.known), state: rating.state)
                        )
                        let stale = rating.known.adding(months: months)
                        let next = index + 1 < ratings.count ? ratings[index + 1].known : life.to
                        if next > stale, stale < end {
                            history.append(
                                RatingAction(obligor: number, time: Self.years(stale), state: nil))
                        }
                    }
                    if life.to <= end, life.to < .never, life.to > last.known {
                        history.append(
                            RatingAction(obligor: number, time: Self.years(life.to), state: defaulted))
                    }
                    return history
                }
                actions += history(own.map { ($0.known, $0.grade.rank) })
                let first = own.first { $0.origin == .model }?.known ?? .never
                evidence += history(
                    own.filter { $0.origin == .model || $0.known < first }.map { ($0.known, $0.grade.rank) })
                for rating in own {
                    if rating.origin == .model {
                        modelActions.append(
                            RatingAction(
                                obligor: number, time: Self.years(rating.known), state: rating.grade.rank))
                    } else {
                        handGrades.append(
                            HandGrade(
                                obligor: number, day: rating.known, state: rating.grade.rank,
                                author: rating.author))
                    }
                }
            }
        }
        scale = .grades
        remarks = []
        self.names = names
        self.circles = circles
        self.actions = actions
        self.modelActions = modelActions
        self.evidence = evidence
        self.handGrades = handGrades
        self.end = end
    }
}

// MARK: From a file of histories

extension GradeSource {
    /// Reads dated grades from a CSV file: columns obligor, date and grade unless the mapping says otherwise.
    init(histories path: String, mapping: GradeMapping, end: CalendarDay?) throws {
        var options = CSVOptions()
        options.columns = [mapping.obligor, mapping.date, mapping.grade]
        options.schema = try Schema(
            [mapping.obligor, mapping.date, mapping.grade].map { ColumnSchema(name: $0, type: .text) })
        let table = try CSVReader(options).read(path)
        guard table.rowCount > 0 else { throw CommandFailure.badData("\(path): no grades") }
        var read: [(name: String, day: CalendarDay, state: Int?)] = []
        var last = CalendarDay(daysSince1970: .min)
        let columns = try [mapping.obligor, mapping.date, mapping.grade].map { try table.column(named: $0) }
        for row in 0..<table.rowCount {
            guard let name = columns[0].text(at: row), let date = columns[1].text(at: row) else {
                throw CommandFailure.badData("\(path), row \(row + 1): the obligor or the date is missing")
            }
            guard let day = CalendarDay(iso8601: date) else {
                throw CommandFailure.badData("\(path), row \(row + 1): '\(date)' is no day: write 2024-03-31")
            }
            let grade = columns[2].text(at: row) ?? ""
            guard let meaning = mapping.state(of: grade) else {
                throw CommandFailure.badData(
                    "\(path), row \(row + 1): '\(grade)' is not on the scale: name it under 'map' or 'withdrawn' of "
                        + "the mapping"
                )
            }
            last = max(last, day)
            if day <= end ?? .never { read.append((name, day, meaning.position)) }
        }
        let lives = HistoryLives(read, default: mapping.scale.defaultState)
        var numbers: [HistoryLives.Life: Int] = [:]
        var names: [String] = []
        var actions: [RatingAction] = []
        for entry in read {
            guard let life = lives.life(of: entry.name, on: entry.day) else { continue }
            let number = numbers[life] ?? names.count
            if numbers[life] == nil {
                numbers[life] = number
                names.append(entry.name)
            }
            actions.append(RatingAction(obligor: number, time: Self.years(entry.day), state: entry.state))
        }
        guard !actions.isEmpty else {
            throw CommandFailure.badData("\(path): no grades by \(end ?? last)")
        }
        scale = mapping.scale
        remarks =
            lives.returned == 0
            ? []
            : ["graded again after default, and counted anew since: \(Figures.count(lives.returned))"]
        self.names = names
        self.actions = actions
        modelActions = []
        evidence = []
        handGrades = []
        circles = names.map { _ in (nil, nil) }
        self.end = end ?? last
    }
}

/// Which grades of a file belong together: an obligor that has a grade again after default begins anew, as in a ledger.
private struct HistoryLives {
    /// An obligor outside default, counted from 0 with each return.
    struct Life: Hashable {
        let name: String
        let number: Int
    }

    /// Days of return by obligor; none for who never came back, no entry for who was never rated.
    private var returns: [String: [CalendarDay]] = [:]

    init(_ read: [(name: String, day: CalendarDay, state: Int?)], default last: Int?) {
        // Of several grades of a day the last in the file counts.
        var ofDay: [String: [CalendarDay: Int?]] = [:]
        for entry in read { ofDay[entry.name, default: [:]][entry.day] = .some(entry.state) }
        for (name, days) in ofDay {
            // Histories number those who were rated.
            guard days.values.contains(where: { $0 != nil }) else { continue }
            var found: [CalendarDay] = []
            var isInDefault = false
            for (day, state) in days.sorted(by: { $0.key < $1.key }) {
                guard let state else { continue }
                if isInDefault, state != last { found.append(day) }
                isInDefault = state == last
            }
            returns[name] = found
        }
    }

    /// The obligors that came back.
    var returned: Int { returns.values.count { !$0.isEmpty } }

    /// The life that a day falls into; `nil` for who was never rated.
    func life(of name: String, on day: CalendarDay) -> Life? {
        returns[name].map { days in Life(name: name, number: days.count { $0 <= day }) }
    }
}

/// How the grades of a file stand on a scale.
///
/// ```yaml
/// states: [AAA, AA, A, BBB, BB, B, CCC, D]   # best first; the last is default
/// default: true                              # false: the last state is a grade like the others
/// map: {Aaa: AAA, Ca: CCC, C: CCC}           # further spellings
/// withdrawn: [NR, WR]
/// columns: {obligor: issuer, date: date, grade: rating}
/// ```
struct GradeMapping {
    var scale = RatingScale.grades
    var obligor = "obligor"
    var date = "date"
    var grade = "grade"
    private var spellings: [String: Int] = [:]
    private var withdrawn: Set<String> = ["NR", "WR", "withdrawn"]

    /// The engine's own ten grades.
    init() {}

    /// The mapping in a YAML file.
    init(contentsOf file: URL) throws {
        var keys = try YAMLReader().read(file).mapping()
        let states = try keys.required("states").list { node throws(YAMLError) -> String in
            try node.nonEmptyString()
        }
        let endsInDefault = try keys.optional("default")?.bool() ?? true
        scale = try RatingScale(states, endsInDefault: endsInDefault)
        if let node = keys.optional("map") {
            var map = try node.mapping()
            for entry in map.allEntries() {
                let label = try entry.value.nonEmptyString()
                guard let position = scale.position(of: label) else {
                    throw entry.value.error(expected: "one of the states \(states.joined(separator: ", "))")
                }
                spellings[entry.key] = position
            }
        }
        if let node = keys.optional("withdrawn") {
            withdrawn = Set(try node.list { node throws(YAMLError) -> String in try node.nonEmptyString() })
        }
        if let node = keys.optional("columns") {
            var columns = try node.mapping()
            obligor = try columns.optional("obligor")?.nonEmptyString() ?? obligor
            date = try columns.optional("date")?.nonEmptyString() ?? date
            grade = try columns.optional("grade")?.nonEmptyString() ?? grade
            try columns.finish()
        }
        try keys.finish()
    }

    /// What a grade stands for; `nil` if it is unknown.
    func state(of grade: String) -> Meaning? {
        if let position = scale.position(of: grade) ?? spellings[grade] { return .state(position) }
        return withdrawn.contains(grade) || grade.isEmpty ? .withdrawn : nil
    }

    /// What a grade in a file stands for.
    enum Meaning {
        case state(Int)
        case withdrawn

        var position: Int? {
            switch self {
            case .state(let position): position
            case .withdrawn: nil
            }
        }
    }
}
