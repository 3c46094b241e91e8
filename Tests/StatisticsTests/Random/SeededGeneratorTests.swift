import TestSupport
import Testing

@testable import Statistics

@Suite("The seeded generator")
struct SeededGeneratorTests {
    /// Outputs of the authors' C program for the state 1, 2, 3, 4.
    @Test func agreesWithPublishedXoshiro() {
        var generator = Xoshiro256PlusPlus(state: 1, 2, 3, 4)
        let expected: [UInt64] = [
            41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386, 9_228_616_714_210_784_205,
            9_973_669_472_204_895_162, 14_011_001_112_246_962_877, 12_406_186_145_184_390_807,
            15_849_039_046_786_891_736, 10_450_023_813_501_588_000,
        ]
        #expect(expected.allSatisfy { $0 == generator.next() })
    }

    /// Outputs of the authors' C program for the seed 1234567.
    @Test func agreesWithPublishedSplitMix() {
        var generator = SplitMix64(state: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
        ]
        #expect(expected.allSatisfy { $0 == generator.next() })
    }

    /// Test vectors of RFC 9923.
    @Test func agreesWithPublishedFNV() {
        #expect(FNV1a.hash("".utf8) == 0xCBF2_9CE4_8422_2325)
        #expect(FNV1a.hash("a".utf8) == 0xAF63_DC4C_8601_EC8C)
        #expect(FNV1a.hash("foobar".utf8) == 0x8594_4171_F739_67E8)
    }

    @Test func statesComeFromSplitMix() {
        var seeds = SplitMix64(state: 7)
        var expected = Xoshiro256PlusPlus(state: seeds.next(), seeds.next(), seeds.next(), seeds.next())
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<5 { #expect(generator.next() == expected.next()) }
    }

    /// Numbers that must never change, since recorded seeds would then mean something else; the bits were computed
    /// by a second program from the formulas.
    @Test func numbersOfASeedAreFixed() {
        var generator = SeededGenerator(seed: 2024)
        var named = generator.stream("bootstrap")
        var numbered = generator.stream("bootstrap").stream(3)
        #expect(generator.next() == 0x8641_253F_8FED_82D1)
        #expect(named.next() == 0x3ED7_FF80_CAC2_161A)
        #expect(numbered.next() == 0x4C8C_47D0_B892_2CE3)
        var draws = SeededGenerator(seed: 1)
        #expect(draws.uniform() == 0.811_612_158_881_884_8)
        // The C library's logarithm and exponential may differ in the last digit.
        expectClose(
            [draws.normal(), draws.exponential(), draws.gamma(shape: 0.3)],
            [0.665_406_438_917_071_3, 2.301_077_195_105_875_3, 0.306_664_931_163_501_9], relative: 1e-14)
        #expect((0..<5).map { _ in draws.integer(below: 1000) } == [986, 523, 96, 134, 920])
        #expect(draws.permutation(6) == [2, 1, 3, 0, 4, 5])
    }

    @Test func streamsDependOnNeitherDrawsNorOrder() {
        let fresh = SeededGenerator(seed: 5)
        var used = SeededGenerator(seed: 5)
        for _ in 0..<17 { _ = used.next() }
        let late = used.stream(9)
        #expect(used.stream("a") == fresh.stream("a"))
        #expect(late == fresh.stream(9))
        #expect(used.stream("a").stream(2) == fresh.stream("a").stream(2))
    }

    @Test func streamsDiffer() {
        let generator = SeededGenerator(seed: 5)
        var first: Set<UInt64> = []
        var children = (0..<1000).map { generator.stream($0) } + (0..<1000).map { generator.stream("\($0)") }
        children.append(generator)
        children += (0..<1000).map { generator.stream(0).stream($0) }
        children.append(generator.stream(-1))
        for var child in children { first.insert(child.next()) }
        #expect(first.count == children.count)
    }

    @Test func copiesRepeat() {
        var one = SeededGenerator(seed: .max)
        var other = one
        for _ in 0..<10 { #expect(one.next() == other.next()) }
    }

    @Test func servesTheStandardLibrary() {
        var generator = SeededGenerator(seed: 3)
        #expect((1...6).contains(Int.random(in: 1...6, using: &generator)))
    }
}
