import Crypto
import Foundation
import Results
import TestSupport
import Testing

@testable import Reporting

@Suite("A report holds what its run folder holds, and nothing can run in it but its own script")
struct ReportTests {
    /// A stand-in for the chart library, so that these tests run where it is not installed.
    private func library(in temporary: TemporaryFolder) throws -> ChartLibrary {
        let folder = temporary.file("vega")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in ChartLibrary.files {
            try Data("define([], () => {});\n".utf8).write(to: folder.appending(path: name))
        }
        return try ChartLibrary(folder)
    }

    private func written(
        _ run: SampleRun, in temporary: TemporaryFolder, language: Language = .english,
        name: String = "report"
    ) throws -> URL {
        let folder = try run.write(to: temporary.file("run"))
        let out = temporary.file(name)
        try Report(folder, in: language).write(to: out, replacing: true, charts: library(in: temporary))
        return out
    }

    @Test func theSameRunGivesTheSameBytes() throws {
        let temporary = try TemporaryFolder()
        let first = try written(SampleRun(obligors: 40), in: temporary, name: "a")
        let second = try written(SampleRun(obligors: 40), in: temporary, name: "b")
        let files = try FileManager.default.subpathsOfDirectory(atPath: first.path).sorted()
        #expect(try FileManager.default.subpathsOfDirectory(atPath: second.path).sorted() == files)
        #expect(
            files.contains("tables/queue.csv") && files.contains("report.json")
                && files.contains("model-card.md"))
        for file in files where file != "tables" {
            #expect(
                try Data(contentsOf: first.appending(path: file))
                    == Data(contentsOf: second.appending(path: file)),
                "\(file)")
        }
    }

    @Test func aMatrixWithWithdrawalIsLabelledAsSuch() throws {
        let temporary = try TemporaryFolder()
        let out = try written(SampleRun(obligors: 3), in: temporary)
        let table = try String(contentsOf: out.appending(path: "tables/matrix-3.csv"), encoding: .utf8)
        let rows = table.split(whereSeparator: \.isNewline)
        #expect(rows.count == 12 && rows[0].hasSuffix("NR,D"))
        #expect(rows[10].hasPrefix("NR,") && rows[11].hasPrefix("D,"))
        let given = try String(
            contentsOf: out.appending(path: "tables/macro-default.csv"), encoding: .utf8)
        #expect(given.split(whereSeparator: \.isNewline).count == 2)
    }

    @Test func shiftsAreSaidInPointsAndAgainstBothLaws() throws {
        let temporary = try TemporaryFolder()
        let out = try written(SampleRun(obligors: 3), in: temporary)
        let table = try String(contentsOf: out.appending(path: "tables/stability.csv"), encoding: .utf8)
        let rows = table.split(whereSeparator: \.isNewline)
        #expect(
            rows.first?.hasSuffix("Index,Critical value,\"Critical value, normal law\",Points moved,Verdict")
                == true)
        #expect(rows.contains { $0.contains("0.031,0.05,0.0479,,") }, "\(table)")
        #expect(rows.contains { $0.contains("0.012,0.05,0.0479,-2.34,") }, "\(table)")
    }

    @Test func decisionsStandBesideTheCorrectionsTheyAreOn() throws {
        let temporary = try TemporaryFolder()
        let out = try written(SampleRun(obligors: 6), in: temporary)
        let table = try String(contentsOf: out.appending(path: "tables/queue.csv"), encoding: .utf8)
        let rows = table.split(whereSeparator: \.isNewline)
        #expect(rows[0].hasSuffix(",Decision"))
        // The decision on this suggestion, and the one that still holds.
        let decided = "(Okoro, 2024-04-12): new owner, seen on site"
        #expect(rows.dropFirst().map { $0.contains(decided) } == [true, false, true, false, false, false])
        #expect(rows[1].contains("dismissed \(decided)") && rows[3].contains("accepted \(decided)"))
    }

    /// Who follows a suggestion, does not, and follows it again on one day has followed it.
    @Test func theLastDecisionOfADayCounts() throws {
        let temporary = try TemporaryFolder()
        let writer = try RunFolderWriter(temporary.file("run"), replacing: false)
        func suggestion(_ id: String, rank: Int) -> CorrectionRecord {
            CorrectionRecord(
                id: id, asOf: "2024-06-30", givenGrade: "A", supportedGrade: "BB", probabilityOfChange: 0.5,
                direction: .down, rank: rank)
        }
        func decision(
            _ id: String, _ verdict: String, _ number: Int, given: String = "A", supported: String = "BB"
        ) -> DecisionRecord {
            DecisionRecord(
                decision: "\(number)", id: id, subject: .correction, verdict: verdict, about: "2024-06-30",
                givenGrade: given, supportedGrade: supported, author: "Chen", decided: "2024-06-30",
                until: "2024-12-31", reason: "number \(number)")
        }
        try writer.write((1...4).map { suggestion("O\($0)", rank: $0) })
        try writer.write([
            decision("O1", DecisionRecord.accepted, 1), decision("O1", DecisionRecord.dismissed, 2),
            decision("O1", DecisionRecord.accepted, 3), decision("O2", "set right", 4),
            decision("O3", DecisionRecord.accepted, 5, given: "B"),
            decision("O4", DecisionRecord.accepted, 6, supported: "C"),
        ])
        let run = try writer.finish(
            RunRecord(
                command: "review", arguments: [], engineVersion: "0", startedAt: .distantPast,
                finishedAt: .distantPast, seed: nil, threads: 1, rows: 4, model: nil, inputs: [], outputs: [])
        )
        try Report(run, in: .english).write(
            to: temporary.file("report"), replacing: false, charts: library(in: temporary))
        let table = try String(contentsOf: temporary.file("report/tables/queue.csv"), encoding: .utf8)
        let rows = table.split(whereSeparator: \.isNewline).dropFirst().map(String.init)
        #expect(rows[0].hasSuffix("\"accepted (Chen, 2024-06-30): number 3\""), "\(rows[0])")
        // A verdict that no text knows stands as it is written.
        #expect(rows[1].contains("set right (Chen"))
        // Of another grade given by hand, or another suggestion.
        #expect(!rows[2].contains("Chen") && !rows[3].contains("Chen"))
    }

    @Test func pagesSayWhatARunDoesNotHold() throws {
        let temporary = try TemporaryFolder()
        let writer = try RunFolderWriter(temporary.file("run"), replacing: false)
        let run = try writer.finish(
            RunRecord(
                command: "train", arguments: [], engineVersion: "0", startedAt: .distantPast,
                finishedAt: .distantPast,
                seed: nil, threads: 1, rows: 0, model: nil, inputs: [], outputs: []))
        try Report(run, in: .english).write(
            to: temporary.file("report"), replacing: false, charts: library(in: temporary))
        let text = try String(contentsOf: temporary.file("report/index.html"), encoding: .utf8)
        for command in ["obligor migrate", "obligor train", "obligor review", "obligor grade"] {
            #expect(text.contains(command), "\(command)")
        }
    }

    /// How often bytes occur.
    ///
    /// A search by characters would not see "<" behind a prepending mark.
    private func count(_ text: String, in data: Data) -> Int {
        var (count, rest) = (0, data.startIndex..<data.endIndex)
        while let found = data.range(of: Data(text.utf8), in: rest) {
            count += 1
            rest = found.upperBound..<data.endIndex
        }
        return count
    }

    /// Payloads as ids, names and tags, and in turn wherever else a run folder holds text.
    @Test(arguments: 0..<6) func hostileTextStaysText(seed: UInt64) throws {
        let temporary = try TemporaryFolder()
        // The first seed has as many as anybody could ask for, the others what fills every field.
        let payloads = HostileText.payloads(seed == 0 ? 240 : 60, seed: seed)
        let out = try written(
            SampleRun(obligors: seed == 0 ? payloads.count : 30, hostile: payloads), in: temporary)
        let html = try Data(contentsOf: out.appending(path: "index.html"))
        // Seven script elements of our own, and no element that a payload could have opened.
        #expect(count("<script", in: html) == 7)
        #expect(count("</script", in: html) == 7)
        #expect(count("<title", in: html) == 1 && count("</title", in: html) == 1)
        #expect(count("<style", in: html) == 1 && count("</style", in: html) == 1)
        #expect(count("<meta", in: html) == 3)
        for element in ["<img", "<svg", "<iframe", "<base", "<a href=j", "<b>", "<!--"] {
            #expect(count(element, in: html) == 0, "\(element)")
        }
        #expect(count("onfocus=\"d", in: html) == 0)
    }

    @Test(arguments: 0..<4) func hostileTextStaysTextInMarkdown(seed: UInt64) {
        let special = Set("\\`*_{}[]<>#|!~&".unicodeScalars)
        let breaks = Set("\n\r\u{85}\u{2028}\u{2029}".unicodeScalars)
        for payload in HostileText.payloads(100, seed: seed) {
            var read = String.UnicodeScalarView()
            var (isEscaped, isSafe) = (false, true)
            for scalar in MarkdownCard.escaped(payload).unicodeScalars {
                if !isEscaped, scalar == "\\" {
                    isEscaped = true
                    continue
                }
                if breaks.contains(scalar) || !isEscaped && special.contains(scalar) { isSafe = false }
                read.append(scalar)
                isEscaped = false
            }
            let expected = payload.unicodeScalars.map { breaks.contains($0) ? " " : $0 }
            #expect(isSafe)
            #expect(Array(read) == expected, "an escape is taken away by whoever reads Markdown")
        }
    }

    @Test(arguments: [
        ("- a", "\\- a"), ("1. a", "1\\. a"), ("23) a", "23\\) a"), ("=", "\\="), ("    code", "code"),
        ("5 of 6", "5 of 6"), ("\u{600}<b>", "\u{600}\\<b\\>"), ("&lt;", "\\&lt;"),
    ])
    func aParagraphIsNoList(text: String, expected: String) {
        #expect(MarkdownCard.paragraph(text).unicodeScalars.elementsEqual(expected.unicodeScalars))
    }

    @Test(arguments: [
        ("\u{600}<img src=x>", "\u{600}&lt;img src=x&gt;"), ("\"\u{301}", "&quot;\u{301}"),
        ("\u{110BD}&'", "\u{110BD}&amp;&#39;"), ("名称 é", "名称 é"), ("", ""),
    ])
    func markupIsEscapedByteByByte(text: String, expected: String) {
        #expect(EscapedMarkup().escapeText(text).utf8.elementsEqual(expected.utf8))
    }

    @Test func securityPolicyNamesTheScriptsThatAreThere() throws {
        let temporary = try TemporaryFolder()
        let html = try String(
            contentsOf: written(SampleRun(obligors: 3), in: temporary).appending(path: "index.html"),
            encoding: .utf8)
        let sources = String(html.components(separatedBy: "script-src ")[1].prefix { $0 != ";" })
        // Data is no script; what runs is in elements without a type.
        let scripts = html.components(separatedBy: "<script>").dropFirst()
            .map { $0.components(separatedBy: "</script>")[0] }
        #expect(scripts.count == 2)
        let digests = scripts.map { script in
            "'sha256-\(Data(SHA256.hash(data: Data(script.utf8))).base64EncodedString())'"
        }
        #expect(sources == digests.joined(separator: " "))
    }

    @Test(arguments: Language.allCases) func everyWordIsThere(language: Language) throws {
        let english = try Wording(.english)
        #expect(try Wording(language).keys.isSuperset(of: english.keys))
        let temporary = try TemporaryFolder()
        let html = try String(
            contentsOf: written(SampleRun(obligors: 3), in: temporary, language: language)
                .appending(path: "index.html"), encoding: .utf8)
        #expect(html.contains("lang=\"\(language.rawValue)\""))
        // A key without words would be printed as it is.
        for prefix in [
            "portfolio.", "migration.", "corrections.", "model.", "column.", "axis.", "fact.", "dimension.",
        ] {
            let pattern = try Regex(">\(prefix.replacing(".", with: "\\."))[a-z][A-Za-z.]*<")
            #expect(html.firstMatch(of: pattern) == nil, "\(prefix)")
        }
    }

    @Test func anotherFolderIsNeverReplaced() throws {
        let temporary = try TemporaryFolder()
        let run = try SampleRun(obligors: 3).write(to: temporary.file("run"))
        #expect(throws: ReportError.self) {
            try Report(run, in: .english).write(
                to: temporary.file("run"), replacing: true, charts: library(in: temporary))
        }
    }

    @Test func aMissingChartLibraryNamesItsPackage() throws {
        let error = #expect(throws: ReportError.self) { try ChartLibrary(URL(filePath: "/nowhere")) }
        #expect(error?.description.contains("libjs-vega") == true)
    }
}

