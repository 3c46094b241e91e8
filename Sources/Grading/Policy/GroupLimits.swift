import Tables

/// The groups of a portfolio: rows with the same code belong together, those with -1 to none.
struct GroupCodes {
    let codes: [Int]

    init(_ column: Column) {
        if case .category(let codes, _) = column.values {
            self.codes = codes.map { $0 == Column.missingCode ? -1 : Int($0) }
            return
        }
        var numbers: [String: Int] = [:]
        var codes: [Int] = []
        codes.reserveCapacity(column.count)
        for row in 0..<column.count {
            guard let name = column.text(at: row), !name.isEmpty else {
                codes.append(-1)
                continue
            }
            let code = numbers[name] ?? numbers.count
            numbers[name] = code
            codes.append(code)
        }
        self.codes = codes
    }

    /// Cuts the limits of groups that together exceed `factor` millionths of their largest limit, in proportion and
    /// rounded down to multiples.
    func cut(_ rows: inout [GradedRow], factor: Int64, multiplesOf step: Int64) {
        let groups = (codes.max() ?? -1) + 1
        guard groups > 0 else { return }
        var sums = [Int64](repeating: 0, count: groups)
        var largest = sums
        for (row, code) in codes.enumerated() where code >= 0 {
            let (sum, overflow) = sums[code].addingReportingOverflow(rows[row].limit)
            sums[code] = overflow ? .max : sum
            largest[code] = max(largest[code], rows[row].limit)
        }
        for (row, code) in codes.enumerated() where code >= 0 {
            let ceiling = CreditPolicy.share(factor, of: largest[code])
            guard sums[code] > ceiling else { continue }
            let (high, low) = rows[row].limit.multipliedFullWidth(by: ceiling)
            // Limit ≤ sum, so the quotient is at most the ceiling.
            let cut = sums[code].dividingFullWidth((high, low)).quotient
            rows[row].limit = cut - cut % step
        }
    }
}
