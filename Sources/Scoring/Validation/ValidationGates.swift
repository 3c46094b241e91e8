/// What a model must reach before it may be used: limits of figures, set before the figures are known.
public struct ValidationGates: Sendable, Hashable, Codable {
    /// What training judges a model by.
    public enum Basis: String, Sendable, Hashable, Codable, CaseIterable {
        /// Rows that a model of the same recipe had not seen, fold by fold; figures are means over folds.
        case crossValidation
        /// The rows it was trained on, which flatter.
        case training
    }

    /// What training judges a model by; data of its own is always judged by itself.
    public var basis: Basis
    /// The limits, in the order in which they are judged.
    public var gates: [ValidationGate]

    /// Gates; without limits everything passes.
    public init(basis: Basis = .crossValidation, gates: [ValidationGate] = []) {
        self.basis = basis
        self.gates = gates
    }
}

/// One figure and its limit.
public struct ValidationGate: Sendable, Hashable, Codable {
    /// The figures that can be limited, by the key that limits them in a recipe.
    public enum Figure: String, Sendable, Hashable, Codable, CaseIterable {
        /// Observations that defaulted, at least.
        case minimumDefaults
        /// Area under the ROC curve, at least.
        case minimumAUC
        /// Kolmogorov–Smirnov distance, at least.
        case minimumKS
        /// Mean −ln of the probability given to what happened, at most.
        case maximumLogLoss
        /// Mean squared difference of PD and outcome, at most.
        case maximumBrier
        /// AUC on the training rows minus AUC on other ones, at most.
        case maximumAUCDrop
        /// Population stability index of the score since development, at most.
        case maximumPSI
        /// The largest stability index of an input since development, at most.
        case maximumCSI
        /// Mean gap of forecast and default rate over tenths of rising PD, at most.
        case maximumCalibrationError
        /// Failed tests of ranking, at most.
        case maximumFailedDiscrimination
        /// Failed tests of PDs coming true, at most.
        case maximumFailedCalibration
        /// Failed tests of grades being different from their neighbours and alike inside, at most.
        case maximumFailedGrades
        /// Failed tests of concentration, at most.
        case maximumFailedConcentration
        /// Failed tests of corrections by hand, at most.
        case maximumFailedOverrides
    }

    /// The figure.
    public var figure: Figure
    /// Its limit, which still passes.
    public var limit: Double

    /// A limit of a figure.
    public init(_ figure: Figure, _ limit: Double) {
        self.figure = figure
        self.limit = limit
    }
}

extension ValidationGate.Figure {
    /// Whether the limit is the least value rather than the largest.
    public var isLeast: Bool {
        switch self {
        case .minimumDefaults, .minimumAUC, .minimumKS: true
        default: false
        }
    }

    /// Whether the figure comes of a full validation.
    public var needsFullValidation: Bool {
        switch self {
        case .minimumDefaults, .minimumAUC, .minimumKS, .maximumLogLoss, .maximumBrier, .maximumAUCDrop: false
        default: true
        }
    }

    /// The tests whose failures are counted.
    var family: ValidationTest.Family? {
        switch self {
        case .maximumFailedDiscrimination: .discrimination
        case .maximumFailedCalibration: .calibration
        case .maximumFailedGrades: .grades
        case .maximumFailedConcentration: .concentration
        case .maximumFailedOverrides: .overrides
        default: nil
        }
    }

    /// The limits that make sense.
    public var limits: ClosedRange<Double> {
        switch self {
        case .minimumDefaults: 1...1e15
        case .minimumAUC, .minimumKS, .maximumBrier: 0...1
        case .maximumLogLoss: 0...1e3
        case .maximumPSI, .maximumCSI: 0...1e3
        case .maximumCalibrationError: 0...1
        case .maximumFailedDiscrimination, .maximumFailedCalibration, .maximumFailedGrades,
            .maximumFailedConcentration, .maximumFailedOverrides:
            0...1e6
        case .maximumAUCDrop: -1...1
        }
    }

    /// What a message calls it.
    public var name: String {
        switch self {
        case .minimumDefaults: "number of defaults"
        case .minimumAUC: "AUC"
        case .minimumKS: "KS"
        case .maximumLogLoss: "log loss"
        case .maximumBrier: "Brier score"
        case .maximumAUCDrop: "fall of the AUC since development"
        case .maximumPSI: "PSI of the score"
        case .maximumCSI: "largest CSI of an input"
        case .maximumCalibrationError: "calibration error"
        case .maximumFailedDiscrimination, .maximumFailedCalibration, .maximumFailedGrades,
            .maximumFailedConcentration, .maximumFailedOverrides:
            "failed tests of \(family?.rawValue ?? "")"
        }
    }
}

/// What came of holding one figure against its limit.
public struct GateVerdict: Sendable, Equatable {
    /// The figure and its limit.
    public let gate: ValidationGate
    /// The observations it was taken on, such as "held out".
    public let sample: String
    /// The figure; `nil` where it is not defined, which does not pass.
    public let value: Double?

    /// Whether the model may be used as far as this figure goes.
    public var passes: Bool {
        guard let value else { return false }
        return gate.figure.isLeast ? value >= gate.limit : value <= gate.limit
    }
}

