import Results
import Scoring
import Tables

extension TrainingRecord {
    /// What training reported, as it is written.
    ///
    /// - Parameter columns: The columns of the data, in order.
    init(_ trained: TrainedModel, columns: [String]) {
        let report = trained.report
        let attributes = Self.attributes(of: trained.model)
        let used = Set(trained.model.schema.names)
        let values = Dictionary(
            (report.informationValues ?? []).map { ($0.variable, $0.value) },
            uniquingKeysWith: { first, _ in first })
        let dropped = Dictionary(
            report.dropped.map { ($0.column, $0.reason) }, uniquingKeysWith: { first, _ in first })
        let variables = columns.compactMap { name -> Variable? in
            let decision = report.selection?.outcome(of: name)
            guard used.contains(name) || decision != nil || dropped[name] != nil else { return nil }
            return Variable(
                name: name, isUsed: used.contains(name), informationValue: values[name],
                reason: dropped[name].map { "\(name): \($0)" } ?? decision.map { "\($0)" },
                attributes: attributes[name])
        }
        let decisions = (report.selection?.events ?? []).map { event in
            Decision(
                variable: event.variable, verdict: event.verdict.rawValue, rule: event.rule.rawValue,
                value: event.value,
                limit: event.limit)
        }
        self.init(
            model: trained.model.name, variables: variables, decisions: decisions,
            rounding: report.rounding.map(Rounding.init), remarks: report.remarks,
            regression: report.regression.map(RegressionRecord.init))
    }

    /// The attributes of a scorecard by variable; none of other models.
    private static func attributes(of model: ScoringModel) -> [String: [Attribute]] {
        Dictionary(grouping: model.scorecard?.table ?? [], by: \.characteristic).mapValues { rows in
            rows.map { row in
                Attribute(
                    label: row.attribute, rows: row.rows, defaultRate: row.rows > 0 ? row.defaultRate : nil,
                    woe: row.woe, logOdds: row.coefficient * row.woe + row.departure, points: row.points)
            }
        }
    }
}

extension RegressionRecord {
    fileprivate init(_ report: RegressionReport) {
        self.init(
            method: report.method.rawValue, covariance: report.options.covariance.rawValue,
            intervals: report.options.intervals.rawValue, confidence: report.options.confidence,
            coefficients: report.coefficients.map { coefficient in
                Coefficient(
                    name: coefficient.name, value: coefficient.value,
                    standardError: coefficient.standardError, z: coefficient.z, pValue: coefficient.pValue,
                    lower: coefficient.lower, upper: coefficient.upper,
                    varianceInflation: coefficient.varianceInflation)
            },
            tests: report.tests.map { test in
                ColumnTest(
                    column: test.column, likelihoodRatio: Test(test.tests.likelihoodRatio),
                    score: Test(test.tests.score), wald: Test(test.tests.wald))
            },
            fit: Fit(
                observations: report.fit.observations, degreesOfFreedom: report.fit.degreesOfFreedom,
                logLikelihood: report.fit.logLikelihood, deviance: report.fit.deviance,
                nullDeviance: report.fit.nullDeviance, aic: report.fit.aic, bic: report.fit.bic,
                againstNull: report.fit.againstNull.map(Test.init)),
            notes: report.notes)
    }
}

extension RegressionRecord.Test {
    fileprivate init(_ test: ChiSquaredTest) {
        self.init(
            statistic: test.statistic, degreesOfFreedom: test.degreesOfFreedom, pValue: test.pValue)
    }
}

extension TrainingRecord.Rounding {
    fileprivate init(_ loss: RoundingLoss) {
        self.init(
            aucExact: loss.aucExact, aucRounded: loss.aucRounded, ksExact: loss.ksExact,
            ksRounded: loss.ksRounded, maximumPoints: loss.maximumPoints, maximumPD: loss.maximumPD)
    }
}
