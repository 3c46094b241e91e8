import Glibc
import LinearAlgebra
import Scoring
import Simulation
import Tables
import TestSupport
import Testing
import Vocabulary

@Suite("The truth behind a simulated table can be found again")
struct TrueModelTests {
    @Test(arguments: CreditTableOptions.Shape.allCases)
    func aCorrectlySpecifiedLogisticRecoversTheCoefficients(shape: CreditTableOptions.Shape) throws {
        var options = CreditTableOptions()
        options.shape = shape
        options.defaultRate = 0.2
        options.seed = 11
        let simulator = try CreditTableSimulator(options)
        let table = try simulator.table(rows: 8_000)
        let features = try simulator.truth.features(of: table)
        let defaulted = try #require(table["defaulted"]?.doubles).map { $0 == 1 }
        let fit = try LogisticRegression().fit(
            Matrix(rows: table.rowCount, columns: features.count, columnMajor: Array(features.joined())),
            defaulted: defaulted, names: simulator.truth.terms.map { "\($0.feature)" })
        let truth = [simulator.truth.intercept] + simulator.truth.terms.map(\.coefficient)
        var sum = 0.0
        for index in truth.indices {
            let z = (fit.coefficients[index] - truth[index]) / fit.standardErrors[index]
            // Beyond 4 standard errors is a matter of 1 in 16,000 per coefficient.
            #expect(abs(z) < 4, "coefficient \(index): \(fit.coefficients[index]) for \(truth[index])")
            sum += z * z
        }
        // The squares average about 1 when the standard errors are right.
        #expect(sum / Double(truth.count) < 2)
    }

    @Test func featuresAreWhatTheyAreCalled() throws {
        let table = try Table(columns: [
            Column(name: "x", values: .double([2, .nan, -1])),
            Column(name: "n", values: .integer([3, Column.missingInteger, 0])),
            Column(name: "c", values: .category(codes: [1, Column.missingCode, 0], levels: ["a", "b"])),
            Column(
                name: "d",
                values: .day([
                    CalendarDay(daysSince1970: 0), CalendarDay(daysSince1970: 1),
                    CalendarDay(daysSince1970: 2),
                ])),
        ])
        let features: [(TrueModel.Feature, [Double], String)] = [
            (.number("x", .identity), [2, 0, -1], "x"),
            (.number("n", .logarithm(plus: 1)), [log(4), 0, 0], "ln(1.0 + n)"),
            (.number("x", .excess(over: 1)), [1, 0, 0], "max(0, x - 1.0)"),
            (.number("x", .square(around: 1)), [1, 0, 4], "(x - 1.0)^2"),
            (.missing("x"), [0, 1, 0], "x missing"),
            (.level("c", "b"), [1, 0, 0], "c = b"),
            (.level("c", "unheard of"), [0, 0, 0], "c = unheard of"),
            (.product(.number("x", .identity), .number("n", .identity)), [6, 0, 0], "x * n"),
            (.day("d", [CalendarDay(daysSince1970: 2): 0.5]), [0, 0, 0.5], "macro factor of d"),
        ]
        for (feature, values, name) in features {
            let model = TrueModel(intercept: 0.25, terms: [TrueModel.Term(2, feature)])
            #expect(try model.features(of: table) == [values], "\(name)")
            #expect(try model.logOdds(of: table) == values.map { 0.25 + 2 * $0 })
            #expect("\(feature)" == name)
        }
        for wrong: TrueModel.Feature in [
            .number("c", .identity), .level("x", "a"), .day("x", [:]), .missing("y"),
        ] {
            #expect(throws: TableError.self) {
                try TrueModel(intercept: 0, terms: [TrueModel.Term(1, wrong)]).features(of: table)
            }
        }
    }
}
