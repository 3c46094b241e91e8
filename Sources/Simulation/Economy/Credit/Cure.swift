import Ledger
import Statistics
import Vocabulary

/// How an obligor leaves default: months later it pays all that it owes, and once its probation is over it is a
/// customer again, with a history of its own that begins low.
struct Cure: Sendable {
    /// Share of defaults that are cured, where anything is owed and the obligor did not fail before.
    static let share = 0.3
    /// The rank with which cured obligors begin again.
    static let entryGrade = 7
    /// Months without arrears until a cured obligor counts as sound.
    static var probationMonths: Int { DefaultDefinition.tradeCredit.probationMonths }

    /// The day on which everything is paid.
    let paidUp: Int32
    /// The first day on which it is a customer again.
    let returns: Int32

    /// Draws whether, and when, the default of a day is cured.
    init?(ofDefaultOn day: Int32, member number: Int, root: SeededGenerator) {
        var random = root.stream("cures").stream(number)
        guard random.uniform() < Self.share else { return nil }
        // Later than the last day on which the default can first be seen, and then longer than the probation.
        paidUp = day + 110 + Int32(random.integer(below: 70))
        let sound = CalendarDay(daysSince1970: paidUp).adding(months: Self.probationMonths)
        returns = max(sound.daysSince1970 + 1, paidUp + 93) + Int32(random.integer(below: 30))
    }
}
