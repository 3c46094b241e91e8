import Parallelism
import Testing

@testable import Tables

@Suite("A bad file is refused with the place and the reason")
struct CSVErrorTests {
    private static let name = "obligors.csv"

    /// The error of reading a text, the same for any blocks and for the stream.
    private func fault(
        _ bytes: [UInt8], _ change: (inout CSVOptions) -> Void = { _ in },
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> TableError? {
        var errors: [TableError?] = []
        for (threads, blockSize) in [(1, 1 << 18), (2, 16), (7, 1)] {
            var options = CSVOptions()
            options.workers = Workers(threads: threads)
            options.blockSize = blockSize
            change(&options)
            do throws(TableError) {
                _ = try CSVReader(options).read(.bytes(bytes, name: Self.name))
                errors.append(nil)
            } catch {
                errors.append(error)
            }
        }
        #expect(errors.allSatisfy { $0 == errors[0] }, "\(errors)", sourceLocation: sourceLocation)
        return errors[0]
    }

    private func fault(
        _ text: String, _ change: (inout CSVOptions) -> Void = { _ in },
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> TableError? {
        fault(Array(text.utf8), change, sourceLocation: sourceLocation)
    }

    private func demanding(_ columns: ColumnSchema...) -> (inout CSVOptions) -> Void {
        { $0.schema = Schema(unchecked: columns) }
    }

    @Test func emptyFiles() {
        #expect(fault("") == .emptyFile(file: Self.name))
        #expect(fault("\n\r\n\n") == .emptyFile(file: Self.name))
        #expect(fault("\u{FEFF}") == .emptyFile(file: Self.name))
    }

    @Test func raggedRows() {
        #expect(
            fault("a,b\n1,2\n3\n4,5\n")
                == .raggedRow(file: Self.name, line: 3, fields: 1, expected: 2, delimiter: "','"))
        #expect(
            fault("a;b\r\n1;\"x\r\ny\"\r\n3;4;5")
                == .raggedRow(file: Self.name, line: 4, fields: 3, expected: 2, delimiter: "';'"))
    }

