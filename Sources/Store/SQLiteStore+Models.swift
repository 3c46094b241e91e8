import Foundation
import GRDB
import Results
public import Review

extension SQLiteStore {
    /// Registers a model as a candidate; one of the same digest stays as it is.
    public func register(_ model: ModelEntry, by author: String) throws(StorageError) -> RegisteredModel {
        try changing { database, audit in
            let time = audit.moment
            let digest = model.digest
            if let known = try Self.models(in: database).first(where: { $0.digest == digest }) {
                return known
            }
            try database.execute(
                sql: "INSERT INTO models VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    model.name, digest, ModelStanding.candidate.rawValue, model.model, model.masterScale,
                    model.validation, try JSONForm.text(of: model.gates), author, time, audit.nextNumber,
                ])
            let registered = RegisteredModel(
                number: Int(database.lastInsertedRowID), name: model.name, digest: digest,
                standing: .candidate,
                registeredBy: author, registered: try date(time))
            try audit.append(.registered(registered, content: model.contentDigest))
            return registered
        }
    }

    /// All models in the order in which they were registered.
    public func models() throws(StorageError) -> [RegisteredModel] {
        try reading(Self.models(in:))
    }

    /// The model and what came with it, held against its digest.
    public func entry(ofModel number: Int) throws(StorageError) -> ModelEntry {
        let store = name
        return try reading { database in try Self.entry(ofModel: number, in: database, of: store) }
    }

    /// Gives a model a standing; a new champion retires the one before.
    public func promote(
        model number: Int, to standing: ModelStanding, by author: String, because reason: String
    ) throws(StorageError) -> RegisteredModel {
        let store = name
        return try changing { database, audit in
            let time = audit.moment
            let models = try Self.models(in: database)
            let isKnown = models.contains { $0.number == number }
            let moves = try ModelMoves(
                promoting: number, to: standing, among: models,
                refusal: isKnown ? Self.entry(ofModel: number, in: database, of: store).refusal : nil)
            let change = StandingChange(
                standing: standing, author: author, time: try date(time), reason: reason)
            try audit.append(.promoted(number, change))
            return try Self.apply(moves, change, in: database)
        }
    }

    /// Withdraws the champion and makes the one before it champion again.
    public func rollBack(by author: String, because reason: String) throws(StorageError) -> RegisteredModel {
        let store = name
        return try changing { database, audit in
            let time = audit.moment
            let moves = try ModelMoves(rollingBack: Self.models(in: database), store: store)
            let change = StandingChange(
                standing: .champion, author: author, time: try date(time), reason: reason)
            try audit.append(.rolledBack(to: moves.number, change))
            return try Self.apply(moves, change, in: database)
        }
    }

    private static func apply(
        _ moves: ModelMoves, _ change: StandingChange, in database: Database
    ) throws -> RegisteredModel {
        for (number, standing) in moves.standings {
            try database.execute(
                sql: "UPDATE models SET standing = ? WHERE model = ?", arguments: [standing.rawValue, number])
            try database.execute(
                sql: "INSERT INTO standing_changes VALUES (NULL, ?, ?, ?, ?, ?)",
                arguments: [
                    number, standing.rawValue, change.author, milliseconds(change.time), change.reason,
                ])
        }
        guard let model = try models(in: database).first(where: { $0.number == moves.number }) else {
            throw StorageError.noSuchModel(number: moves.number)
        }
        return model
    }

    static func models(in database: Database) throws -> [RegisteredModel] {
        var changes: [Int: [StandingChange]] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT * FROM standing_changes ORDER BY id") {
            let model: Int = try row.value("model")
            changes[model, default: []].append(
                StandingChange(
                    standing: try row.word("standing", of: ModelStanding.self),
                    author: try row.value("author"),
                    time: try date(row.value("time")), reason: try row.value("reason")))
        }
        let columns = "model, name, sha256, standing, registered_by, registered"
        return try Row.fetchAll(database, sql: "SELECT \(columns) FROM models ORDER BY model").map { row in
            let number: Int = try row.value("model")
            return RegisteredModel(
                number: number, name: try row.value("name"), digest: try row.value("sha256"),
                standing: try row.word("standing", of: ModelStanding.self),
                registeredBy: try row.value("registered_by"), registered: try date(row.value("registered")),
                changes: changes[number] ?? [])
        }
    }

    static func entry(ofModel number: Int, in database: Database, of store: String) throws -> ModelEntry {
        guard
            let row = try Row.fetchOne(
                database, sql: "SELECT * FROM models WHERE model = ?", arguments: [number])
        else { throw StorageError.noSuchModel(number: number) }
        let entry = ModelEntry(
            name: try row.value("name"), model: try row.value("artifact"),
            masterScale: try row.value("master_scale"), validation: try row.value("validation"),
            gates: try JSONForm.value([GateRecord].self, of: try row.value("gates")))
        guard entry.digest == (try row.value("sha256")) else {
            throw StorageError.damaged(store: store, reason: "model \(number) is not what was registered")
        }
        return entry
    }
}