/// The program beside the tests.
enum ReportProgram {
    static let file = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appending(path: "obligor")
    static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: file.path) }
}

@Suite(
    "The program writes the same report each time it is started",
    .enabled(if: ReportProgram.isBuilt, "needs the program beside the tests"))
struct ReportProgramTests {

    private func run(_ arguments: String...) throws -> (status: Int32, error: String) {
        let process = Process()
        process.executableURL = ReportProgram.file
        process.arguments = arguments
        let error = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = error
        try process.run()
        let text = try error.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }

    /// Every process orders its dictionaries by another seed, so what leans on their order differs between the two.
    @Test func sameBytesFromTwoProcesses() throws {
        let temporary = try TemporaryFolder()
        try SampleRun(obligors: 80).write(to: temporary.file("run"))
        let library = temporary.file("vega")
        try FileManager.default.createDirectory(at: library, withIntermediateDirectories: true)
        for name in ChartLibrary.files {
            try Data("define([], () => {});\n".utf8).write(to: library.appending(path: name))
        }
        for name in ["a", "b"] {
            let done = try run(
                "report", temporary.path("run"), "--out", temporary.path(name), "--charts", library.path,
                "--language",
                "zh-Hans")
            #expect(done.status == 0, "\(done.error)")
        }
        let files = try FileManager.default.subpathsOfDirectory(atPath: temporary.path("a")).sorted()
        #expect(try FileManager.default.subpathsOfDirectory(atPath: temporary.path("b")).sorted() == files)
        #expect(files.count > 30)
        for file in files where file != "tables" {
            #expect(
                try Data(contentsOf: temporary.file("a/\(file)"))
                    == Data(contentsOf: temporary.file("b/\(file)")),
                "\(file)")
        }
    }

    @Test func aMissingChartLibraryIsOneLineThatNamesTheRemedy() throws {
        let temporary = try TemporaryFolder()
        try SampleRun(obligors: 3).write(to: temporary.file("run"))
        let done = try run(
            "report", temporary.path("run"), "--out", temporary.path("out"), "--charts",
            temporary.path("none"))
        #expect(done.status == 1)
        #expect(done.error.contains("libjs-vega") && done.error.contains("--charts"))
        #expect(done.error.split(separator: "\n").count == 1)
        #expect(!FileManager.default.fileExists(atPath: temporary.path("out")))
    }
}

