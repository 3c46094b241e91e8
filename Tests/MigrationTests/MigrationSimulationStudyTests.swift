import Foundation
import Migration
import Testing

/// Simulation studies: reduced by default, in full with 1,000 replications under `make validate`.
@Suite("Simulated histories with known truth")
struct MigrationSimulationStudyTests {
    static let isFull = ProcessInfo.processInfo.environment["OBLIGOR_REPLICATIONS"] != nil

    @Test("intervals of cells cover the truth as often as they say")
    func coverage() throws {
        let replications = Self.isFull ? 1000 : 60
        for (name, share) in try IntervalCoverage.measured(replications: replications, obligors: 1000) {
            // The bar is 1.5 points; in the reduced study the standard error alone is up to 2.8.
            let allowed = Self.isFull ? 0.015 : 0.06
            #expect(abs(share - 0.95) <= allowed, "\(name): \(share)")
        }
    }

    @Test("analysts without bias are flagged in one of twenty cases, known biases lie within their intervals")
    func biases() throws {
        let replications = UInt64(Self.isFull ? 300 : 12)
        var (inside, all, flagged, unbiased) = (0, 0, 0, 0)
        for seed in 1...replications {
            let truth = BiasedCases(seed: seed)
            let model = try BiasModel(truth.cases, dimensions: ["analyst", "region"], iterations: 150)
            for (index, bias) in model.biases.filter({ $0.dimension == "analyst" }).enumerated() {
                all += 1
                if bias.interval.contains(truth.analysts[index]) { inside += 1 }
                guard truth.analysts[index] == 0 else { continue }
                unbiased += 1
                if bias.isFlagged { flagged += 1 }
            }
        }
        let (coverage, falseFlags) = (Double(inside) / Double(all), Double(flagged) / Double(unbiased))
        #expect(coverage >= (Self.isFull ? 0.935 : 0.896), "\(inside) of \(all)")
        #expect(falseFlags <= (Self.isFull ? 0.06 : 0.127), "\(flagged) of \(unbiased)")
        if Self.isFull { #expect(falseFlags >= 0.04, "\(flagged) of \(unbiased)") }
    }
}
