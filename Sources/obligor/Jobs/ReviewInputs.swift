import Foundation
import Grading
import Ledger
import Parallelism
import Results
import Review
import Scoring
import Vocabulary

/// What a review reads, and the fingerprint of all that its result depends on.
struct ReviewInputs {
    /// The files with digests, the model's first.
    let files: [FileRecord]
    /// The same for reviews that come to the same.
    let fingerprint: String

    /// SHA-256 of the model's file.
    var model: String { files[0].sha256 }

    /// The role of event logs, which grow after a review without changing what it comes to.
    private static let eventRole = "events"

    init(of job: ReviewJob) throws {
        files = try Self.filesRead(by: job)
        fingerprint = try Self.fingerprint(of: job, reading: files)
    }
}

extension ReviewInputs {
    private static func filesRead(by job: ReviewJob) throws -> [FileRecord] {
        let (command, files) = (job.command, job.files)
        let named =
            files.files.map { ("option", $0.url) }
            + [command.watchList].compactMap(\.self).map { ("watch list", file($0)) }
        let model = files.source.file
        var records = [
            try job.championName.map { try FileRecord(role: "model", of: model, as: $0) }
                ?? FileRecord(role: "model", of: model)
        ]
        records += try named.map { try FileRecord(role: $0.0, of: $0.1) } + job.challengers.records
        if let previous = command.previous {
            for name in [
                Portfolio.fileName, FactFile.name, HistoryRecord.fileName, RatingStepRecord.fileName,
            ] {
                let url = file(previous).appending(path: name)
                guard FileManager.default.fileExists(atPath: url.path) else { continue }
                records.append(try FileRecord(role: "review before", of: url))
            }
        }
        records += try command.eventLogs.map { try FileRecord(role: eventRole, of: $0) }
        return try records + job.place.records(workers: job.shared.workers)
    }

    /// What the result depends on: portfolio, date, model, policy and how they are looked at.
    private static func fingerprint(of job: ReviewJob, reading inputs: [FileRecord]) throws -> String {
        let (command, options, basis) = (job.command, job.options, job.files.basis)
        var digest = ContentDigest()
        digest.add(EngineVersion.current)
        for input in inputs where input.role != eventRole {
            digest.add(input.role)
            digest.add(input.sha256)
        }
        digest.add(basis.scale.yaml)
        for day in options.earlier + [options.asOf] { digest.add(Int64(day.daysSince1970)) }
        digest.add(options.definition)
        digest.add(options.lossGivenDefault)
        digest.add(Int64(options.handGradeMonths))
        digest.add(options.due.rawValue)
        digest.add(options.maximumRefused)
        digest.add(
            command.noMigrations
                ? "alone"
                : "with migrations by \(command.method.rawValue) of \(try learners(of: job) ?? 0)")
        for one in basis.experts.entries {
            for text in [one.obligor.text, "\(one.decision)", one.author, one.reason] { digest.add(text) }
            for day in [one.decided, one.expires] { digest.add(Int64(day.daysSince1970)) }
            digest.add(one.maximumNotches.map(Double.init))
        }
        digest.add(Int64(basis.experts.maximumNotches))
        for obligor in options.watchList.sorted() { digest.add(obligor) }
        for alert in job.warnings { digest.add(alert.alert) }
        for event in job.events.log.events where event.known <= options.asOf {
            for text in [event.obligor, event.kind, "\(event.occurred)", event.qualifier] {
                digest.add(text)
            }
            digest.add(Int64(event.known.daysSince1970))
            digest.add(event.amount)
        }
        for decision in job.decisions { digest.add(decision.decision) }
        return digest.hexadecimal
    }

    /// The most obligors that predictions are learned from; `nil` where that is no fewer than the ledger has.
    private static func learners(of job: ReviewJob) throws -> Int? {
        guard let limit = job.command.learners.limit else { return nil }
        return try limit < job.place.obligorCount(workers: job.shared.workers) ? limit : nil
    }
}

extension ContentDigest {
    /// Adds what counts as default, its sets in an order that no process changes.
    fileprivate mutating func add(_ definition: DefaultDefinition) {
        add(definition.name)
        add(Int64(definition.daysPastDue))
        add("\(definition.counting)")
        add(definition.absoluteMateriality)
        add(definition.relativeMateriality)
        add(Int64(definition.probationMonths))
        for kinds in [definition.events, definition.permanentEvents] {
            add(kinds.map(\.rawValue).sorted().joined(separator: ";"))
        }
        for (kind, months) in definition.probationAfter.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            add(kind.rawValue)
            add(Int64(months))
        }
    }
}
