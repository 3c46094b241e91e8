import Foundation
import StrictYAML
import Testing

@Suite("A YAML document is read strictly")
struct YAMLReaderTests {
    private func read(_ text: String) throws(YAMLError) -> YAMLNode {
        try YAMLReader().read(text, named: "recipe.yaml")
    }

    private func refusal(_ text: String) -> YAMLError? {
        do throws(YAMLError) {
            _ = try read(text)
            return nil
        } catch {
            return error
        }
    }

    private func at(_ line: Int, _ column: Int) -> YAMLPosition {
        YAMLPosition(file: "recipe.yaml", line: line, column: column)
    }

    @Test func valuesCarryPlaceAndPath() throws {
        let document = try read(
            """
            # a comment
            target: BAD
            binning:
              variables:
                - name: LOAN
                - {name: "MORTDUE", maximumBins: 5}
            """)
        var keys = try document.mapping()
        let target = try keys.required("target")
        #expect(target.position == at(2, 9))
        #expect(target.path == "target")
        var binning = try keys.required("binning").mapping()
        let items = try binning.required("variables").list()
        var second = try items[1].mapping()
        let bins = try second.required("maximumBins")
        #expect(bins.position == at(6, 38))
        #expect(bins.path == "binning.variables[1].maximumBins")
        #expect(try bins.int() == 5)
        #expect(try second.required("name").string() == "MORTDUE")
    }

    @Test func byteOrderMarkAndWindowsLineEndsAreFine() throws {
        var keys = try read("\u{FEFF}a: 1\r\nb: two\r\n").mapping()
        #expect(try keys.required("a").int() == 1)
        #expect(try keys.required("b").string() == "two")
    }

    @Test(arguments: ["", "\n\n", "# only a comment\n", "---\n...\n# nothing\n"])
    func emptyDocumentsAreRefusedOrHoldNothing(text: String) {
        switch refusal(text) {
        case .empty(file: "recipe.yaml"): break
        case nil: #expect((try? read(text).mapping()) == nil)
        case let error: Issue.record("\(text.debugDescription): \(String(describing: error))")
        }
    }

    @Test func duplicateKeysAreRefusedHoweverWritten() {
        for text in ["a: 1\nb: 2\na: 3\n", "x:\n  1: 2\n  \"1\": 3\n", "{a: 1, a: 2}"] {
            guard case .duplicateKey = refusal(text) else {
                Issue.record("\(text.debugDescription) gave \(String(describing: refusal(text)))")
                continue
            }
        }
        guard case .duplicateKey(let position, "1", firstLine: 2) = refusal("x:\n  1: 2\n  \"1\": 3\n") else {
            Issue.record("a quoted duplicate was not named by key and first line")
            return
        }
        #expect(position == at(3, 3))
    }

    @Test func anchorsAliasesAndMergeKeysAreRefused() {
        #expect(refusal("a: &x 1\nb: 2") == .anchor(at(1, 4)))
        #expect(refusal("a: *x") == .anchor(at(1, 4)))
        #expect(refusal("base: &b {k: 1}\nc:\n  <<: *b") == .anchor(at(1, 7)))
        #expect(refusal("&k key: 1") == .anchor(at(1, 1)))
    }

    @Test func wordsThatOnlyLookLikeAliasesAreText() throws {
        var keys = try read("note: \"a *star* and an &ampersand\"\nmath: 2 * 3 & 4 # *not an alias\n")
            .mapping()
        #expect(try keys.required("note").string() == "a *star* and an &ampersand")
        #expect(try keys.required("math").string() == "2 * 3 & 4")
    }

    @Test func anAliasBombIsRefusedAtOnce() {
        var text = "- &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...30 {
            let below = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "- &a\(level) [\(below)]\n"
        }
        text += "- ? *a30\n  : 1\n"
        guard case .anchor = refusal(text) else {
            Issue.record("\(String(describing: refusal(text)))")
            return
        }
    }

    @Test func tagsAreRefused() {
        #expect(refusal("a: !!int \"5\"") == .tag(at(1, 4)))
        #expect(refusal("a: !custom {b: 1}") == .tag(at(1, 4)))
        #expect(refusal("a: !!str 5") == .tag(at(1, 4)))
    }

    @Test func severalDocumentsAreRefused() {
        #expect(refusal("a: 1\n---\nb: 2\n") == .severalDocuments(file: "recipe.yaml"))
    }

    @Test func keysMustBeText() {
        #expect(refusal("[a, b]: 1") == .badKey(at(1, 1)))
        #expect(refusal("? {a: 1}\n: 2") == .badKey(at(1, 3)))
        #expect(refusal("\"\": 2") == .badKey(at(1, 1)))
    }

    @Test func depthIsLimited() {
        let deep = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
        #expect(refusal(deep) == .tooDeep(file: "recipe.yaml", limit: 32))
        let deepest = String(repeating: "[", count: 20_000)
        #expect(refusal(deepest) != nil)
        let blocks = String(repeating: "- ", count: 5_000) + "x"
        #expect(refusal(blocks) != nil)
        let allowed = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        #expect(refusal(allowed) == nil)
    }

    @Test func sizeIsLimited() {
        let text = "a: " + String(repeating: "x", count: 1 << 20)
        #expect(refusal(text) == .tooLarge(file: "recipe.yaml", bytes: text.utf8.count, limit: 1 << 20))
    }

    @Test func textThatIsNotUTF8IsRefusedByPlace() {
        do throws(YAMLError) {
            _ = try YAMLReader().read(
                Array("a: 1\nb: x".utf8) + [0xFF, 0xFE] + Array("\n".utf8), named: "r.yaml")
            Issue.record("accepted")
        } catch {
            #expect(error == .notUTF8(YAMLPosition(file: "r.yaml", line: 2, column: 5)))
        }
    }

    @Test func syntaxErrorsNameTheirPlace() {
        guard case .syntax(let position, let problem) = refusal("a: 1\nb: [1, 2\nc: 3\n") else {
            Issue.record("accepted or misnamed: \(String(describing: refusal("a: 1\nb: [1, 2\nc: 3\n")))")
            return
        }
        #expect(position.line == 3)
        #expect(problem.contains("line 2"))
        guard case .syntax(let tab, _) = refusal("a:\n\tb: 1\n") else {
            Issue.record("a tab was accepted")
            return
        }
        #expect(tab == at(2, 1))
        guard case .syntax(let control, _) = refusal("a: 1\nb: \u{1}\n") else {
            Issue.record("a control character was accepted")
            return
        }
        #expect(control.line == 2)
    }

    @Test func filesAreReadAndMissingFilesNamed() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "r.yaml")
        try Data("a: 1\n".utf8).write(to: file)
        var keys = try YAMLReader().read(file).mapping()
        #expect(try keys.required("a").int() == 1)
        for absent in [folder.appending(path: "absent.yaml"), folder] {
            do throws(YAMLError) {
                _ = try YAMLReader().read(absent)
                Issue.record("read \(absent)")
            } catch {
                guard case .unreadable = error else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(error.description.contains(absent.lastPathComponent))
            }
        }
    }
}
