import Foundation
import Parallelism
import TestSupport
import Testing

@testable import Tables

@Suite(
    "Public credit data is read", .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
struct SharedTablesTests {
    private func read(_ path: String) throws -> Table {
        var options = CSVOptions()
        options.workers = Workers(threads: 2)
        return try CSVReader(options).read(SharedData.file(path).path)
    }

    @Test func hmeq() throws {
        let table = try read("data/hmeq/hmeq.csv")
        #expect(table.rowCount == 5960)
        #expect(table["BAD"]?.doubles?.reduce(0, +) == 1189)
        #expect(table["REASON"]?.missingCount == 252)
        #expect(table["DEBTINC"]?.missingCount == 1267)
        #expect(table["LOAN"]?.type == .integer)
        #expect(table["JOB"]?.type == .category)
    }

    @Test func taiwan() throws {
        let table = try read("data/taiwan_credit_default/UCI_Credit_Card.csv.gz")
        #expect(table.rowCount == 30_000)
        #expect(table.columns.count == 25)
        #expect(table.columns.last?.doubles?.reduce(0, +) == 6636)
    }

    @Test func polish() throws {
        let table = try read("data/polish_bankruptcy/1year.csv.gz")
        #expect(table.rowCount == 7027)
        #expect(table["Attr1"]?.type == .double)
    }

    @Test func invoices() throws {
        let table = try read("data/invoices_b2b_open/open_invoices.csv.gz")
        #expect(table["posting_date"]?.type == .day)
        // Customer numbers with zeros in front are no numbers.
        #expect(table["cust_number"]?.doubles == nil)
    }

    @Test func writtenTablesAreReadBackTheSame() throws {
        for path in [
            "data/hmeq/hmeq.csv", "data/german_credit/german.csv", "data/polish_bankruptcy/1year.csv.gz",
        ] {
            let table = try read(path)
            let formatter = CSVFormatter()
            let bytes = formatter.header(table.names) + formatter.records(of: table)
            expectSameBits(try CSVReader().read(.bytes(bytes, name: path)), table)
        }
    }
}
