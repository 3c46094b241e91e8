import Results
import Scoring
import Statistics

extension RiskProfileRecord {
    /// A profile as it is written.
    ///
    /// - Parameter isDevelopment: Whether the PDs were fitted to these outcomes.
    init(_ profile: RiskProfile, isDevelopment: Bool) {
        let gains = (profile.gains?.parts ?? []).map { part in
            GainsPart(
                rows: part.rows, defaults: part.defaults, defaultRate: part.defaultRate, lift: part.lift,
                cumulativeGain: part.cumulativeGain, cumulativeLift: part.cumulativeLift)
        }
        let bins = (profile.reliability?.groups ?? []).map { group in
            ReliabilityBin(
                rows: group.rows, defaults: group.defaults, meanPD: group.expected / group.rows,
                defaultRate: group.defaults / group.rows)
        }
        let fitted = isDevelopment ? 2 : 0
        let test = profile.reliability.flatMap { test -> CalibrationTest? in
            guard test.statistic.isFinite, let pValue = test.pValue(fittedParameters: fitted) else {
                return nil
            }
            return CalibrationTest(
                statistic: test.statistic, degreesOfFreedom: test.groups.count - fitted, pValue: pValue)
        }
        self.init(gains: gains, reliability: bins, calibrationTest: test)
    }
}
