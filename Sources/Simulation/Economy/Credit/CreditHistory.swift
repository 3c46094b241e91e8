/// How the credit of an obligor fared: every change of its true grade, and the tilts of its hazards.
struct CreditHistory: Sendable {
    /// A change of grade; ranks.
    struct Jump: Sendable {
        let day: Int32
        let from: Int
        let to: Int
    }

    /// A counterparty's or a sister's default that raised the hazards.
    struct Infection: Sendable {
        /// The number of the obligor that defaulted.
        let source: Int
        /// Whether it is of the same group, rather than a buyer.
        let isSister: Bool
        let day: Int32
        /// The tilt in the quarter after, which falls by a quarter of itself each quarter.
        let tilt: Double
    }

    /// The first day with a grade.
    let firstDay: Int32
    /// The rank at that day.
    let entryGrade: Int
    /// In order of time.
    var jumps: [Jump] = []
    /// The tilt from defaults of others, by quarter.
    var contagion: [Double]
    var infections: [Infection] = []
    /// The day of default, which is the last jump's if that leads there.
    var failed: Int32?

    /// The rank at the end of a day; before the first day, that of the first.
    func grade(on day: Int32) -> Int {
        var grade = entryGrade
        for jump in jumps {
            if jump.day > day { break }
            grade = jump.to
        }
        return grade
    }

    /// The rank that behaviour on a day is of: that of the day, or the last one before default.
    func behavingGrade(on day: Int32) -> Int {
        let grade = grade(on: day)
        guard grade == CreditGenerator.defaulted else { return grade }
        return jumps.last?.from ?? entryGrade
    }

    /// Adds a default of another, from the quarter after it on, for four quarters.
    mutating func infect(_ infection: Infection, quarter: Int) {
        infections.append(infection)
        for (lag, share) in Self.fading.enumerated() where quarter + 1 + lag < contagion.count {
            contagion[quarter + 1 + lag] += infection.tilt * share
        }
    }

    /// What remains of a contagion by quarters after it.
    static let fading = [1, 0.75, 0.5, 0.25]
}
