import Foundation
import Ledger
import Vocabulary

extension PlainFeatures {
    /// The statements, oldest period first; of one period, in the order in which they became known.
    var filings: [PlainLedger.Statement] {
        world.statements.filter { $0.obligor == id }.enumerated().sorted {
            ($0.element.periodEnd, $0.element.known, $0.offset) < (
                $1.element.periodEnd, $1.element.known, $1.offset
            )
        }.map(\.element)
    }

    var statement: PlainLedger.Statement? { filings.last }

    var priorStatement: PlainLedger.Statement? {
        guard let statement else { return nil }
        return filings.last {
            (300...430).contains(statement.periodEnd - $0.periodEnd) && $0.currency == statement.currency
        }
    }

    /// An item for twelve months.
    func item(_ name: String, of statement: PlainLedger.Statement?) -> Double {
        guard let statement, let units = statement.items[name] else { return .nan }
        let flows = [
            "revenue", "cost_of_sales", "ebit", "interest_expense", "net_income", "operating_cash_flow",
        ]
        return flows.contains(name) ? Double(units) * 12 / Double(statement.months) : Double(units)
    }

    var statements: [String: Double] {
        func now(_ name: String) -> Double { item(name, of: statement) }
        func before(_ name: String) -> Double { item(name, of: priorStatement) }
        func growth(_ name: String) -> Double { over(now(name), before(name)) - 1 }
        let (assets, debt, short) = (
            now("total_assets"), now("total_liabilities"), now("current_liabilities")
        )
        let (revenue, costs) = (now("revenue"), now("cost_of_sales"))
        let working = now("current_assets") - short
        let age = days(since: statement?.periodEnd)
        return [
            "current_ratio": over(now("current_assets"), short),
            "quick_ratio": over(now("current_assets") - now("inventory"), short),
            "cash_ratio": over(now("cash"), short), "working_capital_ratio": over(working, assets),
            "receivables_turnover": over(revenue, now("receivables")),
            "inventory_turnover": over(costs, now("inventory")),
            "payables_turnover": over(costs, now("payables")), "asset_turnover": over(revenue, assets),
            "days_receivables": 365 * over(now("receivables"), revenue),
            "days_inventory": 365 * over(now("inventory"), costs),
            "days_payables": 365 * over(now("payables"), costs),
            "cash_cycle": 365
                * (over(now("receivables"), revenue) + over(now("inventory"), costs)
                    - over(now("payables"), costs)),
            "debt_ratio": over(debt, assets), "equity_ratio": over(now("equity"), assets),
            "debt_to_equity": over(debt, now("equity")), "short_debt_share": over(short, debt),
            "interest_coverage": over(now("ebit"), now("interest_expense")),
            "cash_flow_to_debt": over(now("operating_cash_flow"), debt),
            "cash_flow_to_current_debt": over(now("operating_cash_flow"), short),
            "gross_margin": over(revenue - costs, revenue), "ebit_margin": over(now("ebit"), revenue),
            "net_margin": over(now("net_income"), revenue),
            "return_on_assets": over(now("net_income"), assets),
            "return_on_equity": over(now("net_income"), now("equity")),
            "retained_earnings_ratio": over(now("retained_earnings"), assets),
            "accruals": over(now("net_income") - now("operating_cash_flow"), assets),
            "altman_z2": 6.56 * over(working, assets) + 3.26 * over(now("retained_earnings"), assets) + 6.72
                * over(now("ebit"), assets) + 1.05 * over(now("equity"), debt),
            "loss": now("net_income").isNaN ? .nan : now("net_income") < 0 ? 1 : 0,
            "log_assets": {
                let amount = base(statement?.items["total_assets"], statement?.currency ?? "EUR")
                return amount > 0 ? log(amount / 100) : .nan
            }(),
            "revenue_growth": growth("revenue"), "assets_growth": growth("total_assets"),
            "equity_growth": growth("equity"), "receivables_growth": growth("receivables"),
            "ebit_margin_change": over(now("ebit"), revenue) - over(before("ebit"), before("revenue")),
            "equity_ratio_change": over(now("equity"), assets)
                - over(before("equity"), before("total_assets")),
            "current_ratio_change": over(now("current_assets"), short)
                - over(before("current_assets"), before("current_liabilities")),
            "receivables_outgrow_revenue": over(now("receivables"), before("receivables"))
                - over(revenue, before("revenue")),
            "statement_age": age,
            "statement_lag": statement.map { Double($0.published - $0.periodEnd) }.orNaN,
            "statement_audited": (statement?.audited).map { $0 ? 1 : 0 }.orNaN,
            "statements": Double(filings.count),
        ]
    }

    /// Of each source the record observed last by a day.
    func records(by day: Int) -> [String: PlainLedger.BureauRecord] {
        let mine = world.bureau.filter { $0.obligor == id && $0.observed <= day }
        return Dictionary(grouping: mine.enumerated(), by: \.element.source).compactMapValues { list in
            list.max {
                ($0.element.observed, $0.element.known, $0.offset) < (
                    $1.element.observed, $1.element.known, $1.offset
                )
            }?.element
        }
    }

