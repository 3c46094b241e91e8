import Glibc
import Statistics
import Vocabulary

/// Maps that give a sample a stated mean PD.
extension CalibrationSample {
    /// The line of slope 1 that gives the mean PD a target.
    ///
    /// - Throws: ``CalibrationError/badParameter(name:value:expected:)`` for a target outside (0, 1).
    public func shift(to target: Double) throws(CalibrationError) -> Calibration.Line {
        Calibration.Line(intercept: try intercept(slope: 1, target: target), slope: 1)
    }

    /// The line that gives the mean PD a target, and the PDs the accuracy ratio that they claim.
    ///
    /// The accuracy ratio is the one that is expected if every PD is true; it rises with the slope.
    ///
    /// - Throws: ``CalibrationError``, also where no slope from 0.001 to 1,000 reaches the ratio.
    public func shiftAndScale(
        to target: Double, accuracyRatio: Double
    ) throws(CalibrationError) -> Calibration.Line {
        let slope = try slope(for: "accuracy ratio", accuracyRatio) { slope throws(CalibrationError) in
            let line = Calibration.Line(
                intercept: try intercept(slope: slope, target: target), slope: slope)
            return expectedAccuracyRatio { line.value($0) }
        }
        return Calibration.Line(intercept: try intercept(slope: slope, target: target), slope: slope)
    }

    /// The line that gives the mean PD a target and the safest row a stated PD.
    ///
    /// - Throws: ``CalibrationError``, also where no slope from 0.001 to 1,000 reaches the target.
    public func shiftAndScale(
        to target: Double, lowestPD: Double
    ) throws(CalibrationError) -> Calibration.Line {
        let lowest = try Self.logOdds(lowestPD, "lowest PD")
        _ = try Self.logOdds(target, "central tendency")
        let safest = groups[0].logOdds
        let slope = try slope(for: "central tendency", target) { slope in
            meanPD { lowest + slope * ($0 - safest) }
        }
        return Calibration.Line(intercept: lowest - slope * safest, slope: slope)
    }

    /// Quasi-moment matching: PDs that depend on ranks alone, with a stated mean and accuracy ratio.
    ///
    /// ln(PD ÷ (1 − PD)) = a + b Φ⁻¹(F(η)) with F the share of the sample below η, ties half.
    ///
    /// Source: Tasche (2013), "The art of probability-of-default curve calibration", *Journal of Credit Risk* 9.
    ///
    /// - Throws: ``CalibrationError``.
    public func quasiMoments(
        mean target: Double, accuracyRatio: Double
    ) throws(CalibrationError) -> Calibration.PointMap {
        let ranks = rankPoints()
        let sample = mapped(.points(ranks))
        let line = try sample.shiftAndScale(to: target, accuracyRatio: accuracyRatio)
        return Calibration.PointMap(
            logOdds: ranks.logOdds, values: ranks.values.map { Calibration.bounded(line.value($0)) },
            scale: .logOdds)
    }

    /// Φ⁻¹(F) at up to 1,025 of the values, evenly spread over the ranks.
    private func rankPoints() -> Calibration.PointMap {
        let total = weight
        var (logOdds, values) = ([Double](), [Double]())
        var (below, next) = (0.0, 0.0)
        for (place, group) in groups.enumerated() {
            let share = (below + group.weight / 2) / total
            below += group.weight
            guard groups.count <= 1025 || share >= next || place == groups.count - 1 else { continue }
            next = share + 1.0 / 1024
            logOdds.append(group.logOdds)
            values.append(NormalDistribution.standard.quantile(share))
        }
        return Calibration.PointMap(logOdds: logOdds, values: values, scale: .logOdds)
    }

    /// The mean PD of mapped log-odds.
    func meanPD(_ map: (Double) -> Double) -> Double {
        groups.reduce(0) { $0 + $1.weight * ProbabilityOfDefault.value(ofLogOdds: map($1.logOdds)) } / weight
    }

    /// The accuracy ratio that is expected if the PDs of mapped log-odds are true.
    ///
    /// 2 AUC − 1 with every row a default of weight p and a non-default of weight 1 − p.
    func expectedAccuracyRatio(_ map: (Double) -> Double) -> Double {
        var (pairs, below, defaults) = (0.0, 0.0, 0.0)
        for group in groups {
            let pd = ProbabilityOfDefault.value(ofLogOdds: map(group.logOdds))
            let (bad, good) = (group.weight * pd, group.weight * (1 - pd))
            pairs += bad * (below + good / 2)
            below += good
            defaults += bad
        }
        return defaults > 0 && below > 0 ? 2 * pairs / (defaults * below) - 1 : 0
    }

    /// The intercept with which a line of a slope has a mean PD, by Newton's method within a bracket.
    private func intercept(slope: Double, target: Double) throws(CalibrationError) -> Double {
        let goal = try Self.logOdds(target, "central tendency")
        // With all rows at the riskiest, or all at the safest.
        var low = goal - slope * groups[groups.count - 1].logOdds
        var high = goal - slope * groups[0].logOdds
        var value = goal - slope * (groups.reduce(0) { $0 + $1.weight * $1.logOdds } / weight)
        for _ in 0..<200 where low < high {
            var (mean, derivative) = (0.0, 0.0)
            for group in groups {
                let pd = ProbabilityOfDefault.value(ofLogOdds: value + slope * group.logOdds)
                mean += group.weight * pd
                derivative += group.weight * pd * (1 - pd)
            }
            let excess = mean - target * weight
            if excess == 0 { break }
            if excess > 0 { high = value } else { low = value }
            let step = value - excess / derivative
            let next = step > low && step < high ? step : low + (high - low) / 2
            // At rounding level the steps stop moving.
            if next == value || abs(next - value) <= 1e-16 * abs(value) { break }
            value = next
        }
        return value
    }

    /// The slope at which a figure that rises with it has a value, by halving on the logarithm.
    private func slope(
        for name: String, _ target: Double,
        figure: (_ slope: Double) throws(CalibrationError) -> Double
    ) throws(CalibrationError) -> Double {
        var (low, high) = (log(1e-3), log(1e3))
        let (least, largest) = (try figure(exp(low)), try figure(exp(high)))
        guard target > least, target < largest else {
            throw .unreachable(target: name, value: target, least: least, largest: largest)
        }
        for _ in 0..<80 {
            let middle = (low + high) / 2
            if middle == low || middle == high { break }
            if try figure(exp(middle)) < target { low = middle } else { high = middle }
        }
        return exp((low + high) / 2)
    }

    private static func logOdds(_ pd: Double, _ name: String) throws(CalibrationError) -> Double {
        guard pd > 0, pd < 1 else {
            throw .badParameter(name: name, value: pd, expected: "a fraction between 0 and 1")
        }
        return log(pd) - log1p(-pd)
    }
}
