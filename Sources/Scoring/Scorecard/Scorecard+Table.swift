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
        let names =
            "characteristic,attribute,rows,share,defaults,default_rate,woe,iv,coefficient,departure,"
            + "exact_points,points"
        var lines = [names]
        if points.base == .separate || characteristics.isEmpty {
            let exact = points.scaling.score(ofLogOdds: intercept)
            lines.append("base,,,,,,,,,,\(exact),\(plain(basePoints))")
        }
        for row in table {
            let texts = [row.characteristic, row.attribute].map(Self.quoted)
            let numbers = [
                row.share, row.defaults, row.defaultRate, row.woe, row.iv, row.coefficient, row.departure,
                row.exactPoints,
            ].map { "\($0)" }
            let fields = texts + ["\(row.rows)"] + numbers + [plain(row.points)]
            lines.append(fields.joined(separator: ","))
        }
        return lines.joined(separator: "\r\n") + "\r\n"
    }

    private static func quoted(_ text: String) -> String {
        guard text.contains(where: { ",\"\r\n".contains($0) || $0.isNewline }) else { return text }
        return "\"\(text.replacing("\"", with: "\"\""))\""
    }

    /// The table as Markdown, numbers rounded for reading.
    public var markdown: String {
        var lines = [
            "| Characteristic | Attribute | Rows | Share | Default rate | WOE | Points |",
            "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
        ]
        if points.base == .separate || characteristics.isEmpty {
            lines.append(
                "| Base | | | | | | \(Self.decimals(basePoints, points.rounding == .integer ? 0 : 2)) |")
        }
        var last = ""
        for row in table {
            let name = row.characteristic == last ? "" : Self.escaped(row.characteristic)
            last = row.characteristic
            let cells = [
                name, Self.escaped(row.attribute), "\(row.rows)", Self.decimals(row.share * 100, 1) + " %",
                Self.decimals(row.defaultRate * 100, 2) + " %", Self.decimals(row.woe, 3),
                Self.decimals(row.points, points.rounding == .integer ? 0 : 2),
            ]
            lines.append("| \(cells.joined(separator: " | ")) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Text that cannot end a cell or a row.
    private static func escaped(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 }).replacing("|", with: "\\|")
    }

    /// A number with a fixed count of decimals, half away from zero.
    private static func decimals(_ value: Double, _ count: Int) -> String {
        var scale = 1.0
        for _ in 0..<count { scale *= 10 }
        let scaled = (value * scale).rounded()
        guard abs(scaled) < 1e15 else { return "\(value)" }
        let digits = String(Int64(abs(scaled)))
        let padded = String(repeating: "0", count: max(0, count + 1 - digits.count)) + digits
        let whole = padded.dropLast(count)
        let sign = scaled < 0 ? "-" : ""
        return count == 0 ? sign + padded : "\(sign)\(whole).\(padded.suffix(count))"
    }
}
