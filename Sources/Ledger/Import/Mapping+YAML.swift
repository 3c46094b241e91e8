public import Foundation
public import StrictYAML
import Tables
import Vocabulary

extension Mapping {
    /// The mapping in a YAML file.
    ///
    /// - Throws: ``LedgerError/yaml(_:)``.
    public static func read(_ file: URL) throws(LedgerError) -> Mapping {
        do throws(YAMLError) {
            return try Mapping(YAMLReader().read(file), named: file.lastPathComponent)
        } catch {
            throw .yaml(error)
        }
    }

    /// A mapping from YAML; `datasets/mappings/README.md` explains every key.
    public init(_ node: YAMLNode, named file: String) throws(YAMLError) {
        self.file = file
        var keys = try node.mapping()
        let currencyNode = try keys.required("base_currency")
        guard let currency = Currency(code: try currencyNode.string()) else {
            throw currencyNode.error(expected: "a currency of ISO 4217, such as EUR")
        }
        baseCurrency = currency
        sources = try keys.required("sources").list { (item) throws(YAMLError) in try Source(item) }
        policy = .standard
        if let node = keys.optional("checks") {
            var checks = try node.mapping()
            for check in CheckKind.allCases {
                guard let node = checks.optional(check.rawValue) else { continue }
                guard let changed = policy.setting(check, to: try node.choice(of: Severity.self)) else {
                    throw node.error(expected: check.allowed.map(\.rawValue).joined(separator: " or "))
                }
                policy = changed
            }
            try checks.finish()
        }
        try keys.finish()
    }
}

extension Mapping.Source {
    fileprivate init(_ node: YAMLNode) throws(YAMLError) {
        var keys = try node.mapping()
        file = try keys.required("file").nonEmptyString()
        if let format = try keys.optional("dates")?.choice(of: DayFormat.self) { dates = format }
        if let mark = try keys.optional("decimal_mark")?.choice(of: Mark.self) {
            decimalMark = mark == .comma ? .comma : .point
        }
        if let separator = try keys.optional("delimiter")?.choice(of: Separator.self) {
            delimiter = separator.delimiter
        }
        if let node = keys.optional("missing") {
            missing = try node.list { (item) throws(YAMLError) in try item.string() }
        }
        records = []
        var rules = try keys.required("records").mapping()
        for kind in RecordKind.allCases {
            guard let node = rules.optional(kind.rawValue) else { continue }
            records.append(try Mapping.Rule(node, kind))
        }
        try rules.finish()
        try keys.finish()
    }

    private enum Mark: String, CaseIterable {
        case point, comma
    }

    private enum Separator: String, CaseIterable {
        case comma, semicolon, tab, pipe

        var delimiter: CSVOptions.Delimiter {
            switch self {
            case .comma: .comma
            case .semicolon: .semicolon
            case .tab: .tab
            case .pipe: .pipe
            }
        }
    }
}

extension Mapping.Rule {
    fileprivate init(_ node: YAMLNode, _ kind: RecordKind) throws(YAMLError) {
        self.kind = kind
        var keys = try node.mapping()
        if let node = keys.optional("where") { condition = try Mapping.Condition(node) }
        if let node = keys.optional("earliest") {
            let name = try node.nonEmptyString()
            guard kind.field(name)?.content == .day else {
                throw node.error(expected: "a day of \(kind.rawValue)")
            }
            guard AssembledKinds.hasIdentifier(kind) else {
                throw node.error(expected: "no such key, since \(kind.rawValue) have no id")
            }
            earliest = name
        }
        fields = [:]
        let fieldsNode = try keys.required("fields")
        var entries = try fieldsNode.mapping()
        for field in kind.fields {
            guard let node = entries.optional(field.name) else { continue }
            fields[field.name] = try Mapping.Field(node)
        }
        try entries.finish()
        for field in kind.fields where field.isRequired && fields[field.name] == nil {
            throw .missingKey(fieldsNode.position, key: field.name, within: fieldsNode.path, similar: nil)
        }
        try keys.finish()
    }
}

/// Which kinds of records have ids.
private enum AssembledKinds {
    static func hasIdentifier(_ kind: RecordKind) -> Bool {
        kind.fields.contains { $0.content == .identifier }
    }
}

extension Mapping.Condition {
    fileprivate init(_ node: YAMLNode) throws(YAMLError) {
        var keys = try node.mapping()
        column = try keys.required("column").nonEmptyString()
        var tests: [Test] = []
        func texts(_ node: YAMLNode) throws(YAMLError) -> [String] {
            try node.list { (item) throws(YAMLError) in try item.string() }
        }
        if let node = keys.optional("is") { tests.append(.isOneOf(try texts(node))) }
        if let node = keys.optional("not") { tests.append(.isNoneOf(try texts(node))) }
        if let sign = try keys.optional("sign")?.choice(of: Sign.self) {
            tests.append(sign == .positive ? .positive : .negative)
        }
        if let present = try keys.optional("present")?.bool() {
            tests.append(present ? .present : .missing)
        }
        try keys.finish()
        guard tests.count == 1 else { throw node.error(expected: "one of is, not, sign and present") }
        test = tests[0]
    }

    private enum Sign: String, CaseIterable {
        case positive, negative
    }
}

extension Mapping.Field {
    fileprivate init(_ node: YAMLNode) throws(YAMLError) {
        if case .scalar = node.content {
            self = .column(Mapping.Column(try node.nonEmptyString()))
            return
        }
        var keys = try node.mapping()
        if let constant = try keys.optional("constant")?.nonEmptyString() {
            try keys.finish()
            self = .constant(constant)
            return
        }
        var column = Mapping.Column(try keys.required("column").nonEmptyString())
        column.dropSuffix = try keys.optional("drop_suffix")?.nonEmptyString()
        column.prefix = try keys.optional("prefix")?.nonEmptyString()
        column.otherwise = try keys.optional("otherwise")?.string()
        column.dates = try keys.optional("dates")?.choice(of: DayFormat.self)
        if let node = keys.optional("values") {
            var entries = try node.mapping()
            var values: [String: String] = [:]
            for entry in entries.allEntries() { values[entry.key] = try entry.value.string() }
            column.values = values
        }
        if let times = try keys.optional("times")?.double() { column.times = times }
        if let node = keys.optional("sign") {
            guard try node.string() == "inverted" else { throw node.error(expected: "inverted") }
            column.times = -column.times
        }
        if let days = try keys.optional("plus_days")?.int(in: -3650...3650) { column.plusDays = days }
        if let node = keys.optional("when") { column.condition = try Mapping.Condition(node) }
        try keys.finish()
        self = .column(column)
    }
}
