import Statistics

/// Obligors that trade with one another: the population is cut into communities of ``size``, and links and groups stay
/// inside one.
///
/// Distress spreads along links and inside groups, so a community is simulated together and whole, even if only some
/// of its members are customers. That makes an obligor's history independent of how many obligors there are, and keeps
/// what must be in memory to one community for each thread.
struct Community: Sendable {
    /// Obligors in a community; part of what a seed means.
    static let size = 128

    /// A supplier's dependence on a buyer; places inside the community.
    struct Link: Sendable {
        let supplier: Int
        let buyer: Int
        /// Share of the supplier's trade, a fraction.
        let share: Double
        let from: Int32
        let to: Int32?
        /// What the buyer owes the supplier, in the base currency.
        let exposure: Double
    }

    let number: Int
    let members: [ObligorTraits]
    let links: [Link]
    /// The group of each member, counted from 0 in the community.
    let groups: [Int?]
    private(set) var histories: [CreditHistory]
    /// How those fared that came back after a default; nothing for the others.
    private(set) var comebacks: [CreditHistory?]

    /// Draws the members, their links and groups, and lets their credit fare.
    init(number: Int, economy: EconomyState) {
        self.number = number
        let calendar = economy.calendar
        members = (0..<Self.size).map {
            ObligorTraits(number: number * Self.size + $0, calendar: calendar, root: economy.root)
        }
        var random = economy.root.stream("links").stream(number)
        links = Self.links(among: members, calendar, using: &random)
        groups = Self.groups(using: &random)
        histories = members.map { member in
            CreditHistory(
                firstDay: member.firstTradingDay(calendar), entryGrade: member.entryGrade,
                contagion: [Double](repeating: 0, count: economy.macro.count))
        }
        comebacks = members.map { _ in nil }
        fare(in: economy)
    }

    private static func links(
        among members: [ObligorTraits], _ calendar: EconomyCalendar, using random: inout SeededGenerator
    ) -> [Link] {
        var links: [Link] = []
        for supplier in members.indices {
            var buyers: Set<Int> = [supplier]
            for _ in 0..<ObligorTraits.drawn(random.uniform(), from: [0.6, 0.2, 0.12, 0.08]) {
                let buyer = random.integer(below: size)
                let share = (random.uniform(from: 0.05, to: 0.4) * 1000).rounded() / 1000
                let began = calendar.start + Int32(random.uniform(from: -1.5, to: 0.5) * 365)
                let lasts = random.uniform() < 0.15
                let length = Int32(random.uniform(from: 0.5, to: 3) * 365)
                let exposure = members[supplier].revenue * share * random.uniform(from: 0.08, to: 0.2)
                guard buyers.insert(buyer).inserted else { continue }
                let first = max(began, members[supplier].onboarded)
                links.append(
                    Link(
                        supplier: supplier, buyer: buyer, share: share, from: first,
                        to: lasts ? first + length : nil, exposure: exposure))
            }
        }
        return links
    }

    /// Groups in a community.
    static let groupCount = 5

    /// The groups, of up to three members each.
    private static func groups(using random: inout SeededGenerator) -> [Int?] {
        var groups = [Int?](repeating: nil, count: size)
        for group in 0..<groupCount {
            for _ in 0..<3 {
                let place = random.integer(below: size)
                groups[place] = groups[place] ?? group
            }
        }
        return groups
    }
}

extension Community {
    /// Runs the chains quarter by quarter; what happens in one quarter tilts the hazards of the next.
    private mutating func fare(in economy: EconomyState) {
        var streams = members.map { economy.root.stream("credit").stream($0.number) }
        for quarter in economy.macro.indices {
            var defaults: [(place: Int, day: Int32)] = []
            for place in members.indices where histories[place].failed == nil {
                histories[place].advance(
                    members[place], through: quarter, in: economy, using: &streams[place])
                if let day = histories[place].failed { defaults.append((place, day)) }
            }
            for (place, day) in defaults { spread(from: place, on: day, quarter, economy) }
        }
        for place in members.indices { comeBack(place, economy) }
    }

    /// Lets a member whose default is cured fare on; a second default is for good and spreads nothing.
    private mutating func comeBack(_ place: Int, _ economy: EconomyState) {
        let member = members[place]
        guard let failed = histories[place].failed,
            let cure = Cure(ofDefaultOn: failed, member: member.number, root: economy.root)
        else { return }
        histories[place].cure = cure
        guard cure.returns <= min(economy.calendar.end, member.leaves ?? .max) else { return }
        var comeback = CreditHistory(
            firstDay: cure.returns, entryGrade: Cure.entryGrade, contagion: histories[place].contagion)
        comeback.infections = histories[place].infections
        comeback.isComeback = true
        var random = economy.root.stream("credit after cure").stream(member.number)
        for quarter in economy.macro.indices where comeback.failed == nil {
            comeback.advance(member, through: quarter, in: economy, using: &random)
        }
        comebacks[place] = comeback
    }

    /// Tilts the hazards of suppliers and sisters of a member that defaulted.
    private mutating func spread(from place: Int, on day: Int32, _ quarter: Int, _ economy: EconomyState) {
        let source = members[place].number
        for link in links
        where link.buyer == place && link.from <= day && day <= link.to ?? .max
            && histories[link.supplier].failed == nil
        {
            histories[link.supplier].infect(
                .init(source: source, isSister: false, day: day, tilt: economy.contagion * link.share),
                quarter: quarter)
        }
        guard let group = groups[place] else { return }
        for sister in members.indices
        where sister != place && groups[sister] == group && histories[sister].failed == nil {
            histories[sister].infect(
                .init(source: source, isSister: true, day: day, tilt: economy.contagion * Self.sisterShare),
                quarter: quarter)
        }
    }

    /// The default of a sister counts as that of a buyer with this share of the trade.
    static let sisterShare = 0.3
}
