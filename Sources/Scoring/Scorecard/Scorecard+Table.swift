import Tables

extension Scorecard {
    /// The scorecard as rows: one per attribute, the way an analyst reads it.
    public var table: [TableRow] {
        characteristics.flatMap { characteristic in
            characteristic.binning.table.rows.enumerated().map { bin, row in
                TableRow(
                    characteristic: characteristic.name, attribute: row.label, rows: row.rows,
                    share: row.share,
                    defaults: row.defaults, defaultRate: row.defaultRate, woe: row.woe, iv: row.iv,
                    coefficient: characteristic.coefficient,
                    departure: characteristic.departure(ofBin: bin),
                    exactPoints: exactPoints(of: characteristic, bin: bin),
                    points: points(of: characteristic, bin: bin))
            }
        }
    }

    /// One attribute of a characteristic.
    public struct TableRow: Sendable, Equatable {
        /// The characteristic.
        public let characteristic: String
        /// The bin in words.
        public let attribute: String
        /// Training rows.
        public let rows: Int
        /// Share of the training weight.
        public let share: Double
        /// Weight of the training rows that defaulted.
        public let defaults: Double
        /// Share of defaults in the bin.
        public let defaultRate: Double
        /// ln(share of non-defaults ÷ share of defaults).
        public let woe: Double
        /// The bin's part of the information value.
        public let iv: Double
        /// β of the characteristic, in log-odds of default per unit of WOE.
        public let coefficient: Double
        /// δ, by how much the attribute departs from β · WOE, in log-odds of default.
        public let departure: Double
        /// Points before rounding.
        public let exactPoints: Double
        /// Points.
        public let points: Double
    }

    /// The table as CSV (RFC 4180), numbers with all their digits; a separate base is a row of its own.
    public var csv: String {
        let base: TableRow? = hasBaseRow ? .base(points.scaling.score(ofLogOdds: intercept), basePoints) : nil
        let rows = [base].compactMap(\.self) + table
        func numbers(_ name: String, _ value: (TableRow) -> Double) -> Column {
            Column(name: name, values: .double(rows.map(value)))
        }
        let columns = [
            Column(name: "characteristic", values: .text(rows.map(\.characteristic))),
            Column(name: "attribute", values: .text(rows.map { $0.attribute.isEmpty ? nil : $0.attribute })),
            Column(
                name: "rows",
                values: .integer(rows.map { $0.attribute.isEmpty ? Column.missingInteger : Int64($0.rows) })),
            numbers("share", \.share), numbers("defaults", \.defaults),
            numbers("default_rate", \.defaultRate), numbers("woe", \.woe), numbers("iv", \.iv),
            numbers("coefficient", \.coefficient), numbers("departure", \.departure),
            numbers("exact_points", \.exactPoints), numbers("points", \.points),
        ]
        return CSVText.of(columns)
    }

    /// The table as Markdown, numbers rounded for reading.
    public var markdown: String {
        let decimals = points.rounding == .integer ? 0 : 2
        var written = MarkdownTable([
            .left("Characteristic"), .left("Attribute"), .right("Rows"), .right("Share"),
            .right("Default rate"), .right("WOE"), .right("Points"),
        ])
        if hasBaseRow {
            written.add(["Base", "", "", "", "", "", MarkdownTable.decimals(basePoints, decimals)])
        }
        var last = ""
        for row in table {
            written.add([
                row.characteristic == last ? "" : row.characteristic, row.attribute, "\(row.rows)",
                MarkdownTable.decimals(row.share * 100, 1) + " %",
                MarkdownTable.decimals(row.defaultRate * 100, 2) + " %",
                MarkdownTable.decimals(row.woe, 3), MarkdownTable.decimals(row.points, decimals),
            ])
            last = row.characteristic
        }
        return written.text
    }

    /// Whether the intercept's points stand in a row of their own.
    private var hasBaseRow: Bool { points.base == .separate || characteristics.isEmpty }
}

extension Scorecard.TableRow {
    /// The points that every row gets before its attributes; nothing was counted in it.
    fileprivate static func base(_ exact: Double, _ points: Double) -> Self {
        .init(
            characteristic: "base", attribute: "", rows: 0, share: .nan, defaults: .nan, defaultRate: .nan,
            woe: .nan, iv: .nan, coefficient: .nan, departure: .nan, exactPoints: exact, points: points)
    }
}