    @Test func wrongQuotes() {
        #expect(
            fault("a,b\n1,2\n3,x\"y\n")
                == .badQuote(file: Self.name, line: 3, column: "b", fault: .insideUnquoted))
        #expect(
            fault("a,b\n1,2\n\"3\"x,4\n")
                == .badQuote(file: Self.name, line: 3, column: "a", fault: .textAfterClosing))
        #expect(
            fault("a,b\n1,2\n3,\"4\n5,6\n7,8\n")
                == .badQuote(file: Self.name, line: 3, column: "b", fault: .unterminated))
        #expect(
            fault("a,\"b\n1,2\n")
                == .badQuote(file: Self.name, line: 1, column: "field 2", fault: .unterminated))
        // The first of several, though the second makes the first look closed.
        #expect(
            fault("a,b\n1,x\"\n\"y,2\n")
                == .badQuote(file: Self.name, line: 2, column: "b", fault: .insideUnquoted))
    }

    @Test func strayCarriageReturns() {
        #expect(fault("a,b\r1,2\r3,4\r") == .strayCarriageReturn(file: Self.name, line: 1))
        #expect(fault("a,b\n1,2\n3,\r4\n") == .strayCarriageReturn(file: Self.name, line: 3))
    }

    @Test func duplicateColumns() {
        #expect(fault("a,b,a\n1,2,3\n") == .duplicateColumn(file: Self.name, line: 1, name: "a"))
        #expect(fault("\n\na,\"a\"\n") == .duplicateColumn(file: Self.name, line: 3, name: "a"))
    }

    @Test func missingColumns() {
        #expect(
            fault("a,b\n1,2\n") { $0.columns = ["b", "c"] }
                == .missingColumn(file: Self.name, name: "c", available: ["a", "b"]))
        #expect(
            fault("a,b\n1,2\n", demanding(ColumnSchema(name: "x", type: .text)))
                == .missingColumn(file: Self.name, name: "x", available: ["a", "b"]))
    }

    @Test func binaryFiles() {
        let zeros = fault("a,b\n1,2\n3,\0\n")
        guard case .notText(Self.name, 3, _) = zeros else {
            Issue.record("\(String(describing: zeros))")
            return
        }
        for head: [UInt8] in [[0xFF, 0xFE, 0x61, 0], [0xFE, 0xFF, 0, 0x61], [0x50, 0x4B, 3, 4, 20]] {
            guard case .notText(Self.name, 1, _) = fault(head) else {
                Issue.record("\(head) was taken for text")
                return
            }
        }
    }

    @Test func invalidUTF8() {
        #expect(
            fault(Array("a,b\n1,2\n3,caf".utf8) + [0xE9, 0x0A])
                == .invalidUTF8(file: Self.name, line: 3, column: "b"))
        #expect(
            fault(Array("a,b\ncaf".utf8) + [0xC3, 0x28] + Array(",2\n".utf8))
                == .invalidUTF8(file: Self.name, line: 2, column: "a"))
        #expect(
            fault([0x61, 0xFF, 0x2C, 0x62, 0x0A]) == .invalidUTF8(file: Self.name, line: 1, column: "field 1")
        )
        // Surrogates, overlong forms and numbers beyond Unicode.
        for bytes: [UInt8] in [
            [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE0, 0x80, 0xAF],
        ] {
            #expect(
                fault(Array("a,b\n1,x".utf8) + bytes + [0x0A])
                    == .invalidUTF8(file: Self.name, line: 2, column: "b"))
        }
    }

    @Test func hugeFields() {
        let text = "a,b\n1,2\n3,\(String(repeating: "x", count: 100))\n"
        #expect(
            fault(text) { $0.fieldLimit = 99 }
                == .fieldTooLong(file: Self.name, line: 3, column: "b", limit: 99))
        #expect(fault(text) { $0.fieldLimit = 100 } == nil)
        let open = "a,b\n1,\"\(String(repeating: "x\n", count: 100))"
        #expect(
            fault(open) {
                $0.fieldLimit = 50
                $0.blockSize = min($0.blockSize, 16)
            } == .fieldTooLong(file: Self.name, line: 2, column: "b", limit: 50))
        let long = "a,b\n1,2\n\(String(repeating: "x,", count: 200))\n"
        #expect(
            fault(long) {
                $0.recordLimit = 64
                $0.blockSize = min($0.blockSize, 16)
            } == .recordTooLong(file: Self.name, line: 3, limit: 64))
    }

    @Test func tooManyColumns() {
        #expect(
            fault("a,b,c\n1,2,3\n") { $0.columnLimit = 2 }
                == .tooManyColumns(file: Self.name, columns: 3, limit: 2))
    }

    @Test func valuesOfTheWrongType() {
        #expect(
            fault("id,x\n1,5\n2,five\n", demanding(ColumnSchema(name: "x", type: .double)))
                == .badValue(file: Self.name, line: 3, column: "x", value: "five", expected: "a number"))
        #expect(
            fault("id,x\n1,5\n2,1.5\n", demanding(ColumnSchema(name: "x", type: .integer)))
                == .badValue(file: Self.name, line: 3, column: "x", value: "1.5", expected: "a whole number"))
        #expect(
            fault("id,x\n1,\"a\n\nb\"\n2,maybe\n", demanding(ColumnSchema(name: "x", type: .flag)))
                == .badValue(
                    file: Self.name, line: 2, column: "x", value: "a\\n\\nb",
                    expected: "true or false (or yes and no, 1 and 0)"))
        #expect(
            fault("id,x\n1,2024-02-30\n", demanding(ColumnSchema(name: "x", type: .day)))
                == .badValue(
                    file: Self.name, line: 2, column: "x", value: "2024-02-30",
                    expected: "a calendar day written as YYYY-MM-DD"))
        #expect(
            fault(
                "id,x\n1,13/31/2024\n",
                demanding(ColumnSchema(name: "x", type: .day, dayFormat: .monthDayYear)))
                == .badValue(
                    file: Self.name, line: 2, column: "x", value: "13/31/2024",
                    expected: "a calendar day written as MM/DD/YYYY"))
    }

    @Test func numbersThatOverflow() {
        #expect(
            fault("x,y\n1e999,1\n", demanding(ColumnSchema(name: "x", type: .double)))
                == .badValue(
                    file: Self.name, line: 2, column: "x", value: "1e999",
                    expected: "a number of at most 1.8e308 (double precision)"))
        #expect(
            fault("x,y\n1e39,1\n", demanding(ColumnSchema(name: "x", type: .float)))
                == .badValue(
                    file: Self.name, line: 2, column: "x", value: "1e39",
                    expected: "a number of at most 3.4e38 (single precision)"))
        #expect(
            fault("x,y\n9223372036854775808,1\n", demanding(ColumnSchema(name: "x", type: .integer)))
                == .badValue(
                    file: Self.name, line: 2, column: "x", value: "9223372036854775808",
                    expected: "a whole number between -9223372036854775807 and 9223372036854775807"))
        // In an inferred column of numbers too.
        #expect(
            fault("x,y\n1.5,1\n2,1\n-1e999,1\n")
                == .badValue(
                    file: Self.name, line: 4, column: "x", value: "-1e999",
                    expected: "a number of at most 1.8e308 (double precision)"))
    }

    @Test func valuesOutOfRange() {
        let age = ColumnSchema(name: "age", type: .integer, range: .init(18...120), specialCodes: [-1, 999])
        #expect(fault("id,age\n1,18\n2,999\n3,\n4,-1\n", demanding(age)) == nil)
        #expect(
            fault("id,age\n1,18\n2,17\n", demanding(age))
                == .badValue(
                    file: Self.name, line: 3, column: "age", value: "17",
                    expected: "a number of at least 18.0 and at most 120.0 or one of the codes -1.0, 999.0"))
        let share = ColumnSchema(name: "share", type: .double, range: .init(minimum: 0))
        #expect(
            fault("id,share\n1,0.5\n2,+0\n3,-1e-9\n", demanding(share))
                == .badValue(
                    file: Self.name, line: 4, column: "share", value: "-1e-9",
                    expected: "a number of at least 0.0"))
    }

    @Test func unknownLevels() {
        let sector = ColumnSchema(name: "sector", type: .category, levels: ["retail", "food, drink"])
        #expect(fault("id,sector\n1,retail\n2,\"food, drink\"\n3,\n", demanding(sector)) == nil)
        #expect(
            fault("id,sector\n1,retail\n2,mining\n", demanding(sector))
                == .badValue(
                    file: Self.name, line: 3, column: "sector", value: "mining",
                    expected: "one of 2 levels ('retail', 'food, drink')"))
    }

    @Test func theFirstFaultOfTheFileWins() {
        let schema = [ColumnSchema(name: "a", type: .integer), ColumnSchema(name: "b", type: .integer)]
        let read = { (options: inout CSVOptions) in options.schema = Schema(unchecked: schema) }
        // Later columns in earlier rows come first, and values before faults of form.
        #expect(
            fault("a,b\n1,x\ny,2\n", read)
                == .badValue(file: Self.name, line: 2, column: "b", value: "x", expected: "a whole number"))
        #expect(
            fault("a,b\n1,x\n3\n", read)
                == .badValue(file: Self.name, line: 2, column: "b", value: "x", expected: "a whole number"))
        #expect(
            fault("a,b\n1\n3,x\n", read)
                == .raggedRow(file: Self.name, line: 2, fields: 1, expected: 2, delimiter: "','"))
    }

    @Test func decimalMarksThatContradictEachOther() {
        #expect(
            fault("a;b;c\n1,5;2;3.5\n")
                == .mixedDecimalMarks(file: Self.name, comma: "a", point: "c"))
        #expect(fault("a;b;c\n1,5;2;3,5\n") == nil)
        #expect(fault("a;b;c\n1,5;2;3.5\n") { $0.decimalMark = .point } == nil)
    }

    @Test func filesThatCannotBeOpened() {
        #expect(throws: TableError.cannotRead(file: "/no/such/file.csv", reason: "No such file or directory"))
        {
            try CSVReader().read("/no/such/file.csv")
        }
        #expect(throws: TableError.cannotRead(file: "/", reason: "it is a folder")) {
            try CSVReader().read("/")
        }
        #expect(throws: TableError.self) { try CSVStream(.file("/no/such/file.csv")) }
        #expect(throws: TableError.self) { try CSVWriter(to: .file("/no/such/folder/file.csv")) }
    }

    @Test func filesThatChangeWhileTheyAreRead() throws {
        /// A file that was longer when it was opened.
        struct Shrunk: RandomAccessBytes {
            let size = 1000

            func read(
                at offset: Int, into buffer: inout [UInt8], from start: Int, count: Int
            ) throws(TableError) -> Int {
                max(0, min(count, 600 - offset))
            }
        }
        let bytes = SequentialBytes(Shrunk(), name: Self.name)
        var buffer = [UInt8](repeating: 0, count: 400)
        #expect(try bytes.read(into: &buffer, from: 0, to: 400) == 400)
        #expect(throws: TableError.changedWhileReading(file: Self.name)) {
            try bytes.read(into: &buffer, from: 0, to: 400)
        }
    }

    @Test func filesOfTheKernelAreRead() throws {
        // They say that they are empty.
        #expect(try !CSVReader().read("/proc/version").names.isEmpty)
    }

    @Test func messagesNameFactPlaceAndRemedy() {
        #expect(
            fault(
                "id,x\n1,\(String(repeating: "q", count: 90))\n",
                demanding(ColumnSchema(name: "x", type: .double)))?
                .description
                == "obligors.csv, line 2, column 'x': 'qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq…' is not a number: "
                + "correct the value, or state another type, range or missing marker for the column")
        #expect(
            fault("Id,x\n1,2\n") { $0.columns = ["id"] }?.description
                == "obligors.csv: there is no column 'id': did you mean 'Id'?")
        #expect(
            fault("a,b\n1,2,3\n")?.description
                == "obligors.csv, line 2: 3 fields instead of 2 (delimiter ','): quote fields that contain the "
                + "delimiter, or state another delimiter")
    }
}
