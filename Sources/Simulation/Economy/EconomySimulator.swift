import Vocabulary

/// Simulates a trade-credit economy: a ledger of everything that a supplier records of its customers, and the truth
/// behind it.
///
/// Obligors are drawn in communities of ``Community/size``, each from streams of its own, so an obligor's records
/// depend on the options and its number alone: a ledger of fewer obligors is the head of a longer one (without the
/// links to those who are missing), and the number of threads does not matter. Memory is that of the communities at
/// work.
public struct EconomySimulator: Sendable {
    /// The options.
    public let options: EconomyOptions
    /// The days of the records.
    public var calendar: EconomyCalendar { economy.calendar }

    let economy: EconomyState
    let biases: AnalystBiases
    private let days: DayTexts
    /// The true PD by rank, by quarter, by region, by industry, of obligors without contagion.
    private let pds: [[[[Double]]]]

    /// A simulator.
    public init(_ options: EconomyOptions) throws(SimulationError) {
        self.options = try options.validated()
        let economy = EconomyState(options)
        self.economy = economy
        biases = AnalystBiases(root: economy.root)
        days = DayTexts(from: economy.calendar.start - 1_000, through: economy.calendar.end + 100)
        let none = ArraySlice([Double](repeating: 0, count: EconomyCalendar.quartersAhead))
        pds = Obligor.Industry.allCases.map { industry in
            Obligor.Region.allCases.map { region in
                (0..<economy.calendar.quarters).map { quarter in
                    economy.expectedPD(
                        sector: economy.sectorTilt(industry, region), quarter: quarter, contagion: none)
                }
            }
        }
    }

    /// Communities that the obligors are from.
    var communityCount: Int { (options.obligors + Community.size - 1) / Community.size }

    /// The chapters of a community's members that are customers, two for those that came back after default.
    func chapters(of community: Community) -> [ObligorChapter] {
        community.members.indices.filter { community.members[$0].number < options.obligors }.flatMap {
            place in
            let first = ObligorChapter(
                community.members[place], community.histories[place], economy,
                invoicesPerYear: options.invoicesPerYear, biases: biases)
            guard first.history.cure != nil, let comeback = community.comebacks[place] else { return [first] }
            let second = ObligorChapter(
                community.members[place], comeback, economy, invoicesPerYear: options.invoicesPerYear,
                biases: biases, after: first)
            return [first, second]
        }
    }

    /// The texts of all files for a community.
    func texts(ofCommunity number: Int) -> EconomyTexts {
        let community = Community(number: number, economy: economy)
        var texts = EconomyTexts(days: days)
        for chapter in chapters(of: community) {
            let member = chapter.member
            let group = community.groups[member.number % Community.size].map {
                number * Community.groupCount + $0
            }
            chapter.write(group: group, end: economy.calendar.end, to: &texts)
            chapter.writeTruth(
                economy, biases: biases, pds: pds[member.industry.rawValue][member.region.rawValue],
                to: &texts)
        }
        for link in community.links { write(link, of: community, to: &texts[.links]) }
        return texts
    }

    private func write(_ link: Community.Link, of community: Community, to text: inout RecordText) {
        let (supplier, buyer) = (community.members[link.supplier], community.members[link.buyer])
        // The counterparty of a link may be one that is no customer.
        guard supplier.number < options.obligors, buyer.number < options.obligors,
            link.from <= economy.calendar.end
        else { return }
        text.add(obligor: supplier.number)
        text.add(obligor: buyer.number)
        text.add(link.share)
        text.add(amount: TradeCurrency.base.minorUnits(ofBase: link.exposure), TradeCurrency.base)
        text.add(TradeCurrency.base.rawValue)
        text.add(day: link.from)
        text.add(day: link.to.flatMap { $0 <= economy.calendar.end ? $0 : nil })
        text.addNothing()
        text.end()
    }

    /// The text of the exchange rates.
    func rates() -> RecordText {
        var text = RecordText(days: days)
        let first = RateProcess.firstDay(economy.calendar)
        for currency in TradeCurrency.allCases where currency != TradeCurrency.base {
            for (offset, rate) in RateProcess.rates(of: currency, economy).enumerated() {
                text.add(day: first + Int32(offset))
                text.add(currency.rawValue)
                text.add(TradeCurrency.base.rawValue)
                text.add(rate)
                text.addNothing()
                text.end()
            }
        }
        return text
    }
}
