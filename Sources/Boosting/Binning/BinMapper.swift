/// How the values of one column become bins 0, 1, 2 …, and how bins become conditions again.
///
/// The last bin is that of missing values.
struct BinMapper: Sendable, Hashable {
    /// What the bins stand for.
    enum Rule: Sendable, Hashable {
        /// Bin b holds the values above bound b − 1 and up to bound b; the last bound is +∞.
        case number(upperBounds: [Double])
        /// Bin of each code; codes of rare levels share one, codes without a row another.
        case category(binOfCode: [UInt16])
    }

    /// What the bins stand for.
    let rule: Rule
    /// Number of bins, the one of missing values included.
    let binCount: Int

    /// The bin of missing values.
    var missingBin: Int { binCount - 1 }

    /// A mapper of numbers.
    init(upperBounds: [Double]) {
        rule = .number(upperBounds: upperBounds)
        binCount = upperBounds.count + 1
    }

    /// The bin of categories that training never saw, before that of missing values.
    var unseenBin: Int { binCount - 2 }

    /// A mapper of categories by the number of rows of each code: frequent levels have bins of their own.
    ///
    /// - Parameter maximumBins: Bins besides the one of missing values, ≥ 2; one of them is for unseen levels.
    init(rowsOfCode: [Int], maximumBins: Int) {
        let byFrequency = rowsOfCode.indices.sorted {
            rowsOfCode[$0] != rowsOfCode[$1] ? rowsOfCode[$0] > rowsOfCode[$1] : $0 < $1
        }
        let seen = max(1, min(rowsOfCode.count { $0 > 0 }, maximumBins - 1))
        var binOfCode = [UInt16](repeating: UInt16(seen), count: rowsOfCode.count)
        for (position, code) in byFrequency.enumerated() where rowsOfCode[code] > 0 {
            binOfCode[code] = UInt16(min(position, seen - 1))
        }
        rule = .category(binOfCode: binOfCode)
        binCount = seen + 2
    }

    /// The codes whose bins are in a list.
    func codes(inBins bins: [Int]) -> CategorySet {
        guard case .category(let binOfCode) = rule else { return CategorySet() }
        let wanted = Set(bins)
        return CategorySet(binOfCode.indices.filter { wanted.contains(Int(binOfCode[$0])) })
    }

    /// The number that separates bin `bin` and those below from those above.
    func threshold(above bin: Int) -> Double {
        guard case .number(let upperBounds) = rule else { return .infinity }
        return upperBounds[bin]
    }
}
