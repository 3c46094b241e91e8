extension Tree {
    /// The leaf that a row of values ends in, walked one split at a time: the definition that every faster path is
    /// held against.
    ///
    /// - Parameter values: One value per feature; NaN is missing; a category is its code as a number, anything that
    ///   is not a whole number in range is an unseen category.
    public func leaf(of values: [Double]) -> Int {
        var child: Child = splits.isEmpty ? .leaf(0) : .split(0)
        while case .split(let number) = child {
            let split = splits[number]
            child = split.goesLeft(values[split.feature]) ? split.left : split.right
        }
        guard case .leaf(let number) = child else { preconditionFailure("a walk ends in a leaf") }
        return number
    }
}

extension Tree.Split {
    /// Whether a value takes the left branch.
    public func goesLeft(_ value: Double) -> Bool {
        if value.isNaN { return missingGoesLeft }
        switch condition {
        case .atMost(let threshold):
            return value <= threshold
        case .atMostZeroMissing(let threshold):
            // LightGBM's kZeroThreshold, a single-precision number.
            return abs(value) <= Double(1e-35 as Float) ? missingGoesLeft : value <= threshold
        case .oneOf(let set):
            return Int(exactly: value.rounded(.towardZero)).map(set.contains) ?? false
        }
    }
}