extension GateVerdict: CustomStringConvertible {
    /// The fact in a few words, such as "held out: AUC 0.61, at least 0.7 demanded".
    public var description: String {
        let figure = value.map { "\(gate.figure.name) \(plain($0))" } ?? "\(gate.figure.name) not defined"
        return
            "\(sample): \(figure), at \(gate.figure.isLeast ? "least" : "most") \(plain(gate.limit)) demanded"
    }
}

/// Figures that gates are held against.
public struct GateFigures: Sendable, Equatable {
    /// The observations they were taken on.
    public let sample: String
    /// Observations that defaulted.
    public let defaults: Int
    /// Area under the ROC curve.
    public let auc: Double?
    /// Kolmogorov–Smirnov distance.
    public let ks: Double?
    /// Mean −ln of the probability given to what happened.
    public let logLoss: Double?
    /// Mean squared difference of PD and outcome.
    public let brier: Double?
    /// Whether the observations are those of the development, so that nothing can have moved since.
    public let isDevelopment: Bool
    /// Whether the observations are those of the development, each measured by a model that had not seen it.
    public let isCrossValidation: Bool
    /// What a full validation found; `nil` if there was none.
    public let full: FullFigures?

    /// The figures of one set of observations.
    public init(
        _ evaluation: Evaluation, on sample: String, isDevelopment: Bool = false, full: FullFigures? = nil
    ) {
        self.full = full
        isCrossValidation = false
        self.sample = sample
        defaults = evaluation.defaults
        auc = evaluation.auc
        ks = evaluation.ks
        logLoss = evaluation.logLoss
        brier = evaluation.brier
        self.isDevelopment = isDevelopment
    }

    /// The means of a cross-validation over its folds, and the defaults of all.
    public init(_ report: CrossValidation.Report, full: FullFigures? = nil) {
        self.full = full
        sample = "cross-validation"
        defaults = report.folds.reduce(0) { $0 + $1.defaults }
        auc = report.mean(of: \.auc)
        ks = report.mean(of: \.ks)
        logLoss = report.mean(of: \.logLoss)
        brier = report.mean(of: \.brier)
        isDevelopment = false
        isCrossValidation = true
    }
}

/// What gates need of a full validation.
public struct FullFigures: Sendable, Equatable {
    /// PSI of the score; `nil` where the development is not known.
    public let psi: Double?
    /// The largest CSI of an input.
    public let largestCSI: Double?
    /// Expected calibration error.
    public let calibrationError: Double?
    /// Failed tests by family.
    public let failures: [ValidationTest.Family: Int]

    /// Figures one by one.
    public init(
        psi: Double?, largestCSI: Double?, calibrationError: Double?,
        failures: [ValidationTest.Family: Int]
    ) {
        self.psi = psi
        self.largestCSI = largestCSI
        self.calibrationError = calibrationError
        self.failures = failures
    }

    /// The figures of a validation and of the stability found beside it.
    public init(_ validation: FullValidation, stability: StabilityReport?) {
        psi = stability?.variables.first { $0.name == StabilityReport.score }?.index
        largestCSI = stability?.variables.filter { $0.name != StabilityReport.score }.map(\.index).max()
        calibrationError = validation.calibrationError
        failures = Dictionary(grouping: validation.tests.filter { $0.verdict == .fail }, by: \.family)
            .mapValues(
                \.count)
    }
}

extension ValidationGates {
    /// Whether a limit needs a full validation.
    public var needFullValidation: Bool { gates.contains { $0.figure.needsFullValidation } }

    /// Holds figures against the limits.
    ///
    /// What is compared with the development is judged only on other observations than those of the training; folds of
    /// a cross-validation are such for the AUC, but not for the distributions.
    ///
    /// - Parameter development: Figures on the training rows, `nil` if they are not known.
    public func verdicts(on figures: GateFigures, development: Evaluation?) -> [GateVerdict] {
        gates.compactMap { gate in
            let value: Double?
            switch gate.figure {
            case .minimumDefaults: value = Double(figures.defaults)
            case .minimumAUC: value = figures.auc
            case .minimumKS: value = figures.ks
            case .maximumLogLoss: value = figures.logLoss
            case .maximumBrier: value = figures.brier
            case .maximumAUCDrop:
                if figures.isDevelopment { return nil }
                value = development?.auc.flatMap { before in figures.auc.map { before - $0 } }
            case .maximumPSI, .maximumCSI:
                if figures.isDevelopment || figures.isCrossValidation { return nil }
                value = gate.figure == .maximumPSI ? figures.full?.psi : figures.full?.largestCSI
            case .maximumCalibrationError: value = figures.full?.calibrationError
            case .maximumFailedDiscrimination, .maximumFailedCalibration, .maximumFailedGrades,
                .maximumFailedConcentration, .maximumFailedOverrides:
                value = figures.full.map { full in
                    Double(gate.figure.family.flatMap { full.failures[$0] } ?? 0)
                }
            }
            return GateVerdict(gate: gate, sample: figures.sample, value: value)
        }
    }
}