    /// The mean of the scores of the sources.
    var bureauScore: Double {
        let scores = records(by: today).values.compactMap(\.score)
        return over(scores.reduce(0, +), Double(scores.count))
    }

    var bureau: [String: Double] {
        let now = records(by: today)
        let before = records(by: monthsBack(12))
        let scores = now.values.compactMap(\.score)
        let changes = now.compactMap { source, record -> Double? in
            guard let new = record.score, let old = before[source]?.score else { return nil }
            return new - old
        }
        func most(_ list: some Sequence<Int?>) -> Double {
            (list.compactMap(\.self).max()).map(Double.init).orNaN
        }
        let judgments = most(now.values.map(\.judgments))
        let arrears = most(now.values.map(\.arrears))
        let guarantees = most(now.values.map(\.guarantees))
        let capital = (now.values.compactMap(\.capital).min()).map(Double.init).orNaN
        let employees = (now.values.compactMap(\.employees).min()).map(Double.init).orNaN
        let assets = base(statement?.items["total_assets"], statement?.currency ?? "EUR")
        let listed = now.values.compactMap(\.dishonest)
        func rank(_ value: (PlainFeatures) -> Double) -> Double {
            let mine = value(self)
            let all = world.obligors.map {
                value(PlainFeatures(world, $0.id, asOf: today, books: books, spells: spells))
            }.filter { !$0.isNaN }
            guard !mine.isNaN else { return .nan }
            let below = Double(all.count { $0 < mine })
            return (below + Double(all.count { $0 == mine }) / 2) / Double(all.count)
        }
        return [
            "bureau_score": bureauScore, "bureau_score_lowest": scores.min().orNaN,
            "bureau_score_change_12m": over(changes.reduce(0, +), Double(changes.count)),
            "bureau_disagreement": scores.max().orNaN - scores.min().orNaN,
            "bureau_against_experience": rank(\.bureauScore) - rank { $0.index($0.payments(12)) },
            "bureau_sources": Double(now.count), "bureau_judgments": judgments,
            "bureau_judgments_change_12m": judgments
                - most(
                    before.filter { now[$0.key] != nil }.values.map(\.judgments)),
            "bureau_tax_arrears": arrears / 100, "bureau_guarantees": guarantees / 100,
            "guarantees_to_assets": over(guarantees, assets), "arrears_to_assets": over(arrears, assets),
            "capital_declared_to_bureau": over((obligor?.capital).map { base($0, on: today) }.orNaN, capital),
            "employees_declared_to_bureau": over((obligor?.employees).map(Double.init).orNaN, employees),
            "dishonest_debtor": listed.isEmpty ? .nan : listed.contains(true) ? 1 : 0,
            "bureau_age": days(since: now.values.map(\.observed).max()),
        ]
    }

    var events: [String: Double] {
        let bad = [
            "distressed_restructuring", "lawsuit", "judgment", "insolvency", "write_off", "legal_recovery",
            "collection_handover",
        ]
        let mine = world.events.filter { $0.obligor == id && $0.occurred <= today }
        func count(_ kinds: [String]?, _ months: Int?) -> Double {
            Double(mine.count { (kinds?.contains($0.kind) ?? true) && isIn(months, $0.occurred) })
        }
        func since(_ kinds: [String]?) -> Double {
            months(since: mine.filter { kinds?.contains($0.kind) ?? true }.map(\.occurred).max())
        }
        let grades = world.ratings.filter { $0.obligor == id && $0.date <= today }.enumerated().sorted {
            ($0.element.date, $0.element.known, $0.offset) < ($1.element.date, $1.element.known, $1.offset)
        }.map(\.element)
        let old = grades.last { $0.date <= monthsBack(12) }
        let past = (spells[id] ?? []).filter { $0.end != nil }
        let rank = grades.last.map { Double($0.grade.rank) }.orNaN
        let ages = Dictionary(
            uniqueKeysWithValues: EventKind.allCases.map {
                ("months_since_\($0 == .other ? "other_event" : $0.rawValue)", since([$0.rawValue]))
            })
        return ages.merging([
            "adverse_events_3m": count(bad, 3), "adverse_events_12m": count(bad, 12),
            "events_12m": count(nil, 12), "lawsuits_12m": count(["lawsuit"], 12),
            "lawsuits_24m": count(["lawsuit"], 24), "judgments_24m": count(["judgment"], 24),
            "mergers_24m": count(["merger"], 24), "restructurings_24m": count(["restructuring"], 24),
            "distressed_restructurings_24m": count(["distressed_restructuring"], 24),
            "business_changes_24m": count(["business_change"], 24),
            "control_changes_24m": count(["control_change"], 24),
            "auditor_changes_24m": count(["auditor_change"], 24),
            "collection_handovers_24m": count(["collection_handover"], 24),
            "legal_recoveries_all": count(["legal_recovery"], nil),
            "write_offs_all": count(["write_off"], nil),
            "insolvencies_all": count(["insolvency"], nil), "other_events_12m": count(["other"], 12),
            "months_since_event": since(nil), "months_since_adverse_event": since(bad),
            "past_defaults": Double(past.count),
            "months_since_default": months(since: past.compactMap(\.end).max()), "grade_rank": rank,
            "grade_change_12m": rank - old.map { Double($0.grade.rank) }.orNaN,
            "grade_age": days(since: grades.last?.date),
        ]) { one, _ in one }
    }

