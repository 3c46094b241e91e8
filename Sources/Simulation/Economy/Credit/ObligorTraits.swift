import Glibc
import Statistics

/// What an obligor is, apart from how its credit fares; fixed when it is drawn, from a stream of its own.
struct ObligorTraits: Sendable {
    /// Its place in the population, from 0.
    let number: Int
    let industry: Obligor.Industry
    let region: Obligor.Region
    /// Standard normal; larger is larger.
    let size: Double
    let employees: Int
    let founded: Int32
    /// First day as a customer, at or before the first order.
    let onboarded: Int32
    /// The day after which it orders no more for reasons of its own, such as another supplier.
    let leaves: Int32?
    /// Rank of the grade it has when the records begin or it becomes a customer, whichever is later.
    let entryGrade: Int
    /// Days that it pays later than others of its grade.
    let lateness: Double
    /// Days between its payment runs; 1 for one that pays any day.
    let daysBetweenRuns: Int32
    /// Whether its payments say which invoices they are for.
    let namesInvoices: Bool
    let currency: TradeCurrency
    /// Days from invoice to due date.
    let terms: Int32
    /// Index of the analyst in charge.
    let analyst: Int
    let salesperson: Int

    /// Standard deviation of ``lateness``.
    static let latenessSpread = 7.5

    init(number: Int, calendar: EconomyCalendar, root: SeededGenerator) {
        var random = root.stream("traits").stream(number)
        self.number = number
        industry = Obligor.Industry.drawn(random.uniform())
        region = Obligor.Region.drawn(random.uniform())
        size = random.normal()
        employees = max(1, Int(exp(2.9 + 1.25 * size + 0.4 * random.normal())))
        let wasThere = random.uniform() < 0.8
        let days = Double(calendar.end - calendar.start)
        let yearsBefore = exp(1.1 + 0.8 * random.normal())
        let arrival = random.uniform()
        onboarded =
            wasThere
            ? calendar.start - Int32(min(25, yearsBefore) * 365) - 1
                // Nobody comes in the last two months, so that everybody has had time to order.
            : calendar.start + Int32(arrival * max(1, days - 60))
        founded = onboarded - Int32(365.25 * min(140, 0.3 + exp(2.2 + 0.8 * random.normal() + 0.2 * size)))
        let stay = Int32(min(36_500, random.exponential(mean: 365 / Self.leavingRate)))
        let last = max(onboarded, calendar.start) + 30 + stay
        leaves = last < calendar.end ? last : nil
        entryGrade = Self.drawn(random.uniform(), from: CreditGenerator.entry)
        lateness = random.normal(standardDeviation: Self.latenessSpread)
        let habit = random.uniform()
        daysBetweenRuns = habit < 0.45 ? 1 : habit < 0.8 ? 7 : 14
        namesInvoices = random.uniform() < 0.7
        currency = TradeCurrency.drawn(of: region, random.uniform(), random.uniform())
        terms = [14, 30, 30, 30, 45, 60][random.integer(below: 6)]
        analyst = random.integer(below: AnalystBiases.analysts)
        salesperson = random.integer(below: 24)
    }

    /// Obligors that stop buying, per year.
    static let leavingRate = 0.03

    /// Its own sales in a year, in the base currency.
    var revenue: Double { 165_000 * Double(employees) }

    /// What it is called; invented.
    var name: String {
        let first = Self.firstNames[number % Self.firstNames.count]
        let second = Self.secondNames[number / Self.firstNames.count % Self.secondNames.count]
        return "\(first) \(second) \(industry.capitalisedName)"
    }

    /// A word for its size.
    var segment: String { employees < 20 ? "small" : employees < 100 ? "medium" : "large" }

    /// As it declares it, in the base currency.
    var declaredCapital: Double { Double(max(25, employees / 2 * 5)) * 1_000 }

    /// The same in minor units of its currency.
    var registeredCapital: Int64 { currency.minorUnits(ofBase: declaredCapital) }

    private static let firstNames = [
        "Alder", "Amber", "Anchor", "Ashford", "Beacon", "Birch", "Bridge", "Cedar", "Clover", "Copper",
        "Crown", "Delta", "Eagle", "Ember", "Falcon", "Garnet", "Granite", "Harbour", "Hazel", "Heron",
        "Iron", "Juniper", "Kestrel", "Lantern", "Linden", "Maple", "Meridian", "Oak", "Orchard", "Quarry",
        "Raven", "River", "Rowan", "Saffron", "Silver", "Summit", "Thistle", "Vale", "Willow",
    ]
    private static let secondNames = [
        "Brothers", "Crafts", "Foods", "Goods", "Group", "Holdings", "House", "Industries", "Lines",
        "Makers", "Partners", "Products", "Sons", "Supply", "Systems", "Trading", "Union", "Works",
    ]

    /// The first day with records of trade.
    func firstTradingDay(_ calendar: EconomyCalendar) -> Int32 { max(onboarded, calendar.start) }

    /// The index whose share of the unit interval a uniform number falls into.
    static func drawn(_ uniform: Double, from shares: [Double]) -> Int {
        var cumulative = 0.0
        for (index, share) in shares.enumerated() {
            cumulative += share
            if uniform < cumulative { return index }
        }
        return shares.count - 1
    }
}

extension Obligor.Industry {
    /// An industry by its share.
    static func drawn(_ uniform: Double) -> Self {
        allCases[ObligorTraits.drawn(uniform, from: allCases.map(\.share))]
    }

    /// What the industry is called.
    var name: String { "\(self)" }

    /// The name with a capital letter.
    var capitalisedName: String { name.prefix(1).uppercased() + name.dropFirst() }

    /// Orders of a calendar month (1 to 12) against the yearly mean.
    func season(month: Int) -> Double {
        let (amplitude, peak): (Double, Double) =
            switch self {
            case .manufacturing: (0.06, 5)
            case .construction: (0.35, 7)
            case .wholesale: (0.12, 11)
            case .retail: (0.30, 11)
            case .transport: (0.10, 10)
            case .hospitality: (0.30, 7)
            case .services: (0.05, 3)
            case .agriculture: (0.40, 4)
            }
        return 1 + amplitude * cos(2 * .pi * (Double(month) - peak) / 12)
    }
}

extension Obligor.Region {
    /// A region by its share.
    static func drawn(_ uniform: Double) -> Self {
        allCases[ObligorTraits.drawn(uniform, from: allCases.map(\.share))]
    }

    /// What the region is called.
    var name: String { "\(self)" }
}