@Suite("Tables open safely in a spreadsheet")
struct TableFileTests {
    @Test(arguments: ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝1+1", "＋1", "－1", "＠x", "=\u{301}1"])
    func formulasAreTexts(text: String) {
        let table = DataTable(
            id: "t", caption: "", columns: [.text(text)], rows: [[.init(text: text)]])
        let written = Data(TableFile.data(table))
        let field = text.contains(where: \.isNewline) ? "\"'\(text)\"" : "'\(text)"
        #expect(written == Data("\(field)\n\(field)\n".utf8))
    }

    @Test func figuresAreWrittenAsTheyAre() {
        let table = DataTable(
            id: "t", caption: "", columns: [.text("a"), .number("b")],
            rows: [
                [.init(text: "x"), .init(text: "1.2%", value: -0.0123456789)],
                [.init(text: "y, \"z\""), .init(text: Figures.missing)],
                [.init(text: "n"), .init(text: "1,204", value: 1204)],
            ])
        #expect(
            String(decoding: TableFile.data(table), as: UTF8.self)
                == "a,b\nx,-0.0123456789\n\"y, \"\"z\"\"\",\nn,1204\n")
    }
}

@Suite("Columns are packed so that a script reads what was there")
struct PackedColumnTests {
    @Test func smallFiguresAreSingleAndLargeOnesDouble() throws {
        let single = PackedColumn([1.5, .nan, -3])
        #expect(single.kind == .f4)
        let bytes = try #require(Data(base64Encoded: single.bytes))
        #expect(bytes.count == 12)
        #expect(Array(bytes.prefix(4)) == [0, 0, 0xC0, 0x3F])
        #expect(PackedColumn([3, 0, 255]) == PackedColumn([3, 0, 255], below: 256))
        #expect(PackedColumn([65_535]).kind == .u2 && PackedColumn([65_536]).kind == .f4)
        #expect(PackedColumn([-1]).kind == .f4 && PackedColumn([0.5]).kind == .f4)
        let double = PackedColumn([2_000_000.25])
        #expect(double.kind == .f8)
        #expect(Data(base64Encoded: double.bytes)?.count == 8)
    }

