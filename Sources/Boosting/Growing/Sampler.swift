import Parallelism

/// Which rows, features and trees a round sees, drawn by hashes of seed, round and place, so that nothing depends on
/// order.
struct Sampler: Sendable {
    private let options: BoostingOptions
    private let round: Int
    private let rowCount: Int
    private let featureCount: Int
    private let workers: Workers

    init(options: BoostingOptions, round: Int, rowCount: Int, featureCount: Int, workers: Workers) {
        self.options = options
        self.round = round
        self.rowCount = rowCount
        self.featureCount = featureCount
        self.workers = workers
    }

    /// What draws are for; each has a stream of its own.
    private enum Purpose: UInt64 {
        case rows, features, splitFeatures, dropout
    }

    private func key(_ purpose: Purpose, _ part: Int = 0) -> UInt64 {
        SplitMix.hash(SplitMix.hash(options.seed &+ purpose.rawValue << 40 &+ UInt64(part)) &+ UInt64(round))
    }

    /// A number in [0, 1).
    private func draw(_ key: UInt64, _ place: Int) -> Double {
        Double(SplitMix.hash(key &+ UInt64(place)) >> 11) * 0x1p-53
    }

    // MARK: Features

    /// The features of a tree, rising; at least one.
    func features(output: Int) -> [Int] {
        share(options.featureShare, of: Array(0..<featureCount), key: key(.features, output))
    }

    /// The features of a split, rising; at least one if there is any.
    func features(of features: [Int], output: Int, node: Int) -> [Int] {
        share(options.featureShareOfSplit, of: features, key: key(.splitFeatures, output << 20 + node))
    }

    private func share(_ share: Double, of features: [Int], key: UInt64) -> [Int] {
        guard share < 1, features.count > 1 else { return features }
        let wanted = max(1, Int((Double(features.count) * share).rounded()))
        let draws = features.map { draw(key, $0) }
        return features.indices.sorted { draws[$0] < draws[$1] }.prefix(wanted).map { features[$0] }.sorted()
    }

    // MARK: Trees

    /// The rounds before this one that are left out of the scores, rising.
    func droppedRounds() -> [Int] {
        guard let dropout = options.dropout, round > 0 else { return [] }
        let key = key(.dropout)
        if draw(key, round) < dropout.skip { return [] }
        return (0..<round).filter { draw(key, $0) < dropout.share }
    }

    // MARK: Rows

    /// The rows of this round, rising; `nil` for all.
    ///
    /// Gradient-based sampling scales up what it draws.
    func rows(_ gradients: [GradientStore]) -> [UInt32]? {
        let key = key(.rows)
        switch options.rowSampling {
        case .all: return nil
        case .bagging(let share):
            let chosen = chosenRows { row in draw(key, row) < share }
            // A draw that leaves nothing to grow on is none.
            return chosen.isEmpty ? nil : chosen
        case .gradientBased(let top, let other):
            return oneSided(gradients, top: top, other: other, key: key)
        }
    }

    private func chosenRows(_ isChosen: @Sendable (Int) -> Bool) -> [UInt32] {
        let blockRows = 16_384
        return workers.map((rowCount + blockRows - 1) / blockRows) { block in
            (block * blockRows..<min(rowCount, (block + 1) * blockRows)).compactMap { row in
                isChosen(row) ? UInt32(row) : nil
            }
        }.flatMap { $0 }
    }

    private func oneSided(
        _ gradients: [GradientStore], top: Double, other: Double, key: UInt64
    ) -> [UInt32] {
        let sizes = workers.fill(rowCount, blockSize: 16_384, repeating: Float(0)) { rows, sizes in
            for index in sizes.indices {
                let row = rows.lowerBound + index
                for store in gradients { sizes[index] += abs(store.gradients[row] * store.hessians[row]) }
            }
        }
        let kept = max(1, min(rowCount, Int(Double(rowCount) * top)))
        let threshold = Self.largest(kept, of: sizes)
        let share = other / (1 - top)
        let factor = Float((1 - top) / other)
        let chosen = chosenRows { row in sizes[row] >= threshold || draw(key, row) < share }
        for row in chosen where sizes[Int(row)] < threshold {
            for store in gradients {
                store.gradients[Int(row)] *= factor
                store.hessians[Int(row)] *= factor
            }
        }
        return chosen
    }

    /// The k-th largest of some numbers ≥ 0, found by counting their bits, first the high half, then the low one.
    static func largest(_ k: Int, of values: [Float]) -> Float {
        var prefix: UInt32 = 0
        var left = k
        for shift in [UInt32(16), 0] {
            var counts = [Int](repeating: 0, count: 65_536)
            for value in values {
                let bits = value.bitPattern
                if shift == 0, bits >> 16 != prefix >> 16 { continue }
                counts[Int(bits >> shift & 0xffff)] += 1
            }
            var digit = 65_535
            while digit > 0, counts[digit] < left {
                left -= counts[digit]
                digit -= 1
            }
            prefix |= UInt32(digit) << shift
        }
        return Float(bitPattern: prefix)
    }
}
