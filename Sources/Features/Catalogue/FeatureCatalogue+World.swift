import Ledger

extension FeatureCatalogue {
    private static func bureau(_ figure: BureauFigure) -> Formula { .quantity(.bureau(figure)) }
    private static func others(_ circle: Circle, _ sum: OthersSum) -> Formula {
        .quantity(.others(circle, sum))
    }
    private static func links(_ side: LinkSide, _ figure: LinkFigure) -> Formula {
        .quantity(.links(side, figure))
    }

    /// What bureaus report, and how it fits with one's own experience.
    static let bureau: [Feature] = [
        Feature(
            "bureau_score", .bureau, "mean external score over sources; higher is safer", bureau(.score),
            .points, missing: .when("no source gives a score"), .riskFalls),
        Feature(
            "bureau_score_lowest", .bureau, "lowest external score of a source", bureau(.lowest), .points,
            missing: .when("no source gives a score"), .riskFalls),
        Feature(
            "bureau_score_change_12m", .bureau, "change of the external score over at least 12 months",
            bureau(.change), .points, missing: .when("no source has a score that old"), .riskFalls),
        Feature(
            "bureau_disagreement", .bureau, "highest less lowest external score of a source",
            bureau(.highest).minus(bureau(.lowest)), .points, missing: .when("no source gives a score"),
            .riskRises),
        Feature(
            "bureau_against_experience", .bureau,
            "rank of the external score less rank of the payment index: positive if others think better of the obligor",
            .quantity(.place(.scoreRank)).minus(.quantity(.place(.indexRank))), .fraction,
            missing: .when("no source gives a score, or nothing was paid in 12 months"), .riskRises),
        Feature(
            "bureau_sources", .bureau, "number of sources with a record", bureau(.sources), .count,
            missing: .never, .open),
        Feature(
            "bureau_judgments", .bureau, "largest number of judgments reported by a source",
            bureau(.judgments), .count, missing: .noRecord, .riskRises),
        Feature(
            "bureau_judgments_change_12m", .bureau, "judgments less those reported 12 months ago or earlier",
            bureau(.judgments).minus(bureau(.judgmentsYearBefore)), .count,
            missing: .when("no bureau record is known that is 12 months old"), .riskRises),
        Feature(
            "bureau_tax_arrears", .bureau, "largest tax arrears reported by a source",
            .major(bureau(.arrears)),
            .amount, missing: .noRecord, .riskRises),
        Feature(
            "bureau_guarantees", .bureau, "largest guarantees given reported by a source",
            .major(bureau(.guarantees)), .amount, missing: .noRecord, .riskRises),
        Feature(
            "guarantees_to_assets", .bureau, "guarantees given by total assets of the latest statement",
            bureau(.guarantees).over(.quantity(.filing(.assets))), .ratio,
            missing: .when("no bureau record or no statement is known"), .riskRises),
        Feature(
            "arrears_to_assets", .bureau, "tax arrears by total assets of the latest statement",
            bureau(.arrears).over(.quantity(.filing(.assets))), .ratio,
            missing: .when("no bureau record or no statement is known"), .riskRises),
        Feature(
            "capital_declared_to_bureau", .bureau,
            "registered capital as the obligor declares it by the lowest that a source reports",
            .quantity(.standing(.capital)).over(bureau(.capital)), .ratio,
            missing: .when("the amount is not given, or no bureau record gives one above 0"), .riskRises),
        Feature(
            "employees_declared_to_bureau", .bureau,
            "people employed as the obligor declares them by the lowest number that a source reports",
            .quantity(.standing(.employees)).over(bureau(.employees)), .ratio,
            missing: .when("the number is not given, or no bureau record gives one above 0"), .riskRises),
        Feature(
            "dishonest_debtor", .bureau, "whether a source lists the obligor as a dishonest debtor",
            bureau(.dishonest), .flag, missing: .noRecord, .riskRises),
        Feature(
            "bureau_age", .bureau, "days since the last bureau record", bureau(.age), .days,
            missing: .noRecord, .riskRises),
    ]

