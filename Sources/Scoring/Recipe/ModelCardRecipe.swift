import StrictYAML

/// What a model's card says that no measurement can tell.
public struct ModelCardRecipe: Sendable, Hashable, Codable {
    /// What the model is for; `nil` for the recipe's description.
    public var purpose: String?
    /// Who answers for it.
    public var owner: String?
    /// Its version.
    public var version: String?
    /// What counts as default, in words.
    public var defaultDefinition: String?
    /// How far ahead the PD looks, such as "12 months".
    public var performanceWindow: String?
    /// Where the data come from, in words; `nil` for the name of the file.
    public var data: String?
    /// The column of as-of dates, which says what period the data are from.
    public var asOf: String?
    /// Where the model should not be relied on, one sentence each.
    public var limits: [String]
    /// What an analyst calls a column.
    public var labels: [String: String]

    /// A card that says nothing.
    public init() {
        limits = []
        labels = [:]
    }

    /// Reads the keys under `card`.
    init(keys: inout YAMLMapping) throws(YAMLError) {
        self.init()
        purpose = try keys.optional("purpose")?.nonEmptyString()
        owner = try keys.optional("owner")?.nonEmptyString()
        version = try keys.optional("version")?.nonEmptyString()
        defaultDefinition = try keys.optional("defaultDefinition")?.nonEmptyString()
        performanceWindow = try keys.optional("performanceWindow")?.nonEmptyString()
        data = try keys.optional("data")?.nonEmptyString()
        asOf = try keys.optional("asOf")?.nonEmptyString()
        limits = try keys.optional("limits")?.names() ?? []
        labels =
            try keys.optional("labels")?.dictionary { node throws(YAMLError) in try node.nonEmptyString() }
            ?? [:]
    }
}
