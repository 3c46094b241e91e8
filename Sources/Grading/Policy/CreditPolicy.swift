public import Vocabulary

/// What a grade is worth in trade: limit, payment terms, security and the time to the next review.
///
/// The limit of an obligor is, in minor units and rounded down to a multiple,
///
///     L = min(sᵏ(g) · own capital, sᵗ(g) · yearly turnover, m(g))
///
/// with the shares s and the ceiling m of its grade g; where one of the two figures is missing the other one rules, and
/// where both are the amount for obligors without figures does. A new customer gets a part of that. The limits of a
/// group together may not exceed a multiple of its largest one: beyond that, all are cut in proportion.
public struct CreditPolicy: Sendable, Hashable {
    /// The name.
    public let name: String
    /// The currency of all amounts.
    public let currency: Currency
    /// Where the figures come from.
    public let inputs: Inputs
    /// By grade, AAA to D.
    public let grades: [Entry]
    /// Limits are multiples of this many minor units, at least 1.
    public let roundedDownTo: Int64
    /// What holds for customers that are new.
    public let newCustomer: NewCustomer
    /// The sum of a group's limits by its largest limit, in millionths; `nil` for no group limit.
    public let groupFactor: Int64?
    /// How old inputs may be.
    public let clocks: [InputClock]

    /// Where the figures come from: columns, or formulas over columns, in major units of the currency.
    public struct Inputs: Sendable, Hashable {
        /// Own capital; `nil` if not known of anybody.
        public let ownCapital: FactExpression?
        /// Turnover of a year.
        public let turnover: FactExpression?
        /// What is used of the limit.
        public let exposure: FactExpression?
        /// Months that the customer has been one.
        public let monthsKnown: FactExpression?
        /// The column that names the group.
        public let group: String?

        /// Where the figures come from.
        public init(
            ownCapital: FactExpression?, turnover: FactExpression?, exposure: FactExpression?,
            monthsKnown: FactExpression?,
            group: String?
        ) {
            self.ownCapital = ownCapital
            self.turnover = turnover
            self.exposure = exposure
            self.monthsKnown = monthsKnown
            self.group = group
        }

        /// The columns that are read.
        public var columns: [String] {
            var names: [String] = []
            let formulas = [ownCapital, turnover, exposure, monthsKnown].compactMap(\.self)
            for name in formulas.flatMap(\.columns) + [group].compactMap(\.self) where !names.contains(name) {
                names.append(name)
            }
            return names
        }
    }

    /// What one grade is worth.
    public struct Entry: Sendable, Hashable {
        /// Share of own capital, millionths.
        public let ownCapital: Int64
        /// Share of yearly turnover, millionths.
        public let turnover: Int64
        /// The limit where neither is known, minor units.
        public let withoutFigures: Int64
        /// No limit is higher, minor units.
        public let maximum: Int64
        /// Payment terms, days.
        public let termsDays: Int
        /// What is asked for as security.
        public let security: Security
        /// Months to the next review.
        public let reviewMonths: Int
        /// What is lost of an exposure in default, a fraction, given the security.
        public let lossGivenDefault: Double

        /// What one grade is worth.
        public init(
            ownCapital: Int64, turnover: Int64, withoutFigures: Int64, maximum: Int64, termsDays: Int,
            security: Security, reviewMonths: Int, lossGivenDefault: Double
        ) {
            self.ownCapital = ownCapital
            self.turnover = turnover
            self.withoutFigures = withoutFigures
            self.maximum = maximum
            self.termsDays = termsDays
            self.security = security
            self.reviewMonths = reviewMonths
            self.lossGivenDefault = lossGivenDefault
        }
    }

    /// What is asked for as security.
    public enum Security: String, Sendable, Hashable, CaseIterable {
        case none
        case retentionOfTitle = "retention-of-title"
        case creditInsurance = "credit-insurance"
        case guarantee
        case bankGuarantee = "bank-guarantee"
        case prepayment
    }

    /// What holds for customers that are new.
    public struct NewCustomer: Sendable, Hashable {
        /// A customer known for fewer months, or not known for how long, is new; 0 for nobody.
        public let months: Int
        /// The longest terms, days.
        public let termsDays: Int
        /// Part of the limit that is given, millionths.
        public let share: Int64

        /// What holds for customers that are new.
        public init(months: Int, termsDays: Int, share: Int64) {
            self.months = months
            self.termsDays = termsDays
            self.share = share
        }
    }

    /// A policy from its parts; `grades` has ten entries, AAA to D.
    init(
        name: String, currency: Currency, inputs: Inputs, grades: [Entry], roundedDownTo: Int64,
        newCustomer: NewCustomer, groupFactor: Int64?, clocks: [InputClock] = []
    ) {
        precondition(grades.count == Grade.allCases.count && roundedDownTo >= 1)
        self.name = name
        self.currency = currency
        self.inputs = inputs
        self.grades = grades
        self.roundedDownTo = roundedDownTo
        self.newCustomer = newCustomer
        self.groupFactor = groupFactor
        self.clocks = clocks
    }

    /// One whole in the millionths that shares are counted in.
    public static let whole: Int64 = 1_000_000
    /// The largest amount that is told apart from larger ones, 2⁵¹ minor units.
    static let largestAmount: Int64 = 1 << 51

    /// What a grade is worth.
    public subscript(grade: Grade) -> Entry { grades[grade.rank] }

    /// ⌊amount · share⌋ for an amount in 0 … 2⁵¹ minor units and a share in millionths.
    static func share(_ share: Int64, of amount: Int64) -> Int64 {
        let (product, overflow) = amount.multipliedReportingOverflow(by: share)
        guard overflow else { return product / whole }
        let (high, low) = amount.multipliedFullWidth(by: share)
        // The quotient fits where it is below 2⁶³, that is where high is below half the divisor.
        guard high < whole / 2 else { return largestAmount }
        return min(largestAmount, whole.dividingFullWidth((high, low)).quotient)
    }
}
