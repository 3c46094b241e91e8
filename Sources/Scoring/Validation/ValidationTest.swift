import Statistics

/// What one test said of a model on some observations.
public struct ValidationTest: Sendable, Equatable {
    /// What to make of a test.
    public enum Verdict: String, Sendable, Hashable, CaseIterable {
        /// Nothing speaks against the model.
        case pass
        /// A sign of trouble that the number of tests, or the number of observations, may explain.
        case warn
        /// Chance does not explain it.
        case fail
        /// These observations cannot say.
        case undefined
    }

    /// What a test asks about.
    public enum Family: String, Sendable, Hashable, CaseIterable {
        /// Whether risky obligors are ranked above safe ones.
        case discrimination
        /// Whether PDs come true.
        case calibration
        /// Whether grades differ from their neighbours and are alike inside.
        case grades
        /// Whether obligors spread over the grades.
        case concentration
        /// Whether corrections by hand improve the grades.
        case overrides
    }

    /// The test by its name, such as "Hosmer-Lemeshow".
    public let name: String
    /// What it asks about.
    public let family: Family
    /// The observations, such as "held out".
    public let sample: String
    /// What was tested: "overall", or a part such as "grade:BBB" or "industry:Steel".
    public let scope: String
    /// The statistic.
    public var statistic: Double?
    /// Degrees of freedom, where the test has them.
    public var degreesOfFreedom: Double?
    /// Probability of so large a statistic if the hypothesis is true.
    public var pValue: Double?
    /// The p-value after Holm's adjustment for the tests that it is read with.
    public var adjustedPValue: Double?
    /// Probability of rejecting the hypothesis at this number of observations if a stated alternative is true.
    public var power: Double?
    /// The estimate that was tested.
    public var estimate: Double?
    /// Its interval.
    public var interval: ClosedRange<Double>?
    /// What to make of it.
    public var verdict: Verdict
    /// What it means, in one sentence.
    public var meaning: String
    /// How the p-value becomes the verdict.
    let rule: Rule
    /// 1 − p after the same adjustment: small where the opposite of what is wanted is shown.
    fileprivate(set) var adjustedOpposite: Double?

    /// How a p-value becomes a verdict.
    enum Rule: Sendable, Equatable {
        /// A small p-value speaks against the model.
        case rejectionIsBad
        /// A small p-value is what is wanted; a large one warns, and one near 1 says the opposite.
        case rejectionIsGood
        /// The verdict is settled without it.
        case settled
    }

    init(
        _ name: String, _ family: Family, sample: String, scope: String = ValidationTest.overall,
        statistic: Double? = nil, degreesOfFreedom: Double? = nil, pValue: Double? = nil,
        power: Double? = nil, estimate: Double? = nil, interval: ClosedRange<Double>? = nil,
        rule: Rule = .rejectionIsBad, verdict: Verdict = .undefined, meaning: String
    ) {
        self.name = name
        self.family = family
        self.sample = sample
        self.scope = scope
        self.statistic = statistic
        self.degreesOfFreedom = degreesOfFreedom
        self.pValue = pValue
        self.power = power
        self.estimate = estimate
        self.interval = interval
        self.rule = rule
        self.verdict = verdict
        self.meaning = meaning
    }

    /// The scope of all observations together.
    public static let overall = "overall"

    /// Tests that are read together: all of a family on all observations, or one test over the parts of a kind.
    var group: String {
        let parts = scope.prefix { $0 != ":" }
        return scope == Self.overall ? "\(family.rawValue)" : "\(name) \(parts)"
    }
}

extension [ValidationTest] {
    /// Adjusts the p-values of tests that are read together (Holm), and gives each test its verdict.
    ///
    /// A test fails if its adjusted p-value is below the significance; it warns if only its own is. Estimates, whose
    /// verdict is settled, are no part of it.
    func judged(significance: Double) -> [ValidationTest] {
        var tests = self
        let groups = Dictionary(grouping: indices.filter { tests[$0].isAdjusted }) { tests[$0].group }
        for members in groups.values {
            // Probabilities that rounding has put above 1 are 1; then Holm's adjustment cannot fail.
            let pValues = members.map { Swift.max(0, Swift.min(1, tests[$0].pValue ?? 1)) }
            let adjusted = (try? MultipleTesting.holm(pValues)) ?? pValues
            let opposites = pValues.map { 1 - $0 }
            let opposite = (try? MultipleTesting.holm(opposites)) ?? opposites
            for (place, member) in members.enumerated() {
                tests[member].adjustedPValue = adjusted[place]
                tests[member].adjustedOpposite = opposite[place]
            }
        }
        for place in indices { tests[place].settle(significance) }
        return tests
    }
}

extension ValidationTest {
    fileprivate var isAdjusted: Bool { pValue != nil && rule != .settled }

    fileprivate mutating func settle(_ significance: Double) {
        guard rule != .settled else { return }
        guard let pValue, let adjusted = adjustedPValue else {
            verdict = .undefined
            return
        }
        switch rule {
        case .rejectionIsBad:
            verdict = adjusted < significance ? .fail : pValue < significance ? .warn : .pass
        case .rejectionIsGood:
            verdict = adjusted < significance ? .pass : (adjustedOpposite ?? 1) < significance ? .fail : .warn
        case .settled: break
        }
    }
}
