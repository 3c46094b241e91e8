import Foundation
import TestSupport
import Testing

@testable import Scoring

@Suite("Tables agree with published figures")
struct BinningFiguresTests {
    /// Counts of non-defaults and defaults by raw level of German credit (UCI Statlog), and the information value.
    static let german: [(name: String, iv: Double, counts: [(Double, Double)])] = [
        ("checking status", 0.666011503, [(139, 135), (164, 105), (49, 14), (348, 46)]),
        ("credit history", 0.293233547, [(21, 28), (243, 50), (60, 28), (361, 169), (15, 25)]),
        ("savings", 0.196009557, [(386, 217), (69, 34), (52, 11), (42, 6), (151, 32)]),
        ("employment", 0.086433631, [(102, 70), (235, 104), (135, 39), (189, 64), (39, 23)]),
        ("property", 0.112638262, [(222, 60), (161, 71), (230, 102), (87, 67)]),
        ("debtors", 0.032019322, [(635, 272), (23, 18), (42, 10)]),
        ("other plans", 0.057614542, [(82, 57), (590, 224), (28, 19)]),
        ("housing", 0.083293434, [(64, 44), (527, 186), (109, 70)]),
        ("foreign worker", 0.043877412, [(33, 4), (667, 296)]),
        ("instalment rate", 0.026322090, [(102, 34), (169, 62), (112, 45), (317, 159)]),
        ("residence", 0.003588773, [(94, 36), (211, 97), (106, 43), (289, 124)]),
        ("existing credits", 0.013266524, [(433, 200), (241, 92), (22, 6), (4, 2)]),
        ("job", 0.008762766, [(15, 7), (144, 56), (444, 186), (97, 51)]),
        ("dependents", 0.000043392, [(591, 254), (109, 46)]),
        ("telephone", 0.006377605, [(409, 187), (291, 113)]),
        ("personal status and sex", 0.044670678, [(30, 20), (201, 109), (402, 146), (67, 25)]),
        ("the same, mis-coded", 0.008839919, [(38, 12), (221, 89), (380, 168), (61, 31)]),
    ]

    @Test("German credit: information value of raw levels", arguments: german.indices)
    func rawLevels(index: Int) throws {
        let variable = Self.german[index]
        let levels = variable.counts.enumerated().map { (String($0) as String?, $1.0, $1.1) }
        let binning = try BinningObservations(levels: levels).binning { options in
            options.optimizes = false
            options.rareLevelShare = 0
        }
        expectClose(binning.iv, variable.iv, absolute: 5e-10, variable.name)
        #expect(binning.bins.count == variable.counts.count)
    }

    @Test("German credit: information value of a scorecard's six grades")
    func grades() throws {
        let counts: [(Double, Double)] = [(24, 75), (26, 46), (113, 83), (70, 30), (215, 52), (252, 14)]
        let levels = counts.enumerated().map { (String($0) as String?, $1.0, $1.1) }
        let binning = try BinningObservations(levels: levels).binning { $0.optimizes = false }
        expectClose(binning.iv, 1.372106, absolute: 5e-7)
    }

    @Test("German credit: WOE and information value by checking status")
    func checkingStatus() throws {
        let levels = Self.german[0].counts.enumerated().map { (String($0) as String?, $1.0, $1.1) }
        let table = try BinningObservations(levels: levels).binning { $0.optimizes = false }.table
        // By default rate: none, ≥ 200, 0–200, < 0.
        expectClose(table.rows.map(\.woe), [1.1762632, 0.4054651, -0.4013918, -0.8180987], absolute: 5e-8)
        expectClose(table.rows.map(\.iv), [0.4044105, 0.0094609, 0.0464468, 0.2056934], absolute: 5e-8)
        expectClose(table.totals.gini, 2 * 0.7077690 - 1, absolute: 1e-7)
    }

    /// Counts between given cut points: WOE there is ln(bad ÷ good).
    static let cut: [(cuts: [Double], good: [Double], bad: [Double], woe: [Double], iv: Double)] = [
        (
            [1400, 1800, 4000, 9200], [185, 87, 287, 120, 21], [82, 18, 95, 76, 29],
            [0.033661, -0.728239, -0.258307, 0.390539, 1.170071], 0.1812204
        ),
        (
            [26, 35, 40], [110, 246, 123, 221], [80, 112, 30, 78],
            [0.528844, 0.060465, -0.563689, -0.194156], 0.1127421
        ),
        (
            [8, 16, 45], [78, 264, 328, 30], [9, 80, 171, 40],
            [-1.312186, -0.346625, 0.195948, 1.134980], 0.2677066
        ),
    ]

