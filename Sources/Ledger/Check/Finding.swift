/// Something wrong with one record.
struct Finding: Sendable, Equatable {
    let check: CheckKind
    /// The record, counted among those of its kind as they were read.
    var row: Int32
    /// The column that is at fault, by its place among the fields of the kind; −1 if it is none in particular.
    let field: Int16
}
