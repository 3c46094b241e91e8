import Foundation
import Scoring
import Tables
import Testing

@Suite("Model file")
struct ModelArtifactTests {
    /// A small logistic model with every kind of input.
    static func model() throws -> ScoringModel {
        try ModelTrainer(SmallCredit.logisticRecipe).train(SmallCredit.table()).model
    }

    @Test("gives back the same model, and the same bytes when written again")
    func roundTrip() throws {
        let model = try Self.model()
        let data = try ModelArtifact.data(of: model)
        let again = try ModelArtifact.model(from: data)
        #expect(again == model)
        #expect(try ModelArtifact.data(of: again) == data)
        let table = try SmallCredit.table()
        #expect(try again.score(table) == model.score(table))
    }

    @Test("may be laid out anew, but not changed")
    func layout() throws {
        let data = try ModelArtifact.data(of: Self.model())
        let object = try JSONSerialization.jsonObject(with: data)
        #expect(throws: Never.self) {
            try ModelArtifact.model(
                from: Data(String(decoding: data, as: UTF8.self).replacing("  ", with: "\t").utf8))
        }
        var document = try #require(object as? [String: Any])
        var payload = try #require(document["model"] as? [String: Any])
        payload["name"] = "other"
        document["model"] = payload
        let changed = try JSONSerialization.data(withJSONObject: document)
        #expect {
            try ModelArtifact.model(from: changed)
        } throws: { error in
            guard case .wrongDigest = error as? ArtifactError else { return false }
            return true
        }
    }

    @Test("of a newer version, of another kind, cut off or oversized is refused by name")
    func refusals() throws {
        let text = String(decoding: try ModelArtifact.data(of: Self.model()), as: UTF8.self)
        func refusal(_ text: some StringProtocol) -> ArtifactError? {
            do throws(ArtifactError) {
                _ = try ModelArtifact.model(from: Data(text.utf8))
                return nil
            } catch { return error }
        }
        #expect(
            refusal(text.replacing("\"formatVersion\" : 2", with: "\"formatVersion\" : 3"))
                == .newerVersion(version: 3, supported: 2))
        #expect(
            refusal(text.replacing("\"format\" : \"obligor-model\"", with: "\"format\" : \"x\""))
                == .notAModel(format: "x"))
        guard case .damaged = refusal(text.dropLast(20)) else {
            Issue.record("a file without its end was read")
            return
        }
        guard case .damaged = refusal(String(repeating: "[", count: 100_000)) else {
            Issue.record("a hundred thousand brackets were read")
            return
        }
        #expect(refusal("") != nil)
        let huge = Data(count: ModelArtifact.byteLimit + 1)
        #expect(throws: ArtifactError.tooLarge(bytes: huge.count, limit: ModelArtifact.byteLimit)) {
            try ModelArtifact.model(from: huge)
        }
    }

    @Test("survives a file system")
    func files() throws {
        let model = try Self.model()
        let file = FileManager.default.temporaryDirectory.appending(path: "model-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try ModelArtifact.data(of: model).write(to: file)
        #expect(try ModelArtifact.read(file) == model)
        #expect(throws: ArtifactError.self) { try ModelArtifact.read(file.appending(path: "nothing")) }
    }
}
