import Glibc
import Statistics

/// One simulated obligor as the credit department knows it, before it is known whether it will default.
///
/// A Gaussian factor copula: size S, payment discipline P (higher is worse) and financial strength F are
/// correlated normals; every characteristic is a monotone transform of a normal that loads on them, so the
/// dependence is known and the shapes are free. The statement ratios share a mixing variable √(5 ÷ χ²₅), which makes
/// them Student t with joint extremes. Numbers are rounded to what a ledger would hold, and the truth is a
/// function of the rounded numbers.
struct Obligor {
    let industry: Industry
    let region: Region
    let legalForm: LegalForm
    let employees: Double
    let yearsInBusiness: Double
    let relationshipMonths: Double
    let exposure: Double
    let limitUtilisation: Double
    let daysBeyondTerms: Double
    let overdueShare: Double
    let lateInvoices: Double
    let orderVolatility: Double
    let orderTrend: Double
    let enquiries: Double
    let equityRatio: Double
    let currentRatio: Double
    let ebitMargin: Double
    let interestCoverage: Double
    let bureauScore: Double

    enum Industry: Int, CaseIterable {
        case manufacturing, construction, wholesale, retail, transport, hospitality, services, agriculture

        /// Share of the portfolio.
        var share: Double { [0.2, 0.12, 0.18, 0.14, 0.09, 0.07, 0.16, 0.04][rawValue] }
        /// Days that payment is later, on average, than in manufacturing.
        var paymentLag: Double { [0, 6, 1, 0, 3, 5, -1, 2][rawValue] }
        /// EBIT margin above that of manufacturing.
        var margin: Double { [0, -0.015, -0.02, -0.03, -0.01, -0.02, 0.03, 0.01][rawValue] }
    }

    enum Region: Int, CaseIterable {
        case north, south, east, west, abroad

        var share: Double { [0.22, 0.3, 0.13, 0.25, 0.1][rawValue] }
    }

    enum LegalForm: Int, CaseIterable {
        case soleTrader, partnership, limited, publicCompany

        var name: String { ["sole trader", "partnership", "limited", "public"][rawValue] }
    }

