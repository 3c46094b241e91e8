import LinearAlgebra
import Parallelism

extension RegressionReport {
    /// The features that one column became.
    struct ColumnFeatures {
        let column: String
        /// Their places among the features.
        let features: Range<Int>
    }

    /// The report of a fit by likelihood, with Firth's correction or with a ridge.
    ///
    /// - Parameters:
    ///   - inference: The fit with its data.
    ///   - columns: What the columns became; together all features.
    ///   - clusters: The group of every row, for a clustered covariance.
    init(
        _ inference: LogisticInference, columns: [ColumnFeatures], options: InferenceOptions,
        clusters: [Int]?
    ) {
        let fit = inference.fit
        self.options = options
        var notes: [String] = []
        var coefficients: [Coefficient]
        let hasLikelihood: Bool
        switch inference.options.penalty {
        case .ridge(let strength) where strength != 0:
            method = .ridge
            hasLikelihood = false
            coefficients = fit.estimates.map {
                .init(name: $0.name, value: $0.value, standardError: $0.standardError)
            }
            notes.append(
                "A ridge pulls the estimates towards zero: z, p-values, intervals and tests would mislead and are left "
                    + "out"
            )
        case .ridge, .none, .firth:
            method = inference.options.penalty == .firth ? .firth : .maximumLikelihood
            hasLikelihood = true
            coefficients = Self.estimates(inference, options: options, clusters: clusters)
        }
        var tests: [ColumnTest] = []
        if hasLikelihood {
            if options.intervals == .profile {
                notes += Self.addProfiles(to: &coefficients, inference, options)
            }
            if options.testsColumns {
                let tested = Self.tested(columns, inference)
                tests = tested.tests
                notes += tested.notes
            }
        }
        notes += Self.addInflation(
            to: &coefficients, features: inference.problem.objective.features,
            weights: inference.problem.objective.weights, workers: inference.options.workers)
        self.coefficients = coefficients
        self.tests = tests
        self.notes = notes
        self.fit = Fit(
            observations: fit.observations, degreesOfFreedom: fit.degreesOfFreedom,
            logLikelihood: fit.logLikelihood, nullLogLikelihood: fit.nullLogLikelihood,
            againstNull: method == .maximumLikelihood && !fit.names.isEmpty
                ? fit.likelihoodRatioTestAgainstNull : nil,
            aic: fit.aic, bic: fit.bic)
    }

    /// The report of a fit under bounds: errors of the free coefficients, those at bounds taken as known.
    init(
        _ fit: BoundedLogisticFit, features: Matrix, weights: [Double]?, observations: Int,
        options: InferenceOptions, workers: Workers
    ) {
        var coefficients = fit.coefficients.indices.map { place in
            Coefficient(
                name: place == 0 ? Self.interceptName : fit.names[place - 1], value: fit.coefficients[place],
                standardError: fit.positions[place] == .free ? fit.standardErrors[place] : nil)
        }
        var notes = [
            "Under bounds estimates are not normally distributed: z, p-values, intervals, tests and criteria are left "
                + "out, and standard errors take the coefficients at bounds as known"
        ]
        notes += Self.addInflation(to: &coefficients, features: features, weights: weights, workers: workers)
        self.init(
            method: .bounded, options: options, coefficients: coefficients, tests: [],
            fit: Fit(
                observations: observations, logLikelihood: fit.logLikelihood,
                nullLogLikelihood: fit.nullLogLikelihood),
            notes: notes)
    }

    /// The report of an elastic net, which has estimates alone.
    init(
        _ point: ElasticNetPath.Point, of path: ElasticNetPath, features: Matrix, weights: [Double]?,
        observations: Int, options: InferenceOptions, workers: Workers
    ) {
        var coefficients = point.coefficients.indices.map { place in
            Coefficient(
                name: place == 0 ? Self.interceptName : path.names[place - 1],
                value: point.coefficients[place])
        }
        var notes = [
            "An elastic net has no standard errors, intervals, tests or criteria: it chooses features and shrinks them"
        ]
        notes += Self.addInflation(to: &coefficients, features: features, weights: weights, workers: workers)
        self.init(
            method: .elasticNet, options: options, coefficients: coefficients, tests: [],
            fit: Fit(
                observations: observations, logLikelihood: -point.deviance / 2,
                nullLogLikelihood: -path.nullDeviance / 2),
            notes: notes)
    }

    /// What the first coefficient is called.
    static let interceptName = "(intercept)"
}

extension RegressionReport {
    /// Estimates with the standard errors and Wald's intervals of the covariance that was asked for.
    private static func estimates(
        _ inference: LogisticInference, options: InferenceOptions, clusters: [Int]?
    ) -> [Coefficient] {
        let fit = inference.fit
        let covariance =
            switch options.covariance {
            case .model: fit.covariance
            case .robust: inference.robustCovariance()
            case .clustered:
                inference.clusteredCovariance(by: clusters ?? [], .degreesOfFreedom)
            }
        let intervals =
            options.intervals == .wald
            ? fit.waldIntervals(confidence: options.confidence, covariance: covariance) : nil
        return fit.estimates(covariance: covariance).enumerated().map { place, estimate in
            Coefficient(
                name: estimate.name, value: estimate.value, standardError: estimate.standardError,
                z: estimate.z, pValue: estimate.pValue, lower: intervals?[place].lower,
                upper: intervals?[place].upper)
        }
    }

    /// Adds profile-likelihood intervals; returns why some are absent.
    private static func addProfiles(
        to coefficients: inout [Coefficient], _ inference: LogisticInference, _ options: InferenceOptions
    ) -> [String] {
        var notes: [String] = []
        for place in coefficients.indices {
            do throws(FitError) {
                let interval = try inference.profileInterval(
                    ofCoefficient: place, confidence: options.confidence)
                coefficients[place].lower = interval.lower
                coefficients[place].upper = interval.upper
            } catch {
                notes.append("No profile interval of \(coefficients[place].name): \(error.description)")
            }
        }
        return notes
    }

    /// The tests of every column, and why some are absent.
    private static func tested(
        _ columns: [ColumnFeatures], _ inference: LogisticInference
    ) -> (tests: [ColumnTest], notes: [String]) {
        var tests: [ColumnTest] = []
        var notes: [String] = []
        for column in columns {
            do throws(FitError) {
                let nested = try inference.nestedTests(withoutColumns: Array(column.features))
                tests.append(ColumnTest(column: column.column, tests: nested))
            } catch {
                notes.append("No test of \(column.column): \(error.description)")
            }
        }
        return (tests, notes)
    }

    /// Adds variance inflation factors; returns why they are absent.
    private static func addInflation(
        to coefficients: inout [Coefficient], features: Matrix, weights: [Double]?, workers: Workers
    ) -> [String] {
        guard features.columns > 0 else { return [] }
        do throws(FitError) {
            let factors = try VarianceInflation.factors(
                of: features, weights: weights, names: coefficients.dropFirst().map(\.name), workers: workers)
            for place in factors.indices { coefficients[place + 1].varianceInflation = factors[place] }
            return []
        } catch {
            return ["No variance inflation factors: \(error.description)"]
        }
    }
}
