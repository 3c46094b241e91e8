import Parallelism
import Testing

@testable import Boosting

@Suite("Binned data")
struct BinnedDataTests {
    @Test("every value is in the bin of the first bound that is not below it", arguments: [255, 4, 1000])
    func binsAgreeWithBounds(maximumBins: Int) {
        let data = Samples.credit()
        var options = BoostingOptions()
        options.maximumBins = maximumBins
        let binned = BinnedData(data, options: options, workers: .single, instructions: .widest)
        for feature in [0, 1, 3] {
            guard case .number(let bounds) = binned.mappers[feature].rule else {
                Issue.record("feature \(feature) is not a number")
                continue
            }
            let values = data.columns[feature].asDoubles
            for row in values.indices {
                let expected = values[row].isNaN ? bounds.count : bounds.firstIndex { values[row] <= $0 }
                #expect(binned.bins.bin(row: row, feature: feature) == expected)
            }
        }
    }

    @Test("frequent levels have bins of their own, rare ones share one, unseen and missing have one each")
    func categories() {
        let codes: [UInt32] = [2, 2, 2, 0, 0, 3, 1, 4, 5, .max]
        let mapper = BinMapper(rowsOfCode: [2, 1, 3, 1, 0], maximumBins: 4)
        var bins = [UInt16](repeating: 0, count: codes.count)
        BinKernel.assign(
            .categories(codes, levels: 5), 0..<codes.count, by: mapper, to: &bins, instructions: .widest)
        #expect(bins == [0, 0, 0, 1, 1, 2, 2, 3, 3, 4])
        #expect(mapper.unseenBin == 3)
        #expect(mapper.missingBin == 4)
        #expect(mapper.codes(inBins: [2]).codes == [1, 3])
    }

    @Test("the bound of a float is the largest float not above it", arguments: [0.1, -0.1, 1, 1e300, -1e300])
    func floatBounds(bound: Double) {
        let float = BinKernel.largestFloat(atMost: bound)
        #expect(Double(float) <= bound)
        #expect(Double(float.nextUp) > bound)
    }
}
