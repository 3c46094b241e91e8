public import Results

/// Why a report could not be written.
public enum ReportError: Error, Sendable, Equatable {
    /// The chart library is not installed.
    case chartLibraryMissing(path: String)
    /// A file that belongs to the engine is missing.
    case resourceMissing(name: String)
    /// A page template cannot be read or filled in.
    case templateFault(name: String, reason: String)
    /// The run folder cannot be read, or the report's own cannot be written.
    case folder(ResultsError)
}

extension ReportError: CustomStringConvertible {
    /// One line: the fact and the remedy.
    public var description: String {
        switch self {
        case .chartLibraryMissing(let path):
            "\(path): the chart library Vega is not there: install the Debian package libjs-vega (make setup), or name "
                + "its folder with --charts"
        case .resourceMissing(let name):
            "\(name): a file of the engine is missing or damaged: build it again (make build)"
        case .templateFault(let name, let reason):
            "template \(name): \(reason): build the engine again (make build)"
        case .folder(let error): error.description
        }
    }
}
