/// Which rows and features a round sees, drawn by hashes of seed, round and place, so that nothing depends on order.
struct Sampler {
    private let options: BoostingOptions
    private let round: Int
    private let rowCount: Int
    private let featureCount: Int

    init(options: BoostingOptions, round: Int, rowCount: Int, featureCount: Int) {
        self.options = options
        self.round = round
        self.rowCount = rowCount
        self.featureCount = featureCount
    }

    private func draw(_ stream: UInt64, _ place: Int) -> Double {
        let key = SplitMix.hash(SplitMix.hash(options.seed &+ stream << 40) &+ UInt64(round))
        return Double(SplitMix.hash(key &+ UInt64(place)) >> 11) * 0x1p-53
    }

    /// The features of a tree, rising; at least one.
    func features(output: Int) -> [Int] {
        guard options.featureShare < 1 else { return Array(0..<featureCount) }
        let wanted = max(1, Int((Double(featureCount) * options.featureShare).rounded()))
        let keys = (0..<featureCount).map { draw(1 + UInt64(output), $0) }
        return (0..<featureCount).sorted { keys[$0] < keys[$1] }.prefix(wanted).sorted()
    }

    /// The rows of this round, rising; `nil` for all.
    ///
    /// Gradient-based sampling scales up what it draws.
    func rows(_ gradients: [GradientStore]) -> [UInt32]? {
        switch options.rowSampling {
        case .all: return nil
        case .bagging(let share):
            return (0..<rowCount).filter { draw(0, $0) < share }.map(UInt32.init)
        case .gradientBased(let top, let other):
            return oneSided(gradients, top: top, other: other)
        }
    }

    private func oneSided(_ gradients: [GradientStore], top: Double, other: Double) -> [UInt32] {
        let sizes = (0..<rowCount).map { row in
            gradients.reduce(Float(0)) { $0 + abs($1.gradients[row] * $1.hessians[row]) }
        }
        let kept = max(1, min(rowCount, Int(Double(rowCount) * top)))
        let threshold = sizes.sorted(by: >)[kept - 1]
        let share = other / max(1 - top, .ulpOfOne)
        let factor = Float((1 - top) / other)
        var chosen: [UInt32] = []
        for row in 0..<rowCount {
            if sizes[row] >= threshold {
                chosen.append(UInt32(row))
            } else if draw(0, row) < share {
                chosen.append(UInt32(row))
                for store in gradients {
                    store.gradients[row] *= factor
                    store.hessians[row] *= factor
                }
            }
        }
        return chosen
    }
}