    @Test(arguments: [(256, PackedColumn.Kind.u1, 1), (257, .u2, 2), (65_536, .u2, 2), (65_537, .u4, 4)])
    func codesTakeAsManyBytesAsTheyNeed(bound: Int, kind: PackedColumn.Kind, size: Int) {
        let column = PackedColumn([0, bound - 1], below: bound)
        #expect(column.kind == kind)
        let bytes = Data(base64Encoded: column.bytes) ?? Data()
        #expect(bytes.count == 2 * size)
        let last = bytes.suffix(size).reversed().reduce(0) { $0 << 8 | Int($1) }
        #expect(last == bound - 1)
    }

    @Test func wordsStandOnceAndMissingOnesAreTold() {
        let column = PackedColumn(["b", nil, "a", "b", "", nil])
        #expect(column.levels == ["b", nil, "a", ""])
        #expect(Data(base64Encoded: column.bytes) == Data([0, 1, 2, 0, 3, 1]))
    }

    @Test func rowsOfAnObligorStandTogetherInTheOrderOfTheFile() {
        let records = [("x", 1.0), ("y", 2), ("x", 3), ("nobody", 4), ("z", 5)]
        let packer = PackedRows.Packer(records, places: ["x": 0, "y": 2, "z": 1], count: 4) { $0.0 }
        let rows = packer.rows(["value": packer.numbers { $0.1 }])
        #expect(rows.starts == PackedColumn([0, 2, 3, 4, 4], below: 5))
        #expect(rows.columns["value"] == PackedColumn([1, 3, 5, 2]))
        // What is the same throughout stands once.
        #expect(packer.numbers { _ in .nan } == PackedColumn([.nan]))
        #expect(packer.words { _ in "a" } == PackedColumn(["a"]))
    }
}

