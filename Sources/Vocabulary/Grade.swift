/// A credit grade, best first; `D` is default and absorbing.
public enum Grade: String, CaseIterable, Sendable, Codable, Hashable {
    case aaa = "AAA"
    case aa = "AA"
    case a = "A"
    case bbb = "BBB"
    case bb = "BB"
    case b = "B"
    case ccc = "CCC"
    case cc = "CC"
    case c = "C"
    case d = "D"

    /// Position on the scale: 0 for AAA to 9 for D.
    public var rank: Int {
        switch self {
        case .aaa: 0
        case .aa: 1
        case .a: 2
        case .bbb: 3
        case .bb: 4
        case .b: 5
        case .ccc: 6
        case .cc: 7
        case .c: 8
        case .d: 9
        }
    }

    /// The nine grades of obligors not in default, best first.
    public static let performing: [Grade] = allCases.filter { $0 != .d }
}

extension Grade: Comparable {
    /// Orders by risk: a better grade is less than a worse one.
    public static func < (left: Grade, right: Grade) -> Bool { left.rank < right.rank }
}

extension Grade: CustomStringConvertible {
    /// The grade as printed, such as "BBB".
    public var description: String { rawValue }
}
