import Statistics

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
    /// How that default is cured, if it is.
    var cure: Cure?
    /// Whether it begins when an obligor comes back after a default.
    var isComeback = false

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

extension CreditHistory {
    /// Moves one chain through a quarter, jump by jump, each after an exponential time.
    mutating func advance(
        _ member: ObligorTraits, through quarter: Int, in economy: EconomyState,
        using random: inout SeededGenerator
    ) {
        let calendar = economy.calendar
        let first = max(calendar.quarterStarts[quarter], firstDay)
        let end = min(calendar.quarterStarts[quarter + 1], member.leaves.map { $0 + 1 } ?? .max)
        guard first < end else { return }
        var grade = jumps.last?.to ?? entryGrade
        let step = economy.step(for: member, quarter, contagion: contagion[quarter])
        let perDay = 0.25 / Double(calendar.days(in: quarter))
        var time = Double(first)
        while grade != CreditGenerator.defaulted {
            let intensities = economy.intensities(step: step)[grade]
            let rate = -intensities[grade] * perDay
            time += random.exponential(mean: 1 / rate)
            guard time < Double(end) else { return }
            var target = random.uniform() * -intensities[grade]
            var next = grade
            for candidate in intensities.indices where candidate != grade && intensities[candidate] > 0 {
                next = candidate
                target -= intensities[candidate]
                if target < 0 { break }
            }
            jumps.append(.init(day: Int32(time), from: grade, to: next))
            grade = next
        }
        failed = Int32(time)
    }
}
