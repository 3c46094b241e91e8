public import Results
public import Scoring
import Statistics
public import Vocabulary

/// Holds the model that decides against its development and against what became of obligors that it rated.
public struct ModelMonitoring: Sendable {
    /// What was found.
    public let record: MonitoringRecord
    private let significance: Double
    private let day: CalendarDay

    /// Looks at a model.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - digest: SHA-256 of its file.
    ///   - day: The date of the review.
    ///   - since: The first date whose ratings are by this model.
    ///   - stability: How score and inputs have moved since development, by the significance of the policy; `nil` where
    ///     the model does not know its development.
    ///   - obligors: How many obligors ``stability`` is of.
    ///   - cohorts: Earlier ratings by this model whose outcomes are complete.
    ///   - developmentAUC: The AUC of development, on rows that the model had not seen where there are any.
    public init(
        of model: ScoringModel, digest: String, on day: CalendarDay, since: CalendarDay,
        stability: StabilityReport?, obligors: Int, cohorts: [MaturedCohort], developmentAUC: Double?,
        by policy: MonitoringPolicy
    ) {
        var entries = (stability?.variables ?? []).map { variable in
            Self.entry(variable, of: obligors, on: day, by: policy)
        }
        for cohort in cohorts {
            entries.append(Self.ranking(of: cohort, reference: developmentAUC, by: policy))
            entries.append(Self.calibration(of: cohort, by: policy))
        }
        record = MonitoringRecord(
            model: model.name, sha256: digest, asOf: "\(day)", since: "\(since)", policy: policy.name,
            entries: entries)
        significance = policy.significance
        self.day = day
    }
}

// MARK: Measures

extension ModelMonitoring {
    private static func entry(
        _ variable: StabilityReport.Variable, of obligors: Int, on day: CalendarDay,
        by policy: MonitoringPolicy
    ) -> MonitoringRecord.Entry {
        let isScore = variable.name == StabilityReport.score
        let threshold = isScore ? policy.psi : policy.csi
        let name = isScore ? "the score" : variable.name
        let isThin = obligors < policy.leastObligors
        let isBeyondChance = variable.critical.map { variable.index > $0 } ?? false
        let verdict: MonitoringRecord.Verdict =
            isThin
            ? .undefined
            : !isBeyondChance || variable.index <= threshold.warn
                ? .ok : variable.index <= threshold.alarm ? .warn : .alarm
        let index = "\(rounded(variable.index, 3)) against development"
        let meaning =
            switch verdict {
            case .undefined: "only \(obligors) obligors: nothing is said of \(name)"
            case .ok: "\(name) is distributed as in development: \(index)"
            case .warn: "\(name) has moved: \(index), above \(threshold.warn)"
            case .alarm: "\(name) is that of another population: \(index), above \(threshold.alarm)"
            }
        return MonitoringRecord.Entry(
            measure: isScore ? .psi : .csi, variable: isScore ? nil : variable.name, cohort: "\(day)",
            obligors: obligors, value: variable.index.isFinite ? variable.index : nil, reference: 0,
            upper: variable.critical, warn: threshold.warn, alarm: threshold.alarm, verdict: verdict,
            meaning: meaning)
    }

    /// The AUC of a cohort against that of development: how far it fell, and whether chance explains it (one-sided, by
    /// DeLong's error; the error of development's own AUC is not counted).
    private static func ranking(
        of cohort: MaturedCohort, reference: Double?, by policy: MonitoringPolicy
    ) -> MonitoringRecord.Entry {
        let defaults = cohort.defaulted.count { $0 }
        let estimate = try? DeLongEstimate(risks: cohort.pds, defaulted: cohort.defaulted)
        let interval = estimate.flatMap { try? $0.interval(level: 1 - policy.significance) }
        let reach = NormalDistribution.standard.quantile(upperTail: policy.significance)
        var verdict = MonitoringRecord.Verdict.undefined
        var meaning = tooFew(cohort, defaults)
        if let estimate, let reference, isEnough(cohort, defaults, policy) {
            let drop = reference - estimate.auc
            let isBeyondChance = drop > reach * estimate.standardError
            verdict =
                !isBeyondChance || drop <= policy.aucDrop.warn
                ? .ok : drop <= policy.aucDrop.alarm ? .warn : .alarm
            let figures = "AUC \(rounded(estimate.auc, 3)), \(rounded(reference, 3)) in development"
            meaning =
                verdict == .ok
                ? "the model ranks the obligors of \(cohort.day) as it should: \(figures)"
                : "the model ranks the obligors of \(cohort.day) worse than in development: \(figures)"
        } else if estimate != nil, reference == nil {
            meaning = "the model's file does not say how well it ranked in development"
        }
        return MonitoringRecord.Entry(
            measure: .auc, cohort: "\(cohort.day)", obligors: cohort.pds.count, defaults: defaults,
            value: estimate?.auc, reference: reference, lower: interval?.lowerBound,
            upper: interval?.upperBound, warn: (reference ?? 1) - policy.aucDrop.warn,
            alarm: (reference ?? 1) - policy.aucDrop.alarm, verdict: verdict, meaning: meaning)
    }

