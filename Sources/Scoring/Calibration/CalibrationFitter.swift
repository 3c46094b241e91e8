import Statistics
import Vocabulary

/// Fits the steps of a calibration, one after the other, each on what the one before it gives.
struct CalibrationFitter {
    let options: CalibrationRecipe

    /// The calibration of a model by log-odds that it gave to rows it had not seen.
    func fit(_ sample: CalibrationSample) throws(CalibrationError) -> Calibration {
        var steps: [Calibration.Step] = []
        var sample = sample
        let basis = Calibration.Basis(
            fittedOn: options.fittedOn, rows: sample.rows, defaults: sample.defaults)
        func add(_ purpose: Calibration.Purpose, _ map: Calibration.Map) {
            steps.append(.init(purpose, map))
            sample = sample.mapped(map)
        }
        switch options.method {
        case .none: break
        case .platt: add(.platt, .line(try sample.platt()))
        case .beta: add(.beta, .beta(try sample.beta()))
        case .isotonic: add(.isotonic, .points(try sample.isotonic()))
        case .vennAbers: add(.vennAbers, .points(try sample.vennAbers()))
        }
        if let resampling = options.resampling {
            let trained = resampling.trainingRate ?? sample.defaultWeight / sample.weight
            guard let before = ProbabilityOfDefault(resampling.populationRate),
                let after = ProbabilityOfDefault(trained), before.logOdds.isFinite, after.logOdds.isFinite
            else {
                throw .badParameter(
                    name: "default rate after resampling", value: trained,
                    expected: "a fraction between 0 and 1")
            }
            add(.priorShift, .line(.init(intercept: before.logOdds - after.logOdds, slope: 1)))
            sample = sample.reweighted(toDefaultRate: resampling.populationRate)
        }
        if let tendency = options.centralTendency {
            add(.centralTendency, try map(tendency, sample, rows: basis.rows, defaults: basis.defaults))
        }
        if let cycle = options.cycle {
            add(.cycle, .cycle(try shift(cycle, sample)))
        }
        if !options.margins.isEmpty || options.floor > 0 {
            let margins = try margins(rows: basis.rows, defaults: basis.defaults)
            add(.margin, .margin(.init(margins: margins, floor: options.floor)))
        }
        return try Calibration(steps: steps, basis: basis)
    }

    private func map(
        _ tendency: CalibrationRecipe.CentralTendency, _ sample: CalibrationSample, rows: Int, defaults: Int
    ) throws(CalibrationError) -> Calibration.Map {
        let target: Double
        switch tendency.target {
        case .rate(let rate): target = rate
        case .lowDefault(let options):
            target = try Self.bound(options, rows: rows, defaults: defaults)
        }
        let ratio = tendency.accuracyRatio
        switch tendency.by {
        case .shift: return .line(try sample.shift(to: target))
        case .shiftAndScale:
            if let lowest = tendency.lowestPD {
                return .line(try sample.shiftAndScale(to: target, lowestPD: lowest))
            }
            return .line(try sample.shiftAndScale(to: target, accuracyRatio: ratio ?? .nan))
        case .quasiMoments:
            return .points(try sample.quasiMoments(mean: target, accuracyRatio: ratio ?? .nan))
        }
    }

    /// The upper bound of the PD of all rows together.
    private static func bound(
        _ options: CalibrationRecipe.LowDefault, rows: Int, defaults: Int
    ) throws(CalibrationError) -> Double {
        let portfolio = try LowDefaultPortfolio(obligors: [rows], defaults: [defaults])
        let dependence: LowDefaultPortfolio.Dependence =
            if options.years > 1 {
                .multiplePeriods(
                    .init(
                        years: options.years, assetCorrelation: options.assetCorrelation,
                        yearCorrelation: options.yearCorrelation))
            } else if options.assetCorrelation > 0 {
                .correlated(assetCorrelation: options.assetCorrelation)
            } else {
                .independent
            }
        return try portfolio.upperPDs(confidence: options.confidence, dependence: dependence)[0]
    }

    private func shift(
        _ cycle: CalibrationRecipe.Cycle, _ sample: CalibrationSample
    ) throws(CalibrationError) -> Calibration.CycleShift {
        let correlation: Double
        if let stated = cycle.assetCorrelation {
            correlation = stated
        } else {
            correlation = try RegulatoryCapital(pd: sample.meanPD { $0 }).assetCorrelation
        }
        return .init(direction: cycle.direction, factor: cycle.factor, assetCorrelation: correlation)
    }

    private func margins(
        rows: Int, defaults: Int
    ) throws(CalibrationError) -> [Calibration.MarginOfConservatism.Margin] {
        var margins: [Calibration.MarginOfConservatism.Margin] = []
        for margin in options.margins {
            switch margin.amount {
            case .relative(let part):
                margins.append(.init(category: margin.category, relative: part, reason: margin.reason))
            case .absolute(let pd):
                margins.append(.init(category: margin.category, absolute: pd, reason: margin.reason))
            case .confidence(let level):
                margins.append(
                    .init(
                        category: margin.category,
                        relative: try Self.estimationError(level, rows: rows, defaults: defaults),
                        reason: margin.reason))
            }
        }
        return margins
    }

    /// By what part the upper end of Jeffreys's interval exceeds the default rate.
    private static func estimationError(
        _ level: Double, rows: Int, defaults: Int
    ) throws(CalibrationError) -> Double {
        guard defaults > 0 else {
            throw .badParameter(
                name: "number of defaults", value: 0,
                expected: "a central tendency with lowDefault and no margin by confidence")
        }
        do {
            // One-sided at this level: twice the tail of the two-sided interval.
            let rate = try DefaultRate(defaults: defaults, of: rows)
            return max(0, try rate.interval(.jeffreys, level: abs(2 * level - 1)).upperBound / rate.rate - 1)
        } catch {
            throw .badParameter(name: "confidence", value: level, expected: "a number above 0.5 and below 1")
        }
    }
}
