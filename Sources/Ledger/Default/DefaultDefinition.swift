public import Vocabulary

/// When an obligor is in default, and when it no longer is.
public struct DefaultDefinition: Sendable, Equatable {
    /// How days past due are counted.
    public enum Counting: String, Sendable, CaseIterable {
        /// As long as the obligor owes a material amount past due, whichever items that is: the regulation's way.
        case obligor
        /// For each item from its own due day; those that are late enough must together be material.
        case item
    }

    /// What it is called.
    public var name: String
    /// In default from the first day on which more than so many consecutive days were past due.
    public var daysPastDue: Int
    /// How they are counted.
    public var counting: Counting
    /// Amounts past due count above this much, in major units of the base currency.
    public var absoluteMateriality: Double
    /// Amounts past due count above this fraction of all that is open.
    public var relativeMateriality: Double
    /// Events that mean default from the day they become known.
    public var events: Set<EventKind>
    /// Months without any cause until an obligor is sound again.
    public var probationMonths: Int
    /// Other probation after certain events.
    public var probationAfter: [EventKind: Int]
    /// Events after which an obligor never is sound again.
    public var permanentEvents: Set<EventKind>

    /// The definition of EBA/GL/2016/07 with the thresholds of Regulation (EU) 2018/171 for other than retail: more
    /// than 90 consecutive days past due with over 500 (of a base currency of about a euro) and over 1 % of what is
    /// open; probation of three months, twelve after a distressed restructuring.
    public static let eba = DefaultDefinition(
        name: "eba", daysPastDue: 90, counting: .obligor, absoluteMateriality: 500,
        relativeMateriality: 0.01, events: [.insolvency, .writeOff, .distressedRestructuring],
        probationMonths: 3, probationAfter: [.distressedRestructuring: 12], permanentEvents: [])

    /// A plain definition for trade credit: items more than 90 days beyond terms, insolvency, write-off, legal
    /// recovery and hand-over to collection.
    public static let tradeCredit = DefaultDefinition(
        name: "trade-credit", daysPastDue: 90, counting: .item, absoluteMateriality: 100,
        relativeMateriality: 0.01,
        events: [.insolvency, .writeOff, .legalRecovery, .collectionHandover], probationMonths: 3,
        probationAfter: [:], permanentEvents: [.insolvency])

    /// The definitions that have a name.
    public static let presets = [eba, tradeCredit]
}

/// A time in default.
public struct DefaultSpell: Sendable, Equatable {
    /// What it began with.
    public enum Cause: Sendable, Equatable, CustomStringConvertible {
        /// Days past due on a material amount.
        case daysPastDue
        /// An event.
        case event(EventKind)

        /// `days_past_due`, or the kind of the event.
        public var description: String {
            switch self {
            case .daysPastDue: "days_past_due"
            case .event(let kind): kind.rawValue
            }
        }
    }

    /// The first day in default.
    public let start: CalendarDay
    /// The first day on which it is sound again; `nil` if that is not yet known.
    public let end: CalendarDay?
    /// What it began with.
    public let cause: Cause

    /// Whether a day lies in the spell.
    public func contains(_ day: CalendarDay) -> Bool { day >= start && (end.map { day < $0 } ?? true) }
}

/// All times in default of an obligor, as they became known.
public struct DefaultHistory: Sendable, Equatable {
    let spells: [DefaultSpell]
    let technical: [DefaultSpell]

    /// The times in default that are known as of a day, in order.
    public func spells(asOf: AsOf) -> [DefaultSpell] { Self.seen(spells, asOf) }

    /// Times in which it would have been in default if disputed items counted, and was not: the days that lie in the
    /// one and not in the other.
    public func technicalSpells(asOf: AsOf) -> [DefaultSpell] { Self.seen(technical, asOf) }

    /// Whether it is in default on a day.
    public func isInDefault(asOf: AsOf) -> Bool { spells.contains { $0.contains(asOf.day) } }

    private static func seen(_ spells: [DefaultSpell], _ asOf: AsOf) -> [DefaultSpell] {
        spells.filter { asOf.sees($0.start) }.map { spell in
            DefaultSpell(
                start: spell.start, end: spell.end.flatMap { asOf.sees($0) ? $0 : nil }, cause: spell.cause)
        }
    }
}