    @Test("German credit: given cut points of amount, age and duration", arguments: cut.indices)
    func givenCuts(index: Int) throws {
        let figure = Self.cut[index]
        // A value on a cut point belongs above it.
        let values = [figure.cuts[0] - 1] + figure.cuts
        let counts = values.indices.map { (values[$0], figure.good[$0], figure.bad[$0]) }
        let binning = try BinningObservations(counts: counts).binning { options in
            options.prebinning = .cuts(figure.cuts)
            options.optimizes = false
        }
        #expect(binning.cuts == figure.cuts)
        expectClose(binning.bins.map { -$0.woe }, figure.woe, absolute: 5e-7)
        expectClose(binning.iv, figure.iv, absolute: 5e-8)
    }

    @Test("optbinning's documentation: mean radius of the breast cancer data")
    func meanRadius() throws {
        let cuts = [11.42500019, 12.32999992, 13.09499979, 13.70499992, 15.04500008, 16.92500019]
        let sizes: [Double] = [118, 79, 68, 49, 83, 54, 118]
        let events: [Double] = [115, 76, 61, 39, 55, 10, 1]
        let values = [0] + cuts
        let table = try BinningObservations(
            counts: values.indices.map { (values[$0], sizes[$0] - events[$0], events[$0]) }
        ).binning { options in
            options.prebinning = .cuts(cuts)
            options.trend = .descending
        }.table
        #expect(table.rows.map(\.weight) == sizes)
        #expect(table.rows.map(\.defaults) == events)
        expectClose(
            table.rows.map(\.woe),
            [-3.12517, -2.71097, -1.64381, -0.839827, -0.153979, 2.00275, 5.28332], relative: 5e-6)
        let totals = table.totals
        expectClose(totals.iv, 5.043925, absolute: 5e-7)
        expectClose(totals.jensenShannon, 0.3937838, absolute: 5e-8)
        expectClose(totals.hellinger, 0.4724897, absolute: 5e-8)
        expectClose(totals.triangular, 1.2559204, absolute: 5e-8)
        expectClose(totals.gini, 0.8754162, absolute: 5e-8)
        expectClose(totals.ks, 0.7286216, absolute: 5e-8)
        expectClose(totals.cramersV, 0.8006676, absolute: 5e-8)
        expectClose(totals.hhi, 0.1572734, absolute: 5e-8)
        expectClose(totals.normalizedHHI, 0.0168190, absolute: 5e-8)
        #expect(table.rows[0].label == "(-inf, 11.42500019)")
        #expect(table.rows[6].label == "[16.92500019, inf)")
    }

    /// Figures of optbinning 1.0.0: OptimalBinning(user_splits, user_splits_fixed, no other constraint), then
    /// binning_table.iv and binning_table.quality_score.
    @Test(
        "IV and quality score are those of optbinning",
        arguments: [
            ([(5000, 1000), (5000, 3000)], 0.2746530721670274, 0.8809969543147309),
            ([(90, 10), (70, 30)], 0.4218520990465674, 0.9953409508341547),
            ([(400, 20), (380, 45), (300, 90), (120, 110)], 0.9504815747281365, 0.21750822639666456),
            // Too good to be true.
            ([(900, 10), (100, 500)], 5.378533656198431, 1.6618111570826593e-39),
        ] as [([(nonDefaults: Double, defaults: Double)], Double, Double)])
    func qualityScore(
        bins: [(nonDefaults: Double, defaults: Double)], iv: Double, quality: Double
    ) throws {
        let table = try BinningObservations(
            counts: bins.enumerated().map { (Double($0), $1.nonDefaults, $1.defaults) }
        ).binning {
            $0.prebinning = .cuts((1..<bins.count).map { Double($0) - 0.5 })
            $0.optimizes = false
        }.table
        expectClose(table.totals.iv, iv, relative: 1e-12)
        expectClose(table.totals.qualityScore, quality, relative: 1e-9)
    }

    @Test("neighbours are tested by the chi-squared of their table")
    func neighbourTests() throws {
        let table = try BinningObservations(counts: [(0, 90, 10), (1, 70, 30)]).binning {
            $0.optimizes = false
        }
        .table
        // SciPy: chi2_contingency([[90, 70], [10, 30]], correction=False) gives 12.5 and 0.00040695201744495946.
        expectClose(table.neighbours[0].z * table.neighbours[0].z, 12.5, relative: 1e-14)
        expectClose(table.neighbours[0].pValue, 0.000_406_952_017_444_959_46, relative: 1e-12)
    }
}
