// Numbers: the kernel first, then what it left.
extension BlockReader {
    func readNumbers<Value: PlainNumber>(
        _ plan: ColumnPlan, _ segment: TextBlock.Segment, of block: TextBlock,
        into values: UnsafeMutableBufferPointer<Value>, noting faults: inout [Fault]?
    ) throws(Fault) {
        let left = unsafe block.readPlain(segment, column: plan.field, decimal: plan.decimal, into: values)
        let others = block.scratch
        let isTolerant = faults != nil
        var unread: [Fault] = []
        block.withFields { text, ends in
            let places = FieldPlaces(plan.field, segment)
            for position in 0..<left {
                let row = Int(others[position])
                let field = places.field(row, text, ends)
                switch number(text.extracting(field.content), plan, Value.self) {
                case .success(let value): unsafe values[row] = value
                case .failure(let bad):
                    unread.append(Fault(row: segment.firstRow + row, expected: bad.expected))
                    guard isTolerant else { return }
                    unsafe values[row] = Value.missing
                }
            }
        }
        let checked =
            isTolerant ? values.count : unread.first.map { $0.row - segment.firstRow } ?? values.count
        let outside = unsafe outside(
            plan, UnsafeMutableBufferPointer(rebasing: values[0..<checked]), all: isTolerant)
        let bad =
            outside.map { Fault(row: segment.firstRow + $0, expected: Self.expectation(of: plan.schema)) }
            + unread
        if isTolerant { faults?.append(contentsOf: bad) } else if let first = bad.first { throw first }
    }

    private func number<Value: PlainNumber>(
        _ said: Span<UInt8>, _ plan: ColumnPlan, _ type: Value.Type
    ) -> Result<Value, BadNumber> {
        let trimmed = said.extracting(FieldText.trimmed(said))
        if plan.markers.contains(trimmed) { return .success(Value.missing) }
        guard let decimal = DecimalText(trimmed, mark: plan.decimal) else {
            if Self.isNaN(trimmed) { return .success(Value.missing) }
            return .failure(BadNumber(expected: Value.expectation))
        }
        if plan.isGuess, isSurprise(decimal, Value.self) {
            return .failure(BadNumber(expected: Value.expectation))
        }
        return Value.value(of: decimal, trimmed)
    }

    /// Whether a number speaks against what was inferred from others of its column, although it could be read.
    private func isSurprise<Value: PlainNumber>(_ decimal: DecimalText, _ type: Value.Type) -> Bool {
        if decimal.hasLeadingZero { return true }
        return Value.self == Int64.self && (!decimal.isWhole || (decimal.isNegative && decimal.isZero))
    }

    /// Makes markers that are numbers missing; the first row whose number is outside of the range, or all, made
    /// missing.
    private func outside<Value: PlainNumber>(
        _ plan: ColumnPlan, _ values: UnsafeMutableBufferPointer<Value>, all: Bool
    ) -> [Int] {
        let markers = plan.markers.numbers
        let codes = plan.schema.specialCodes
        guard !markers.isEmpty || plan.schema.range != nil else { return [] }
        let range = plan.schema.range ?? ColumnSchema.ValueRange()
        var rows: [Int] = []
        for index in values.indices {
            let value = unsafe values[index]
            if value.isMissing { continue }
            let number = value.number
            if !markers.isEmpty, markers.contains(number) {
                unsafe values[index] = Value.missing
            } else if !range.contains(number), !codes.contains(number) {
                rows.append(index)
                guard all else { break }
                unsafe values[index] = Value.missing
            }
        }
        return rows
    }

    static func isNaN(_ text: Span<UInt8>) -> Bool {
        text.count == 3 && text[0] | 0x20 == UInt8(ascii: "n") && text[1] | 0x20 == UInt8(ascii: "a")
            && text[2] | 0x20 == UInt8(ascii: "n")
    }

    private static func expectation(of schema: ColumnSchema) -> String {
        guard let range = schema.range else { return "a number" }
        let codes =
            schema.specialCodes.isEmpty
            ? "" : " or one of the codes " + schema.specialCodes.map { "\($0)" }.joined(separator: ", ")
        let ends = [range.minimum.map { "at least \($0)" }, range.maximum.map { "at most \($0)" }]
        return "a number of " + ends.compactMap(\.self).joined(separator: " and ") + codes
    }
}
