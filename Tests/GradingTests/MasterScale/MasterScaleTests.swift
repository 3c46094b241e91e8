import Foundation
import Grading
import Statistics
import StrictYAML
import TestSupport
import Testing
import Vocabulary

@Suite("A master scale turns every PD into a grade")
struct MasterScaleTests {
    private func grade(_ pd: Double, on scale: MasterScale = .standard) throws -> Grade {
        scale.grade(of: try #require(ProbabilityOfDefault(pd)))
    }

    @Test func theStandardScaleIsGeometric() throws {
        let geometric = try MasterScale.geometric(first: 0.0004, factor: 2.5)
        expectClose(MasterScale.standard.upperBounds, geometric.upperBounds, relative: 1e-14)
        #expect(try MasterScale(upperBounds: MasterScale.standard.upperBounds) == .standard)
    }

    @Test func insideTheBounds() throws {
        let expected: [(Double, Grade)] = [
            (0, .aaa), (0.0001, .aaa), (0.0007, .aa), (0.002, .a), (0.005, .bbb), (0.01, .bb), (0.03, .b),
            (0.07, .ccc), (0.2, .cc), (0.5, .c), (1, .c),
        ]
        for (pd, grade) in expected { #expect(try self.grade(pd) == grade, "\(pd)") }
    }

    @Test func aPDOnABoundBelongsToTheWorseGrade() throws {
        // Log-odds and back moves a PD by an ulp or so, so the bound is approached through log-odds whose PD is
        // exactly on it or known to be beside it.
        let half = try MasterScale(upperBounds: [0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.5, 1])
        #expect(half.grade(of: try #require(ProbabilityOfDefault(logOdds: 0))) == .c)
        #expect(half.grade(of: try #require(ProbabilityOfDefault(logOdds: -1e-12))) == .cc)
        for (index, bound) in MasterScale.standard.upperBounds.dropLast().enumerated() {
            let pd = try #require(ProbabilityOfDefault(bound))
            let expected = Grade.performing[pd.value < bound ? index : index + 1]
            #expect(MasterScale.standard.grade(of: pd) == expected, "\(bound)")
            #expect(try grade(bound * (1 - 1e-9)) == Grade.performing[index])
            #expect(try grade(bound * (1 + 1e-9)) == Grade.performing[index + 1])
        }
    }

    @Test func defaultIsNeverTheConsequenceOfAScore() {
        for logOdds in [-Double.infinity, -800, 0, 800, .infinity] {
            #expect(ProbabilityOfDefault(logOdds: logOdds).map(MasterScale.standard.grade(of:)) != .d)
        }
        #expect(MasterScale.standard.bounds(of: .d) == nil)
    }

    @Test func gradesWorsenWithPD() throws {
        var worst = Grade.aaa
        for step in 0...4_000 {
            let pd = try #require(ProbabilityOfDefault(logOdds: -12 + Double(step) * 0.005))
            let grade = MasterScale.standard.grade(of: pd)
            #expect(grade >= worst)
            worst = max(worst, grade)
        }
        #expect(worst == .c)
    }

    @Test func midpointsLieInTheirGradesAndRise() throws {
        var last = 0.0
        for grade in Grade.performing {
            let midpoint = MasterScale.standard.midpoint(of: grade)
            let bounds = try #require(MasterScale.standard.bounds(of: grade))
            #expect(bounds.contains(midpoint) && midpoint > last, "\(grade)")
            #expect(try self.grade(midpoint) == grade)
            last = midpoint
        }
        #expect(MasterScale.standard.midpoint(of: .d) == 1)
        expectClose(MasterScale.standard.midpoint(of: .aa), 0.0004 * 2.5.squareRoot(), relative: 1e-14)
        expectClose(MasterScale.standard.midpoint(of: .aaa), 0.0004 / 2.5.squareRoot(), relative: 1e-14)
    }

    @Test func boundsMustRiseToOne() {
        func error(_ bounds: [Double]) -> MasterScaleError? {
            do throws(MasterScaleError) {
                _ = try MasterScale(upperBounds: bounds)
                return nil
            } catch { return error }
        }
        var bounds = MasterScale.standard.upperBounds
        #expect(error(Array(bounds.dropLast())) == .wrongCount(8, expected: 9))
        bounds[3] = bounds[2]
        #expect(error(bounds) == .badBound(grade: .bbb, bound: 0.0025, above: 0.0025))
        bounds[3] = .nan
        #expect(error(bounds) != nil)
        bounds[3] = 1.5
        #expect(error(bounds) == .badBound(grade: .bbb, bound: 1.5, above: 0.0025))
        bounds = MasterScale.standard.upperBounds
        bounds[0] = 0
        #expect(error(bounds) == .badBound(grade: .aaa, bound: 0, above: 0))
        bounds = MasterScale.standard.upperBounds
        bounds[8] = 0.9
        #expect(error(bounds) == .lastBoundBelowOne(0.9))
        #expect(throws: MasterScaleError.self) { try MasterScale.geometric(first: 0.01, factor: 2) }
        #expect(throws: MasterScaleError.self) { try MasterScale.geometric(first: 0.01, factor: 1) }
        #expect(throws: MasterScaleError.self) { try MasterScale.geometric(first: -1, factor: .nan) }
    }
}

@Suite("A master scale is read and written")
struct MasterScaleCodingTests {
    private func read(_ text: String) throws(YAMLError) -> MasterScale {
        try MasterScale(yaml: YAMLReader().read(text, named: "scale.yaml"))
    }

    private func message(_ text: String) -> String {
        do throws(YAMLError) { return "\(try read(text))" } catch { return error.description }
    }

    @Test func yamlReadsBackExactly() throws {
        let odd = try MasterScale(
            upperBounds: [1e-300, 0.1 + 0.2 - 0.29, 0.02, 1.0 / 3, 0.4, 0.5, 0.6, 0.7, 1])
        for scale in [MasterScale.standard, odd] { #expect(try read(scale.yaml) == scale) }
    }

    @Test func jsonReadsBackExactly() throws {
        let data = try JSONEncoder().encode(MasterScale.standard)
        #expect(try JSONDecoder().decode(MasterScale.self, from: data) == .standard)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(MasterScale.self, from: Data("{\"upperBounds\": [0.5, 1]}".utf8))
        }
    }

    @Test func geometricScalesAreReadByTheirTwoFigures() throws {
        let scale = try read("geometric: {first: 0.001, factor: 2}")
        #expect(scale.upperBounds[7] == 0.128)
        #expect(
            message("geometric: {first: 0.01, factor: 2}").hasPrefix(
                "scale.yaml:1:12: 'geometric' is a group of keys, expected a first bound and a factor"))
    }

    @Test func faultsAreNamedByLine() {
        let lines = MasterScale.standard.yaml
        #expect(
            message(lines.replacingOccurrences(of: "AA: 0.001\n", with: "AA: 0.0001\n"))
                == "scale.yaml:3:7: 'upperBounds.AA' is '0.0001', expected a fraction above 0.0004 and at most 1"
        )
        #expect(
            message(lines.replacingOccurrences(of: " C: 1.0", with: " C: 0.9"))
                == "scale.yaml:10:6: 'upperBounds.C' is '0.9', expected 1, so that every PD has a grade")
        #expect(
            message(lines + "  D: 1\n")
                == """
                scale.yaml:11:3: unknown key 'D' in 'upperBounds': Allowed: AAA, AA, A, BBB, BB, B, CCC, CC, C
                """)
        #expect(message("upperBound: {}").contains("is 'upperBound' meant for it?"))
    }
}

@Suite("A damaged master scale gives a typed error or a scale, never a trap")
struct MasterScaleHostileTests {
    private static let splices = [
        "AAA: 0\n", "  D: 1\n", "1e-400", ".inf", ".nan", "-", "0x1",
        "geometric: {first: 1e-300, factor: 1e300}\n", ":",
        "{", "}", "[", "\t", "\n", "'", "\"", "&a ", "*a", "~", "00", "e", "1_000",
    ]

    @Test(arguments: HostileInput.masterScales.seeds)
    func mutations(seed: Int) {
        var mutator = Mutator(SeededGenerator(seed: UInt64(seed)), splices: Self.splices)
        let texts = [MasterScale.standard.yaml, "geometric: {first: 0.0004, factor: 2.5}\n"]
        for text in texts {
            for _ in 0..<HostileInput.masterScales.perSeed / texts.count {
                do throws(YAMLError) {
                    let scale = try MasterScale(
                        yaml: YAMLReader().read(mutator.damaged(Array(text.utf8)), named: "scale.yaml"))
                    #expect(scale.upperBounds.last == 1)
                } catch {
                    #expect(!error.description.contains("\n"))
                }
            }
        }
    }
}
