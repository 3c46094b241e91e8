import Parallelism
import Statistics

/// Whether risky obligors are ranked above safe ones, and as well as in development.
struct DiscriminationTests {
    let sample: ValidationSample
    let options: ValidationOptions
    let workers: Workers

    func tests(against developmentAUC: Double?) -> [ValidationTest] {
        guard
            let estimate = try? DeLongEstimate(
                risks: sample.logOdds, defaulted: sample.defaulted, weights: sample.weights),
            let ranked = try? RankedOutcomes(
                risks: sample.logOdds, defaulted: sample.defaulted, weights: sample.weights)
        else {
            return [
                ValidationTest(
                    "AUC", .discrimination, sample: sample.name, rule: .settled,
                    meaning: "ranking needs two defaults and two others at least")
            ]
        }
        var tests = [auc(estimate, ranked), gini(estimate), kolmogorovSmirnov(ranked)]
        if let divergence = ranked.divergence {
            tests.append(
                ValidationTest(
                    "divergence", .discrimination, sample: sample.name, estimate: divergence, rule: .settled,
                    verdict: .pass,
                    meaning: "the mean log-odds of defaulted obligors and of others lie "
                        + "\(Wording.number(divergence.squareRoot())) standard deviations apart"))
        }
        if let developmentAUC, !sample.isDevelopment {
            tests.append(development(estimate, developmentAUC))
        }
        return tests
    }

    private func auc(_ estimate: DeLongEstimate, _ ranked: RankedOutcomes) -> ValidationTest {
        let normal = NormalDistribution.standard
        // Under the hypothesis the variance is Hanley and McNeil's at ½, which exists for perfect ranking too.
        let error = ((ranked.defaults + ranked.nonDefaults + 1) / (12 * ranked.defaults * ranked.nonDefaults))
            .squareRoot()
        let z = (estimate.auc - 0.5) / error
        let reach = normal.quantile(upperTail: options.significance)
        return ValidationTest(
            "AUC", .discrimination, sample: sample.name, statistic: z, pValue: normal.survival(z),
            power: normal.survival(reach - 0.1 / error), estimate: estimate.auc,
            interval: try? estimate.interval(level: options.level), rule: .rejectionIsGood,
            meaning:
                "a defaulted obligor is ranked riskier than another in \(Wording.percent(estimate.auc)) of pairs; "
                + "50 % is chance")
    }

    private func gini(_ estimate: DeLongEstimate) -> ValidationTest {
        let gini = 2 * estimate.auc - 1
        let interval = (try? estimate.interval(level: options.level)).map {
            2 * $0.lowerBound - 1...2 * $0.upperBound - 1
        }
        return ValidationTest(
            "accuracy ratio", .discrimination, sample: sample.name, estimate: gini, interval: interval,
            rule: .settled, verdict: (interval?.lowerBound ?? gini) > 0 ? .pass : .warn,
            meaning: "\(Wording.percent(max(0, gini))) of the way from chance to perfect ranking")
    }

    private func kolmogorovSmirnov(_ ranked: RankedOutcomes) -> ValidationTest {
        let distance = ranked.kolmogorovSmirnov.distance
        var interval: ClosedRange<Double>?
        if options.replicates >= 2, let bootstrap = try? ClusterBootstrap(rows: sample.logOdds.count) {
            let (risks, defaulted, own) = (sample.logOdds, sample.defaulted, sample.weights)
            let distribution = try? bootstrap.distribution(
                replicates: options.replicates,
                generator: SeededGenerator(seed: options.seed).stream("validation"), workers: workers
            ) { drawn in
                let weights = own.map { own in drawn.indices.map { drawn[$0] * own[$0] } } ?? drawn
                return (try? RankedOutcomes(risks: risks, defaulted: defaulted, weights: weights))?
                    .kolmogorovSmirnov.distance
            }
            interval = try? distribution?.percentileInterval(level: options.level)
        }
        return ValidationTest(
            "KS", .discrimination, sample: sample.name, estimate: distance, interval: interval,
            rule: .settled, verdict: distance > 0 ? .pass : .warn,
            meaning:
                "at its best cut-off the score finds \(Wording.percent(distance)) more of the defaults than of the "
                + "others")
    }

    /// The ECB's test that the AUC has not fallen.
    private func development(_ estimate: DeLongEstimate, _ developmentAUC: Double) -> ValidationTest {
        let normal = NormalDistribution.standard
        let error = estimate.standardError
        let difference = developmentAUC - estimate.auc
        let z = error > 0 ? difference / error : difference == 0 ? 0 : difference.sign == .plus ? 40 : -40
        let reach = normal.quantile(upperTail: options.significance)
        return ValidationTest(
            "AUC against development", .discrimination, sample: sample.name, statistic: z,
            pValue: normal.survival(z),
            power: error > 0 ? normal.survival(reach - options.alternativeAUCDrop / error) : nil,
            estimate: -difference,
            meaning: difference > 0
                ? "the AUC is \(Wording.number(difference)) below development's \(Wording.number(developmentAUC))"
                : "the AUC is no lower than development's \(Wording.number(developmentAUC))")
    }
}
