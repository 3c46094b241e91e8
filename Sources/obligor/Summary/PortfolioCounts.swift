import Grading
import Results
import Vocabulary

/// A portfolio by final grade and by what became of grades, as everybody is told of it.
struct PortfolioCounts {
    /// Obligors of a grade and what is at stake.
    struct GradeLine: Encodable {
        let grade: String
        fileprivate(set) var obligors = 0
        fileprivate(set) var exposure = 0.0
        fileprivate(set) var expectedLoss = 0.0
    }

    /// All grades, the best first.
    private(set) var grades: [GradeLine]
    /// All movements in their order.
    let movements: [(movement: PortfolioRecord.Movement, obligors: Int)]

    init(_ obligors: [PortfolioRecord]) {
        grades = Grade.allCases.map { GradeLine(grade: $0.rawValue) }
        var moved: [PortfolioRecord.Movement: Int] = [:]
        for one in obligors {
            moved[one.movement, default: 0] += 1
            guard let rank = one.grade.flatMap(Grade.init(rawValue:))?.rank else { continue }
            grades[rank].obligors += 1
            grades[rank].exposure += one.exposure
            grades[rank].expectedLoss += one.expectedLoss ?? 0
        }
        movements = PortfolioRecord.Movement.allCases.map { ($0, moved[$0] ?? 0) }
    }
}
