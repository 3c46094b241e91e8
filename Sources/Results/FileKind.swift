import Foundation

/// What stands at a path.
enum FileKind {
    case nothing
    case file
    case folder
    /// A device, a pipe, a socket, or a link to one or to nothing.
    case other

    /// What stands at a path, links followed.
    init(at url: URL) {
        let path = url.resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else {
            let isLink = (try? FileManager.default.attributesOfItem(atPath: url.path)) != nil
            self = isLink ? .other : .nothing
            return
        }
        switch attributes[.type] as? FileAttributeType {
        case .typeRegular: self = .file
        case .typeDirectory: self = .folder
        default: self = .other
        }
    }
}
