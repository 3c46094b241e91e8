import Tables

/// A column as codes into a list of levels, whatever its type.
struct CategoryCodes {
    /// One code per row; ``Column/missingCode`` if missing.
    let codes: [UInt32]
    /// The levels; some may not occur.
    let levels: [String]

    /// The levels of a column; numbers become their text, so that 3 and 3.0 are the level "3".
    init(_ column: Column) {
        switch column.values {
        case .category(let codes, let levels): self.init(codes: codes, levels: levels)
        case .double(let values): self.init(values) { $0.isNaN ? nil : Self.name(of: $0) }
        case .float(let values): self.init(values) { $0.isNaN ? nil : Self.name(of: Double($0)) }
        case .integer(let values): self.init(values) { $0 == Column.missingInteger ? nil : String($0) }
        case .flag(let values): self.init(values) { $0 == Column.missingFlag ? nil : String($0) }
        case .day(let values): self.init(values) { $0 == Column.missingDay ? nil : String(describing: $0) }
        case .text(let values): self.init(values) { $0 }
        }
    }

    private init(codes: [UInt32], levels: [String]) {
        self.codes = codes
        self.levels = levels
    }

    private init<Value: Hashable>(_ values: [Value], name: (Value) -> String?) {
        var codeOfValue: [Value: UInt32] = [:]
        var codeOfName: [String: UInt32] = [:]
        var levels: [String] = []
        let codes = values.map { value in
            if let known = codeOfValue[value] { return known }
            guard let name = name(value) else { return Column.missingCode }
            let code = codeOfName[name] ?? UInt32(levels.count)
            if codeOfName.updateValue(code, forKey: name) == nil { levels.append(name) }
            codeOfValue[value] = code
            return code
        }
        self.init(codes: codes, levels: levels)
    }

    /// The level that a number stands for: whole numbers without a fraction.
    static func name(of number: Double) -> String {
        if let whole = Int64(exactly: number) { return String(whole) }
        return String(number)
    }
}
