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
    /// The stated levels of a category.
    let levels: LevelIndex
    /// Which days and flags a kernel may read; none where a marker is one itself.
    let kernel: Kernel

    /// What a kernel may read of days and flags; the rest is read field by field.
    enum Kernel: Sendable {
        case none
        /// Days in ISO 8601.
        case days
        /// The words true and false.
        case trueAndFalse
        /// All words for true and false.
        case flagWords
    }

    /// - Parameter markers: What means missing where the schema says nothing else.
    init(
        field: (index: Int, count: Int), schema: ColumnSchema, isGuess: Bool, decimal: UInt8,
        markers: MissingMarkers
    ) {
        self.field = field
        self.schema = schema
        self.isGuess = isGuess
        self.decimal = decimal
        let markers = schema.missingMarkers.map(MissingMarkers.init) ?? markers
        self.markers = markers
        levels = schema.type == .category ? LevelIndex(schema.levels ?? [], markers: markers) : LevelIndex()
        switch schema.type {
        case .day where schema.dayFormat == .iso8601 && !markers.contain { DayFormat.iso8601.day($0) != nil }:
            kernel = .days
        case .flag where !markers.contain { FlagWord.value($0) != nil }:
            kernel = isGuess ? .trueAndFalse : .flagWords
        default: kernel = .none
        }
    }
}
