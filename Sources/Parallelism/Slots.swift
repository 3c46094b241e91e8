/// One place per piece of work, each filled once, by whichever thread ran the piece.
@safe
final class Slots<Value: Sendable>: @unchecked Sendable {
    // Sendable holds because every thread writes only the places of the pieces it took, each piece is taken
    // once, and the values are read after the join.
    private let places: UnsafeMutableBufferPointer<Value?>

    init(count: Int) {
        unsafe places = .allocate(capacity: count)
        unsafe places.initialize(repeating: nil)
    }

    deinit {
        unsafe places.deinitialize()
        unsafe places.deallocate()
    }

    /// Stores the value of a piece.
    func fill(_ piece: Int, with value: Value) {
        unsafe places[piece] = value
    }

    /// All values in the order of the pieces; every place must have been filled.
    func values() -> [Value] {
        unsafe places.map { value in
            guard let value else { preconditionFailure("a piece of work left no value") }
            return value
        }
    }
}
