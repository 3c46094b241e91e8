import Testing

@testable import LinearAlgebra

@Suite("OpenBLAS")
struct OpenBLASTests {
    @Test("stays on the caller's thread")
    func isSingleThreaded() throws {
        #expect(OpenBLAS.threads == 1)
        _ = try Matrix.identity(600).times(.identity(600))
        #expect(OpenBLAS.threads == 1)
    }
}
