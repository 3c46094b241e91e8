/// One page of a report: what it says, apart from how it looks.
struct Page: Sendable, Encodable {
    /// The name in the address, such as "portfolio".
    let id: String
    /// The heading.
    let title: String
    /// What the page is for, in a sentence.
    let lead: String
    /// The sections from top to bottom.
    var sections: [Section]
}

/// A heading with what stands under it.
struct Section: Sendable, Encodable {
    /// The name in the address, unique in the report.
    let id: String
    /// The heading.
    let title: String
    /// How to read what follows.
    var note: String?
    /// What the run does not hold, and which command would.
    var absence: String?
    /// Single figures.
    var facts: [Fact] = []
    /// Charts, each with a table that says the same.
    var charts: [Chart] = []
    /// Tables.
    var tables: [DataTable] = []
    /// Whether the script of the page fills the section, and with what.
    var application: Application?

    /// What a section says that has nothing to show.
    static func absent(_ id: String, title: String, _ absence: String) -> Section {
        Section(id: id, title: title, absence: absence)
    }
}

/// A part of a page that works on the data of all obligors.
enum Application: String, Sendable, Encodable {
    /// Filters, heat map and list of obligors.
    case explorer
    /// Everything about one obligor.
    case obligor
}

/// A figure with its name.
struct Fact: Sendable, Encodable {
    /// What it is.
    let name: String
    /// The figure as it is printed.
    let value: String
    /// What it was before, or what it means.
    var note: String?
}

/// What a table says, column by column.
struct DataTable: Sendable, Encodable {
    /// A column.
    struct Column: Sendable, Encodable {
        /// The heading.
        let title: String
        /// Whether it holds figures, which stand right-aligned.
        let isNumeric: Bool

        /// A column of words.
        static func text(_ title: String) -> Column { Column(title: title, isNumeric: false) }
        /// A column of figures.
        static func number(_ title: String) -> Column { Column(title: title, isNumeric: true) }
    }

    /// A cell: what is printed, and the value behind it.
    struct Cell: Sendable, Encodable {
        /// What is printed.
        let text: String
        /// The unrounded value, for a figure.
        var value: Double?
        /// The verdict or grade that the cell is coloured by.
        var mark: String?
        /// The obligor whose page says more, by its id.
        var obligor: String?
    }

    /// The name of its CSV file, unique in the report.
    let id: String
    /// What it shows.
    let caption: String
    /// The columns.
    let columns: [Column]
    /// The rows, each with a cell for every column.
    var rows: [[Cell]]
    /// Whether it only repeats a chart, so that it is folded away at first.
    var isAlternative = false
}

/// A chart by the name of its drawing and the data to be drawn.
struct Chart: Sendable, Encodable {
    /// The name in the page, unique in the report.
    let id: String
    /// The drawing: a Vega specification among the resources.
    let drawing: Drawing
    /// What it shows.
    let caption: String
    /// Titles and formats that the drawing leaves open.
    var settings: [String: JSONValue] = [:]
    /// The rows of its data.
    let rows: [[String: JSONValue]]
    /// A second set of rows, such as intervals or a diagonal.
    var marks: [[String: JSONValue]] = []

    /// The drawings among the resources.
    enum Drawing: String, Sendable, Encodable, CaseIterable {
        /// Vertical bars by category, side by side by series.
        case bars
        /// Horizontal bars by category.
        case ranking
        /// Horizontal bars made of parts.
        case shares
        /// Lines through points, one per series.
        case lines
        /// Grades over time, as steps.
        case grades
        /// Estimates with intervals by category.
        case intervals
        /// Cells of a matrix.
        case matrix
        /// Bands between two columns of states.
        case flow
        /// Steps that add up from one value to another.
        case waterfall
        /// Horizontal bars to either side of zero.
        case evidence
        /// Verdicts by row and column, told apart by colour and shape.
        case lights
        /// Observed against predicted, with the diagonal.
        case reliability
    }
}
