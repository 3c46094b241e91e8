public import StrictYAML

extension MasterScaleOptions {
    /// Reads demands from YAML; every key is optional.
    ///
    /// ```yaml
    /// minimum_obligors: 50
    /// minimum_defaults: 3
    /// maximum_p_value: 0.05
    /// maximum_concentration: 0.25
    /// classes: 120
    /// ```
    public init(yaml document: YAMLNode) throws(YAMLError) {
        self = try document.mapping { keys throws(YAMLError) in
            var options = MasterScaleOptions()
            if let count = try keys.optional("minimum_obligors")?.int(in: 1...1_000_000_000) {
                options.minimumObligors = count
            }
            if let count = try keys.optional("minimum_defaults")?.int(in: 0...1_000_000_000) {
                options.minimumDefaults = count
            }
            if let value = try keys.optional("maximum_p_value")?.double(in: 1e-12...0.5) {
                options.maximumPValue = value
            }
            if let value = try keys.optional("maximum_concentration")?.double(in: 0...1) {
                options.maximumConcentration = value
            }
            if let count = try keys.optional("classes")?.int(in: 9...400) { options.classes = count }
            return options
        }
    }
}