@Suite("What a run says of a feature is said in the language of the report")
struct StatementTests {
    @Test(arguments: [
        ("pays 23 days late, worsening (9 days before)", "dbt_3m", "晚付 23 天，恶化（此前 9 天）"),
        ("pays on the due day", "dbt_3m", "按期付款"), ("pays 1 day early", "dbt_3m", "提前 1 天付款"),
        ("equity by total assets: 12 %, worsening (18 % before)", "equity_ratio", "权益比率：12 %，恶化（此前 18 %）"),
        ("mean delay over payments: 3 days", "mean_delay_12m", "平均延迟（近12个月）：3 天"),
        ("mean external score over sources: not known (no source has a record)", "bureau_score", "征信评分：未知"),
        ("3 of 5 changed: O1 2021-09-30 CC→B", "x", "5 个中有 3 个变化：O1 2021-09-30 CC→B"),
        ("given CCC, the evidence says BB (2 notches)", "x", "给定 CCC，证据支持 BB（相差 2 档）"),
        (
            "mean grade of a year against today's: 2.4 notches better", "mean_state_1y",
            "平均等级对比当前（近1年）：2.4 档 更好"
        ),
        ("last change of grade: none", "last_move", "上次等级变动：无"),
        ("free text of a rule", "x", "free text of a rule"),
    ])
    func inChinese(text: String, feature: String, expected: String) throws {
        let statement = Statement(words: try Wording(.simplifiedChinese))
        #expect(statement.text(text, of: feature) == expected)
    }

