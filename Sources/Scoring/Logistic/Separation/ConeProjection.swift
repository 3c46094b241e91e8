/// The projection of a vector c onto a polyhedral cone {b : aᵢᵀ b ≥ 0 for all i}, rows aᵢ added as they are found.
///
/// Moreau's decomposition turns it into a non-negative least-squares problem, r = c + Σ λᵢ aᵢ with λ ≥ 0 of the
/// smallest length, which an active-set method ends after finitely many steps, without cycling: the length falls
/// with every row that enters. Either r ≠ 0, a vector of the cone, or r = 0, and the λ prove that c points away from
/// all of it.
///
/// Source: Lawson & Hanson (1974), *Solving Least Squares Problems*, ch. 23.
struct ConeProjection {
    /// c.
    private let target: [Double]
    /// aᵢ of the rows found so far.
    private var rows: [[Double]] = []
    /// Rows with λᵢ > 0, in the order in which they entered.
    private var active: [Int] = []
    /// λ of the active rows.
    private var multipliers: [Double] = []
    /// Orthonormal basis of the active rows, and their coordinates in it, one list per row.
    private var basis: [[Double]] = []
    private var coordinates: [[Double]] = []
    /// r.
    private(set) var projection: [Double]

    /// A projection onto the whole space: no rows yet.
    init(of target: [Double]) {
        self.target = target
        projection = target
    }

    /// Whether the projection is zero but for rounding: 1e-10 of c.
    var isZero: Bool {
        dot(projection, projection) <= 1e-20 * dot(target, target)
    }

    /// Adds rows to the cone and projects again.
    mutating func add(_ newRows: [[Double]]) {
        rows += newRows
        // Every pass of the outer loop lets one row in; the bound is out of reach but for rounding trouble.
        for _ in 0..<(10 * rows.count + 100) {
            guard !isZero, let entering = mostViolated() else { return }
            guard enter(entering) else { return }
        }
    }

    /// The row that the projection violates most, relative to its length.
    private func mostViolated() -> Int? {
        let tolerance = 1e-11 * dot(projection, projection).squareRoot()
        var worst: Int?
        var worstValue = -tolerance
        for index in rows.indices where !active.contains(index) {
            let row = rows[index]
            let value = dot(row, projection) / dot(row, row).squareRoot()
            if value < worstValue {
                worst = index
                worstValue = value
            }
        }
        return worst
    }

    /// Lets a row in, and out those whose multiplier would turn negative; false if rounding stops progress.
    private mutating func enter(_ row: Int) -> Bool {
        guard append(row) else { return false }
        active.append(row)
        multipliers.append(0)
        while true {
            let wanted = unconstrainedMultipliers()
            guard let last = wanted.last, last > 0 || multipliers.last != 0 else {
                keep(Array(active.indices.dropLast()))
                return false
            }
            if wanted.allSatisfy({ $0 > 0 }) {
                multipliers = wanted
                project()
                return true
            }
            // Move towards the wanted multipliers until the first reaches zero.
            var share = 1.0
            for index in wanted.indices where wanted[index] <= 0 {
                share = min(share, multipliers[index] / (multipliers[index] - wanted[index]))
            }
            for index in wanted.indices { multipliers[index] += share * (wanted[index] - multipliers[index]) }
            let largest = multipliers.max() ?? 0
            keep(wanted.indices.filter { wanted[$0] > 0 || multipliers[$0] > 1e-14 * largest })
        }
    }

    /// Drops all active rows but those at the places given, and builds their basis anew.
    private mutating func keep(_ staying: [Int]) {
        active = staying.map { active[$0] }
        multipliers = staying.map { multipliers[$0] }
        basis = []
        coordinates = []
        for row in active { _ = append(row) }
    }

    /// Extends the basis by one row, orthogonalised twice; false if it lies in their span already.
    private mutating func append(_ index: Int) -> Bool {
        var rest = rows[index]
        let length = dot(rest, rest).squareRoot()
        var shares = [Double](repeating: 0, count: basis.count + 1)
        for _ in 0..<2 {
            for (position, direction) in basis.enumerated() {
                let share = dot(direction, rest)
                shares[position] += share
                for place in rest.indices { rest[place] -= share * direction[place] }
            }
        }
        let left = dot(rest, rest).squareRoot()
        guard left > 1e-12 * length else { return false }
        shares[basis.count] = left
        basis.append(rest.map { $0 / left })
        coordinates.append(shares)
        return true
    }

    /// λ that minimises |c + Σ λᵢ aᵢ| over the active rows, of any sign.
    private func unconstrainedMultipliers() -> [Double] {
        var solution = basis.map { -dot($0, target) }
        for index in solution.indices.reversed() {
            for later in (index + 1)..<max(index + 1, solution.count) {
                solution[index] -= coordinates[later][index] * solution[later]
            }
            solution[index] /= coordinates[index][index]
        }
        return solution
    }

    /// r = c less its part in the span of the active rows.
    private mutating func project() {
        projection = target
        for _ in 0..<2 {
            for direction in basis {
                let share = dot(direction, projection)
                for place in projection.indices { projection[place] -= share * direction[place] }
            }
        }
    }

    private func dot(_ left: [Double], _ right: [Double]) -> Double {
        var sum = 0.0
        for index in left.indices { sum += left[index] * right[index] }
        return sum
    }
}
