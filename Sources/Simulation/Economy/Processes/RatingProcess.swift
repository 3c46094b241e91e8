import Glibc
import Statistics

/// The grades given to one obligor: by a model twice a year, and by the analyst in charge where one looks again.
///
/// The model sees the grade of six weeks ago and is off by a notch in three cases of ten, either way alike. The analyst
/// moves the model's grade by ⌊bias + normal noise + uniform number⌋ notches, whose mean is the bias, held to AAA … C.
struct RatingProcess {
    /// A grade given.
    struct Rating: Sendable {
        let day: Int32
        let grade: Int
        /// The analyst, or nothing for the model.
        let analyst: Int?
        let reason: Reason
    }

    /// Why, in words.
    enum Reason: String, Sendable {
        case periodic
        case confirmed
        case better = "better than the figures say"
        case worse = "worse than the figures say"
        case defaulted = "default"
    }

    /// Days by which what the model sees is old.
    static let modelAge: Int32 = 45
    /// How often the model is off by a notch each way.
    static let modelErrorEachWay = 0.15
    /// Share of the model's grades that an analyst looks at.
    static let reviewed = 0.5
    /// Standard deviation of the noise in an analyst's notches.
    static let analystNoise = 0.4
    /// What the model is called.
    static let model = "behaviour-1"

    let member: ObligorTraits
    let history: CreditHistory
    let calendar: EconomyCalendar
    let bias: Double
    private var random: SeededGenerator

    init(_ member: ObligorTraits, _ history: CreditHistory, _ economy: EconomyState, biases: AnalystBiases) {
        self.member = member
        self.history = history
        calendar = economy.calendar
        bias = biases.bias(for: member)
        let stream = economy.root.stream("ratings").stream(member.number)
        random = history.isComeback ? stream.stream("after cure") : stream
    }

    /// The grades given by the last day, in order of time.
    ///
    /// - Parameter visible: The day on which default can be seen from the records.
    mutating func run(defaultVisible visible: Int32?) -> [Rating] {
        var ratings: [Rating] = []
        var day = history.firstDay + Int32(random.integer(below: 182))
        // A cured obligor is graded again when it comes back.
        let last = min(calendar.end, member.leaves ?? .max, history.cure.map { $0.returns - 1 } ?? .max)
        while day <= last {
            if let visible, visible <= day {
                ratings.append(
                    Rating(day: day, grade: CreditGenerator.defaulted, analyst: nil, reason: .defaulted))
                break
            }
            let seen = history.behavingGrade(on: day - Self.modelAge)
            let error = random.uniform()
            let off = error < Self.modelErrorEachWay ? -1 : error < 2 * Self.modelErrorEachWay ? 1 : 0
            let grade = Self.held(seen + off)
            ratings.append(Rating(day: day, grade: grade, analyst: nil, reason: .periodic))
            if let review = review(grade, after: day), review.day <= calendar.end { ratings.append(review) }
            day += 182
        }
        return ratings
    }

    private mutating func review(_ grade: Int, after day: Int32) -> Rating? {
        let looks = random.uniform() < Self.reviewed
        let noise = random.normal(standardDeviation: Self.analystNoise)
        let notches = Int((bias + noise + random.uniform()).rounded(.down))
        let wait = 2 + Int32(random.integer(below: 20))
        guard looks else { return nil }
        let given = Self.held(grade + notches)
        let reason: Reason = given == grade ? .confirmed : given < grade ? .better : .worse
        return Rating(day: day + wait, grade: given, analyst: member.analyst, reason: reason)
    }

    /// A rank held to AAA … C.
    private static func held(_ grade: Int) -> Int { min(CreditGenerator.defaulted - 1, max(0, grade)) }
}
