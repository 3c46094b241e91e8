import Foundation
import TestSupport
import Testing

@testable import obligor

@Suite("obligor features")
struct FeaturesCommandTests {
    /// A small ledger: two obligors, one of which stops paying.
    private static func ledger() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write(#"{"formatVersion": 1, "baseCurrency": "EUR"}"#, to: "ledger.json")
        try folder.write(
            "obligor,industry,onboarded\nC1,retail,2021-01-01\nC2,retail,2021-06-01\n", to: "obligors.csv")
        var invoices = "invoice,obligor,issued,due,amount\n"
        var payments = "payment,obligor,paid,amount\n"
        for month in 1...12 {
            let text = month < 10 ? "0\(month)" : "\(month)"
            for (id, year) in [("C1", 2021), ("C1", 2022), ("C2", 2022)] {
                invoices += "\(id)-\(year)-\(text),\(id),\(year)-\(text)-01,\(year)-\(text)-20,1000\n"
                guard id == "C1" || month < 4 else { continue }
                payments += "P\(id)-\(year)-\(text),\(id),\(year)-\(text)-25,1000\n"
            }
        }
        try folder.write(invoices, to: "invoices.csv")
        try folder.write(payments, to: "payments.csv")
        return folder
    }

    private static func rows(_ text: String) -> [[String: String]] {
        let lines = text.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        guard let header = lines.first else { return [] }
        return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
    }

