import Foundation

/// Bands between two columns of states, as wide as the number of obligors that moved.
///
/// Coordinates run from 0 to 1000 both ways, so that a chart can scale them.
struct FlowLayout {
    /// A state on one side.
    struct Node: Equatable {
        /// 0 for the column before, 1 for the column after.
        let side: Int
        let state: Int
        let start: Double
        let end: Double
    }

    /// The band from one state to another.
    struct Band: Equatable {
        let from: Int
        let to: Int
        let count: Int
        /// An SVG path.
        let path: String
    }

    let nodes: [Node]
    let bands: [Band]

    /// Lays out a matrix of counts.
    ///
    /// - Parameter counts: Row = state before, column = state after; square, none negative.
    init(_ counts: [[Int]]) {
        let states = counts.count
        let total = counts.joined().reduce(0, +)
        guard total > 0 else {
            nodes = []
            bands = []
            return
        }
        let gap = 14.0
        let unit = (1000 - gap * Double(states - 1)) / Double(total)
        func column(_ side: Int, _ sizes: [Int]) -> [Node] {
            var position = 0.0
            return sizes.enumerated().map { state, size in
                defer { position += Double(size) * unit + gap }
                return Node(side: side, state: state, start: position, end: position + Double(size) * unit)
            }
        }
        let left = column(0, counts.map { $0.reduce(0, +) })
        let right = column(1, (0..<states).map { to in counts.reduce(0) { $0 + $1[to] } })
        var taken = right.map(\.start)
        var bands: [Band] = []
        for from in 0..<states {
            var start = left[from].start
            for to in 0..<states where counts[from][to] > 0 {
                let width = Double(counts[from][to]) * unit
                bands.append(
                    Band(
                        from: from, to: to, count: counts[from][to],
                        path: Self.path(from: start, to: taken[to], width: width)))
                start += width
                taken[to] += width
            }
        }
        nodes = (left + right).filter { $0.end > $0.start }
        self.bands = bands
    }

    private static func path(from start: Double, to end: Double, width: Double) -> String {
        func text(_ value: Double) -> String { String(format: "%.2f", value) }
        let (a, b, c, d) = (text(start), text(start + width), text(end), text(end + width))
        return "M0,\(a)C500,\(a) 500,\(c) 1000,\(c)L1000,\(d)C500,\(d) 500,\(b) 0,\(b)Z"
    }
}
