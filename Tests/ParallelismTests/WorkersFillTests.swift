import Parallelism
import Testing

@Suite("Filling an array block by block")
struct WorkersFillTests {
    @Test(
        "gives every block its own positions and initial value, for any number of threads",
        arguments: [1, 2, 7])
    func fills(threads: Int) {
        for count in [0, 1, 99, 100, 101, 1234] {
            let filled = Workers(threads: threads).fill(count, blockSize: 100, repeating: 5) {
                positions, block in
                for index in block.indices { block[index] += positions.lowerBound + index }
            }
            #expect(filled == (0..<count).map { $0 + 5 })
        }
    }
}
