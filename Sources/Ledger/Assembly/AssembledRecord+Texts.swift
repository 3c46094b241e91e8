import Tables
import Vocabulary

extension Obligor: AssembledRecord {
    static func reader(_ columns: RecordColumns) -> (Int) -> Obligor {
        let id = columns.text("obligor")
        let name = columns.text("name")
        let industry = columns.text("industry")
        let region = columns.text("region")
        let founded = columns.day("founded")
        let capital = columns.amount("registered_capital")
        let currency = columns.currency()
        let employees = columns.number("employees")
        let group = columns.text("group")
        let onboarded = columns.day("onboarded")
        let salesperson = columns.text("salesperson")
        let tags = columns.text("tags")
        let known = columns.known()
        return { row in
            let foundedOn = founded.optional(row)
            let onboardedOn = onboarded.required(row, notBefore: foundedOn)
            let unit = currency.value(row)
            return Obligor(
                id: ObligorID(id.optional(row) ?? ""), name: name.optional(row),
                industry: industry.optional(row),
                region: region.optional(row), founded: foundedOn == .never ? nil : foundedOn,
                registeredCapital: capital.optional(row, unit), employees: employees.whole(row),
                group: group.optional(row), onboarded: onboardedOn, salesperson: salesperson.optional(row),
                tags: Tags.read(tags.optional(row) ?? ""), known: known.value(row, happened: onboardedOn),
                obligor: 0, row: Int32(row), currency: unit)
        }
    }
}

extension Statement: AssembledRecord {
    static func reader(_ columns: RecordColumns) -> (Int) -> Statement {
        let obligor = columns.reference("obligor", to: .obligors)
        let periodEnd = columns.day("period_end")
        let published = columns.day("published")
        let months = columns.number("months")
        let currency = columns.currency()
        let items = StatementItem.allCases.map { columns.amount($0.rawValue) }
        let audited = columns.flag("audited")
        let known = columns.known()
        return { row in
            let end = periodEnd.required(row)
            let publishedOn = published.required(row, notBefore: end)
            let unit = currency.value(row)
            return Statement(
                periodEnd: end, published: publishedOn, months: months.whole(row) ?? 12, currency: unit,
                isAudited: audited.optional(row), known: known.value(row, happened: publishedOn),
                obligor: obligor.required(row), row: Int32(row),
                items: items.map { $0.signed(row, unit)?.minorUnits ?? Statement.missing })
        }
    }
}

extension BureauRecord: AssembledRecord {
    static func reader(_ columns: RecordColumns) -> (Int) -> BureauRecord {
        let obligor = columns.reference("obligor", to: .obligors)
        let source = columns.text("source")
        let observed = columns.day("observed")
        let score = columns.number("external_score")
        let judgments = columns.number("judgments")
        let arrears = columns.amount("tax_arrears")
        let guarantees = columns.amount("guarantees_given")
        let capital = columns.amount("registered_capital")
        let currency = columns.currency()
        let employees = columns.number("employees")
        let dishonest = columns.flag("dishonest_debtor")
        let known = columns.known()
        return { row in
            let day = observed.required(row)
            let unit = currency.value(row)
            return BureauRecord(
                source: source.required(row), observed: day, externalScore: score.optional(row),
                judgments: judgments.whole(row), taxArrears: arrears.optional(row, unit),
                guaranteesGiven: guarantees.optional(row, unit),
                registeredCapital: capital.optional(row, unit), employees: employees.whole(row),
                isDishonestDebtor: dishonest.optional(row), known: known.value(row, happened: day),
                obligor: obligor.required(row), row: Int32(row), currency: unit)
        }
    }
}

extension Event: AssembledRecord {
    static func reader(_ columns: RecordColumns) -> (Int) -> Event {
        let obligor = columns.reference("obligor", to: .obligors)
        let occurred = columns.day("occurred")
        let kind = columns.word("kind", of: EventKind.self)
        let amount = columns.amount("amount")
        let currency = columns.currency()
        let counterparty = columns.text("counterparty")
        let known = columns.known()
        return { row in
            let day = occurred.required(row)
            let unit = currency.value(row)
            return Event(
                occurred: day, event: kind.required(row, otherwise: .other),
                amount: amount.optional(row, unit), counterparty: counterparty.optional(row),
                known: known.value(row, happened: day), obligor: obligor.required(row), row: Int32(row),
                currency: unit)
        }
    }
}

