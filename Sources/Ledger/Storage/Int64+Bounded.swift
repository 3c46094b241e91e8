extension Int64 {
    /// Subtracts, and stays at the end of the range where the result would be beyond it.
    mutating func decrease(by other: Int64) {
        let (result, overflows) = subtractingReportingOverflow(other)
        self = overflows ? (other > 0 ? .min : .max) : result
    }

    /// Adds, and stays at the end of the range where the result would be beyond it.
    mutating func increase(by other: Int64) {
        let (result, overflows) = addingReportingOverflow(other)
        self = overflows ? (other > 0 ? .max : .min) : result
    }
}