    /// Defaults of a cohort ÷ defaults forecast, with Jeffreys's interval of the rate: beyond chance where 1 is
    /// outside.
    private static func calibration(
        of cohort: MaturedCohort, by policy: MonitoringPolicy
    ) -> MonitoringRecord.Entry {
        let defaults = cohort.defaulted.count { $0 }
        let expected = cohort.pds.reduce(0, +)
        let rate = try? DefaultRate(defaults: defaults, of: cohort.pds.count)
        let interval = rate.flatMap { try? $0.interval(.jeffreys, level: 1 - policy.significance) }
        let obligors = Double(cohort.pds.count)
        let ratio = expected > 0 ? Double(defaults) / expected : nil
        var verdict = MonitoringRecord.Verdict.undefined
        var meaning = tooFew(cohort, defaults)
        // Many forecast and few seen is as telling as the other way round.
        if let ratio, let interval, max(Double(defaults), expected) >= Double(policy.leastDefaults),
            cohort.pds.count >= policy.leastObligors
        {
            let factor = ratio > 0 ? max(ratio, 1 / ratio) : .infinity
            let isBeyondChance = !interval.contains(expected / obligors)
            verdict =
                !isBeyondChance || factor <= policy.calibration.warn
                ? .ok : factor <= policy.calibration.alarm ? .warn : .alarm
            let figures = "\(defaults) of \(cohort.pds.count), \(rounded(expected, 1)) forecast"
            meaning =
                verdict == .ok
                ? "as many obligors of \(cohort.day) defaulted as forecast: \(figures)"
                : "PDs of \(cohort.day) were too \(ratio > 1 ? "low" : "high"): \(figures)"
        }
        return MonitoringRecord.Entry(
            measure: .calibration, cohort: "\(cohort.day)", obligors: cohort.pds.count, defaults: defaults,
            value: ratio, reference: 1,
            lower: expected > 0 ? interval.map { $0.lowerBound * obligors / expected } : nil,
            upper: expected > 0 ? interval.map { $0.upperBound * obligors / expected } : nil,
            warn: policy.calibration.warn, alarm: policy.calibration.alarm, verdict: verdict,
            meaning: meaning)
    }

    private static func isEnough(
        _ cohort: MaturedCohort, _ defaults: Int, _ policy: MonitoringPolicy
    ) -> Bool {
        cohort.pds.count >= policy.leastObligors && defaults >= policy.leastDefaults
    }

    private static func tooFew(_ cohort: MaturedCohort, _ defaults: Int) -> String {
        "\(defaults) defaults of \(cohort.pds.count) obligors: too few to say"
    }

    private static func rounded(_ value: Double, _ digits: Int) -> String {
        let scale = (0..<digits).reduce(1.0) { product, _ in product * 10 }
        return value.isFinite ? "\((value * scale).rounded() / scale)" : "\(value)"
    }
}

// MARK: Alerts

extension ModelMonitoring {
    /// Warnings and alarms as rows of `alerts.csv`, of no obligor.
    public var alerts: [AlertRecord] {
        record.entries.compactMap { entry in
            guard let value = entry.value, let severity = entry.severity else { return nil }
            return AlertRecord(
                alert: record.name(of: entry), obligor: "", monitor: entry.monitor, opened: record.asOf,
                closed: nil, severity: severity, since: entry.cohort, observed: value,
                usual: entry.reference ?? 0, spread: 0, falseAlarmRate: significance,
                explanation: entry.meaning)
        }
    }

    /// The same as a store keeps them; of a cohort, once for each verdict.
    public var storedAlerts: [StoredAlert] {
        record.entries.compactMap { entry in
            guard let severity = entry.severity else { return nil }
            return StoredAlert(
                key: "\(record.name(of: entry))/\(severity.rawValue)", obligor: nil, day: day,
                kind: entry.monitor, severity: severity.rawValue, text: entry.meaning)
        }
    }
}

extension MonitoringRecord {
    /// "model 1a2b3c4d5e6f/csi dbt_12m/2024-09-30".
    fileprivate func name(of entry: Entry) -> String {
        let measure = [entry.measure.rawValue, entry.variable].compactMap(\.self).joined(separator: " ")
        return "model \(sha256.prefix(12))/\(measure)/\(entry.cohort)"
    }
}

extension MonitoringRecord.Entry {
    fileprivate var monitor: String { "model-\(measure.rawValue)" }

    /// How bad it is; `nil` where nothing is.
    fileprivate var severity: AlertRecord.Severity? {
        switch verdict {
        case .ok, .undefined: nil
        case .warn: .warning
        case .alarm: .critical
        }
    }
}
