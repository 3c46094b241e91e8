/// How one column of a file is to be read.
struct ColumnPlan: Sendable {
    /// Which field of the record it is, of how many.
    let field: (index: Int, count: Int)
    /// Name, type and demands.
    let schema: ColumnSchema
    /// Whether the type was found out and may turn out wrong, rather than stated.
    let isGuess: Bool
    /// What separates whole part and decimals.
    let decimal: UInt8
    let markers: MissingMarkers
    /// The stated levels.
    let levels: LevelIndex

    init(
        field: (index: Int, count: Int), schema: ColumnSchema, isGuess: Bool, decimal: UInt8,
        options: CSVOptions
    ) {
        self.field = field
        self.schema = schema
        self.isGuess = isGuess
        self.decimal = decimal
        markers = MissingMarkers(schema.missingMarkers ?? options.missingMarkers)
        levels = LevelIndex(schema.levels ?? [])
    }
}
