import Foundation
import Results
import TestSupport
import Testing

@testable import obligor

@Suite("obligor review --json")
struct ReviewResultTests {
    /// The part of the object that a scheduler reads.
    private struct Printed: Decodable, Equatable {
        struct Line: Decodable, Equatable {
            var grade: String
            var obligors: Int
            var exposure: Double
        }
        struct Requests: Decodable, Equatable {
            var input: String
            var stale: Int
            var missing: Int
            var expiring: Int
        }
        var status: String
        var asOf: String
        var folder: String?
        var report: String?
        var digest: String?
        var rated: Int?
        var setAside: Int
        var exposure: Double?
        var grades: [Line]?
        var movements: [String: Int]?
        var reviewed: [String: Int]
        var refreshRequests: [Requests]
    }

    private func printed(_ run: Run) throws -> Printed {
        #expect(run.status == .done, "\(run.error)")
        return try JSONDecoder().decode(Printed.self, from: Data(run.output.utf8))
    }

    @Test func itSaysWhatTheRunFolderHolds() throws {
        let desk = try ReviewDesk()
        let more = ["--no-migrations", "--json", "--report", desk.folder.path("report")]
        let run = Run(desk.first("q3", of: "ledger", more))
        let first = try printed(run)
        let folder = try RunFolder(desk.folder.file("q3"))
        let obligors = try #require(try folder.portfolio()?.obligors)
        #expect(first.status == "done" && first.asOf == "2024-09-30" && first.digest == folder.record.digest)
        #expect(first.folder == desk.folder.path("q3") && first.report == desk.folder.path("report"))
        #expect(first.rated == obligors.count { $0.grade != nil } && first.setAside == 0)
        #expect(first.grades?.map(\.grade) == ["AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C", "D"])
        for line in first.grades ?? [] {
            let own = obligors.filter { $0.grade == line.grade }
            #expect(line.obligors == own.count && line.exposure == own.reduce(0) { $0 + $1.exposure })
        }
        #expect(first.movements?["up"] == obligors.count { $0.movement == .up })
        #expect(first.movements?.count == PortfolioRecord.Movement.allCases.count)
        #expect(first.reviewed.values.reduce(0, +) == obligors.count)
        let requests = try #require(try folder.refreshRequests())
        #expect(first.refreshRequests.map(\.input) == ["statements", "bureau", "litigation"])
        for one in first.refreshRequests {
            #expect(one.stale == requests.count { $0.input == one.input && $0.state == .stale })
        }
        // Keys come in order, so that two outputs can be compared as text.
        let keys = run.output.matches(of: #/(?m)^  "(\w+)"/#).map { String($0.output.1) }
        #expect(keys == keys.sorted() && keys.contains("monitoring") && keys.contains("currency"))
        // The same again has the same figures, and says that nothing was done; with --quiet too.
        let again = Run(desk.first("q3", of: "ledger", more + ["--quiet"]))
        var expected = first
        expected.status = "already-done"
        #expect(try printed(again) == expected)
        #expect(again.output == run.output.replacing("\"done\"", with: "\"already-done\""))
    }

    @Test func aDryRunSaysWhoWouldBeLookedAt() throws {
        let desk = try ReviewDesk()
        let outlook = try printed(Run(desk.first("dry", "--dry-run", "--json")))
        #expect(outlook.status == "dry-run" && outlook.asOf == "2024-09-30" && outlook.folder == nil)
        #expect(outlook.reviewed["new"] ?? 0 > 100 && outlook.grades == nil)
        #expect(outlook.refreshRequests.contains { $0.stale + $0.missing > 0 })
    }

    @Test func eventsHaveAFormOfTheirOwn() {
        let run = Run("review", "ledger", "--previous", "q3", "--event", "-", "--json")
        #expect(run.status == .usage && run.error.contains("--event-format"), "\(run.error)")
    }
}
