import CKernels

/// Codes of categorical features, gathered into classes that no split tells apart.
///
/// Class 0 is what is in no set, unseen codes too; class 255 is missing. Where a feature's sets tell more than 254
/// classes apart, the sets are dealt to several columns of classes.
struct CategoryClasses {
    /// The most classes of a column, besides missing.
    private static let mostClasses = 255

    /// A set of codes and where a missing value belongs.
    struct Question: Hashable {
        var feature: Int
        var set: CategorySet
        var missingIsMember: Bool
    }

    private(set) var categories: [obligor_forest_category] = []
    private(set) var table: [UInt8] = []
    private var columnOfSet: [FeatureSet: Int] = [:]
    /// By column, a code of every class; −1 for class 0.
    private var representatives: [[Int]] = []

    private struct FeatureSet: Hashable {
        var feature: Int
        var set: CategorySet
    }

    init(_ forest: Forest) {
        var sets: [Int: [CategorySet]] = [:]
        var seen: Set<FeatureSet> = []
        for tree in forest.trees {
            for split in tree.splits {
                guard case .oneOf(let set) = split.condition else { continue }
                if seen.insert(FeatureSet(feature: split.feature, set: set)).inserted {
                    sets[split.feature, default: []].append(set)
                }
            }
        }
        for feature in sets.keys.sorted() {
            var partition = Partition()
            for set in sets[feature] ?? [] {
                if !partition.refine(by: set, most: Self.mostClasses) {
                    close(partition, feature: feature)
                    partition = Partition()
                    // A single set tells two classes apart.
                    _ = partition.refine(by: set, most: Self.mostClasses)
                }
                columnOfSet[FeatureSet(feature: feature, set: set)] = categories.count
            }
            close(partition, feature: feature)
        }
    }

    /// A question for the kernels: which classes are members, written to a column.
    func set(_ question: Question, column: UInt32) -> obligor_forest_set {
        let place = columnOfSet[FeatureSet(feature: question.feature, set: question.set)] ?? 0
        var words = InlineArray<4, UInt64>(repeating: 0)
        for (number, code) in representatives[place].enumerated() where question.set.contains(code) {
            words[number >> 6] |= 1 << UInt64(number & 63)
        }
        if question.missingIsMember { words[3] |= 1 << 63 }
        var set = obligor_forest_set()
        set.class_column = UInt32(place)
        set.column = column
        func byte(_ index: Int) -> UInt8 {
            UInt8(truncatingIfNeeded: words[index >> 3] >> UInt64(8 * (index & 7)))
        }
        set.bits = (
            byte(0), byte(1), byte(2), byte(3), byte(4), byte(5), byte(6), byte(7), byte(8), byte(9),
            byte(10),
            byte(11), byte(12), byte(13), byte(14), byte(15), byte(16), byte(17), byte(18), byte(19),
            byte(20),
            byte(21), byte(22), byte(23), byte(24), byte(25), byte(26), byte(27), byte(28), byte(29),
            byte(30),
            byte(31)
        )
        return set
    }

    private mutating func close(_ partition: Partition, feature: Int) {
        let limit = (partition.classOfCode.keys.max() ?? -1) + 1
        categories.append(
            obligor_forest_category(
                feature: UInt32(feature), first_entry: UInt32(table.count), limit: UInt32(limit),
                column: UInt32(categories.count)))
        table += (0..<limit).map { UInt8(partition.classOfCode[$0] ?? 0) }
        representatives.append(partition.representatives)
    }

    /// Classes of codes; a code without an entry is in class 0.
    private struct Partition {
        var classOfCode: [Int: Int] = [:]
        /// The codes of every class but 0.
        private var codes: [[Int]] = [[]]

        /// A code of every class; −1 for class 0.
        var representatives: [Int] { codes.map { $0.first ?? -1 } }

        /// Tells members of a set from the others; false, and unchanged, if that makes too many classes.
        mutating func refine(by set: CategorySet, most: Int) -> Bool {
            var members: [Int: [Int]] = [:]
            for code in set.codes { members[classOfCode[code] ?? 0, default: []].append(code) }
            // A class whose codes are all members stays; class 0 has unseen codes that never are.
            let split = members.filter { $0.key == 0 || $0.value.count < codes[$0.key].count }
            guard codes.count + split.count <= most else { return false }
            for (old, moved) in split.sorted(by: { $0.key < $1.key }) {
                if old != 0 {
                    let leaving = Set(moved)
                    codes[old].removeAll(where: leaving.contains)
                }
                for code in moved { classOfCode[code] = codes.count }
                codes.append(moved)
            }
            return true
        }
    }
}