    private static func recent(
        _ kind: EventClass, _ name: String, _ window: Window, _ sign: ExpectedSign
    )
        -> Feature
    {
        Feature(
            "\(name)_\(window.symbol)", .events, "number of events: \(kind.meaning)",
            .quantity(.events(kind, window)), .count, missing: .never, sign)
    }

    private static func since(_ kind: EventClass) -> Feature {
        let name =
            switch kind {
            case .any: "event"
            case .adverse: "adverse_event"
            case .kind(.other): "other_event"
            case .kind(let kind): kind.rawValue
            }
        // Which way the age of such news points is as open as the news.
        let isOpen = [EventKind.merger, .businessChange, .controlChange, .other].map(EventClass.kind)
            .contains(kind)
        return Feature(
            "months_since_\(name)", .events, "since the last event: \(kind.meaning)",
            .quantity(.sinceEvent(kind)).over(30.4375), .months, missing: .when("there was no such event"),
            isOpen ? .open : .riskFalls)
    }

    /// What happened to the obligor, earlier defaults and earlier grades.
    static let events: [Feature] = eventCounts + EventClass.allCases.map(since) + pastDecisions

    private static let eventCounts: [Feature] = [
        recent(.adverse, "adverse_events", .m3, .riskRises),
        recent(.adverse, "adverse_events", .m12, .riskRises),
        recent(.any, "events", .m12, .riskRises),
        recent(.kind(.lawsuit), "lawsuits", .m12, .riskRises),
        recent(.kind(.lawsuit), "lawsuits", .m24, .riskRises),
        recent(.kind(.judgment), "judgments", .m24, .riskRises),
        recent(.kind(.merger), "mergers", .m24, .open),
        recent(.kind(.restructuring), "restructurings", .m24, .riskRises),
        recent(.kind(.distressedRestructuring), "distressed_restructurings", .m24, .riskRises),
        recent(.kind(.businessChange), "business_changes", .m24, .open),
        recent(.kind(.controlChange), "control_changes", .m24, .open),
        recent(.kind(.auditorChange), "auditor_changes", .m24, .riskRises),
        recent(.kind(.collectionHandover), "collection_handovers", .m24, .riskRises),
        recent(.kind(.legalRecovery), "legal_recoveries", .all, .riskRises),
        recent(.kind(.writeOff), "write_offs", .all, .riskRises),
        recent(.kind(.insolvency), "insolvencies", .all, .riskRises),
        recent(.kind(.other), "other_events", .m12, .open),
    ]

    /// Earlier defaults and earlier grades.
    private static let pastDecisions: [Feature] = [
        Feature(
            "past_defaults", .events, "number of defaults that have ended", .quantity(.defaults(.count)),
            .count, missing: .never, .riskRises),
        Feature(
            "months_since_default", .events, "since the last default ended",
            .quantity(.defaults(.sinceEnd)).over(30.4375), .months, missing: .when("no default has ended"),
            .riskFalls),
        Feature(
            "grade_rank", .events, "rank of the last grade, 0 for AAA to 9 for D", .quantity(.graded(.rank)),
            .points, missing: .when("there is no grade"), .riskRises),
        Feature(
            "grade_change_12m", .events, "rank of the last grade less that of 12 months ago or earlier",
            .quantity(.graded(.rank)).minus(.quantity(.graded(.rankYearBefore))), .points,
            missing: .when("there is no grade that old"), .riskRises),
        Feature(
            "grade_age", .events, "days since the last grade", .quantity(.graded(.age)), .days,
            missing: .when("there is no grade"), .riskRises),
    ]

    private static let noGroup = MissingRule.when("the obligor has no group, or nobody else is in it")

