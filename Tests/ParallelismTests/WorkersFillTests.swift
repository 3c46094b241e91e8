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

    @Test(
        "appends every block in its place, and keeps what is said of it in order",
        arguments: [1, 2, 7])
    func builds(threads: Int) {
        for count in [0, 1, 99, 100, 101, 1234] {
            let built = Workers(threads: threads).build(count, blockSize: 100) { positions, block in
                for position in positions { block.append(2 * position) }
                return positions
            }
            #expect(built.elements == (0..<count).map { 2 * $0 })
            #expect(built.values.flatMap { Array($0) } == Array(0..<count))
        }
    }
}
