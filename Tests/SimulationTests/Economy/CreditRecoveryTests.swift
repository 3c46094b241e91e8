import TestSupport
import Testing
import Vocabulary

@testable import Simulation

@Suite("Estimators recover the law that histories were drawn from")
struct CreditRecoveryTests {
    @Test func cohortsRecoverTheMatrix() throws {
        let population = try Population(24, Population.plain)
        let calendar = population.economy.calendar
        let count = CreditGenerator.grades
        var counts = [Double](repeating: 0, count: count * count)
        for (traits, history) in population.members {
            for quarter in 0..<calendar.quarters {
                let start = calendar.quarterStarts[quarter] - 1
                let end = calendar.quarterStarts[quarter + 1] - 1
                // A quarter counts if the obligor was there throughout.
                guard history.firstDay <= start + 1, traits.leaves ?? .max >= end else { continue }
                let from = history.grade(on: start)
                guard from != CreditGenerator.defaulted else { continue }
                counts[from * count + history.grade(on: end)] += 1
            }
        }
        let truth = CreditGenerator.quarterMatrix(step: 0)
        for from in 0..<CreditGenerator.defaulted {
            let total = counts[from * count..<(from + 1) * count].reduce(0, +)
            #expect(total > 300)
            for to in 0..<count {
                let expected = total * truth[from * count + to]
                let error = (expected * (1 - truth[from * count + to])).squareRoot()
                // Four binomial standard errors and a half; one count more where hardly any is expected.
                expectClose(counts[from * count + to], expected, absolute: 4.5 * error + 1)
            }
        }
    }

    @Test func exactDaysRecoverTheGenerator() throws {
        let population = try Population(24, Population.plain)
        let calendar = population.economy.calendar
        let count = CreditGenerator.grades
        var years = [Double](repeating: 0, count: count)
        var moves = [Double](repeating: 0, count: count * count)
        for (traits, history) in population.members {
            var grade = history.entryGrade
            var since = history.firstDay
            let last = min(calendar.end, traits.leaves ?? .max)
            for jump in history.jumps where jump.day <= last {
                years[grade] += Double(jump.day - since) / 365.25
                moves[jump.from * count + jump.to] += 1
                (grade, since) = (jump.to, jump.day)
            }
            years[grade] += Double(last - since) / 365.25
        }
        for from in 0..<CreditGenerator.defaulted {
            for to in 0..<count where to != from {
                let expected = years[from] * CreditGenerator.perYear[from][to]
                expectClose(moves[from * count + to], expected, absolute: 4.5 * expected.squareRoot() + 1)
            }
        }
    }

    @Test func defaultsComeAtTheTruePDs() throws {
        let population = try Population(24)
        let calendar = population.economy.calendar
        var expected = [Double](repeating: 0, count: CreditGenerator.defaulted)
        var variance = expected
        var observed = expected
        var present = expected
        for (traits, history) in population.members {
            // Years that do not overlap; leaving is not default, so those who leave are left out.
            for year in 0..<calendar.quarters / 4 where traits.leaves == nil {
                let quarter = 4 * year
                let start = calendar.quarterStarts[quarter] - 1
                guard history.firstDay <= start + 1 else { continue }
                let grade = history.grade(on: start)
                guard grade != CreditGenerator.defaulted else { continue }
                let steps = (quarter..<quarter + 4).map {
                    population.economy.step(for: traits, $0, contagion: history.contagion[$0])
                }
                let pd = CreditGenerator.defaultProbabilities(steps: steps)[grade]
                expected[grade] += pd
                variance[grade] += pd * (1 - pd)
                present[grade] += 1
                let end = calendar.quarterStarts[quarter + 4] - 1
                if let failed = history.failed, failed <= end { observed[grade] += 1 }
            }
        }
        for grade in expected.indices {
            expectClose(observed[grade], expected[grade], absolute: 4 * variance[grade].squareRoot() + 1)
        }
        let rate = observed.reduce(0, +) / present.reduce(0, +)
        #expect(rate > 0.01 && rate < 0.04, "\(rate)")
        // Grade-ordered where there are enough defaults to tell.
        for grade in 4..<8 {
            #expect(observed[grade] / present[grade] < observed[grade + 1] / present[grade + 1])
        }
    }

    @Test func contagionTouchesOnlyThoseWhoDepend() throws {
        let infected = try Population(3) { $0.contagion = 4 }
        let healthy = try Population(3) { $0.contagion = 0 }
        var touched = 0
        for (one, other) in zip(infected.members, healthy.members) {
            if one.history.infections.isEmpty {
                #expect(one.history.jumps.map(\.day) == other.history.jumps.map(\.day))
                continue
            }
            touched += 1
            for infection in one.history.infections {
                let quarter = infected.economy.calendar.quarter(of: infection.day)
                let after = one.history.contagion.dropFirst(quarter + 1).prefix(4)
                #expect(after.allSatisfy { $0 > 0 })
                #expect(infection.tilt > 0)
            }
            #expect(other.history.contagion.allSatisfy { $0 == 0 })
        }
        #expect(touched > 10)
    }

    @Test func theEconomyMovesEverybody() throws {
        let population = try Population(8) { $0.macroLoading = 1.5 }
        let economy = population.economy
        var downgrades: [(factor: Double, share: Double)] = []
        for quarter in 0..<economy.calendar.quarters {
            let days = economy.calendar.quarterStarts[quarter]..<economy.calendar.quarterStarts[quarter + 1]
            let jumps = population.members.flatMap { $0.history.jumps.filter { days.contains($0.day) } }
            let worse = jumps.count { $0.to > $0.from }
            downgrades.append((economy.macro[quarter], Double(worse) / Double(jumps.count)))
        }
        let sorted = downgrades.sorted { $0.factor < $1.factor }.map(\.share)
        let half = sorted.count / 2
        #expect(sorted.prefix(half).reduce(0, +) > 1.1 * sorted.suffix(half).reduce(0, +))
    }
}