    @Test func writesARowForEachObligorAndDate() throws {
        let folder = try Self.ledger()
        let run = Run(
            "features", folder.path(""), "--every", "quarter", "--from", "2021-03-01", "--to", "2022-12-31",
            "--window", "6m", "--out", "-")
        #expect(run.status == .done, "\(run.error)")
        let rows = Self.rows(run.output)
        let keys = rows.map { "\($0["obligor"] ?? "") \($0["as_of"] ?? "")" }
        #expect(keys.count(where: { $0.hasPrefix("C1") }) == 8)
        // C2 is in default from 90 days after 2022-04-20 on.
        #expect(
            keys.filter { $0.hasPrefix("C2") } == [
                "C2 2021-06-30", "C2 2021-09-30", "C2 2021-12-31", "C2 2022-03-31", "C2 2022-06-30",
            ])
        let late = try #require(rows.first { $0["obligor"] == "C2" && $0["as_of"] == "2022-06-30" })
        #expect(late["defaulted"] == "true" && late["outcome"] == "incomplete")
        #expect(late["open_amount"] == "3000.0" && late["overdue_amount"] == "3000.0")
        let good = try #require(rows.first { $0["obligor"] == "C1" && $0["as_of"] == "2021-12-31" })
        #expect(good["dbt_12m"] == "5.0" && good["late_share"] == "1.0" && good["defaulted"] == "false")
        #expect(good["dbt_change_12m"] == "")
    }

    /// A ledger in euros, but for an obligor's capital in dollars, for which there is no rate.
    private static func foreignCapital(known: String) throws -> TemporaryFolder {
        let folder = try Self.ledger()
        try folder.write(
            "obligor,industry,region,onboarded,founded,employees,registered_capital,currency,known\n"
                + "C1,retail,north,2021-01-01,,,,,\nC2,retail,south,2021-06-01,2001-01-01,77,500,USD,\(known)\n",
            to: "obligors.csv")
        return folder
    }

    @Test func capitalWithoutARateStopsOnlyWhoAsksForIt() throws {
        let folder = try Self.foreignCapital(known: "2022-02-01")
        func features(_ names: String, on day: String) -> Run {
            Run(
                "features", folder.path(""), "--as-of", day, "--window", "3m", "--features", names, "--out",
                "-")
        }
        let delay = features("dbt_12m", on: "2022-03-31")
        #expect(delay.status == .done && Self.rows(delay.output).count == 2, "\(delay.error)")
        // Before the obligor is known its capital is nobody's business.
        let before = features("registered_capital", on: "2021-12-31")
        #expect(before.status == .done && Self.rows(before.output).count == 1, "\(before.error)")
        let asked = features("registered_capital", on: "2022-03-31")
        #expect(asked.status == .badData && asked.error.contains("USD"))
    }

    @Test func anInvoiceBeforeItsObligorIsKnownSaysNothingOfIt() throws {
        let folder = try Self.foreignCapital(known: "2022-03-15")
        let run = Run(
            "features", folder.path(""), "--at", "invoice-issue", "--features",
            "employees,years_since_founded,months_since_onboarded", "--out", "-")
        #expect(run.status == .done, "\(run.error)")
        let rows = Self.rows(run.output).filter { $0["obligor"] == "C2" }
        #expect(rows.count == 12)
        for row in rows {
            let isKnown = (row["as_of"] ?? "") >= "2022-03-15"
            for name in ["region", "industry", "employees", "years_since_founded", "months_since_onboarded"] {
                #expect((row[name] != "") == isKnown, "\(name) on \(row["as_of"] ?? "")")
            }
        }
    }

    @Test func splitsIntoTwoFiles() throws {
        let folder = try Self.ledger()
        let out = try TemporaryFolder()
        let run = Run(
            "features", folder.path(""), "--as-of", "2021-06-30,2021-12-31,2022-03-31", "--window", "3m",
            "--features", "dbt_3m,open_amount", "--split", "time:2022-01-01", "--out", out.path("panel.csv"))
        #expect(run.status == .done, "\(run.error)")
        let train = Self.rows(try String(contentsOf: out.file("panel.train.csv"), encoding: .utf8))
        let test = Self.rows(try String(contentsOf: out.file("panel.test.csv"), encoding: .utf8))
        #expect(Set(train.compactMap { $0["as_of"] }) == ["2021-06-30"])
        #expect(Set(test.compactMap { $0["as_of"] }) == ["2022-03-31"])
        #expect(
            train.first?.keys.contains("dbt_3m") == true && train.first?.keys.contains("dbt_12m") == false)
        #expect(run.output.contains("panel.train.csv: 2 observations"))
    }

    @Test(arguments: [
        (["--out", "-"], "Give one of --as-of"),
        (["--as-of", "2021-13-01", "--out", "-"], "'--as-of 2021-13-01': give a day"),
        (["--as-of", "", "--out", "-"], "names no day"),
        (["--every", "month", "--out", "-"], "needs '--from' and '--to'"),
        (
            ["--every", "year", "--from", "2021-02-01", "--to", "2021-03-01", "--out", "-"],
            "No year ends between"
        ),
        (["--as-of", "2021-06-30", "--window", "12", "--out", "-"], "give days, months or years"),
        (["--as-of", "2021-06-30", "--features", "utilisaton", "--out", "-"], "Is it 'utilisation'?"),
        (["--as-of", "2021-06-30", "--features", "dbt_1m,dbt_1m", "--out", "-"], "asked for twice"),
        (["--as-of", "2021-06-30", "--split", "time", "--out", "p.csv"], "give obligor:SHARE, time:DAY"),
        (["--as-of", "2021-06-30", "--split", "obligor:2", "--out", "p.csv"], "between 0 and 1"),
        (["--as-of", "2021-06-30", "--split", "obligor:0.5", "--out", "-"], "writes two files"),
        (["--as-of", "2001-06-30", "--out", "-"], "No obligor is known by 2001-06-30"),
    ])
    func saysWhatIsWrong(arguments: [String], message: String) throws {
        let folder = try Self.ledger()
        let run = Run(["features", folder.path("")] + arguments)
        #expect(run.status == .usage)
        #expect(run.error.contains(message), "\(run.error)")
        #expect(run.output.isEmpty)
    }

    @Test func refusesBadLedgers() throws {
        let empty = try TemporaryFolder()
        let none = Run("features", empty.path(""), "--as-of", "2021-06-30", "--out", "-")
        #expect(none.status == .badData)
        let folder = try Self.ledger()
        try folder.write(
            "invoice,obligor,issued,due,amount,currency\nX,C1,2021-01-01,2021-01-20,5,USD\n",
            to: "invoices.csv")
        try folder.write("payment,obligor,paid,amount\n", to: "payments.csv")
        let run = Run("features", folder.path(""), "--as-of", "2021-06-30", "--out", "-")
        #expect(run.status == .badData)
        #expect(run.error.contains("USD") && run.error.contains("2021-01-01"), "\(run.error)")
        #expect(run.output.isEmpty)
    }

    @Test func writesTimesInDefault() throws {
        let folder = try Self.ledger()
        let out = try TemporaryFolder()
        func spells(_ more: [String]) throws -> [[String: String]] {
            let run = Run(
                ["features", folder.path(""), "--as-of", "2022-06-30", "--features", "open_amount", "--out"]
                    + [out.path("panel.csv"), "--defaults", out.path("defaults.csv")] + more)
            #expect(run.status == .done, "\(run.error)")
            #expect(run.output.contains("1 times in default"))
            return Self.rows(try String(contentsOf: out.file("defaults.csv"), encoding: .utf8))
        }
        let plain = try spells([])
        #expect(
            plain == [
                [
                    "obligor": "C2", "start": "2022-07-20", "end": "", "cause": "days_past_due",
                    "technical": "false",
                ]
            ])
        // A definition of one's own: in default after 30 days.
        try out.write("preset: trade-credit\ndays_past_due: 30\n", to: "own.yaml")
        let own = try spells(["--default-definition", out.path("own.yaml")])
        #expect(own.first?["start"] == "2022-05-21")
        try out.write("preset: trade-credit\ndays_past_do: 30\n", to: "own.yaml")
        let run = Run(
            "features", folder.path(""), "--as-of", "2022-06-30", "--out", "-", "--default-definition",
            out.path("own.yaml"))
        #expect(run.status == .usage && run.error.contains("days_past_due"), "\(run.error)")
    }

    @Test func saysWhatWasRepaired() throws {
        let folder = try Self.ledger()
        try folder.write(
            "payment,invoice,allocated,amount\nPC1-2021-01,none,2021-01-25,5\n", to: "allocations.csv")
        let run = Run(
            "features", folder.path(""), "--as-of", "2021-06-30", "--features", "dbt_3m", "--out", "-")
        #expect(run.status == .done)
        #expect(
            run.error.contains("repair: allocations.csv (invoice): a record that is referred to"),
            "\(run.error)")
        let quiet = Run(
            "features", folder.path(""), "--as-of", "2021-06-30", "--features", "dbt_3m", "--out", "-",
            "--quiet")
        #expect(quiet.error.isEmpty && quiet.output == run.output)
    }

    @Test func subsetsReadOnlyWhatTheyNeed() throws {
        let folder = try Self.ledger()
        try folder.write("order,obligor,ordered,amount\nB1,C1,2021-02-01,100\n", to: "orders.csv")
        let dates = ["--as-of", "2021-06-30,2021-12-31", "--out", "-"]
        let all = Run(["features", folder.path("")] + dates)
        let some = Run(["features", folder.path(""), "--features", "dbt_12m,open_amount"] + dates)
        let orders = Run(["features", folder.path(""), "--features", "orders_12m"] + dates)
        for (whole, part) in zip(Self.rows(all.output), Self.rows(some.output)) {
            for (name, value) in part { #expect(whole[name] == value, "\(name)") }
        }
        #expect(Self.rows(orders.output).compactMap { $0["orders_12m"] }.contains("1.0"), "\(orders.error)")
        // Orders that cannot be used are in nobody's way who asks for something else.
        try folder.write("order,obligor,ordered,amount\nB1,nobody,2021-02-01,100\n", to: "orders.csv")
        let again = Run(["features", folder.path(""), "--features", "dbt_12m,open_amount"] + dates)
        #expect(again.status == .done && again.output == some.output)
        #expect(Run(["features", folder.path(""), "--features", "orders_12m"] + dates).status == .badData)
    }

    /// Imports a public set through its mapping.
    private static func imported(_ name: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let mapping = Golden.checkout.appending(path: "datasets/mappings/\(name).yaml").path
        let run = Run(
            "import", SharedData.file("data/\(name)").path, "--mapping", mapping, "--out",
            folder.path("ledger"))
        #expect(run.status == .done, "\(run.error)")
        return folder
    }

    @Test(.enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
    func lateInvoicesAreForeseen() throws {
        let folder = try Self.imported("invoices_ibm_ar")
        let features = Run(
            "features", folder.path("ledger"), "--at", "invoice-issue", "--split", "time:2013-01-01", "--out",
            folder.path("panel.csv"))
        #expect(features.status == .done, "\(features.error)")
        let recipe = Golden.checkout.appending(path: "models/recipes/invoices_late_logistic.yaml").path
        let train = Run(
            "train", recipe, "--data", folder.path("panel.train.csv"), "--out", folder.path("run"), "--quiet")
        #expect(train.status == .done, "\(train.error)")
        let evaluate = Run("evaluate", folder.path("run"), "--data", folder.path("panel.test.csv"), "--json")
        let figures = try #require(
            try JSONSerialization.jsonObject(with: Data(evaluate.output.utf8)) as? [String: Any])
        #expect(figures["rows"] as? Int == 1_189)
        #expect(figures["defaults"] as? Int == 378)
        let auc = try #require(figures["auc"] as? Double)
        // A plain logistic regression on the customer's history reaches 0.873 on this split.
        #expect(auc >= 0.873, "\(auc)")
    }

    @Test(.enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
    func openInvoicesBecomeExposures() throws {
        let folder = try Self.imported("invoices_b2b_open")
        let options = [
            "--as-of", "2020-02-29,2020-03-31", "--features", "open_amount,overdue_share", "--out",
        ]
        let without = Run(["features", folder.path("ledger")] + options + ["-"])
        #expect(without.status == .badData)
        #expect(without.error.contains("CAD"), "\(without.error)")
        var quotes = "day,currency,base,rate\n"
        for month in ["2019-12", "2020-01", "2020-02", "2020-03", "2020-04", "2020-05"] {
            for day in ["01", "16"] { quotes += "\(month)-\(day),CAD,USD,0.75\n" }
        }
        try quotes.write(to: folder.file("ledger/rates.csv"), atomically: true, encoding: .utf8)
        let run = Run(["features", folder.path("ledger")] + options + [folder.path("panel.csv")])
        #expect(run.status == .done, "\(run.error)")
        #expect(run.error.contains("warning: rates.csv: a file that ledger.json does not describe"))
        let rows = Self.rows(try String(contentsOf: folder.file("panel.csv"), encoding: .utf8))
        let open = rows.filter { $0["as_of"] == "2020-03-31" }.compactMap { Double($0["open_amount"] ?? "") }
        // Nothing was paid, so all that was issued by then is open: summed from the file itself.
        let header = try SharedData.text("data/invoices_b2b_open/open_invoices.csv.gz").split(separator: "\n")
        let names = header[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        func place(_ name: String) throws -> Int { try #require(names.firstIndex(of: name)) }
        let (posted, amount, isOpen, currency) = (
            try place("posting_date"), try place("total_open_amount"), try place("isOpen"),
            try place("invoice_currency")
        )
        let customer = try place("cust_number")
        var total = 0.0
        var byName: [String: Double] = [:]
        for line in header.dropFirst() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard fields.count == names.count, fields[isOpen] == "1", fields[posted] <= "2020-03-31" else {
                continue
            }
            let value = (Double(fields[amount]) ?? 0) * (fields[currency] == "CAD" ? 0.75 : 1)
            total += value
            byName[fields[customer], default: 0] += value
        }
        // Those in default have no row.
        let present = Set(rows.filter { $0["as_of"] == "2020-03-31" }.compactMap { $0["obligor"] })
        total = byName.filter { present.contains($0.key) }.values.reduce(0, +)
        #expect(open.count > 200, "\(open.count)")
        #expect(abs(open.reduce(0, +) - total) < 0.01 * Double(open.count), "\(open.reduce(0, +)) \(total)")
    }
}