    @Test func inEnglishItStaysAsItIs() throws {
        let statement = Statement(words: try Wording(.english))
        #expect(statement.text("pays 23 days late", of: "dbt_3m") == "pays 23 days late")
        #expect(statement.text(nil, of: "dbt_3m") == "days beyond terms (3 months)")
        #expect(statement.text(nil, of: "credit_history") == "credit history")
        #expect(statement.reason("tax arrears") == "tax arrears")
        #expect(statement.effect("cap BBB") == "no better than BBB")
    }

    @Test(arguments: [
        ("no financial statements of the last 730 days", "近 730 天内没有财务报表"),
        ("control change, until a person has decided", "控制权变更，待人工决定"),
        ("the obligor is in default", "客户已违约"), ("tax arrears", "欠缴税款"),
        ("tax arrears (held at what experts may do)", "欠缴税款（已限于专家权限）"),
        ("what an analyst wrote", "what an analyst wrote"),
    ])
    func reasonsOfStepsInChinese(text: String, expected: String) throws {
        let words = try Wording(
            .simplifiedChinese,
            translations: [
                .init(language: "zh-Hans", text: "tax arrears", translation: "欠缴税款"),
                .init(language: "de", text: "what an analyst wrote", translation: "Steuerschulden"),
            ])
        #expect(Statement(words: words).reason(text) == expected)
    }

    @Test(arguments: [
        (
            "2 invoices unpaid beyond the usual time, the oldest 47 days past due; usually paid on the due day ± 10; since 2024-05-04",
            "2 张发票超过通常时间未付，最早一张已逾期 47 天；通常按期付款（±10 天）；自 2024年5月4日 起"
        ),
        (
            "paid 30 days late in the last 8 invoices, usual 13 days early ± 10; since 2022-10-07",
            "最近 8 张发票晚付 30 天，通常提前 13 天付款（±10 天）；自 2022年10月7日 起"
        ),
        (
            "104 % of the credit limit used, usual 61 ± 9 %; since 2024-01-31",
            "已用信用额度的 104%，通常 61%（±9%）；自 2024年1月31日 起"
        ), ("41 days past due, 12 are usual", "41 days past due, 12 are usual"),
    ])
    func alertsInChinese(text: String, expected: String) throws {
        #expect(Statement(words: try Wording(.simplifiedChinese)).alert(text) == expected)
    }

