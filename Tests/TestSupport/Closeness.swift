public import Testing

/// Records a failure unless two numbers agree within an absolute or a relative tolerance; equal infinities and
/// two NaNs agree.
public func expectClose(
    _ actual: Double, _ expected: Double, absolute: Double = 0, relative: Double = 0,
    _ comment: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
    if actual == expected || (actual.isNaN && expected.isNaN) { return }
    let allowed = max(absolute, relative * abs(expected))
    let difference = abs(actual - expected)
    if difference <= allowed { return }
    Issue.record(
        "\(comment()) \(actual) instead of \(expected): off by \(difference), allowed \(allowed)",
        sourceLocation: sourceLocation)
}

/// Records a failure unless two sequences of numbers have the same length and agree element by element.
public func expectClose(
    _ actual: [Double], _ expected: [Double], absolute: Double = 0, relative: Double = 0,
    _ comment: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
    guard actual.count == expected.count else {
        Issue.record(
            "\(comment()) \(actual.count) values instead of \(expected.count)", sourceLocation: sourceLocation
        )
        return
    }
    for index in actual.indices {
        expectClose(
            actual[index], expected[index], absolute: absolute, relative: relative,
            "\(comment()) [\(index)]", sourceLocation: sourceLocation)
    }
}
