public import Foundation
public import Results

/// The models of a portfolio and who let them decide.
public protocol ModelRegistry: Sendable {
    /// Registers a model as a candidate; one of the same digest stays as it is.
    func register(_ model: ModelEntry, by author: String) throws(StorageError) -> RegisteredModel

    /// All models in the order in which they were registered.
    func models() throws(StorageError) -> [RegisteredModel]

    /// The model and what came with it.
    ///
    /// - Throws: ``StorageError/noSuchModel(number:)``, ``StorageError/damaged(store:reason:)`` if its bytes are not
    ///   those that were registered.
    func entry(ofModel number: Int) throws(StorageError) -> ModelEntry

    /// Gives a model a standing. A new champion retires the one before.
    ///
    /// - Throws: ``StorageError/gatesRefused(model:reason:)`` for a champion or challenger whose gates do not hold.
    func promote(
        model number: Int, to standing: ModelStanding, by author: String, because reason: String
    )
        throws(StorageError) -> RegisteredModel

    /// Withdraws the champion and makes the one before it champion again.
    ///
    /// - Throws: ``StorageError/noEarlierChampion(store:)``.
    func rollBack(by author: String, because reason: String) throws(StorageError) -> RegisteredModel
}

extension ModelRegistry {
    /// The model that decides, or `nil` if none has been approved.
    public func champion() throws(StorageError) -> RegisteredModel? {
        try models().first { $0.standing == .champion }
    }

    /// The models that are held against the champion.
    public func challengers() throws(StorageError) -> [RegisteredModel] {
        try models().filter { $0.standing == .challenger }
    }
}

/// What a model may do.
public enum ModelStanding: String, Sendable, CaseIterable {
    /// Trained, and waiting for someone's approval.
    case candidate
    /// Is held against the champion, and decides nothing.
    case challenger
    /// Decides. At most one does.
    case champion
    /// Was champion until another took its place.
    case retired
    /// Must not be used again unless approved anew.
    case withdrawn
}

/// A model as a training run left it.
public struct ModelEntry: Sendable, Equatable {
    /// The name in its recipe.
    public let name: String
    /// The model's file.
    public let model: Data
    /// The master scale that it is graded by (YAML); `nil` for the standard one.
    public let masterScale: Data?
    /// What its validation said (`validation.json`); `nil` if there was none.
    public let validation: Data?
    /// The verdicts of its gates; empty if its recipe has none.
    public let gates: [GateRecord]

    /// A model as a training run left it.
    public init(
        name: String, model: Data, masterScale: Data? = nil, validation: Data? = nil, gates: [GateRecord] = []
    ) {
        self.name = name
        self.model = model
        self.masterScale = masterScale
        self.validation = validation
        self.gates = gates
    }

    /// The SHA-256 of the model's file.
    public var digest: String { ContentDigest.of(model) }

    /// The SHA-256 of all that it holds.
    public var contentDigest: String {
        var digest = ContentDigest()
        digest.add(name)
        for bytes in [model, masterScale ?? Data(), validation ?? Data()] { digest.add(bytes) }
        for gate in gates {
            digest.add(gate.gate)
            digest.add(gate.sample)
            digest.add(gate.value)
            digest.add(gate.limit)
            digest.add(gate.passed ? "passed" : "refused")
        }
        return digest.hexadecimal
    }

    /// Why its gates do not let it decide; `nil` if they do.
    public var refusal: String? {
        if gates.isEmpty { return "its recipe has no gates: add some and train it again" }
        let refused = gates.filter { !$0.passed }.map { "\($0.gate) on \($0.sample)" }
        return refused.isEmpty
            ? nil : "\(refused.count) of \(gates.count) gates say no: \(refused.joined(separator: ", "))"
    }
}

/// A model in the registry.
public struct RegisteredModel: Sendable, Equatable {
    /// Its number in the registry, from 1.
    public let number: Int
    /// The name in its recipe.
    public let name: String
    /// The SHA-256 of its file.
    public let digest: String
    /// What it may do.
    public let standing: ModelStanding
    /// Who registered it.
    public let registeredBy: String
    /// When it was registered.
    public let registered: Date
    /// Every change of its standing since, in order.
    public let changes: [StandingChange]

    /// A model in the registry.
    public init(
        number: Int, name: String, digest: String, standing: ModelStanding, registeredBy: String,
        registered: Date,
        changes: [StandingChange] = []
    ) {
        self.number = number
        self.name = name
        self.digest = digest
        self.standing = standing
        self.registeredBy = registeredBy
        self.registered = registered
        self.changes = changes
    }
}

/// Who gave a model which standing, when and why.
public struct StandingChange: Sendable, Equatable {
    /// The new standing.
    public let standing: ModelStanding
    /// Who decided.
    public let author: String
    /// When.
    public let time: Date
    /// Why.
    public let reason: String

    /// A change of a model's standing.
    public init(standing: ModelStanding, author: String, time: Date, reason: String) {
        self.standing = standing
        self.author = author
        self.time = time
        self.reason = reason
    }
}