extension SupplyLink: AssembledRecord {
    static func reader(_ columns: RecordColumns) -> (Int) -> SupplyLink {
        let supplier = columns.reference("supplier", to: .obligors)
        let buyer = columns.reference("buyer", to: .obligors)
        let share = columns.number("share_of_trade")
        let exposure = columns.amount("exposure")
        let currency = columns.currency()
        let from = columns.day("from")
        let to = columns.day("to")
        let known = columns.known()
        let buyerPlace = columns.place("buyer")
        return { row in
            let first = from.required(row)
            let unit = currency.value(row)
            let (supplies, buys) = (supplier.required(row), buyer.required(row))
            let link = SupplyLink(
                obligor: supplies, buyer: buys, shareOfTrade: share.optional(row),
                exposure: exposure.optional(row, unit), from: first, known: known.value(row, happened: first),
                to: to.optional(row, notBefore: first), row: Int32(row), currency: unit)
            if supplies == buys, !columns.isRowLeftOut {
                columns.note(.selfLink, row: row, field: buyerPlace, leavesOut: true)
            }
            return link
        }
    }
}

extension Rating: AssembledRecord {
    static func reader(_ columns: RecordColumns) -> (Int) -> Rating {
        let obligor = columns.reference("obligor", to: .obligors)
        let date = columns.day("date")
        let grade = columns.word("grade", of: Grade.self)
        let origin = columns.word("origin", of: RatingOrigin.self)
        let author = columns.text("author")
        let model = columns.text("model")
        let reason = columns.text("reason")
        let known = columns.known()
        return { row in
            let day = date.required(row)
            return Rating(
                date: day, grade: grade.required(row, otherwise: .d),
                origin: origin.required(row, otherwise: .model), author: author.optional(row),
                model: model.optional(row), reason: reason.optional(row),
                known: known.value(row, happened: day), obligor: obligor.required(row), row: Int32(row))
        }
    }
}

extension ExchangeRate: AssembledRecord {
    static func reader(_ columns: RecordColumns) -> (Int) -> ExchangeRate {
        let day = columns.day("day")
        let currency = columns.currency()
        let base = columns.currency("base")
        let rate = columns.number("rate")
        let known = columns.known()
        let ratePlace = columns.place("rate")
        return { row in
            let on = day.required(row)
            let value = rate.optional(row)
            if value == nil { columns.note(.missingValue, row: row, field: ratePlace, leavesOut: true) }
            // A rate of zero would make an amount vanish, whatever the policy says of amounts.
            if value == 0 { columns.note(.missingValue, row: row, field: ratePlace, leavesOut: true) }
            return ExchangeRate(
                day: on, currency: currency.value(row), base: base.value(row), rate: value ?? 1,
                known: known.value(row, happened: on), row: Int32(row))
        }
    }
}

// What makes a record of a kind without ids the only one of its obligor.
extension BureauRecord {
    static func repeatedKeys(_ list: RecordList<BureauRecord>) -> [Int32] {
        struct Key: Hashable {
            let source: String
            let observed: CalendarDay
        }
        return list.repeated { Key(source: $0.source, observed: $0.observed) }
    }
}

extension SupplyLink {
    static func repeatedKeys(_ list: RecordList<SupplyLink>) -> [Int32] {
        struct Key: Hashable {
            let buyer: Int32
            let from: CalendarDay
        }
        return list.repeated { Key(buyer: $0.buyer, from: $0.from) }
    }
}

extension Rating {
    static func repeatedKeys(_ list: RecordList<Rating>) -> [Int32] {
        struct Key: Hashable {
            let date: CalendarDay
            let origin: RatingOrigin
            let author: String?
            let model: String?
        }
        return list.repeated {
            Key(date: $0.date, origin: $0.origin, author: $0.author, model: $0.model)
        }
    }
}

extension ExchangeRate {
    static func repeatedKeys(_ list: RecordList<ExchangeRate>) -> [Int32] {
        struct Key: Hashable {
            let day: CalendarDay
            let currency: Currency
            let base: Currency
        }
        return list.repeated { Key(day: $0.day, currency: $0.currency, base: $0.base) }
    }
}

/// `key=value;key=value`, with `\` before a character that would end a key or a value.
enum Tags {
    static func read(_ text: String) -> [String: String] {
        var tags: [String: String] = [:]
        var key: String?
        var part = ""
        var isEscaped = false
        func close() {
            if let key { tags[key] = part } else if !part.isEmpty { tags[part] = "" }
            key = nil
            part = ""
        }
        for character in text {
            if isEscaped {
                part.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == ";" {
                close()
            } else if character == "=", key == nil {
                key = part
                part = ""
            } else {
                part.append(character)
            }
        }
        close()
        return tags
    }

    static func written(_ tags: [String: String]) -> String? {
        if tags.isEmpty { return nil }
        func escaped(_ text: String) -> String {
            String(text.flatMap { "\\;=".contains($0) ? ["\\", $0] : [$0] })
        }
        return tags.sorted { $0.key < $1.key }.map { "\(escaped($0.key))=\(escaped($0.value))" }
            .joined(separator: ";")
    }
}
