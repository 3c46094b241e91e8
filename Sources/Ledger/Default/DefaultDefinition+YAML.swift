import Foundation
public import StrictYAML

extension DefaultDefinition {
    /// The preset of a name, or the definition in a YAML file.
    ///
    /// - Throws: ``LedgerError/yaml(_:)``.
    public static func named(_ name: String) throws(LedgerError) -> DefaultDefinition {
        if let preset = presets.first(where: { $0.name == name }) { return preset }
        do throws(YAMLError) {
            return try DefaultDefinition(YAMLReader().read(URL(filePath: name)))
        } catch {
            throw .yaml(error)
        }
    }

    /// A definition from YAML.
    ///
    /// `preset` names the one to start from; every other key is optional and replaces what it says.
    ///
    /// ```yaml
    /// preset: trade-credit
    /// name: ours
    /// days_past_due: 60
    /// counting: item              # or obligor
    /// materiality:
    ///   absolute: 250             # major units of the base currency
    ///   relative: 0.01            # fraction of what is open
    /// events: [insolvency, write_off]
    /// probation_months: 6
    /// probation_after:
    ///   distressed_restructuring: 12
    /// permanent: [insolvency]
    /// ```
    public init(_ node: YAMLNode) throws(YAMLError) {
        var keys = try node.mapping()
        let presetNode = try keys.required("preset")
        let preset = try presetNode.nonEmptyString()
        guard var definition = Self.presets.first(where: { $0.name == preset }) else {
            throw presetNode.error(expected: "one of \(Self.presets.map(\.name).joined(separator: ", "))")
        }
        if let name = try keys.optional("name")?.nonEmptyString() { definition.name = name }
        if let days = try keys.optional("days_past_due")?.int(in: 0...3650) { definition.daysPastDue = days }
        if let counting = try keys.optional("counting")?.choice(of: Counting.self) {
            definition.counting = counting
        }
        if let node = keys.optional("materiality") {
            var materiality = try node.mapping()
            if let absolute = try materiality.optional("absolute")?.double(in: 0...1e15) {
                definition.absoluteMateriality = absolute
            }
            if let relative = try materiality.optional("relative")?.double(in: 0...1) {
                definition.relativeMateriality = relative
            }
            try materiality.finish()
        }
        if let events = keys.optional("events") { definition.events = try Self.kinds(events) }
        if let months = try keys.optional("probation_months")?.int(in: 0...1200) {
            definition.probationMonths = months
        }
        if let node = keys.optional("probation_after") {
            var after = try node.mapping()
            definition.probationAfter = [:]
            for kind in EventKind.allCases {
                if let months = try after.optional(kind.rawValue)?.int(in: 0...1200) {
                    definition.probationAfter[kind] = months
                }
            }
            try after.finish()
        }
        if let permanent = keys.optional("permanent") {
            definition.permanentEvents = try Self.kinds(permanent)
        }
        try keys.finish()
        self = definition
    }

    private static func kinds(_ node: YAMLNode) throws(YAMLError) -> Set<EventKind> {
        Set(try node.list { (item) throws(YAMLError) in try item.choice(of: EventKind.self) })
    }
}
