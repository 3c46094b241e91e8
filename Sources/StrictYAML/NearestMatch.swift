/// The candidate most like a misspelt word, or `nil` if none is like it.
///
/// Likeness is the optimal string alignment distance (insertions, deletions, replacements, exchanges of
/// neighbours), ignoring case, '_' and '-'; a candidate counts if at most a third of the longer word differs. The
/// first of equally near candidates wins.
public func nearestMatch(to word: String, among candidates: some Sequence<String>) -> String? {
    let wanted = folded(word)
    var best: (candidate: String, distance: Int)?
    for candidate in candidates {
        let offered = folded(candidate)
        let longer = max(wanted.count, offered.count)
        // Lengths that differ by more than a third cannot qualify; this also keeps hostile words cheap.
        guard abs(wanted.count - offered.count) * 3 <= longer, longer <= 200 else { continue }
        let distance = alignmentDistance(wanted, offered)
        guard distance * 3 <= longer, distance < best?.distance ?? .max else { continue }
        best = (candidate, distance)
    }
    return best?.candidate
}

private func folded(_ word: String) -> [Character] {
    word.prefix(201).lowercased().filter { $0 != "_" && $0 != "-" }
}

/// Optimal string alignment distance by dynamic programming over three rows.
private func alignmentDistance(_ left: [Character], _ right: [Character]) -> Int {
    var twoAbove = [Int](repeating: 0, count: right.count + 1)
    var above = Array(0...right.count)
    for row in left.indices {
        var current = [row + 1]
        current.reserveCapacity(right.count + 1)
        for column in right.indices {
            let replacement = above[column] + (left[row] == right[column] ? 0 : 1)
            var distance = min(replacement, above[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                distance = min(distance, twoAbove[column - 1] + 1)
            }
            current.append(distance)
        }
        twoAbove = above
        above = current
    }
    return above[right.count]
}
