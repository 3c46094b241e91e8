/// A column of a panel that says what came after the as-of date.
public struct OutcomeColumn: Sendable {
    /// The name of the column.
    public let name: String
    /// What it says.
    public let meaning: String

    static let introduction = """
        Outcomes read only what happened in the performance window (t, t + window], as known when the ledger ends. An \
        obligor that is in default at t gets no row.
        """

    /// The columns of a panel of obligors.
    public static let obligor: [OutcomeColumn] = [
        OutcomeColumn(
            name: "outcome",
            meaning: """
                `complete`; `incomplete`: the ledger ends inside the window, so the observation is not for training
                """),
        OutcomeColumn(
            name: "defaulted",
            meaning: """
                whether the obligor entered default in the window; missing where the outcome is not complete, except \
                that a default seen in an incomplete window is a default
                """),
        OutcomeColumn(
            name: "days_to_default", meaning: "days from t to that default; missing if there was none"),
        OutcomeColumn(
            name: "days_observed",
            meaning: "days of the window that the ledger covers: where time is censored"),
        OutcomeColumn(
            name: "next_grade",
            meaning: """
                the last grade dated in the window, D if the obligor entered default; missing if there was none, or \
                the outcome is not complete
                """),
        OutcomeColumn(
            name: "late_share",
            meaning: """
                part of the amount due in the window that was not paid by its due day; missing if nothing fell due or \
                the outcome is not complete
                """),
    ]

    /// The columns of a panel of invoices.
    public static let invoice: [OutcomeColumn] = [
        OutcomeColumn(
            name: "outcome",
            meaning: """
                (of an invoice) `complete`: it is settled, or its due day has passed; `incomplete` else
                """),
        OutcomeColumn(
            name: "paid_late",
            meaning: """
                whether the invoice was not settled by its due day; missing where the outcome is not complete. Known \
                on the day after the due day, or when it is settled before
                """),
        OutcomeColumn(
            name: "days_late",
            meaning:
                "days from the due day to the day it was settled, negative if early; missing if it is not"),
    ]
}