    /// Those around the obligor.
    static let network: [Feature] =
        [
            Feature(
                "group_size", .network, "number of others in the group", others(.group, .count).or(0), .count,
                missing: .never, .open),
            Feature(
                "group_dbt_12m", .network, "days beyond terms of the others in the group",
                others(.group, .delay).over(others(.group, .paid)), .days,
                missing: .when("the obligor has no group, or the others paid nothing in the window"),
                .riskRises),
            Feature(
                "group_overdue_share", .network, "part of the open items of the others in the group past due",
                others(.group, .overdue).over(others(.group, .open)), .fraction,
                missing: .when("the obligor has no group, or the others have nothing open"), .riskRises),
            Feature(
                "group_late_share", .network,
                "share of the others in the group with anything more than 30 days past due",
                others(.group, .overdue30).over(others(.group, .count)), .fraction, missing: noGroup,
                .riskRises),
            Feature(
                "group_default_share", .network, "share of the others in the group in default",
                others(.group, .count).minus(others(.group, .performing)).over(others(.group, .count)),
                .fraction, missing: noGroup, .riskRises),
            Feature(
                "group_open_amount", .network, "open receivables of the others in the group",
                .major(others(.group, .open).or(0)), .amount, missing: .never, .open),
        ]
        + [
            (LinkSide.buyers, "buyer", "buyers", "largest share of one buyer in the obligor's sales"),
            (.suppliers, "supplier", "suppliers", "largest share of the obligor in the sales of a supplier"),
        ].flatMap { side, name, words, largest in
            let none = MissingRule.when("no \(words) are known")
            return [
                Feature(
                    "\(name)s", .network, "number of \(words) known by supply links", links(side, .count),
                    .count, missing: .never, .open),
                Feature(
                    "largest_\(name)_share", .network, largest, links(side, .largestShare), .fraction,
                    missing: none, .riskRises),
                Feature(
                    "\(name)s_overdue_share", .network,
                    "share of trade with \(words) that are more than 30 days past due with us",
                    links(side, .overdueShare).over(links(side, .share)), .fraction, missing: none,
                    .riskRises),
                Feature(
                    "\(name)s_default_share", .network, "share of trade with \(words) in default",
                    links(side, .defaultedShare).over(links(side, .share)), .fraction, missing: none,
                    .riskRises),
                Feature(
                    "\(name)s_dbt_12m", .network,
                    "days beyond terms of the \(words) with us, weighted by share of trade",
                    links(side, .delay).over(links(side, .paidShare)), .days,
                    missing: .when("no \(words) are known that paid us anything in the window"), .riskRises),
                Feature(
                    "exposure_to_late_\(name)s", .network,
                    "part of the exposure in links with \(words) that is to late or defaulted ones",
                    links(side, .overdueExposure).over(links(side, .exposure)), .fraction, missing: none,
                    .riskRises),
            ]
        }

    /// The levels of the industry and the region without the obligor itself.
    static let peers: [Feature] = [
        (Circle.industry, "industry"), (.region, "region"),
    ].flatMap { circle, name in
        [
            Feature(
                "\(name)_dbt_12m", .peers, "days beyond terms of the others of the \(name)",
                others(circle, .delay).over(others(circle, .paid)), .days,
                missing: .when("the \(name) is not given, or the others paid nothing in the window"),
                .riskRises),
            Feature(
                "dbt_against_\(name)_12m", .peers,
                "days beyond terms less those of the others of the \(name)",
                delay(.m12).minus(others(circle, .delay).over(others(circle, .paid))), .days,
                missing: .when("the \(name) is not given, or nothing was paid in the window"), .riskRises),
            Feature(
                "\(name)_late_share_12m", .peers,
                "share of the amount paid by the others of the \(name) after the due day",
                others(circle, .late).over(others(circle, .paid)), .fraction,
                missing: .when("the \(name) is not given, or the others paid nothing in the window"),
                .riskRises),
            Feature(
                "\(name)_overdue_share", .peers,
                "part of the open items of the others of the \(name) past due",
                others(circle, .overdue).over(others(circle, .open)), .fraction,
                missing: .when("the \(name) is not given, or the others have nothing open"), .riskRises),
            Feature(
                "\(name)_default_rate_12m", .peers,
                "share of the others of the \(name) that entered default in 12 months",
                others(circle, .defaulted).over(others(circle, .count)), .fraction,
                missing: .when("the \(name) is not given, or nobody else is in it"), .riskRises),
        ]
    }
}
