public import StrictYAML
import Vocabulary

extension CreditPolicy {
    /// Reads a policy from YAML; `models/policies/trade_credit.yaml` explains every key.
    ///
    /// ```yaml
    /// policy: 1                                   # version of the form
    /// name: Trade credit
    /// currency: EUR
    /// inputs:                                     # columns or formulas, in major units
    ///   own_capital: exp(log_assets) * equity_ratio
    ///   turnover: exp(log_assets) * asset_turnover
    ///   exposure: exposure
    ///   months_known: months_since_first_invoice
    ///   group: group                              # a text column
    /// limit:
    ///   own_capital: {AAA: 0.3, AA: 0.25, …, D: 0}
    ///   turnover: {AAA: 0.1, …}
    ///   without_figures: {AAA: 25000, …}
    ///   maximum: {AAA: 2000000, …}
    ///   rounded_down_to: 500
    /// terms_days: {AAA: 60, …}
    /// securities: {AAA: none, …}
    /// review_months: {AAA: 12, …}
    /// loss_given_default: {none: 0.6, retention-of-title: 0.5, …}
    /// new_customer: {months: 12, terms_days: 15, share: 0.5}
    /// group: {factor: 1.5}
    /// staleness: {statements: {expires_after: 548, cap: BBB}, …}
    /// ```
    public init(yaml document: YAMLNode) throws(YAMLError) {
        self = try document.mapping { keys throws(YAMLError) in
            _ = try keys.required("policy").int(in: 1...1)
            let name = try keys.required("name").nonEmptyString()
            let code = try keys.required("currency")
            guard let currency = Currency(code: try code.string()) else {
                throw code.error(expected: "the three letters of a currency, such as EUR")
            }
            let inputs = try keys.required("inputs").mapping(Self.inputs)
            let limits = try keys.required("limit").mapping { keys throws(YAMLError) in
                try Limits(&keys, currency)
            }
            let terms = try keys.required("terms_days").byGrade { node throws(YAMLError) in
                try node.int(in: 0...365)
            }
            let securities = try keys.required("securities").byGrade { node throws(YAMLError) in
                try node.choice(of: Security.self)
            }
            let reviews = try keys.required("review_months").byGrade { node throws(YAMLError) in
                try node.int(in: 1...120)
            }
            let losses = try keys.required("loss_given_default").mapping { keys throws(YAMLError) in
                var losses: [Security: Double] = [:]
                for security in Security.allCases {
                    losses[security] = try keys.required(security.rawValue).double(in: 0...1)
                }
                return losses
            }
            let newCustomer = try keys.required("new_customer").mapping { keys throws(YAMLError) in
                NewCustomer(
                    months: try keys.required("months").int(in: 0...120),
                    termsDays: try keys.required("terms_days").int(in: 0...365),
                    share: try keys.required("share").millionths(in: 0...1))
            }
            let group = keys.optional("group")
            let groupFactor = try group?.mapping { keys throws(YAMLError) in
                try keys.required("factor").millionths(in: 1...100)
            }
            if let group, inputs.group == nil {
                throw group.error(
                    expected:
                        "also inputs: group, the column that names the group, since without it no limit is held"
                )
            }
            let clocks = try keys.optional("staleness").map(InputClock.clocks) ?? []
            let entries = Grade.allCases.map { grade in
                let rank = grade.rank
                return Entry(
                    ownCapital: limits.ownCapital[rank], turnover: limits.turnover[rank],
                    withoutFigures: limits.withoutFigures[rank], maximum: limits.maximum[rank],
                    termsDays: terms[rank], security: securities[rank], reviewMonths: reviews[rank],
                    lossGivenDefault: losses[securities[rank]] ?? 1)
            }
            return CreditPolicy(
                name: name, currency: currency, inputs: inputs, grades: entries,
                roundedDownTo: limits.roundedDownTo, newCustomer: newCustomer, groupFactor: groupFactor,
                clocks: clocks)
        }
    }

    private static func inputs(_ keys: inout YAMLMapping) throws(YAMLError) -> Inputs {
        Inputs(
            ownCapital: try keys.optional("own_capital")?.formula(),
            turnover: try keys.optional("turnover")?.formula(),
            exposure: try keys.optional("exposure")?.formula(),
            monthsKnown: try keys.optional("months_known")?.formula(),
            group: try keys.optional("group")?.nonEmptyString())
    }
}

/// The key `limit` of a policy.
private struct Limits {
    let ownCapital: [Int64]
    let turnover: [Int64]
    let withoutFigures: [Int64]
    let maximum: [Int64]
    let roundedDownTo: Int64

    init(_ keys: inout YAMLMapping, _ currency: Currency) throws(YAMLError) {
        func share(_ node: YAMLNode) throws(YAMLError) -> Int64 { try node.millionths(in: 0...10) }
        func amount(_ node: YAMLNode) throws(YAMLError) -> Int64 { try node.minorUnits(of: currency) }
        ownCapital = try keys.required("own_capital").byGrade(share)
        turnover = try keys.required("turnover").byGrade(share)
        withoutFigures = try keys.required("without_figures").byGrade(amount)
        maximum = try keys.required("maximum").byGrade(amount)
        let rounding = try keys.required("rounded_down_to")
        roundedDownTo = try rounding.minorUnits(of: currency)
        guard roundedDownTo >= 1 else { throw rounding.error(expected: "an amount above 0") }
    }
}

extension YAMLNode {
    /// A value for each grade from AAA to D.
    fileprivate func byGrade<Value>(
        _ read: (YAMLNode) throws(YAMLError) -> Value
    ) throws(YAMLError) -> [Value] {
        try mapping { keys throws(YAMLError) in
            var values: [Value] = []
            for grade in Grade.allCases { values.append(try read(try keys.required(grade.rawValue))) }
            return values
        }
    }

    /// A number in millionths, of which it must be a whole number.
    fileprivate func millionths(in range: ClosedRange<Double>) throws(YAMLError) -> Int64 {
        let value = try double(in: range)
        let count = (value * Double(CreditPolicy.whole)).rounded()
        // A decimal of six digits is within an ulp or so of its millionths.
        guard abs(value - count / Double(CreditPolicy.whole)) < 1e-12 else {
            throw error(expected: "a number with at most six decimals")
        }
        return Int64(count)
    }

    /// An amount in major units, as minor units.
    fileprivate func minorUnits(of currency: Currency) throws(YAMLError) -> Int64 {
        let perMajor = Double(currency.minorUnitsPerMajor)
        let value = try double(in: 0...1e13 / perMajor)
        let count = (value * perMajor).rounded()
        guard abs(value * perMajor - count) < 1e-4 else {
            throw error(expected: "an amount with at most \(currency.decimals) decimals")
        }
        return Int64(count)
    }
}
