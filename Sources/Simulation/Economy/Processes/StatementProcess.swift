import Glibc
import Statistics
import Vocabulary

/// The yearly statements of one obligor: they follow its grade with noise, balance to the cent, and are published
/// months later, later and less surely the worse it fares.
struct StatementProcess {
    /// A statement; amounts in minor units of the obligor's currency.
    struct Statement: Sendable {
        let periodEnd: Int32
        let published: Int32
        var revenue: Int64 = 0
        var costOfSales: Int64 = 0
        var ebit: Int64 = 0
        var interest: Int64 = 0
        var netIncome: Int64 = 0
        var totalAssets: Int64 = 0
        var currentAssets: Int64 = 0
        var cash: Int64 = 0
        var receivables: Int64 = 0
        var inventory: Int64 = 0
        var totalLiabilities: Int64 = 0
        var currentLiabilities: Int64 = 0
        var payables: Int64 = 0
        var retainedEarnings: Int64 = 0
        var equity: Int64 = 0
        var operatingCashFlow: Int64 = 0
        var isAudited = false
    }

    /// Means of a grade, by rank.
    private static let equityRatio = [0.55, 0.50, 0.45, 0.38, 0.31, 0.23, 0.13, 0.03, -0.10]
    private static let margin = [0.115, 0.105, 0.09, 0.073, 0.053, 0.032, 0.002, -0.035, -0.085]
    private static let currentRatio = [2.5, 2.3, 2.1, 1.85, 1.6, 1.35, 1.1, 0.9, 0.7]
    private static let cashShare = [0.32, 0.29, 0.26, 0.22, 0.17, 0.12, 0.08, 0.05, 0.03]
    private static let interestRate = [0.028, 0.030, 0.032, 0.036, 0.042, 0.052, 0.066, 0.08, 0.10]
    private static let skipping = [0.01, 0.01, 0.015, 0.02, 0.03, 0.06, 0.13, 0.25, 0.4]
    private static let publicationLag = [120.0, 120, 125, 130, 140, 155, 180, 210, 240]

    let member: ObligorTraits
    let history: CreditHistory
    let economy: EconomyState
    private var random: SeededGenerator
    /// What is the obligor's own: equity, margin, current ratio, turnover and growth against others of its grade.
    private let own: (equity: Double, margin: Double, current: Double, turnover: Double, growth: Double)

    init(_ member: ObligorTraits, _ history: CreditHistory, _ economy: EconomyState) {
        self.member = member
        self.history = history
        self.economy = economy
        random = economy.root.stream("statements").stream(member.number)
        own = (
            equity: random.normal(standardDeviation: 0.10), margin: random.normal(standardDeviation: 0.025),
            current: random.normal(standardDeviation: 0.18), turnover: random.normal(standardDeviation: 0.3),
            growth: random.normal(mean: 0.02, standardDeviation: 0.05)
        )
    }

    /// The statements published by the last day, oldest first.
    mutating func run() -> [Statement] {
        let calendar = economy.calendar
        let files = random.uniform() < 1 / (1 + exp(-1.5 - 0.9 * member.size))
        let closing = random.uniform()
        let (month, day) = closing < 0.75 ? (12, 31) : closing < 0.9 ? (6, 30) : (3, 31)
        guard files else { return [] }
        if history.isComeback { random = random.stream("after cure") }
        let firstYear = calendar.firstDay.parts.year - 2
        // Who comes back has published the older ones before it failed.
        let reach: Int32 = history.isComeback ? 180 : 600
        let last = min(calendar.end, history.failed.map { $0 - 1 } ?? .max, member.leaves ?? .max)
        var statements: [Statement] = []
        for year in firstYear...calendar.lastDay.parts.year {
            let periodEnd = EconomyCalendar.day(year, month, day)
            // What was published before the obligor came is asked for when it comes.
            guard periodEnd >= member.founded + 365, periodEnd > history.firstDay - reach,
                periodEnd <= last
            else { continue }
            if let statement = statement(periodEnd), statement.published <= calendar.end {
                statements.append(statement)
            }
        }
        return statements
    }

    private mutating func statement(_ periodEnd: Int32) -> Statement? {
        // Half of the year before the end has made the year what it is.
        let grade = history.behavingGrade(on: periodEnd - 90)
        let isSkipped = random.uniform() < Self.skipping[grade]
        let lag = Self.publicationLag[grade] * exp(0.25 * random.normal())
        let published = periodEnd + Int32(max(45, min(420, lag)))
        var statement = Statement(periodEnd: periodEnd, published: published)
        let calendar = economy.calendar
        let years = Double(periodEnd - calendar.start) / 365.25
        let macro = economy.macro[calendar.quarter(of: periodEnd)]
        let revenue =
            member.revenue * exp(own.growth * years + 0.03 * macro + 0.06 * random.normal())
            * Behaviour.orderLevel[grade].squareRoot()
        let assets = revenue / (1.5 * exp(own.turnover + 0.05 * random.normal()))
        let equity =
            assets * min(0.93, max(-0.8, Self.equityRatio[grade] + own.equity + 0.04 * random.normal()))
        let margin =
            Self.margin[grade] + member.industry.margin + own.margin + 0.008 * macro + 0.018 * random.normal()
        let current = assets * min(0.9, max(0.25, 0.58 + 0.08 * random.normal()))
        let ratio = Self.currentRatio[grade] * exp(own.current + 0.1 * random.normal())
        let cash = current * min(0.8, Self.cashShare[grade] * exp(0.3 * random.normal()))
        let receivables = (current - cash) * min(0.9, max(0.2, 0.55 + 0.08 * random.normal()))
        statement.revenue = amount(revenue)
        statement.costOfSales = amount(
            revenue * min(0.95, max(0.3, 0.68 - margin / 2 + 0.03 * random.normal())))
        statement.ebit = amount(revenue * margin)
        statement.totalAssets = amount(assets)
        statement.equity = amount(equity)
        statement.totalLiabilities = statement.totalAssets - statement.equity
        statement.currentAssets = amount(current)
        statement.cash = amount(cash)
        statement.receivables = amount(receivables)
        statement.inventory = statement.currentAssets - statement.cash - statement.receivables
        let liabilities = max(0, assets - equity)
        let currentLiabilities = min(0.95 * liabilities, current / max(0.2, ratio))
        statement.currentLiabilities = amount(currentLiabilities)
        statement.payables = amount(currentLiabilities * min(0.9, max(0.2, 0.5 + 0.1 * random.normal())))
        let interest = 0.6 * liabilities * Self.interestRate[grade]
        statement.interest = amount(interest)
        let earned = revenue * margin - interest
        statement.netIncome = amount(earned > 0 ? 0.75 * earned : earned)
        statement.retainedEarnings = amount(equity > 0 ? 0.55 * equity : equity - 0.05 * assets)
        statement.operatingCashFlow = amount(earned + 0.045 * assets * (1 + 0.4 * random.normal()))
        statement.isAudited = member.employees >= 50 && random.uniform() < 0.95
        return isSkipped ? nil : statement
    }

    /// Whole units of the obligor's currency, in minor units.
    private func amount(_ base: Double) -> Int64 {
        let unit: Int64 = member.currency.decimals == 0 ? 1 : 100
        return Int64((base / member.currency.level).rounded()) * unit
    }
}
