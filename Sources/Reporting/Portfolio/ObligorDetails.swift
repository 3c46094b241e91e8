import Results

/// What the page of one obligor shows beyond the portfolio's columns: records packed by obligor.
struct ObligorDetails: Encodable {
    /// Obligors that are rated but not in the portfolio; their places follow those of the portfolio.
    let others: [String]
    let ratings: PackedRows
    let reasons: PackedRows
    let history: PackedRows
    let ageing: PackedRows
    let ageingBands = AgeingRecord.Band.allCases.map(\.rawValue)
    let alerts: PackedRows
    let attribution: PackedRows
    let path: PackedRows
    let migrations: PackedRows
    let migrationGrades = PageContext.grades
    let corrections: PackedRows

    init(_ content: RunContent, words: Wording) {
        let statement = Statement(words: words)
        let ids = (content.portfolio?.obligors ?? []).map(\.id)
        var places = Dictionary(
            ids.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        var others: [String] = []
        for rating in content.ratings ?? [] where places[rating.id] == nil {
            places[rating.id] = ids.count + others.count
            others.append(rating.id)
        }
        self.others = others
        let count = ids.count + others.count
        func packer<Record>(
            _ records: [Record]?, _ id: (Record) -> String
        ) -> PackedRows.Packer<Record> {
            PackedRows.Packer(records, places: places, count: count, id: id)
        }
        let ratings = packer(content.ratings, \.id)
        self.ratings = ratings.rows([
            "grade": ratings.words(\.grade), "pd": ratings.numbers(\.pd), "score": ratings.numbers(\.score),
            "reasons": ratings.words { one in
                one.reasons.isEmpty ? nil : one.reasons.map(words.feature).joined(separator: "\n")
            },
        ])
        let reasons = packer(content.reasons, \.id)
        self.reasons = reasons.rows([
            "group": reasons.words(\.group), "points": reasons.numbers(\.points),
            "text": reasons.words { statement.text($0.text, of: $0.features.first) },
        ])
        let history = packer(content.history, \.id)
        self.history = history.rows([
            "asOf": history.words(\.asOf), "grade": history.words(\.grade), "pd": history.numbers(\.pd),
            "daysBeyondTerms": history.numbers(\.daysBeyondTerms), "exposure": history.numbers(\.exposure),
            "overdue": history.numbers(\.overdue), "limit": history.numbers(\.limit),
        ])
        let ageing = packer(content.ageing, \.id)
        self.ageing = ageing.rows(
            Dictionary(
                uniqueKeysWithValues: AgeingRecord.Band.allCases.enumerated().map { place, band in
                    (band.rawValue, ageing.numbers { $0.amounts[place] })
                }))
        let alerts = packer(content.alerts, \.obligor)
        self.alerts = alerts.rows([
            "monitor": alerts.words { words.known("monitor", $0.monitor) },
            "severity": alerts.words { words["severity.\($0.severity.rawValue)"] },
            "opened": alerts.words(\.opened), "closed": alerts.words(\.closed),
            "explanation": alerts.words { statement.alert($0.explanation) },
        ])
        let attribution = packer(content.attribution, \.id)
        self.attribution = attribution.rows([
            "from": attribution.words(\.from), "to": attribution.words(\.to),
            "component": attribution.words(\.component.rawValue),
            "text": attribution.words { statement.text($0.text, of: $0.feature) },
            "logOdds": attribution.numbers(\.logOdds),
        ])
        let path = packer(content.path, \.id)
        self.path = path.rows([
            "step": path.numbers { Double($0.step) }, "stage": path.words(\.stage.rawValue),
            "rule": path.words { $0.rule.map { words.known("ratingRule", $0) } },
            "fromGrade": path.words(\.fromGrade),
            "toGrade": path.words(\.toGrade), "effect": path.words(\.effect.rawValue),
            "reason": path.words { statement.reason($0.reason) }, "author": path.words(\.author),
            "expires": path.words(\.expires),
        ])
        let migrations = packer(content.migrations, \.id)
        var outlook = [
            "horizonMonths": migrations.numbers { Double($0.horizonMonths) },
            "withdrawn": migrations.numbers(\.withdrawn),
        ]
        for (place, grade) in PageContext.grades.enumerated() {
            outlook[grade] = migrations.numbers { $0.probabilities[place] }
        }
        self.migrations = migrations.rows(outlook)
        let corrections = packer(content.corrections, \.id)
        self.corrections = corrections.rows([
            "similarCases": corrections.words { statement.text($0.similarCases, of: nil) },
            "reasons": corrections.words { statement.reasons(of: $0).joined(separator: "\n") },
            "supportedGrade": corrections.words(\.supportedGrade),
            "givenGrade": corrections.words(\.givenGrade),
            "probability": corrections.numbers(\.probabilityOfChange),
        ])
    }
}