    /// Draws an obligor; how many numbers it takes from the generator may differ from obligor to obligor.
    init(using random: inout SeededGenerator) {
        // Correlations of the factors: S with P −0.1, S with F 0.2, P with F −0.4 (rows of the Cholesky factor).
        let size = random.normal()
        let discipline = random.normal()
        let payment = -0.1 * size + 0.994987 * discipline
        let strength = 0.2 * size - 0.381914 * discipline + 0.902298 * random.normal()
        /// A standard normal that shares parts of the factors.
        func loaded(_ onSize: Double, _ onPayment: Double, _ onStrength: Double) -> Double {
            let shared = onSize * size + onPayment * payment + onStrength * strength
            let variance =
                onSize * onSize + onPayment * onPayment + onStrength * onStrength
                - 0.2 * onSize * onPayment + 0.4 * onSize * onStrength - 0.8 * onPayment * onStrength
            return shared + max(0, 1 - variance).squareRoot() * random.normal()
        }

        let industry = Self.pick(random.uniform(), from: Industry.allCases, share: \.share)
        self.industry = industry
        region = Self.pick(random.uniform(), from: Region.allCases, share: \.share)
        let formality = loaded(0.75, 0, 0)
        legalForm =
            formality < -0.7
            ? .soleTrader : formality < -0.2 ? .partnership : formality < 1.9 ? .limited : .publicCompany

        employees = max(1, exp(2.7 + 1.3 * loaded(0.95, 0, 0)).rounded(.down))
        yearsInBusiness = Self.rounded(exp(2.3 + 0.7 * loaded(0.35, 0, 0.15)), decimals: 1)
        let months = exp(3.4 + 0.9 * loaded(0.2, -0.1, 0)).rounded(.down)
        relationshipMonths = min(months, (12 * yearsInBusiness).rounded(.down))
        exposure = Self.rounded(exp(9.5 + 1.4 * loaded(0.8, 0.05, 0)), decimals: 2)
        limitUtilisation = Self.rounded(
            1.25 * Self.logistic(-0.4 + 0.9 * loaded(-0.1, 0.5, -0.2)), decimals: 3)
        let lateness = 4 + industry.paymentLag + 9 * sinh(0.8 * loaded(0, 0.8, -0.1)) / 0.8
        daysBeyondTerms = Self.rounded(lateness, decimals: 1)
        let overdue = (Self.logistic(-2.2 + 1.3 * loaded(0, 0.75, -0.15)) - 0.08) / 0.92
        overdueShare = Self.rounded(max(0, overdue), decimals: 3)
        lateInvoices = exp(-0.2 + loaded(0.2, 0.7, 0)).rounded(.down)
        orderVolatility = Self.rounded(exp(-1.1 + 0.5 * loaded(-0.3, 0.15, -0.2)), decimals: 3)
        let trend = Self.rounded(
            0.02 + 0.15 * loaded(0, -0.2, 0.35) * Self.mixing(using: &random), decimals: 3)
        orderTrend = relationshipMonths < 12 ? .nan : trend
        enquiries = exp(-0.6 + 0.9 * loaded(0.15, 0.25, -0.15)).rounded(.down)

        let joint = Self.mixing(using: &random)
        let equity = min(0.98, Self.rounded(0.32 + 0.17 * loaded(0.1, -0.05, 0.7) * joint, decimals: 3))
        let current = Self.rounded(exp(0.35 + 0.4 * loaded(0, -0.15, 0.55) * joint), decimals: 2)
        let margin = Self.rounded(
            0.05 + industry.margin + 0.05 * loaded(0, -0.05, 0.7) * joint, decimals: 3)
        // Beyond 5 standard deviations the hyperbolic sine leaves what a statement can show.
        let earning = min(5, max(-5, loaded(0, 0, 0.75) * joint))
        let coverage = Self.rounded(3 + 4 * sinh(0.9 * earning) / 0.9, decimals: 1)
        // Small obligors and late payers file less often, so a missing statement says something.
        let filesStatement = random.uniform() >= Self.logistic(-1.1 - 0.9 * size + 0.5 * payment)
        let hasDebt = random.uniform() >= 0.08
        equityRatio = filesStatement ? equity : .nan
        currentRatio = filesStatement ? current : .nan
        ebitMargin = filesStatement ? margin : .nan
        interestCoverage = filesStatement && hasDebt ? coverage : .nan

        let standing = (300 - 45 * loaded(-0.2, 0.55, -0.4)).rounded()
        let isKnownToBureau = random.uniform() >= 0.12
        bureauScore = isKnownToBureau ? min(600, max(100, standing)) : .nan
    }

    /// √(5 ÷ χ²₅), at most 4, so that no ratio leaves what a balance sheet can show.
    private static func mixing(using random: inout SeededGenerator) -> Double {
        var squares = 0.0
        for _ in 0..<5 {
            let draw = random.normal()
            squares += draw * draw
        }
        return min(4, (5 / squares).squareRoot())
    }

    private static func logistic(_ value: Double) -> Double { 1 / (1 + exp(-value)) }

    private static func rounded(_ value: Double, decimals: Int) -> Double {
        // Dividing by a power of ten gives the double that the decimal text reads as.
        let scale = [1.0, 10, 100, 1000][decimals]
        return (value * scale).rounded() / scale
    }

    private static func pick<Choice>(
        _ uniform: Double, from choices: [Choice], share: (Choice) -> Double
    ) -> Choice {
        var cumulative = 0.0
        for choice in choices.dropLast() {
            cumulative += share(choice)
            if uniform < cumulative { return choice }
        }
        return choices[choices.count - 1]
    }
}
