/// Keeps the leaves of a growing tree apart where monotone constraints ask for it, each by the values of its
/// neighbours, which leaves more room than halving the gap between the two sides of every split.
///
/// Two leaves bound each other if a change of one constrained feature alone leads from one to the other. As long as
/// every value lies between those of its neighbours, the tree is monotone; changing one value at a time inside its
/// bounds keeps it so.
struct NeighbourBounds {
    private let directions: [Int8]
    /// By feature, its bins without that of missing values.
    private let valueBins: [Int]
    private(set) var regions: [LeafRegion] = [LeafRegion()]
    private(set) var values: [Double]

    /// A tree of one leaf.
    init(directions: [Int8], mappers: [BinMapper], value: Double) {
        self.directions = directions
        valueBins = mappers.map { $0.binCount - 1 }
        values = [value]
    }

    /// Notes that a leaf became the left child and its sibling the last leaf.
    mutating func split(
        _ leaf: Int, feature: Int, goesLeft: [UInt8], leftValue: Double, rightValue: Double
    ) {
        let count = valueBins[feature] + 1
        let left = CellSet(count: count) { goesLeft[$0] == 1 }
        let right = CellSet(count: count) { goesLeft[$0] == 0 }
        regions.append(regions[leaf])
        regions[leaf].restrict(feature, to: left)
        regions[regions.count - 1].restrict(feature, to: right)
        values[leaf] = leftValue
        values.append(rightValue)
    }

    /// Where the value of a leaf, and those of leaves that it may be split into, must lie.
    func bounds(of leaf: Int) -> ValueBounds {
        var bounds = ValueBounds()
        for other in regions.indices where other != leaf {
            guard let feature = regions[leaf].onlyDifference(from: regions[other]), directions[feature] != 0
            else { continue }
            let limit = valueBins[feature]
            let mine = regions[leaf].cells(of: feature)
            let theirs = regions[other].cells(of: feature)
            guard let first = mine?.first(below: limit), let otherFirst = theirs?.first(below: limit)
            else { continue }
            // Cuts of one feature leave stretches, so the order of the first bins is that of all.
            if (first < otherFirst) == (directions[feature] > 0) {
                bounds.upper = min(bounds.upper, values[other])
            } else {
                bounds.lower = max(bounds.lower, values[other])
            }
        }
        return bounds
    }

    /// Gives a leaf a new value, as near to the wanted one as its neighbours allow.
    mutating func settle(_ leaf: Int, on wanted: Double) -> Double {
        values[leaf] = bounds(of: leaf).clamped(wanted)
        return values[leaf]
    }
}