    /// The catalogue's columns stand in its dictionary, which a test of its own holds to the declarations.
    @Test(arguments: Language.allCases) func everyFeatureOfTheCatalogueHasWords(language: Language) throws {
        let words = try Wording(language)
        let file = URL(filePath: #filePath).appending(path: "../../../datasets/FEATURES.md")
            .standardizedFileURL
        let dictionary = try String(contentsOf: file, encoding: .utf8)
        let features = dictionary.components(separatedBy: "\n## Quantities")[0]
        let columns = features.matches(of: /\n\| `([a-z0-9_]+)` \|/).map { String($0.1) }
        #expect(columns.count > 240)
        // What a history of grades says, which the queue's reasons speak of too.
        for column in ["last_move", "years_in_state", "years_rated", "notches_up_2y", "mean_state_6m"] {
            #expect(words.knownFeature(column) != nil, "\(column)")
        }
        var seen: [String: String] = [:]
        for column in columns {
            let name = try #require(words.knownFeature(column), "\(column)")
            #expect(
                seen.updateValue(column, forKey: name) == nil, "\(column) is called like \(seen[name] ?? "")")
        }
    }
}

@Suite("Bands of the flow are as wide as the moves they stand for")
struct FlowLayoutTests {
    @Test func bandsFillTheirNodes() {
        let counts = [[5, 2, 0], [1, 7, 1], [0, 0, 4]]
        let layout = FlowLayout(counts)
        #expect(layout.bands.count == 6)
        #expect(layout.nodes.count == 6)
        let unit = (1000 - 28) / 20.0
        for node in layout.nodes {
            let size =
                node.side == 0
                ? counts[node.state].reduce(0, +) : counts.reduce(0) { $0 + $1[node.state] }
            #expect(abs(node.end - node.start - Double(size) * unit) < 1e-9)
        }
    }

    @Test func nothingMovedGivesNothing() {
        let layout = FlowLayout([[0, 0], [0, 0]])
        #expect(layout.nodes.isEmpty && layout.bands.isEmpty)
    }
}

@Suite("Bands of figures cover every figure")
struct ObligorBandTests {
    @Test(arguments: ObligorBand.allCases) func everyLevelHasItsPlace(band: ObligorBand) {
        for pd in [0, 0.0005, 0.001, 0.3, 1] {
            for share in [0, 0.04, 0.999, 1.0] {
                let obligor = PortfolioRecord(
                    id: "1", asOf: "2024-06-30", grade: "B", previousGrade: "A", pd: pd, currency: "EUR",
                    exposure: 5_000, overdue: 5_000 * share, daysBeyondTerms: 100 * share, limit: 4_000,
                    termsDays: 45,
                    reviewDue: "2024-09-30", movement: .down)
                let level = band.level(obligor)
                #expect(!level.isEmpty)
                #expect(band.order.isEmpty || band.order.contains(level), "\(level)")
            }
        }
    }

    /// A cut belongs to the band below it.
    @Test(arguments: [
        (ObligorBand.pd, 0.0, "≤ 0.1%"), (.pd, 0.001, "≤ 0.1%"), (.pd, 0.0011, "0.1–0.5%"),
        (.pd, 0.2, "10–20%"), (.pd, 0.21, "> 20%"), (.exposure, 0, "≤ 0"), (.exposure, 1, "0–10k"),
        (.exposure, 1e4, "0–10k"), (.exposure, 1e6, "100k–1M"), (.exposure, 2e7, "> 10M"),
        (.daysBeyondTerms, -3, "≤ 0"), (.daysBeyondTerms, 30, "10–30"), (.daysBeyondTerms, 91, "> 90"),
        (.utilisation, 25, "≤ 25%"), (.utilisation, 100.5, "> 100%"), (.overdueShare, 0, "≤ 0%"),
        (.overdueShare, 20, "5–20%"),
    ])
    func aCutBelongsToTheBandBelow(band: ObligorBand, value: Double, expected: String) {
        let exposure = band == .exposure ? value : band == .utilisation ? value : 100
        let obligor = PortfolioRecord(
            id: "1", asOf: "2024-06-30", grade: "B", pd: band == .pd ? value : nil, currency: "EUR",
            exposure: exposure, overdue: band == .overdueShare ? value : 0,
            daysBeyondTerms: band == .daysBeyondTerms ? value : nil, limit: 100, movement: .new)
        #expect(band.level(obligor) == expected)
    }

