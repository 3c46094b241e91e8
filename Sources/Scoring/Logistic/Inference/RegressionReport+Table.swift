import Tables

extension RegressionReport {
    /// The coefficients as CSV (RFC 4180), numbers with all their digits, absent ones empty.
    public var csv: String {
        func numbers(_ name: String, _ value: (Coefficient) -> Double?) -> Column {
            Column(name: name, values: .double(coefficients.map { value($0) ?? .nan }))
        }
        let columns = [
            Column(name: "feature", values: .text(coefficients.map(\.name))),
            numbers("coefficient", \.value), numbers("standard_error", \.standardError), numbers("z", \.z),
            numbers("p_value", \.pValue), numbers("lower", \.lower), numbers("upper", \.upper),
            numbers("vif", \.varianceInflation),
        ]
        let formatter = CSVFormatter()
        let bytes =
            formatter.header(columns.map(\.name))
            + formatter.records(of: columns.map { .values($0.values) }, rows: coefficients.indices)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Coefficients, tests and fit as Markdown, numbers rounded for reading.
    public var markdown: String {
        let level = MarkdownTable.decimals(100 * options.confidence, 0)
        var coefficientTable = MarkdownTable([
            .left("Feature"), .right("Coefficient"), .right("s.e."), .right("z"), .right("p"),
            .right("\(level) % from"), .right("to"), .right("VIF"),
        ])
        func text(_ value: Double?, _ decimals: Int) -> String {
            value.map { $0.isFinite ? MarkdownTable.decimals($0, decimals) : "\($0)" } ?? ""
        }
        for coefficient in coefficients {
            coefficientTable.add([
                coefficient.name, text(coefficient.value, 5), text(coefficient.standardError, 5),
                text(coefficient.z, 2), text(coefficient.pValue, 4), text(coefficient.lower, 4),
                text(coefficient.upper, 4), text(coefficient.varianceInflation, 2),
            ])
        }
        var parts = [coefficientTable.text]
        if !tests.isEmpty {
            var testTable = MarkdownTable([
                .left("Column left out"), .right("df"), .right("LR χ²"), .right("p"), .right("Score χ²"),
                .right("p"), .right("Wald χ²"), .right("p"),
            ])
            for test in tests {
                let all = [test.tests.likelihoodRatio, test.tests.score, test.tests.wald]
                testTable.add(
                    [test.column, "\(all[0].degreesOfFreedom)"]
                        + all.flatMap { [text($0.statistic, 3), text($0.pValue, 4)] })
            }
            parts.append(testTable.text)
        }
        var figures = MarkdownTable([.left("Fit"), .right("")])
        figures.add(["Observations", "\(fit.observations)"])
        figures.add(["Parameters", text(fit.degreesOfFreedom, 2)])
        figures.add(["Log-likelihood", text(fit.logLikelihood, 4)])
        figures.add(["Deviance", text(fit.deviance, 4)])
        figures.add(["Deviance of the intercept alone", text(fit.nullDeviance, 4)])
        figures.add(["AIC", text(fit.aic, 4)])
        figures.add(["BIC", text(fit.bic, 4)])
        if let test = fit.againstNull {
            figures.add([
                "Against the intercept alone, χ² on \(test.degreesOfFreedom)",
                "\(text(test.statistic, 4)) (p \(text(test.pValue, 4)))",
            ])
        }
        parts.append(figures.text)
        if !notes.isEmpty { parts.append(notes.map { "- \($0)\n" }.joined()) }
        return parts.joined(separator: "\n")
    }
}
