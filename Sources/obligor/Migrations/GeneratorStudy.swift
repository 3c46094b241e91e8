import LinearAlgebra
import Migration
import Results
import Statistics

/// Generators behind the matrix over twelve months, and how far it moves obligors.
struct GeneratorStudy {
    /// The twelve-month matrices of the generators.
    let matrices: [MigrationMatrixRecord.Matrix]
    let tests: [TestRecord]
    let remarks: [String]

    /// Rates that change by less in a step of EM are settled, per year.
    private static let tolerance = 1e-7

    /// Repairs the logarithm of a cohort matrix and, if asked for, searches for the generator of greatest likelihood.
    ///
    /// - Parameters:
    ///   - matrix: The cohort matrix over a year.
    ///   - duration: That of the duration estimate, which the distance is taken to.
    ///   - observations: Pairs of states with dated defaults, for EM; `nil` to do without.
    init(_ matrix: TransitionMatrix, duration: TransitionMatrix, observations: PanelObservations?) throws {
        var matrices: [MigrationMatrixRecord.Matrix] = []
        var tests = try Self.mobility(matrix, duration: duration)
        var remarks: [String] = []
        for repair in GeneratorRepair.allCases {
            do throws(MigrationError) {
                let generator = try GeneratorMatrix(matrix, repairedBy: repair)
                matrices.append(
                    MatrixStudy.record(
                        "generator, \(repair.words)", "excluded", try generator.transitions(over: 1)))
            } catch { remarks.append("no generator by \(repair.words): \(error)") }
        }
        if let observations {
            do throws(MigrationError) {
                let fit = try GeneratorEM(observations, tolerance: Self.tolerance)
                matrices.append(
                    MatrixStudy.record("generator, EM", "excluded", try fit.generator.transitions(over: 1)))
                tests.append(try Self.test(fit))
            } catch { remarks.append("no generator by EM: \(error)") }
        }
        self.matrices = matrices
        self.tests = tests
        self.remarks = remarks
    }

    /// The fit as a finding: its likelihood, AIC, and how sure the largest rate of every state is.
    private static func test(_ fit: GeneratorEM) throws(MigrationError) -> TestRecord {
        let aic = fit.aic()
        let errors = try fit.standardErrors()
        var rates: [String] = []
        let scale = fit.generator.scale
        for state in 0..<scale.count where state != scale.defaultState {
            let next = (0..<scale.count).filter { $0 != state }.max {
                fit.generator[state, $0] < fit.generator[state, $1]
            }
            guard let next, errors[state, next].isFinite else { continue }
            rates.append(
                "\(scale.labels[state])>\(scale.labels[next]) \(Figures.fixed(fit.generator[state, next])) ± "
                    + "\(Figures.fixed(errors[state, next]))"
            )
        }
        let likelihood = Figures.fixed(fit.logLikelihood, decimals: 2)
        let steps = Figures.count(fit.logLikelihoods.count - 1)
        return TestRecord(
            test: "generator by EM", sample: "histories", scope: "overall", statistic: fit.logLikelihood,
            estimate: aic, verdict: .undefined,
            meaning:
                "log-likelihood \(likelihood) after \(steps) steps, AIC \(Figures.fixed(aic, decimals: 2)); rates a "
                + "year with standard errors: \(rates.joined(separator: ", "))"
        )
    }

    private static func mobility(
        _ matrix: TransitionMatrix, duration: TransitionMatrix
    ) throws -> [TestRecord] {
        func record(_ test: String, _ scope: String, _ value: Double, _ meaning: String) -> TestRecord {
            TestRecord(
                test: test, sample: "histories", scope: scope, estimate: value, verdict: .undefined,
                meaning: "\(meaning): \(Figures.fixed(value))")
        }
        return [
            record(
                "mobility", "singular values", try matrix.singularValueMobility(),
                "mean singular value of the matrix less the identity (0: nothing moves)"),
            record(
                "mobility", "trace", matrix.shorrocksMobility,
                "share that moves, by the trace (1: rows are alike)"),
            record(
                "mobility", "determinant", try matrix.determinantMobility(), "one less the determinant's size"
            ),
            record(
                "distance of the duration matrix", "absolute", matrix.absoluteDistance(to: duration),
                "sum of the cells' absolute differences between cohort and duration"),
            record(
                "distance of the duration matrix", "Euclidean", matrix.frobeniusDistance(to: duration),
                "root of the sum of the cells' squared differences between cohort and duration"),
        ]
    }
}

extension GeneratorRepair {
    fileprivate var words: String {
        switch self {
        case .diagonalAdjustment: "diagonal adjustment"
        case .weightedAdjustment: "weighted adjustment"
        case .quasiOptimisation: "nearest"
        case .oneMoveAYear: "one move a year"
        }
    }
}
