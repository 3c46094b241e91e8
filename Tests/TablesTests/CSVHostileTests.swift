import Parallelism
import Statistics
import TestSupport
import Testing

@testable import Tables

@Suite("Damaged CSV gives a table or a typed error, never a trap")
struct CSVHostileTests {
    /// Changes a few bytes of a text: flips, removes, doubles, moves or plants what a parser may stumble over.
    private func mutated(_ bytes: [UInt8], _ dice: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        let planted: [[UInt8]] = [
            Array("\"".utf8), Array("\"\"".utf8), Array(",".utf8), Array("\n".utf8), Array("\r".utf8),
            Array("\r\n\r\n".utf8), [0], [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xEF, 0xBB, 0xBF],
            [0x1F, 0x8B],
            Array("1e999".utf8), Array("-".utf8), Array("99999999999999999999".utf8), Array("NaN".utf8),
            Array("2024-13-45".utf8), Array("0x1p3".utf8), Array(String(repeating: "9", count: 900).utf8),
            Array(String(repeating: ",", count: 70).utf8), Array("1e-99999999999999999999".utf8),
        ]
        for _ in 0..<1 + dice.below(4) {
            guard !bytes.isEmpty else { return planted[0] }
            let place = dice.below(bytes.count)
            switch dice.below(6) {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: dice.next())
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(contentsOf: dice.pick(planted), at: place)
            case 3: bytes.removeSubrange(place..<min(bytes.count, place + dice.below(30)))
            case 4:
                bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + dice.below(30))], at: place)
            default: bytes.swapAt(place, dice.below(bytes.count))
            }
        }
        return bytes
    }

    private static let text = """
        id,amount,rate,since,active,sector,note
        1,1000,0.25,2024-02-29,true,retail,"said ""hello"", twice"
        2,-5,1e-3,2023-12-31,false,"food, drink",
        3,,,,,,"line
        break"
        4,9223372036854775807,1.7976931348623157e308,1999-01-01,TRUE,retail,NA

        5,0,-0.0,2000-06-15,false,mining,ß€𝄞
        """

    private static let stated = [
        ColumnSchema(name: "id", type: .integer, range: .init(minimum: 0)),
        ColumnSchema(name: "amount", type: .float), ColumnSchema(name: "since", type: .day),
        ColumnSchema(name: "sector", type: .category, levels: ["retail", "mining"], unseenLevels: .append),
        ColumnSchema(name: "note", type: .text),
    ]

    @Test(arguments: HostileInput.csvFiles.seeds)
    func mutationsOfAFile(seed: Int) throws {
        var dice = SeededGenerator(seed: UInt64(seed))
        let lineBreak = dice.oneIn(2) ? "\n" : "\r\n"
        let text = Self.text.replacing("\n", with: lineBreak).replacing(",", with: dice.oneIn(4) ? ";" : ",")
        for _ in 0..<HostileInput.csvFiles.perSeed {
            let bytes = mutated(Array(text.utf8), &dice)
            var options = CSVOptions()
            options.workers = Workers(threads: 1 + dice.below(3))
            options.blockSize = dice.pick([1, 16, 100, 4096])
            options.fieldLimit = dice.pick([1 << 20, 500])
            options.recordLimit = 2000
            if dice.oneIn(2) { options.schema = try Schema(Self.stated) }
            let whole = outcome { () throws(TableError) in
                try CSVReader(options).read(.bytes(bytes, name: "x"))
            }
            options.blockSize = 1 << 12
            options.workers = .single
            let plain = outcome { () throws(TableError) in
                try CSVReader(options).read(.bytes(bytes, name: "x"))
            }
            // Where the file is cut decides nothing but which of several faults comes first.
            switch (whole, plain) {
            case (.success(let whole), .success(let plain)): expectSameBits(whole, plain)
            case (.failure(let whole), .failure(let plain)):
                #expect(!whole.description.isEmpty && !plain.description.isEmpty)
            default: Issue.record("\(whole) but \(plain) for \(String(decoding: bytes, as: UTF8.self))")
            }
            _ = outcome { () throws(TableError) in
                let stream = try CSVStream(.bytes(bytes, name: "x"), options)
                while try stream.next() != nil {}
            }
        }
    }

    @Test(arguments: HostileInput.csvNoise.seeds)
    func noise(seed: Int) {
        var dice = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<HostileInput.csvNoise.perSeed {
            let alphabet = dice.pick([Array("a1,\"\n\r;.e-".utf8), (0...255).map { UInt8($0) }])
            let bytes = (0..<dice.below(300)).map { _ in dice.pick(alphabet) }
            var options = CSVOptions()
            options.workers = Workers(threads: 1 + dice.below(3))
            options.blockSize = dice.pick([1, 64, 4096])
            let cut = outcome { () throws(TableError) in try CSVReader(options).read(.bytes(bytes, name: "x"))
            }
            options.workers = .single
            options.blockSize = 1 << 12
            let plain = outcome { () throws(TableError) in
                try CSVReader(options).read(.bytes(bytes, name: "x"))
            }
            switch (cut, plain) {
            case (.success(let cut), .success(let plain)): expectSameBits(cut, plain)
            case (.failure(let cut), .failure(let plain)):
                #expect(!cut.description.isEmpty && !plain.description.isEmpty)
            default: Issue.record("\(cut) but \(plain) for \(bytes)")
            }
        }
    }

    private func outcome<Value>(
        _ body: () throws(TableError) -> Value
    ) -> Result<Value, TableError> {
        do throws(TableError) { return .success(try body()) } catch { return .failure(error) }
    }
}