    func other(_ id: String) -> PlainFeatures {
        PlainFeatures(world, id, asOf: today, books: books, spells: spells)
    }

    var isInDefault: Bool { (spells[id] ?? []).contains { $0.end == nil } }
    var isLate: Bool { open.contains { today - $0.invoice.due > 30 } }
    var enteredDefault: Bool { (spells[id] ?? []).contains { isIn(12, $0.start) } }

    /// The others that share a label; `nil` if the obligor has none.
    func others(_ label: (PlainLedger.Obligor) -> String?) -> [PlainFeatures]? {
        guard let mine = obligor.flatMap(label) else { return nil }
        return world.obligors.filter { $0.id != id && label($0) == mine }.map { other($0.id) }
    }

    func dbt(of others: [PlainFeatures]?) -> Double {
        (others?.flatMap { $0.payments(12) }).map(dbt).orNaN
    }

    var network: [String: Double] {
        let group = others(\.group)
        func part(_ isMeant: (PlainFeatures) -> Bool) -> Double {
            group.map { over(Double($0.count(where: isMeant)), Double($0.count)) }.orNaN
        }
        var found = [
            "group_size": Double(group?.count ?? 0), "group_dbt_12m": dbt(of: group),
            "group_overdue_share": group.map { list in
                over(list.map(\.overdueAmount).reduce(0, +), list.map(\.openAmount).reduce(0, +))
            }.orNaN, "group_late_share": part(\.isLate), "group_default_share": part(\.isInDefault),
            "group_open_amount": (group ?? []).map(\.openAmount).reduce(0, +) / 100,
        ]
        let active = world.links.filter { $0.from <= today && ($0.to ?? today) >= today }
        let sides = [
            ("buyer", active.filter { $0.supplier == id }.map { ($0.buyer, $0) }),
            ("supplier", active.filter { $0.buyer == id }.map { ($0.supplier, $0) }),
        ]
        for (name, links) in sides {
            func trade(_ isMeant: (PlainFeatures) -> Bool) -> Double {
                links.filter { isMeant(other($0.0)) }.map { $0.1.share ?? 0 }.reduce(0, +)
            }
            func exposed(_ isMeant: (PlainFeatures) -> Bool) -> Double {
                links.filter { isMeant(other($0.0)) }.map { base($0.1.exposure ?? 0, "EUR") }.reduce(0, +)
            }
            let paying = links.filter { !dbt(of: [other($0.0)]).isNaN }
            found["\(name)s"] = Double(links.count)
            found["largest_\(name)_share"] = links.map { $0.1.share ?? 0 }.max().orNaN
            found["\(name)s_overdue_share"] = over(
                trade { $0.isLate && $0.obligor != nil }, trade { _ in true })
            found["\(name)s_default_share"] = over(
                trade { $0.isInDefault && $0.obligor != nil }, trade { _ in true })
            found["\(name)s_dbt_12m"] = over(
                paying.filter { other($0.0).obligor != nil }.map {
                    ($0.1.share ?? 0) * dbt(of: [other($0.0)])
                }
                .reduce(0, +),
                paying.filter { other($0.0).obligor != nil }.map { $0.1.share ?? 0 }.reduce(0, +))
            found["exposure_to_late_\(name)s"] = over(
                exposed { ($0.isLate || $0.isInDefault) && $0.obligor != nil }, exposed { _ in true })
        }
        return found
    }

    var peers: [String: Double] {
        var found: [String: Double] = [:]
        for (name, list) in [("industry", others(\.industry)), ("region", others(\.region))] {
            found["\(name)_dbt_12m"] = dbt(of: list)
            found["dbt_against_\(name)_12m"] = dbt(payments(12)) - dbt(of: list)
            found["\(name)_late_share_12m"] =
                list.map { share($0.flatMap { $0.payments(12) }) { delay($0) > 0 } }
                .orNaN
            found["\(name)_overdue_share"] =
                list.map { list in
                    over(list.map(\.overdueAmount).reduce(0, +), list.map(\.openAmount).reduce(0, +))
                }.orNaN
            found["\(name)_default_rate_12m"] =
                list.map {
                    over(Double($0.count(where: \.enteredDefault)), Double($0.count))
                }.orNaN
        }
        return found
    }
}