    @Test func whatIsWhollyOverdueIsInTheLastBand() {
        let obligor = PortfolioRecord(
            id: "1", asOf: "2024-06-30", grade: "B", currency: "EUR", exposure: 10, overdue: 10,
            movement: .new)
        #expect(ObligorBand.overdueShare.level(obligor) == "> 80%")
    }
}

@Suite("Damaged documents become pages that say so")
struct DamagedDocumentTests {
    @Test func movesThatNoPortfolioHolds() throws {
        let temporary = try TemporaryFolder()
        let writer = try RunFolderWriter(temporary.file("run"), replacing: false)
        try writer.write(
            MigrationMatrixRecord(
                horizonMonths: 12, states: ["A", "D"], matrices: [], termStructure: [], tests: [],
                backtest: [],
                flow: .init(from: "2024-03-31", to: "2024-06-30", counts: [[.max, .max], [.max, 0]])))
        let run = try SampleRun(obligors: 3).write(to: temporary.file("whole"))
        let damaged = try writer.finish(run.record)
        let page = try MigrationPage(
            context: PageContext(
                content: RunContent(damaged), earlier: nil, words: Wording(.english),
                figures: Figures(language: .english))
        ).page()
        #expect(page.sections.first { $0.id == "flow" }?.absence?.contains("do not fit") == true)
    }

    @Test func theFlowIsBetweenTheRunsThatAreCompared() throws {
        let temporary = try TemporaryFolder()
        func run(_ name: String, _ day: String, _ grade: String, before: String) throws -> RunContent {
            let writer = try RunFolderWriter(temporary.file(name), replacing: false)
            try writer.write(
                Portfolio(
                    tags: [],
                    obligors: [
                        PortfolioRecord(
                            id: "1", asOf: day, grade: grade, previousGrade: before, currency: "EUR",
                            exposure: 1,
                            overdue: 0, movement: .up)
                    ]))
            return try RunContent(writer.finish(SampleRun(obligors: 1).write(to: temporary.file("x")).record))
        }
        let page = try MigrationPage(
            context: PageContext(
                content: run("now", "2024-06-30", "A", before: "BBB"),
                earlier: run("then", "2023-06-30", "CC", before: "C"), words: Wording(.english),
                figures: Figures(language: .english))
        ).page()
        let table = try #require(page.sections.first { $0.id == "flow" }?.tables.first)
        #expect(table.rows.first { $0[0].text == "CC" }?.contains { $0.value == 1 } == true)
    }
}

@Suite("Colours of grades tell them apart without colour")
struct GradeColourTests {
    private let style: String

    init() throws { style = try Resource.text("style.css") }

    /// Relative luminance after WCAG 2: 0 for black, 1 for white.
    private func luminance(_ name: String) throws -> Double {
        let match = try #require(
            try style.firstMatch(of: Regex("--\(name): #([0-9a-f]{3}|[0-9a-f]{6});")), "\(name)")
        var digits = String(try #require(match[1].substring))
        if digits.count == 3 { digits = digits.map { "\($0)\($0)" }.joined() }
        let value = try #require(Int(digits, radix: 16))
        let parts = [16, 8, 0].map { shift -> Double in
            let part = Double(value >> shift & 255) / 255
            return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }

    @Test func eachGradeIsDarkerThanTheBetterOne() throws {
        let lights = try PageContext.grades.map { try luminance("grade-\($0)") }
        for (better, worse) in zip(lights, lights.dropFirst()) { #expect(worse < 0.95 * better) }
    }

    @Test func theNameOfAGradeIsLegibleOnItsColour() throws {
        for grade in PageContext.grades {
            let fill = try luminance("grade-\(grade)")
            let ink = style.contains("--grade-ink-\(grade):") ? try luminance("grade-ink-\(grade)") : 0
            // 4.5 is AA for text of ordinary size.
            #expect((max(fill, ink) + 0.05) / (min(fill, ink) + 0.05) >= 4.5, "\(grade)")
        }
    }
}
