/// A file of the truth: its columns, in order, and what they mean.
struct TruthFile: Sendable {
    /// A column: its name, the type with unit, and what it holds.
    struct Column: Sendable {
        let name: String
        let type: String
        let meaning: String

        init(_ name: String, _ type: String, _ meaning: String) {
            self.name = name
            self.type = type
            self.meaning = meaning
        }
    }

    /// The name without ending.
    let name: String
    let meaning: String
    let columns: [Column]

    private static let obligor = Column("obligor", "text", "the obligor, as in the ledger")
    private static let grade = "category: AAA to D"
    private static let day = "day, YYYY-MM-DD"

    static let obligors = TruthFile(
        name: "obligors",
        meaning: "What is an obligor's own, one row each, in the order of the ledger's obligors.",
        columns: [
            obligor, Column("first_day", day, "first day with a state"),
            Column("entry_state", grade, "the state on that day"),
            Column("left", day, "last day as a customer; empty for one that stays, or defaults first"),
            Column("lateness", "number, days", "by which it pays later than others of its state"),
            Column("analyst", "text", "the analyst in charge"),
            Column("bias", "number, notches", "by which that analyst grades it too harshly, on average"),
            Column("sector_tilt", "number", "tilt of its industry and region"),
        ])

    static let states = TruthFile(
        name: "states",
        meaning:
            "The true state at the end of each quarter in which the obligor is a customer and not in default, and of "
            + "that in which it defaults.",
        columns: [
            obligor, Column("quarter_end", day, "last day of the quarter"),
            Column("state", grade, "the true grade at the end of that day"),
            Column("tilt", "number, multiple of 1/32", "the tilt of the hazards during the quarter"),
            Column("contagion", "number", "the part of it that comes from defaults of buyers and sisters"),
            Column(
                "pd", "number, fraction",
                "probability of default in the four quarters after, by what was known at quarter_end: the state, the "
                    + "macro factor and the defaults of others so far. Leaving is not allowed for"),
            Column(
                "pd_realised", "number, fraction",
                "the same, given the macro factor and the contagion of those four quarters as they came"),
        ])

    static let transitions = TruthFile(
        name: "transitions", meaning: "Every change of a true state; one from D is an obligor's return.",
        columns: [
            obligor, Column("day", day, "when"), Column("from", grade, "the state before"),
            Column("to", grade, "the state after"),
        ])

    static let defaults = TruthFile(
        name: "defaults", meaning: "Every default.",
        columns: [
            obligor,
            Column(
                "day", day,
                "when the state became D; nothing is ordered from then on, and nothing paid for months"),
            Column(
                "visible", day,
                "first day on which the records show it: an insolvency or a handing over to collection that is known, "
                    + "or more than ninety days past due with more than 100 EUR and 1 % of what is open; at most "
                    + "\(EventProcess.longestDefaultLag) days after day, and perhaps after the ledger's last day"
            ),
            Column("grade_before", grade, "the state before"),
            Column("open", "number, currency", "what was open on that day"),
            Column("currency", "text", "of open"),
            Column(
                "paid_up", day,
                "when all of it was paid; empty if it was not, or not by the ledger's last day"),
            Column(
                "returned", day,
                "when the obligor became a customer again, its probation being over; empty if it did not"),
        ])

    static let contagion = TruthFile(
        name: "contagion", meaning: "Every default of a buyer or sister that raised an obligor's hazards.",
        columns: [
            obligor, Column("source", "text", "who defaulted; perhaps no customer, and so not in the ledger"),
            Column("channel", "category: buyer, sister", "how the obligor depends on it"),
            Column("day", day, "of that default"),
            Column(
                "tilt", "number",
                "added in the next quarter; three, two and one quarters of it in those after"),
        ])

    static let macro = TruthFile(
        name: "macro", meaning: "The economy, until four quarters after the ledger.",
        columns: [
            Column("quarter_end", day, "last day of the quarter"),
            Column(
                "factor", "number",
                "first-order autoregression with mean 0 and variance 1, good times positive"),
        ])

    static let generator = TruthFile(
        name: "generator", meaning: "Intensities of migration without tilt.",
        columns: [
            Column("from", grade, "state before"), Column("to", grade, "state after"),
            Column("per_year", "number, per year", "intensity; minus the sum of the others where from is to"),
        ])

    static let matrices = TruthFile(
        name: "matrices",
        meaning: "The transition matrix of each quarter for an obligor without sector tilt and contagion.",
        columns: [
            Column("quarter_end", day, "last day of the quarter"),
            Column("from", grade, "state at its beginning"),
            Column("to", grade, "state at its end"),
            Column("probability", "number, fraction", "of that transition"),
        ])

    static let effects = TruthFile(
        name: "effects", meaning: "Tilts of industries and regions.",
        columns: [
            Column("kind", "category: industry, region", "of what"), Column("name", "text", "which"),
            Column("tilt", "number", "added to the logarithm of the intensities of getting worse"),
        ])

    static let biases = TruthFile(
        name: "biases", meaning: "Biases of analysts; that of a grading is the sum of three.",
        columns: [
            Column("kind", "category: analyst, industry, region", "of what"), Column("name", "text", "which"),
            Column("notches", "number, notches", "too harsh if positive"),
        ])

    static let parameters = TruthFile(
        name: "parameters", meaning: "The options of the simulation and other constants.",
        columns: [Column("parameter", "text", "which"), Column("value", "number", "its value")])

    static let all = [
        obligors, states, transitions, defaults, contagion, macro, generator, matrices, effects, biases,
        parameters,
    ]
}
