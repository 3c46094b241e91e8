import Foundation
import Testing

@Suite("The architecture holds")
struct ArchitectureTests {
    static let targets = Architecture.allowed.keys.sorted()

    @Test("imports only what the table allows", arguments: targets)
    func importsAreAllowed(target: String) throws {
        let folder = Architecture.folder(of: target)
        let files = try SourceTree.swiftFiles(below: folder)
        #expect(!files.isEmpty, "\(folder) holds no Swift file")
        let allowed = try #require(Architecture.allowed[target])
        for file in files {
            let strangers = SourceTree.imports(in: file.text).subtracting(allowed)
                .subtracting(Architecture.toolchain)
            #expect(strangers.isEmpty, "\(file.path) imports \(strangers.sorted())")
        }
    }

    @Test("every folder of Sources is in the table or is C")
    func everyTargetIsListed() throws {
        let folders = try FileManager.default.contentsOfDirectory(
            atPath: SourceTree.root.appending(path: "Sources").path)
        let cTargets: Set = ["CBLAS", "CLAPACKE", "CZlib", "CKernels"]
        let unlisted = Set(folders).subtracting(Architecture.allowed.keys).subtracting(cTargets)
        #expect(unlisted.isEmpty, "not in the table: \(unlisted.sorted())")
    }

    @Test("the package declares what the table allows", arguments: targets)
    func packageAgrees(target: String) throws {
        let manifest = try String(
            contentsOf: SourceTree.root.appending(path: "Package.swift"), encoding: .utf8)
        let declared = try #require(SourceTree.dependencies(of: target, in: manifest), "no target \(target)")
        #expect(declared == Architecture.allowed[target])
    }

    @Test("the table has no cycle")
    func arrowsPointOneWay() {
        var settled: Set<String> = []
        var remaining = Set(Self.targets)
        while !remaining.isEmpty {
            let ready = remaining.filter { target in
                Architecture.allowed[target, default: []].isDisjoint(with: remaining.subtracting([target]))
            }
            #expect(!ready.isEmpty, "a cycle among \(remaining.sorted())")
            if ready.isEmpty { return }
            settled.formUnion(ready)
            remaining.subtract(ready)
        }
        #expect(settled == Set(Self.targets))
    }

    @Test("unsafe code stays in its few places")
    func unsafeCodeIsConfined() throws {
        let unsafe = /\bunsafe\b/
        for file in try SourceTree.swiftFiles(below: "Sources")
        where !Architecture.unsafeCode.contains(where: file.path.hasPrefix) {
            let code = file.text.split(separator: "\n").map { line in line.split(separator: "//").first ?? ""
            }
            let hits = code.indices.filter { code[$0].firstMatch(of: unsafe) != nil }.map { $0 + 1 }
            #expect(hits.isEmpty, "\(file.path) has unsafe code near line \(hits.prefix(3))")
        }
    }

    @Test("data cannot reach a trap by name")
    func noTrapsInSources() throws {
        let traps = /\bfatalError\(|\btry!|\bas!|\bTODO\b|\bFIXME\b/
        for folder in ["Sources", "benchmarks/Sources"] {
            for file in try SourceTree.swiftFiles(below: folder) {
                #expect(file.text.firstMatch(of: traps) == nil, "\(file.path)")
            }
        }
    }

    @Test("no type carries the name of its module", arguments: targets)
    func noTypeIsNamedLikeItsModule(target: String) throws {
        for file in try SourceTree.swiftFiles(below: Architecture.folder(of: target)) {
            for kind in ["struct", "enum", "class", "actor", "protocol"] {
                #expect(!file.text.contains(" \(kind) \(target) "), "\(file.path)")
                #expect(!file.text.contains(" \(kind) \(target):"), "\(file.path)")
            }
        }
    }

    @Test("the reader of imports sees every form")
    func importsAreSeen() {
        let text = """
            import Alpha
            public import Beta
            @testable import Gamma
            @preconcurrency internal import struct Delta.Thing
            // import Epsilon
            let x = "import Zeta"
            """
        #expect(SourceTree.imports(in: text) == ["Alpha", "Beta", "Gamma", "Delta"])
    }
}
