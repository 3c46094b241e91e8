import Results
import Scoring
import Tables

extension TrainingRecord {
    /// What training reported, as it is written.
    ///
    /// - Parameter columns: The columns of the data, in order.
    init(_ trained: TrainedModel, columns: [String]) {
        let report = trained.report
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
                reason: dropped[name].map { "\(name): \($0)" } ?? decision.map { "\($0)" })
        }
        let decisions = (report.selection?.events ?? []).map { event in
            Decision(
                variable: event.variable, verdict: event.verdict.rawValue, rule: event.rule.rawValue,
                value: event.value,
                limit: event.limit)
        }
        self.init(
            model: trained.model.name, variables: variables, decisions: decisions,
            rounding: report.rounding.map(Rounding.init), remarks: report.remarks)
    }
}

extension TrainingRecord.Rounding {
    fileprivate init(_ loss: RoundingLoss) {
        self.init(
            aucExact: loss.aucExact, aucRounded: loss.aucRounded, ksExact: loss.ksExact,
            ksRounded: loss.ksRounded, maximumPoints: loss.maximumPoints, maximumPD: loss.maximumPD)
    }
}
